/** The client's side of exactly once: numbers commands, keeps them until agreed, resends them (DESIGN 9, paper section 8). */
import type { Refusal } from '../raft/turn.ts'
import type { Command, NodeId, Term } from '../raft/types.ts'
import { LIMITS, TIMES } from '../limits.ts'
import { birthOf, ownerOf, sessionName } from '../replica/session-name.ts'
import type { Millis } from './ports.ts'

/** Commands of one session that are not yet agreed. */
export interface KeptSession {
  readonly session: string
  /** The client knows every result up to here. */
  readonly settled: number
  readonly last: number
  readonly commands: readonly { readonly seq: number; readonly command: Uint8Array }[]
}

export interface PendingCommand {
  readonly session: string
  readonly seq: number
  readonly bytes: Uint8Array
  /** By the wall clock, when it was submitted; of a command kept over a reload, when it was taken up again. */
  readonly since: Millis
}

interface Waiting extends PendingCommand {
  sent: boolean
  readonly settle: ((result: unknown) => void) | null
}

/** One session: its numbers go up without gaps, and so do its results. */
interface Line {
  readonly session: string
  settled: number
  last: number
  readonly waiting: Map<number, Waiting>
}

/** Where commands are kept until they are agreed; the host awaits none of it. */
export interface Keeper {
  put(session: string, seq: number, bytes: Uint8Array): void
  settle(session: string, settled: number): void
  drop(session: string): void
}

/** The machine that these commands are for, as it stands here. */
export interface Agreed {
  /** Log time of what was applied last. */
  readonly time: Millis
  /** The newest seq of a session that was applied here. */
  lastSeq(session: string): number
  /** Of an applied command, as long as its client may not know it. */
  resultOf(session: string, seq: number): unknown
  /** Nothing of this session will be applied from here on. */
  isExpired(session: string): boolean
  /** It may expire before long. */
  isStale(session: string): boolean
  /** What to tell of a command that waits though its session expired: whether it was applied can only be seen in the state. */
  decide(command: PendingCommand): unknown
}

// What is settled comes from the machine that these commands are for, so its result is an R.
/** Told of every own command's outcome, of sessions taken over too. */
export type Settled<R> = (command: PendingCommand, result: R) => void

export class Proposals<R> {
  readonly #keeper: Keeper
  readonly #settled: Settled<unknown>
  /** Fills a number whose command cannot be found any more. */
  readonly #skip: Uint8Array
  #own: Line
  readonly #older: Line[] = []
  #sentTo: string | null = null
  #heldUntil: Millis = -Infinity
  /** Looked at after every turn, so that a thousand commands under way cost nothing while they are. */
  #hasUnsent = false
  #progressAt: Millis = -Infinity

  constructor(session: string, keeper: Keeper, skip: Uint8Array, settled: Settled<R> = () => {}) {
    this.#keeper = keeper
    this.#settled = settled as Settled<unknown>
    this.#skip = skip
    this.#own = lineOf(session)
  }

  /** In which the next command of this page is numbered. */
  get session(): string {
    return this.#own.session
  }

