/**
 * What clients may expect (paper section 8): every result they got is the one that the committed log gives, each command took
 * effect once, in the order of its session, and nothing took effect that nobody asked for.
 */
import type { CommandResult } from '../list/commands.ts'
import type { ListView } from '../list/list.ts'
import { ListMachine } from '../list/machine.ts'
import { SKIP } from '../life/replicated-list.ts'
import type { ListRead } from '../life/read-list.ts'
import type { ReplicatedList } from '../life/replicated-list.ts'
import { LEVELS } from '../limits.ts'
import type { Entry, Index } from '../raft/types.ts'
import type { SessionLimits } from '../replica/sessions.ts'
import { unpackCommand } from '../wire/commands.ts'
import { isSameBytes } from './entries.ts'
import { SessionModel } from './sessions.ts'
import type { World } from './world.ts'

interface Asked {
  readonly bytes: Uint8Array
  /** On disk, so it may not be lost any more. */
  isKept: boolean
  /** A client was told. */
  isAnswered: boolean
  /** Whoever had it was told that nobody can know: its session had expired. */
  isGivenBack: boolean
}

interface Outcome {
  readonly index: Index
  readonly result: string
}

export interface Client {
  readonly name: string
  readonly session: string
  readonly lastApplied: Index
}

export class Oracle {
  readonly #world: World
  /** The list alone: sessions are told again by the model. */
  readonly #reference = new ListMachine(unpackCommand)
  readonly #asked = new Map<string, Asked>()
  readonly #outcomes = new Map<string, Outcome>()
  readonly #sessions: SessionModel
  readonly #wiped = new Set<string>()
  readonly #shown = new WeakMap<object, Index>()
  readonly #answered = new Map<string, number>()
  #lastApplied: Index = 0
  #founding: string | null = null

  constructor(world: World, limits: SessionLimits) {
    this.#world = world
    this.#sessions = new SessionModel(limits)
  }

  get lastApplied(): Index {
    return this.#lastApplied
  }

  get view(): ListView {
    return this.#reference.list.view()
  }

