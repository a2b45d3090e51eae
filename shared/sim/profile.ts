/** What kind of world a seed makes: drawn once a run, so that runs differ from each other more than moments of one run do. */
import type { Millis } from '../host/ports.ts'
import { LIMITS, SESSIONS, TIMES } from '../limits.ts'
import type { Settings } from '../raft/node.ts'
import type { SessionLimits } from '../replica/sessions.ts'
import type { Dice } from './dice.ts'

export interface NetworkProfile {
  /** One way between machines, before jitter. */
  readonly delayMax: Millis
  readonly handshake: readonly [Millis, Millis]
  /** Probabilities for a frame. */
  readonly loss: number
  readonly duplicate: number
  readonly reorder: number
  readonly reorderMax: Millis
  readonly spike: number
  readonly spikeMax: Millis
  /** Of a farewell frame. */
  readonly farewellLoss: number
  /** Of a farewell: only its first frames leave the page. */
  readonly farewellCut: number
}

export interface DiskProfile {
  readonly saveMin: Millis
  readonly saveMax: Millis
  /** Probability that a write takes up to `slowMax`. */
  readonly slow: number
  readonly slowMax: Millis
  /** Probability that a write fails as full or aborted. */
  readonly failure: number
  /** What becomes of writes that a crash cuts off: lost, landed in time, or landed late. */
  readonly lost: number
  readonly late: number
}

export interface ClockProfile {
  /** Clocks of machines run this much faster or slower at most. */
  readonly drift: number
  /** `performance.now()` is rounded down to this. */
  readonly rounding: Millis
}

export interface Profile {
  readonly settings: Settings
  readonly network: NetworkProfile
  readonly disk: DiskProfile
  readonly clock: ClockProfile
  readonly machinesMax: number
  /** Pages of one machine. */
  readonly pagesMax: number
  /** Tabs that come right after the first. */
  readonly arrivals: number
  /** Time to grow before the faults begin. */
  readonly quiet: Millis
  /** How long the faults last. */
  readonly chaos: Millis
  /** Trouble comes to leaders only, and small batches make the most of it: Figures 7 and 8 live here. */
  readonly isAtLeaders: boolean
  /** Between two things that somebody does to the cluster, on average. */
  readonly faultEvery: Millis
  readonly commandEvery: Millis
  /** Entries between two checksums. */
  readonly checksumEvery: number
  /** Sessions expire in a world of seconds only where few of them are remembered, or not for long. */
  readonly sessions: SessionLimits
  /** From when on pages that are loaded are of a build with a level more; Infinity: never. */
  readonly newBuildAt: Millis
  /** How many of them are not. */
  readonly oldBuilds: number
  /** A snapshot is taken after so many bytes of log. */
  readonly snapshotAfter: number
  /** How often a browser's profile goes on elsewhere and never again where it was. */
  readonly moves: number
  /** How often it goes on in both places: from then on no cluster is safe, whatever its nodes do (see copies.ts). */
  readonly copies: number
  /** Timers of half the pages come at multiples of this only; 0: all are on time. */
  readonly lag: Millis
}

/** Late by more than a heartbeat as often as not, and still no election timeout. */
const LAG: Millis = 120

/** Round trips of half a second and more: no election timeout of the settings is that long. */
export const FAR: Millis = 250

/** Few edits fill the small ones, and at their answers they grow. */
export const WINDOWS = [200, 1_000, LIMITS.windowMin] as const

export function drawProfile(dice: Dice): Profile {
  const machinesMax = dice.pick([1, 2, 3, 3, 4])
  const isAtLeaders = dice.chance(0.25)
  const settings = drawSettings(dice, 0.25, 0.8)
  const drawn: Profile = {
    settings: isAtLeaders ? { ...settings, appendBytes: dice.pick([1, 200]), appendsInFlight: dice.pick([1, 2]) } : settings,
    isAtLeaders,
    network: drawNetwork(dice),
    disk: drawDisk(dice),
    clock: { drift: dice.pick([0, 0.0001, 0.02]), rounding: dice.pick([0, 0.1, 1]) },
    machinesMax,
    pagesMax: dice.pick(machinesMax > 2 ? [1, 2, 2, 3] : [2, 3, 4]),
    arrivals: isAtLeaders ? dice.pick([2, 4, 4, 5]) : dice.pick([1, 2, 2, 3, 4, 5]),
    quiet: isAtLeaders ? 5_000 : dice.pick([0, 3_000, 3_000, 5_000]),
    chaos: dice.between(2_000, 8_000),
    faultEvery: dice.pick([60, 200, 400, 800]),
    commandEvery: dice.pick([20, 60, 150]),
    checksumEvery: LIMITS.checksumEvery,
    sessions: SESSIONS,
    newBuildAt: Infinity,
    oldBuilds: 0,
    snapshotAfter: LIMITS.logBytesBeforeSnapshot,
    moves: 0,
    copies: 0,
    lag: 0,
  }
  // What came later is drawn last: so the worlds in which a law broke once stay what they were.
  const farewellCut = dice.pick([0, 0, 0.3, 1])
  const [moves, copies] = [dice.pick([0, 0, 0, 1]), dice.chance(0.03) ? 1 : 0]
  const checksumEvery = dice.pick([10, 60, LIMITS.checksumEvery, LIMITS.checksumEvery])
  const later: Profile = {
    ...drawn,
    network: { ...drawn.network, farewellCut },
    moves,
    copies,
    checksumEvery,
    newBuildAt: dice.pick([0, drawn.quiet / 2, Infinity, Infinity]),
    oldBuilds: dice.pick([0, 0.3]),
    ...drawSnapshots(dice, drawn.settings),
    sessions: drawSessions(dice),
  }
  const isFar = dice.pick([false, false, false, true])
  const lag = dice.pick([0, 0, 0, LAG])
  const narrow = { ...later, settings: { ...later.settings, windowMin: dice.pick(WINDOWS) } }
  return { ...(isFar ? asFar(narrow) : narrow), lag }
}

