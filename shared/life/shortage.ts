/** When a tab looks for orphans: it lacks a majority, or a leader for much longer than elections take (DESIGN 6). */
import type { Millis, NodeId } from '../host/ports.ts'

/** Elections are over by then. A majority that has no leader for so long is one by an old configuration, or of the wrong logs. */
const LEADERLESS_MS = 3_000
/** So many looks in vain, and who holds a lock but no link is taken for frozen. */
const FROZEN_AFTER = 8

export class Shortage {
  #leaderlessSince: Millis | null = null
  #since: Millis | null = null
  #looks = 0
  #isUrgent = false

  /** Nobody has led for long: every voter stored here is needed, whatever majorities look like from here. */
  get isUrgent(): boolean {
    return this.#isUrgent
  }

  get trustsHeld(): boolean {
    return this.#looks < FROZEN_AFTER
  }

  /** Is it time to look? Asked again and again; `quiet`: for how long nobody left who may be back at once. */
  isDue(now: Millis, has: { readonly majority: boolean; readonly leader: NodeId | null }, patience: Millis, quiet: Millis): boolean {
    this.#leaderlessSince = has.leader === null ? (this.#leaderlessSince ?? now) : null
    this.#isUrgent = this.#leaderlessSince !== null && now - this.#leaderlessSince >= LEADERLESS_MS
    this.#since = has.majority && !this.#isUrgent ? null : (this.#since ?? now)
    if (this.#since === null) this.#looks = 0
    if (this.#since === null || Math.min(now - this.#since, quiet) < patience) return false
    this.#since = now
    this.#looks++
    return true
  }
}
