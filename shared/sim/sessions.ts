/** Which commands of the committed log take effect, told again without the replica: every session ever, and who was forgotten. */
import type { Millis } from '../host/ports.ts'
import type { Entry, Index } from '../raft/types.ts'
import { birthOf } from '../replica/session-name.ts'
import type { SessionLimits } from '../replica/sessions.ts'

interface Known {
  last: number
  usedAt: Millis
  /** Of its newest command: no two have the same. */
  index: Index
}

export type Fate = 'next' | 'repeat' | 'gap' | 'expired'

export class SessionModel {
  readonly #limits: SessionLimits
  readonly #known = new Map<string, Known>()
  /** With the log time of their last use. */
  readonly #forgotten = new Map<string, Millis>()
  #time: Millis = 0
  #level = 1

  constructor(limits: SessionLimits) {
    this.#limits = limits
  }

  /** Were all sessions that could be forgotten, and those that cannot be told from them? */
  isExpired(session: string): boolean {
    return !this.#known.has(session) && [...this.#forgotten.values()].some((usedAt) => birthOf(session) <= usedAt)
  }

  /** What becomes of the command in the next entry of the log; null without one. */
  take({ index, time, body }: Entry): Fate | null {
    this.#time = Math.max(this.#time, time)
    if (body.type === 'level') this.#level = Math.max(this.#level, body.level)
    const fate = body.type === 'command' ? this.#say(body.command.header, index) : null
    if (this.#level > 1) this.#forget()
    return fate
  }

  #say({ session, seq }: { readonly session: string; readonly seq: number }, index: Index): Fate {
    const isAhead = this.#level > 1 && !this.#known.has(session) && birthOf(session) > this.#time
    if (this.isExpired(session) || isAhead) return 'expired'
    const last = this.#known.get(session)?.last ?? 0
    if (seq !== last + 1) return seq <= last ? 'repeat' : 'gap'
    this.#known.set(session, { last: seq, usedAt: this.#time, index })
    return 'next'
  }

  #forget(): void {
    const newest = [...this.#known].toSorted(([, a], [, b]) => b.index - a.index)
    for (const [at, [session, { usedAt }]] of newest.entries()) {
      if (at < this.#limits.count && this.#time - usedAt <= this.#limits.idle) continue
      this.#known.delete(session)
      this.#forgotten.set(session, usedAt)
    }
  }
}