  get answered(): number {
    return [...this.#asked.values()].filter(({ isAnswered }) => isAnswered).length
  }

  /** Where a command took effect; Infinity if nowhere, as when its number was given up. */
  indexOf(name: string): Index {
    const outcome = this.#outcomes.get(name)
    return outcome === undefined || outcome.result === SKIPPED ? Infinity : outcome.index
  }

  asked(session: string, seq: number, bytes: Uint8Array): void {
    this.#asked.set(nameOf(session, seq), { bytes: bytes.slice(), isKept: false, isAnswered: false, isGivenBack: false })
  }

  /** The outbox of these sessions is gone: what nobody was told of may be lost. */
  wiped(sessions: readonly string[]): void {
    for (const session of sessions) this.#wiped.add(session)
    for (const [name, asked] of this.#asked) if (this.#wiped.has(sessionOf(name))) asked.isKept = false
  }

  /** An outbox has it on disk. What fills a number that was lost keeps nothing. */
  kept(session: string, seq: number, bytes: Uint8Array): void {
    const asked = this.#asked.get(nameOf(session, seq))
    if (this.#wiped.has(session)) return
    if (asked !== undefined && isSameBytes(asked.bytes, bytes)) asked.isKept = true
  }

  /** Every entry of the one committed log, in order. */
  committed(entry: Entry): void {
    const { body, index } = entry
    this.#lastApplied = index
    const fate = this.#sessions.take(entry)
    if (body.type !== 'command') return
    const { header, bytes } = body.command
    const { session, seq } = header
    const name = nameOf(session, seq)
    this.#founding ??= name
    if (fate === 'gap') return this.#world.fail('no gaps in a session', `${name} is committed at ${index}`)
    if (fate !== 'next') return
    if (this.#asked.get(name)?.isGivenBack) return this.#world.fail('what was given back takes no effect', `${name} at ${index}`)
    const applied = this.#reference.apply(LEVELS.min, bytes, header)
    if (!applied.known) return this.#world.fail('the committed log applies', `${name} at ${index}`)
    this.#checkAsked(name, bytes)
    this.#outcomes.set(name, { index, result: JSON.stringify(applied.result) })
  }

  /** A client was told a result: the one in the log or, of a session that expired, what could still be seen of it. */
  told(client: Client, seq: number, result: CommandResult): void {
    const name = nameOf(client.session, seq)
    const before = this.#answered.get(client.session) ?? 0
    if (seq !== before + 1) this.#world.fail('results come in the order of the session', `${name} after ${before}`)
    this.#answered.set(client.session, seq)
    if (isGivenBack(result)) return
    const outcome = this.#outcomes.get(name)
    if (outcome === undefined) return this.#world.fail('what is agreed is committed', `${client.name} was told of ${name}`)
    const text = JSON.stringify(result)
    const isSeen = result.ok && this.isExpired(client.session) && JSON.parse(outcome.result).ok === true
    if (outcome.result !== text && !isSeen)
      this.#world.fail('one outcome', `${client.name} was told ${text} of ${name}; it is ${outcome.result}`)
    if (client.lastApplied < outcome.index) this.#world.fail('read your writes', `${client.name} does not show ${name}`)
    this.#asked.get(name)!.isAnswered = true
  }

  /** Nothing of this session takes effect from here on. */
  isExpired(session: string): boolean {
    return this.#sessions.isExpired(session)
  }

  /** Whoever had this command, its own page or one that took it over, was told what came of it. */
  settled(name: string, { session, seq }: { readonly session: string; readonly seq: number }, result: CommandResult): void {
    const asked = this.#asked.get(nameOf(session, seq))
    if (!isGivenBack(result) || asked === undefined) return
    asked.isGivenBack = true
    if (this.#world.isTracing) this.#world.trace(name, `is given back ${session}.${seq}`)
    // Told within a turn, whose entries are heard of at its end.
    void Promise.resolve().then(() => {
      if (!this.isExpired(session)) this.#world.fail('only what expired is given back', `${name} was given back ${session}.${seq}`)
    })
  }

  /** A page was answered: with everything that was agreed anywhere when it asked. */
  read(name: string, read: ListRead, agreed: Index): void {
    if (read.index < agreed) this.#world.fail('reads see what was agreed', `${name} was shown ${read.index}, with ${agreed} agreed before`)
    if (read.index !== this.#lastApplied) return
    const [shown, given] = [JSON.stringify({ name: read.name, items: read.items }), JSON.stringify(this.view)]
    if (shown !== given) this.#world.fail('a read shows what is committed', `${name} was shown ${shown}, the log gives ${given}`)
  }

  /** What a page shows as agreed never goes back (monotonic reads); a page that is loaded anew starts anew. */
  shown(page: object, name: string, lastApplied: Index): void {
    const before = this.#shown.get(page) ?? 0
    if (lastApplied < before) this.#world.fail('monotonic reads', `${name} showed ${before} and shows ${lastApplied}`)
    this.#shown.set(page, lastApplied)
  }

  /** What a page shows as agreed is what the committed log gives. */
  checkView(name: string, list: ReplicatedList): void {
    if (list.stop !== null) return this.#world.fail('nobody stops applying', `${name}: ${JSON.stringify(list.stop)}`)
    if (list.lastApplied !== this.lastApplied) return
    const [shown, agreed] = [JSON.stringify(list.agreed.view()), JSON.stringify(this.view)]
    if (shown !== agreed) this.#world.fail('equal lists', `${name} shows ${shown}, the log gives ${agreed}`)
  }

  /** At the end, when everybody could finish: what was on disk or was answered is in the log. */
  checkNothingLost(): void {
    for (const [name, { isKept, isAnswered, isGivenBack, bytes }] of this.#asked) {
      if (isGivenBack || (!isKept && !isAnswered)) continue
      const outcome = this.#outcomes.get(name)
      if (outcome === undefined) return this.#world.fail('nothing is lost', `${name} was kept and never came`)
      if (outcome.result === SKIPPED && !isSameBytes(bytes, SKIP))
        return this.#world.fail('nothing is lost', `${name} was kept and was skipped`)
    }
  }

  #checkAsked(name: string, bytes: Uint8Array): void {
    if (name === this.#founding || isSameBytes(bytes, SKIP)) return
    const asked = this.#asked.get(name)
    if (asked === undefined || !isSameBytes(asked.bytes, bytes)) this.#world.fail('no phantoms', `${name} is not what was asked for`)
  }
}

const SKIPPED = JSON.stringify({ ok: false, reason: 'skipped' })

function isGivenBack(result: CommandResult): boolean {
  return !result.ok && result.reason === 'unknown'
}

function sessionOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'))
}

function nameOf(session: string, seq: number): string {
  return `${session}.${seq}`
}