  /** One of this page's sessions: it begins another when one may expire. */
  isOwn(session: string): boolean {
    return ownerOf(session) === ownerOf(this.#own.session)
  }

  /** A page load never continues an older session's numbers: it only brings what is left of it to an end. */
  takeOver(kept: KeptSession, appliedUpTo: number, since: Millis): void {
    const { session } = kept
    const line: Line = { ...lineOf(session), settled: kept.settled, last: Math.max(kept.last, appliedUpTo) }
    for (const { seq, command } of kept.commands) {
      if (seq > appliedUpTo) line.waiting.set(seq, { session, seq, bytes: command, since, sent: false, settle: null })
    }
    if (line.waiting.size === 0) return this.#keeper.drop(session)
    // What was never kept cannot be found any more; asked for one by one, a long outbox would be sent as often.
    for (let seq = Math.max(line.settled, appliedUpTo) + 1; seq < line.last; seq++) if (!line.waiting.has(seq)) this.#fill(line, seq)
    this.#older.push(line)
    this.#hasUnsent = true
  }

  /** The seq that the next command of this page gets. */
  get nextSeq(): number {
    return this.#own.last + 1
  }

  /** Settled once this tab has applied it; waits through elections and partitions. */
  submit(bytes: Uint8Array, since: Millis): Promise<R> {
    const { session } = this.#own
    const seq = ++this.#own.last
    this.#keeper.put(session, seq, bytes)
    return new Promise((resolve) => {
      const settle = (result: unknown): void => resolve(result as R)
      this.#own.waiting.set(seq, { session, seq, bytes, since, sent: false, settle })
      this.#hasUnsent = true
    })
  }

  /** In the order in which they will be proposed. */
  pending(): readonly PendingCommand[] {
    return [...this.#older, this.#own].flatMap((line) => inOrder(line))
  }

  get count(): number {
    return this.#older.reduce((sum, line) => sum + line.waiting.size, this.#own.waiting.size)
  }

  /**
   * What to propose now, each command once for a (leader, term) unless it is refused or two seconds bring no progress. Nothing
   * new goes out before the sessions taken over are at their end.
   */
  due(leader: NodeId | null, term: Term, now: Millis): readonly Command[] {
    if (leader === null || this.count === 0) return []
    const to = `${leader} ${term}`
    if (to !== this.#sentTo) this.resend(now)
    else if (now - this.#progressAt >= TIMES.resend) this.resend(now)
    if (now < this.#heldUntil || !this.#hasUnsent) return []
    this.#sentTo = to
    this.#hasUnsent = false
    const lines = this.#older.length > 0 ? this.#older : [this.#own]
    const commands: Command[] = []
    let inFlight = 0
    for (const line of lines) {
      for (const waiting of line.waiting.values()) {
        if (++inFlight > LIMITS.proposalsInFlight) {
          this.#hasUnsent = true
          return commands
        }
        if (waiting.sent) continue
        waiting.sent = true
        const { session, seq, bytes } = waiting
        commands.push({ header: { session, seq, settled: line.settled }, bytes, signature: null })
      }
    }
    return commands
  }

  /** When `due` should be asked again though nothing happens. */
  wakeAt(now: Millis): Millis {
    if (this.count === 0) return Infinity
    return this.#heldUntil > now ? this.#heldUntil : Math.max(this.#progressAt + TIMES.resend, now + 1)
  }

  /** Everything goes out again: after a new link to the leader, say. */
  resend(now: Millis): void {
    for (const line of [...this.#older, this.#own]) for (const waiting of line.waiting.values()) waiting.sent = false
    this.#hasUnsent = true
    this.#heldUntil = -Infinity
    this.#progressAt = now
  }

  refused({ session, seq, reason, expected }: Refusal, now: Millis): void {
    const line = this.#lineOf(session)
    if (line === null) return
    this.#hasUnsent = true
    const from = reason === 'gap' ? expected : seq
    for (const waiting of line.waiting.values()) if (waiting.seq >= from) waiting.sent = false
    const isMissing = reason === 'gap' && !line.waiting.has(expected)
    if (isMissing && expected > line.settled) this.#fill(line, expected)
    if (reason === 'invalid') this.#fill(line, seq)
    if (reason === 'busy') this.#heldUntil = now + TIMES.heartbeat
    // Who led no longer does, or knows less than we do: wait for word of another, or for the two seconds.
    if (reason === 'not-leader' || (isMissing && expected <= line.settled))
      this.#heldUntil = Math.max(this.#heldUntil, this.#progressAt + TIMES.resend)
  }

  /** The outcome, read from the log where it is applied. True if it was one of ours. */
  applied(session: string, seq: number, result: unknown, now: Millis): boolean {
    const waiting = this.#agreed(session, seq, now)
    if (waiting === null) return false
    waiting.settle?.(result)
    this.#settled(waiting, result)
    return true
  }

  /** The machine went on from a snapshot: what is in it was applied without being seen here one by one. */
  restored(machine: Agreed, now: Millis): void {
    for (const line of [...this.#older, this.#own]) {
      const { session } = line
      const last = machine.lastSeq(session)
      for (const { seq } of inOrder(line).filter((waiting) => waiting.seq <= last)) {
        const result = machine.resultOf(session, seq)
        // Forgotten only where its client said that it knew it: a page before this one.
        if (result === null) this.#agreed(session, seq, now)
        else this.applied(session, seq, result, now)
      }
    }
  }

  /**
   * What the machine has come to: commands of an expired session are at their end, whether they were applied or not, and are never
   * given again under another name. The page begins another session before its own may expire.
   */
  expire(machine: Agreed, now: Millis): void {
    const expired = [...this.#older, this.#own].filter(({ session }) => machine.isExpired(session))
    for (const waiting of expired.flatMap(inOrder)) this.applied(waiting.session, waiting.seq, machine.decide(waiting), now)
    const { session, last, waiting } = this.#own
    if (waiting.size > 0 || !machine.isStale(session)) return
    const next = sessionName(machine.time, ownerOf(session))
    // Under the same name its numbers would come again.
    if (birthOf(next) <= birthOf(session)) return
    if (last > 0) this.#keeper.drop(session)
    this.#own = lineOf(next)
  }

  #agreed(session: string, seq: number, now: Millis): Waiting | null {
    const line = this.#lineOf(session)
    const waiting = line?.waiting.get(seq)
    if (!line || !waiting) return null
    line.waiting.delete(seq)
    this.#progressAt = now
    line.settled = line.waiting.size === 0 ? Math.max(line.settled, seq) : firstOf(line) - 1
    if (line !== this.#own && line.waiting.size === 0) {
      this.#older.splice(this.#older.indexOf(line), 1)
      this.#hasUnsent = true
      this.#keeper.drop(session)
    } else this.#keeper.settle(session, line.settled)
    return waiting
  }

  #lineOf(session: string): Line | null {
    return session === this.#own.session ? this.#own : (this.#older.find((line) => line.session === session) ?? null)
  }

  #fill(line: Line, seq: number): void {
    const before = line.waiting.get(seq)
    const filled = { session: line.session, seq, bytes: this.#skip, since: before?.since ?? 0, sent: false, settle: before?.settle ?? null }
    const others = before === undefined ? inOrder(line).filter((waiting) => waiting.seq > seq) : []
    for (const other of others) line.waiting.delete(other.seq)
    for (const one of [filled, ...others]) line.waiting.set(one.seq, one)
    this.#hasUnsent = true
    this.#keeper.put(line.session, seq, this.#skip)
  }
}

function lineOf(session: string): Line {
  return { session, settled: 0, last: 0, waiting: new Map() }
}

/** A Map keeps the order in which its keys came, and they come in order of seq. */
function inOrder(line: Line): readonly Waiting[] {
  return [...line.waiting.values()]
}

function firstOf(line: Line): number {
  for (const seq of line.waiting.keys()) return seq
  return line.last + 1
}