/**
 * There a snapshot in small chunks would take minutes and be old when it arrives, and entries that go one by one would never catch
 * up with new ones; and without stickiness whoever is on its way out would depose every leader before its entries are on a majority.
 */
function asFar({ network, settings, ...rest }: Profile): Profile {
  const { chunkBytes, appendBytes, windowMin } = LIMITS
  return { ...rest, network: { ...network, delayMax: FAR }, settings: { ...settings, chunkBytes, appendBytes, windowMin, preVote: true } }
}

/** So few, or for so short a time, that tabs are forgotten while they live. */
function drawSessions(dice: Dice): SessionLimits {
  return { count: dice.pick([1, 3, SESSIONS.count, SESSIONS.count]), idle: dice.pick([1_000, 3_000, SESSIONS.idle, SESSIONS.idle]) }
}

/** Tiny ones, often, in most worlds; in a quarter of them none is ever due. */
function drawSnapshots(dice: Dice, settings: Settings): Pick<Profile, 'settings' | 'snapshotAfter'> {
  const snapshotAfter = dice.pick([1, 300, 1_500, LIMITS.logBytesBeforeSnapshot])
  const [chunkBytes, logTail] = [dice.pick([200, 1_000, LIMITS.chunkBytes]), dice.pick([0, 2, 10])]
  return { snapshotAfter, settings: { ...settings, chunkBytes, logTail } }
}

/** Small batches and squeezed timeouts wake rules that sleep otherwise (FACTS 6.4.1). How often: timeouts are squeezed, pre-vote is on. */
export function drawSettings(dice: Dice, squeezed: number, preVote: number): Settings {
  const isSqueezed = dice.chance(squeezed)
  return {
    electionMin: TIMES.electionMin,
    electionMax: isSqueezed ? TIMES.electionMin + dice.pick([1, 5, 30]) : TIMES.electionMax,
    heartbeat: TIMES.heartbeat,
    checkQuorum: isSqueezed ? 2 * TIMES.electionMax : TIMES.checkQuorum,
    preVote: dice.chance(preVote),
    appendBytes: dice.pick([1, 200, 2_000, LIMITS.appendBytes]),
    appendsInFlight: dice.pick([1, 2, LIMITS.appendsInFlight]),
    windowMin: LIMITS.windowMin,
    uncommittedMax: dice.pick([4, 50, LIMITS.proposalsInFlight]),
    chunkBytes: LIMITS.chunkBytes,
    logTail: LIMITS.logTail,
  }
}

function drawNetwork(dice: Dice): NetworkProfile {
  return {
    delayMax: dice.pick([2, 10, 40]),
    handshake: dice.pick([
      [20, 60],
      [100, 400],
      [300, 1_200],
    ] as const),
    loss: dice.pick([0, 0, 0.01, 0.1]),
    duplicate: dice.pick([0, 0, 0.02, 0.2]),
    reorder: dice.pick([0, 0, 0.02, 0.2]),
    reorderMax: dice.pick([20, 300]),
    spike: dice.pick([0, 0.01, 0.05]),
    spikeMax: dice.pick([20, 200, 600]),
    farewellLoss: dice.pick([0, 0.2, 0.5, 1]),
    farewellCut: 0,
  }
}

function drawDisk(dice: Dice): DiskProfile {
  const saveMin = dice.pick([0.3, 1, 4])
  return {
    saveMin,
    saveMax: saveMin * dice.pick([2, 5, 20]),
    slow: dice.pick([0, 0, 0.01, 0.05]),
    slowMax: dice.pick([100, 600]),
    failure: dice.pick([0, 0, 0, 0.002]),
    lost: 0.5,
    late: 0.25,
  }
}
