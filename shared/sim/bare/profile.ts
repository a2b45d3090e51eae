/** What kind of bare world a seed makes: drawn once a run, as those of whole tabs are. */
import type { Millis } from '../../host/ports.ts'
import { LIMITS } from '../../limits.ts'
import type { Settings } from '../../raft/node.ts'
import type { Dice } from '../dice.ts'
import { drawSettings, FAR, WINDOWS } from '../profile.ts'

export interface BareProfile {
  readonly settings: Settings
  /** Of these the first `voters` found the cluster; the others may be added. */
  readonly servers: number
  readonly voters: number
  readonly network: {
    readonly delay: readonly [Millis, Millis]
    readonly loss: number
    readonly duplicate: number
    /** What straggles overtakes no longer: it comes up to `straggleMax` later than those sent after it. */
    readonly straggle: number
    readonly straggleMax: Millis
  }
  readonly disk: {
    readonly save: readonly [Millis, Millis]
    readonly slow: number
    readonly slowMax: Millis
    /** What becomes of a write that a crash cuts off: lost, landed in time, or landed after the next start. */
    readonly lost: number
    readonly late: number
  }
  readonly clock: {
    readonly drift: number
    readonly rounding: Millis
    /** How often a timer is late, and how late. */
    readonly late: number
    readonly lateMax: Millis
  }
  /** A snapshot is taken after so many entries. */
  readonly snapshotAfter: number
  /** A turn takes what came within this time. */
  readonly gather: Millis
  /** Trouble comes to leaders only. */
  readonly isAtLeaders: boolean
  /** On average. */
  readonly faultEvery: Millis
  readonly commandEvery: Millis
  readonly readEvery: Millis
}

export function drawBareProfile(dice: Dice): BareProfile {
  const servers = dice.pick([1, 2, 3, 3, 3, 4, 5, 5, 6])
  const save = dice.pick([0.3, 1, 4, 15])
  const delay = dice.pick([0.3, 2, 10])
  const isAtLeaders = dice.chance(0.3)
  const drawn = drawSettings(dice, 0.3, 0.6)
  const settings = { ...drawn, chunkBytes: dice.pick([5, 10, LIMITS.chunkBytes]), logTail: dice.pick([0, 2, 10]) }
  const profile: BareProfile = {
    // Small batches make the most of leaders that fall one after the other: Figures 7 and 8 live here.
    settings: isAtLeaders ? { ...settings, appendBytes: dice.pick([1, 200]), appendsInFlight: dice.pick([1, 2]) } : settings,
    isAtLeaders,
    servers,
    voters: dice.chance(0.7) ? servers : 1 + dice.below(servers),
    network: {
      delay: [delay, delay * dice.pick([1.5, 4, 10])],
      loss: dice.pick([0, 0, 0.01, 0.1, 0.3]),
      duplicate: dice.pick([0, 0, 0.02, 0.2]),
      straggle: dice.pick([0, 0, 0.02, 0.2]),
      straggleMax: dice.pick([20, 300, 2_000]),
    },
    disk: {
      save: [save, save * dice.pick([1.5, 5, 20])],
      slow: dice.pick([0, 0, 0.01, 0.05]),
      slowMax: dice.pick([100, 600]),
      lost: 0.5,
      late: 0.25,
    },
    clock: {
      drift: dice.pick([0, 0.0001, 0.05]),
      rounding: dice.pick([0, 0.1, 1]),
      late: dice.pick([0, 0, 0.02, 0.2]),
      lateMax: dice.pick([30, 200, 1_000]),
    },
    snapshotAfter: dice.pick([1, 10, 100, Infinity]),
    gather: dice.pick([0, 0, 1, 8]),
    faultEvery: dice.pick([50, 150, 400, 1_000]),
    commandEvery: dice.pick([30, 100, 400]),
    readEvery: dice.pick([20, 100, Infinity]),
  }
  // What came later is drawn last: so the worlds in which a law broke once stay what they were.
  const [least, most] = profile.network.delay
  const far = dice.chance(0.15) ? dice.pick([FAR / 2, FAR]) : 0
  const windowMin = dice.pick(WINDOWS)
  return { ...profile, settings: { ...profile.settings, windowMin }, network: { ...profile.network, delay: [least + far, most + far] } }
}
