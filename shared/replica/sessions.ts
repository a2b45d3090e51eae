/**
 * Linearizable semantics (paper section 8, dissertation 6.3): every command of a session is applied once, in its order. Who was
 * silent for long is forgotten, on every replica at the same entry; from then on what it says is expired, and never begins anew.
 */
import type { ReplicaHeader } from './machine.ts'
import { birthOf } from './session-name.ts'

interface Session<R> {
  /** The newest seq applied. */
  last: number
  /** The client knows every result up to here. */
  settled: number
  /** Log time of its newest command, by which it expires. */
  usedAt: number
  /** Of seq settled + 1 to last. */
  readonly results: R[]
}

export interface SessionLimits {
  /** So many are remembered; the one used longest ago goes first. */
  readonly count: number
  /** Log time in milliseconds after which an unused one is forgotten. */
  readonly idle: number
}

/** What a command is to its session. */
export type Turn<R> =
  | { readonly type: 'next' }
  | { readonly type: 'repeat'; readonly result: R }
  | { readonly type: 'settled' }
  /** Commands before it are missing, or its numbers are no numbers. */
  | { readonly type: 'gap'; readonly expected: number }
  /** Its session may be one that was forgotten. */
  | { readonly type: 'expired' }

export class Sessions<R> {
  readonly #limits: SessionLimits
  /** While sessions expire: in the order of their last use. */
  #sessions = new Map<string, Session<R>>()
  /** Whether they do is a matter of the level. */
  #isExpiring = false
  /** Last use of the one forgotten last: who was born later cannot have been forgotten. Null before the first. */
  #forgottenAt: number | null = null

  constructor(limits: SessionLimits) {
    this.#limits = limits
  }

  get forgottenAt(): number | null {
    return this.#forgottenAt
  }

  /** The newest seq applied, 0 for a session never seen or forgotten. */
  last(session: string): number {
    return this.#sessions.get(session)?.last ?? 0
  }

  /** Nothing of it will be applied from here on: it was forgotten, or cannot be told from one that was. */
  isExpired(session: string): boolean {
    return this.#forgottenAt !== null && !this.#sessions.has(session) && birthOf(session) <= this.#forgottenAt
  }

  /** Half the way to being forgotten, or further: whoever has nothing under way in it does well to begin another. */
  isStale(session: string, time: number): boolean {
    const usedAt = this.#sessions.get(session)?.usedAt ?? birthOf(session)
    return this.isExpired(session) || time - usedAt > this.#limits.idle / 2
  }

  turn({ session, seq, settled }: ReplicaHeader, time: number): Turn<R> {
    const known = this.#sessions.get(session)
    // A birth that the log has not come to would outlive being forgotten.
    const isFromAhead = this.#isExpiring && known === undefined && birthOf(session) > time
    if (isFromAhead || this.isExpired(session)) return { type: 'expired' }
    const last = known?.last ?? 0
    if (!isSeq(seq) || !Number.isSafeInteger(settled) || seq > last + 1) return { type: 'gap', expected: last + 1 }
    if (seq === last + 1) return { type: 'next' }
    if (known === undefined || seq <= known.settled) return { type: 'settled' }
    return { type: 'repeat', result: known.results[seq - known.settled - 1] as R }
  }

  /** Null for what was not applied, or is known to its client. */
  resultOf(session: string, seq: number): R | null {
    const known = this.#sessions.get(session)
    return known?.results[seq - known.settled - 1] ?? null
  }

  /** What came of the next command of its session. */
  record(header: ReplicaHeader, result: R, time: number): void {
    const session = this.#sessions.get(header.session) ?? { last: 0, settled: 0, usedAt: time, results: [] }
    if (this.#isExpiring) this.#sessions.delete(header.session)
    this.#sessions.set(header.session, session)
    session.last = header.seq
    session.usedAt = time
    session.results.push(result)
    this.heard(header)
  }

  /** Any command brings news of what its client knows; a repeat too. It cannot know its own result, nor a later one. */
  heard(header: ReplicaHeader): void {
    const session = this.#sessions.get(header.session)
    const settled = Math.min(header.settled, header.seq - 1)
    if (session === undefined || settled <= session.settled) return
    session.results.splice(0, settled - session.settled)
    session.settled = settled
  }

  /** From here on they expire. */
  beginExpiry(): void {
    if (this.#isExpiring) return
    this.#isExpiring = true
    this.#sessions = new Map([...this.#sessions].sort(([, a], [, b]) => a.usedAt - b.usedAt))
  }

  /** Forgets those that were used too long ago, and those that are too many. */
  expire(time: number): void {
    if (!this.#isExpiring) return
    for (const [name, { usedAt }] of this.#sessions) {
      if (this.#sessions.size <= this.#limits.count && time - usedAt <= this.#limits.idle) return
      this.#sessions.delete(name)
      this.#forgottenAt = usedAt
    }
  }

  /** In the order in which the sessions were first seen, or of their last use where they expire: the same wherever the log is. */
  snapshot(): unknown {
    return [...this.#sessions].map(([name, { last, settled, usedAt, results }]) => [name, last, settled, usedAt, [...results]])
  }

  /** Null if it is no such snapshot. `forgottenAt` is undefined where sessions do not expire. */
  static restore<R>(
    { sessions: table, forgottenAt }: { readonly sessions: unknown; readonly forgottenAt: unknown },
    limits: SessionLimits,
    readResult: (value: unknown) => R | null,
  ): Sessions<R> | null {
    if (!Array.isArray(table)) return null
    const sessions = new Sessions<R>(limits)
    for (const one of table) {
      if (!Array.isArray(one)) return null
      const [name, last, settled, usedAt, results] = one as readonly unknown[]
      const read = Array.isArray(results) ? results.map(readResult) : null
      if (one.length !== 5 || typeof name !== 'string' || sessions.#sessions.has(name) || read === null) return null
      if (!isSeq(last) || !Number.isSafeInteger(settled) || (settled as number) < 0) return null
      if (!isTime(usedAt)) return null
      if (read.length !== last - (settled as number) || read.includes(null)) return null
      sessions.#sessions.set(name, { last, settled: settled as number, usedAt, results: read as R[] })
    }
    if (forgottenAt === undefined) return sessions
    if (forgottenAt !== null && !isTime(forgottenAt)) return null
    sessions.beginExpiry()
    sessions.#forgottenAt = forgottenAt
    return sessions
  }
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1
}

/** Of the log. */
export function isTime(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) >= 0
}
