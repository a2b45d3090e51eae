/**
 * Makes a failing run small: fewer faults that last less, milder settings, an earlier end, as long as the same law is broken.
 * Pure over `run`, and bounded by the events it may spend (Zeller's ddmin for the faults, one try each for the rest).
 */
import { LIMITS, SESSIONS, TIMES } from '../limits.ts'
import type { Profile } from './profile.ts'
import type { Schedule, WholeVerdict } from './run.ts'

export interface Shrunk {
  readonly schedule: Schedule
  readonly violation: NonNullable<WholeVerdict['violation']>
  readonly runs: number
  /** Of nodes, in all runs together. */
  readonly events: number
}

/** Null when this schedule breaks no law. `told` hears of every smaller one. */
export async function shrink(
  schedule: Schedule,
  run: (schedule: Schedule) => Promise<WholeVerdict>,
  eventsMax: number,
  told: (schedule: Schedule) => void = () => {},
): Promise<Shrunk | null> {
  const { violation, steps } = await run(schedule)
  if (violation === null) return null
  let best: Shrunk = { schedule, violation, runs: 1, events: steps }
  const keeps = async (smaller: Schedule): Promise<boolean> => {
    if (best.events >= eventsMax) return false
    const verdict = await run(smaller)
    const isSame = verdict.violation?.law === best.violation.law
    best = { ...best, runs: best.runs + 1, events: best.events + verdict.steps }
    if (isSame && verdict.violation !== null) {
      best = { ...best, schedule: smaller, violation: verdict.violation }
      told(smaller)
    }
    return isSame
  }
  // A milder world may need fewer faults, and fewer faults may need less of a world.
  for (let before: Schedule | null = null; before !== best.schedule;) {
    before = best.schedule
    await fewerFaults(before, keeps)
    await earlierEnd(best, keeps)
    for (const milder of MILDER) {
      const profile = milder(best.schedule.profile)
      if (JSON.stringify(profile) !== JSON.stringify(best.schedule.profile)) await keeps({ ...best.schedule, profile })
    }
    await shorterFaults(best.schedule, keeps)
  }
  return best
}

type Keeps = (smaller: Schedule) => Promise<boolean>

async function fewerFaults(schedule: Schedule, keeps: Keeps): Promise<void> {
  let { faults } = schedule
  for (let parts = 2; faults.length > 0;) {
    const size = Math.ceil(faults.length / parts)
    let isFewer = false
    for (let at = 0; at < faults.length && !isFewer; at += size) {
      const rest = [...faults.slice(0, at), ...faults.slice(at + size)]
      isFewer = await keeps({ ...schedule, faults: rest })
      if (isFewer) faults = rest
    }
    if (!isFewer && size === 1) return
    parts = isFewer ? Math.max(parts - 1, 2) : Math.min(parts * 2, faults.length)
  }
}

/** People stop typing and all is healed when it broke, or before. */
async function earlierEnd({ schedule, violation }: Shrunk, keeps: Keeps): Promise<void> {
  const { profile, faults } = schedule
  const whole = profile.quiet + profile.chaos
  for (const end of [violation.at / 2, violation.at * 0.75, violation.at + 1]) {
    if (end >= whole - 1) continue
    const [quiet, chaos] = [Math.min(profile.quiet, end), Math.max(end - profile.quiet, 0)]
    if (await keeps({ ...schedule, profile: { ...profile, quiet, chaos }, faults: faults.filter(({ at }) => at < end) })) return
  }
}

async function shorterFaults(schedule: Schedule, keeps: Keeps): Promise<void> {
  let { faults } = schedule
  for (const [k, fault] of faults.entries()) {
    if (fault.lasts < 2) continue
    const shorter = faults.with(k, { ...fault, lasts: Math.floor(fault.lasts / 4) })
    if (await keeps({ ...schedule, faults: shorter })) faults = shorter
  }
}

/** One knob each, turned to where it troubles nobody. */
const MILDER: readonly ((profile: Profile) => Profile)[] = [
  (profile) => ({ ...profile, network: { ...profile.network, loss: 0 } }),
  (profile) => ({ ...profile, network: { ...profile.network, duplicate: 0 } }),
  (profile) => ({ ...profile, network: { ...profile.network, reorder: 0 } }),
  (profile) => ({ ...profile, network: { ...profile.network, spike: 0 } }),
  (profile) => ({ ...profile, network: { ...profile.network, farewellLoss: 0 } }),
  (profile) => ({ ...profile, network: { ...profile.network, farewellCut: 0 } }),
  (profile) => ({ ...profile, network: { ...profile.network, delayMax: 2, handshake: [20, 60] } }),
  (profile) => ({ ...profile, disk: { ...profile.disk, slow: 0 } }),
  (profile) => ({ ...profile, disk: { ...profile.disk, failure: 0 } }),
  (profile) => ({ ...profile, disk: { ...profile.disk, saveMin: 1, saveMax: 1 } }),
  (profile) => ({ ...profile, clock: { drift: 0, rounding: 0 } }),
  (profile) => ({ ...profile, settings: { ...profile.settings, electionMax: TIMES.electionMax } }),
  (profile) => ({ ...profile, settings: { ...profile.settings, preVote: true } }),
  (profile) => ({ ...profile, settings: { ...profile.settings, appendBytes: LIMITS.appendBytes } }),
  (profile) => ({ ...profile, settings: { ...profile.settings, appendsInFlight: LIMITS.appendsInFlight } }),
  (profile) => ({ ...profile, settings: { ...profile.settings, windowMin: LIMITS.windowMin } }),
  (profile) => ({ ...profile, settings: { ...profile.settings, uncommittedMax: LIMITS.proposalsInFlight } }),
  (profile) => ({ ...profile, snapshotAfter: LIMITS.logBytesBeforeSnapshot }),
  (profile) => ({ ...profile, checksumEvery: LIMITS.checksumEvery }),
  (profile) => ({ ...profile, sessions: SESSIONS }),
  (profile) => ({ ...profile, newBuildAt: Infinity }),
  (profile) => ({ ...profile, lag: 0 }),
  (profile) => ({ ...profile, commandEvery: Math.max(profile.commandEvery, 1_000) }),
]

/** A test to be pasted: what the seed draws by itself is left out. */
export function asTest({ schedule, violation }: Pick<Shrunk, 'schedule' | 'violation'>, drawn: Schedule): string {
  const { seed, profile, faults } = schedule
  const changed = Object.entries(profile).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(drawn.profile[key as keyof Profile]),
  )
  const lines = [
    `test(${quoted(`seed ${seed}: ${violation.law}`)}, async () => {`,
    '  const { violation } = await runSeed({',
    `    seed: ${seed},`,
    ...(changed.length > 0 ? ['    profile: {', ...changed.map(([key, value]) => `      ${key}: ${literal(value)},`), '    },'] : []),
    '    faults: [',
    ...faults.map((fault) => `      ${literal(fault)},`),
    '    ],',
    '  })',
    '  expect(violation).toBeNull()',
    '})',
  ]
  return lines.join('\n')
}

function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{ ${Object.entries(value)
    .map(([key, of]) => `${key}: ${literal(of)}`)
    .join(', ')} }`
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
