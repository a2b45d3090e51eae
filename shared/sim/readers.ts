/** People who ask random tabs for the list with everything agreed so far in it. */
import type { Millis } from '../host/ports.ts'
import { readList } from '../life/read-list.ts'
import type { ListRead } from '../life/read-list.ts'
import type { Clients } from './clients.ts'
import type { Dice } from './dice.ts'
import { NAME } from './history.ts'
import type { Oracle } from './oracle.ts'
import type { Page } from './page.ts'
import type { World } from './world.ts'

export class Readers {
  readonly #world: World
  readonly #oracle: Oracle
  readonly #clients: Clients
  readonly #dice: Dice
  /** Of pages that live, reads that were not answered yet. */
  readonly #waiting = new Map<Page, number>()

  constructor(world: World, oracle: Oracle, clients: Clients) {
    this.#world = world
    this.#oracle = oracle
    this.#clients = clients
    this.#dice = world.dice('readers')
  }

  /** A read now and then, until `until`. */
  look(pages: () => readonly Page[], every: Millis, until: Millis): void {
    this.#world.after(this.#dice.between(0, 2 * every), () => {
      if (this.#world.now > until) return
      const ready = pages().filter(mayRead)
      if (ready.length > 0) this.read(this.#dice.pick(ready))
      this.look(pages, every, until)
    })
  }

  read(page: Page): void {
    page.deliver(() => {
      const { life } = page
      if (life === null) return
      const { history } = this.#clients
      const agreed = this.#oracle.lastApplied
      const called = history.now()
      const subject = this.#subject()
      this.#waiting.set(page, this.waiting(page) + 1)
      if (this.#world.isTracing) this.#world.trace(page.name, `reads, with ${agreed} agreed`)
      void readList(life, 'linearizable').then((read) => {
        if (!page.isAlive) return
        this.#waiting.set(page, this.waiting(page) - 1)
        this.#oracle.read(page.name, read, agreed)
        history.saw(subject, seenIn(read, subject), { called, at: read.index })
      })
    })
  }

  waiting(page: Page): number {
    return this.#waiting.get(page) ?? 0
  }

  /** The whole list is read; that one thing in it was what one list could have shown is looked at. */
  #subject(): string {
    const items = this.#clients.items
    return items.length === 0 || this.#dice.chance(0.2) ? NAME : this.#dice.pick(items)
  }
}

function seenIn({ name, items }: ListRead, subject: string): unknown {
  if (subject === NAME) return name
  const item = items.find(({ id }) => id === subject)
  return item === undefined ? null : { text: item.text, revision: item.revision, done: item.done }
}

function mayRead({ isAlive, isFrozen, life }: Page): boolean {
  return isAlive && !isFrozen && life !== null
}
