/** What other tabs left behind in the outbox of this machine (DESIGN 9). */
import type { Millis } from '../host/ports.ts'
import type { Proposals } from '../host/proposals.ts'
import type { CommandResult } from '../list/commands.ts'
import { sessionLock } from './decisions.ts'
import type { HeldLocks } from './held-locks.ts'
import type { LifeOptions } from './options.ts'
import type { ReplicatedList } from './replicated-list.ts'

/** What tabs of this machine left behind unsettled is brought to an end by who holds the session's lock. */
export class LeftSessions {
  readonly #options: LifeOptions
  readonly #held: HeldLocks
  readonly #proposals: Proposals<CommandResult>
  readonly #list: ReplicatedList
  #soughtAt: Millis = -Infinity

  constructor(options: LifeOptions, held: HeldLocks, proposals: Proposals<CommandResult>, list: ReplicatedList) {
    this.#options = options
    this.#held = held
    this.#proposals = proposals
    this.#list = list
  }

  /** When they were last looked for. */
  get soughtAt(): Millis {
    return this.#soughtAt
  }

  async takeOver(): Promise<void> {
    const { outbox, room, clock } = this.#options
    this.#soughtAt = clock.now()
    const taken = new Set<string>()
    try {
      for (const lock of new Set((await outbox.sessions(room)).map(({ session }) => sessionLock(session)))) {
        if (!this.#held.has(lock) && (await this.#held.take(lock, 0))) taken.add(lock)
      }
      // Read again: until the lock was ours, its page may have gone on writing.
      const left = taken.size === 0 ? [] : (await outbox.sessions(room)).filter(({ session }) => taken.has(sessionLock(session)))
      for (const kept of left) {
        taken.delete(sessionLock(kept.session))
        this.#proposals.takeOver(kept, this.#list.lastSeq(kept.session), clock.wall())
      }
      this.#proposals.expire(this.#list, clock.now())
    } catch {
      // The outbox did not answer: what is left is looked for again soon.
    }
    for (const lock of taken) this.#held.release(lock)
  }
}
