/** Linearizable semantics (paper section 8, dissertation 6.3): every command of a session is applied once, in its order. */
import type { ReplicaHeader } from './machine.ts'

interface Session<R> {
  /** The newest seq applied. */
  last: number
  /** The client knows every result up to here. */
  settled: number
  /** Log time of its newest command, by which it will expire. */
  usedAt: number
  /** Of seq settled + 1 to last. */
  readonly results: R[]
}

/** What a command is to its session. */
export type Turn<R> =
  | { readonly type: 'next' }
  | { readonly type: 'repeat'; readonly result: R }
  | { readonly type: 'settled' }
  /** Commands before it are missing, or its numbers are no numbers. */
  | { readonly type: 'gap'; readonly expected: number }

export class Sessions<R> {
  readonly #sessions = new Map<string, Session<R>>()

  /** The newest seq applied, 0 for a session never seen. */
  last(session: string): number {
    return this.#sessions.get(session)?.last ?? 0
  }

  turn({ session, seq, settled }: ReplicaHeader): Turn<R> {
    const known = this.#sessions.get(session)
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

  /** In the order in which the sessions were first seen, which is the same wherever the log is. */
  snapshot(): unknown {
    return [...this.#sessions].map(([name, { last, settled, usedAt, results }]) => [name, last, settled, usedAt, [...results]])
  }

  /** Null if it is no such snapshot. */
  static restore<R>(value: unknown, readResult: (value: unknown) => R | null): Sessions<R> | null {
    if (!Array.isArray(value)) return null
    const sessions = new Sessions<R>()
    for (const one of value) {
      if (!Array.isArray(one)) return null
      const [name, last, settled, usedAt, results] = one as readonly unknown[]
      const read = Array.isArray(results) ? results.map(readResult) : null
      if (one.length !== 5 || typeof name !== 'string' || sessions.#sessions.has(name) || read === null) return null
      if (!isSeq(last) || !Number.isSafeInteger(settled) || (settled as number) < 0) return null
      if (!Number.isFinite(usedAt) || (usedAt as number) < 0) return null
      if (read.length !== last - (settled as number) || read.includes(null)) return null
      sessions.#sessions.set(name, { last, settled: settled as number, usedAt: usedAt as number, results: read as R[] })
    }
    return sessions
  }
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1
}
