/** People who edit the list from random tabs. */
import type { Millis } from '../host/ports.ts'
import { commandId, END } from '../list/commands.ts'
import type { Anchor, Command } from '../list/commands.ts'
import { packCommand } from '../wire/commands.ts'
import type { Dice } from './dice.ts'
import { History } from './history.ts'
import type { Oracle } from './oracle.ts'
import type { Page } from './page.ts'
import type { World } from './world.ts'

export class Clients {
  readonly #world: World
  readonly #oracle: Oracle
  readonly #dice: Dice
  /** Items that somebody was told are there; whether they still are, and whether a page shows them yet, is for the commands to find out. */
  readonly #items: string[] = []
  #count = 0
  readonly history = new History()

  constructor(world: World, oracle: Oracle) {
    this.#world = world
    this.#oracle = oracle
    this.#dice = world.dice('clients')
  }

  /** Those that somebody was told of. */
  get items(): readonly string[] {
    return this.#items
  }

  /** One command now and then, at random from one of these, until `until`. */
  type(pages: () => readonly Page[], every: Millis, until: Millis): void {
    this.#world.after(this.#dice.between(0, 2 * every), () => {
      if (this.#world.now > until) return
      const ready = pages().filter(mayEdit)
      if (ready.length > 0) {
        const page = this.#dice.pick(ready)
        for (let k = this.#dice.chance(0.05) ? 20 : 1; k > 0; k--) this.submit(page)
      }
      this.type(pages, every, until)
    })
  }

  submit(page: Page): void {
    page.deliver(() => {
      const { life } = page
      if (life === null) return
      const { proposals, list } = life
      const [session, seq] = [proposals.session, proposals.nextSeq]
      const command = this.#command()
      const bytes = packCommand(command)
      this.history.asked(commandId(session, seq), command)
      this.#oracle.asked(session, seq, bytes)
      if (this.#world.isTracing) this.#world.trace(page.name, `asks for ${session}.${seq}`)
      void life.submit(bytes).then((result) => {
        if (!page.isAlive) return
        // What was seen of it later is not what it came to: its history stays open.
        if (!this.#oracle.isExpired(session)) this.history.told(commandId(session, seq), result)
        this.#oracle.told({ name: page.name, session, lastApplied: list.lastApplied }, seq, result)
        if (result.ok && result.id === commandId(session, seq)) this.#items.push(result.id)
      })
    })
  }

  #command(): Command {
    const ids = this.#items
    const text = `text ${++this.#count}`
    const kind = ids.length === 0 ? 0 : this.#dice.below(8)
    const id = ids.length === 0 ? '' : this.#dice.pick(ids)
    const after: Anchor = this.#dice.pick([END, null, id === '' ? null : id])
    switch (kind) {
      case 1:
        return { type: 'edit', id, revision: 1, text }
      case 2:
        return { type: 'check', id, done: this.#dice.chance(0.5) }
      case 3:
        return { type: 'move', id, after }
      case 4:
        return { type: 'delete', id }
      case 5:
        return { type: 'restore', id }
      case 6:
        return { type: 'rename', name: text }
      default:
        return { type: 'add', after, text }
    }
  }
}

/** Who sees so many of their edits pending waits; else a minority with one leader after the other would only resend. */
const PENDING_MAX = 40

/** It shows the list and can take what is typed. */
function mayEdit({ isAlive, isFrozen, life }: Page): boolean {
  return isAlive && !isFrozen && life !== null && life.host.main !== null && life.proposals.count < PENDING_MAX
}
