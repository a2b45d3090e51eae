/** When a tab looks for orphans: it lacks a majority, or a leader for much longer than elections take (DESIGN 6). */
import type { Host } from '../host/host.ts'
import type { Millis, NodeId } from '../host/ports.ts'
import { configurationOf } from '../raft/node.ts'
import { NO_CONFIGURATION } from '../raft/quorum.ts'
import { isAllHere } from './decisions.ts'

/** Without a majority for so long, orphans here are taken: sooner while the page is young, later while others may make it a member. */
const PATIENCE = { allHere: 250, young: 500, living: 1_000, youth: 2_000, newcomer: 5_000 } as const
/** Elections are over by then. A majority that has no leader for so long is one by an old configuration, or of the wrong logs. */
const LEADERLESS_MS = 3_000
/** So many looks in vain, and who holds a lock but no link is taken for frozen. */
const FROZEN_AFTER = 8

/** `age`: since the page was opened. */
export function patienceOf({ main, options, routes }: Host, age: Millis): Millis {
  const inForce = main === null ? NO_CONFIGURATION : configurationOf(main)
  if (isAllHere(inForce, options.machine)) return PATIENCE.allHere
  if (inForce.voters.length === 0 && routes.peers.some(({ hello }) => hello.hosted.length > 0)) return PATIENCE.newcomer
  return age < PATIENCE.youth ? PATIENCE.young : PATIENCE.living
}

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
