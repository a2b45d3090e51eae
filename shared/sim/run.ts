/** One seed from its first moment to the verdict: faults, then calm. */
import { Adversary } from './adversary.ts'
import { demandAgreement } from './calm.ts'
import { Cluster } from './cluster.ts'
import { Dice } from './dice.ts'
import { describeFault, drawFaults } from './faults.ts'
import type { Fault } from './faults.ts'
import { drawProfile } from './profile.ts'
import type { Profile } from './profile.ts'
import type { Verdict } from './verdict.ts'
import { World } from './world.ts'
import type { Trace, Violation } from './world.ts'
import type { Transition } from '../host/transition.ts'

export interface RunOptions {
  readonly seed: number
  readonly trace?: Trace
  /** Sees whatever happens to any node, in order. */
  readonly transition?: (transition: Transition) => void
  /** See WorldOptions. */
  readonly drain?: () => Promise<void>
  /** Instead of what the seed draws. */
  readonly profile?: Partial<Profile>
  readonly faults?: readonly Fault[]
}

/** Everything that decides a run. */
export interface Schedule {
  readonly seed: number
  readonly profile: Profile
  readonly faults: readonly Fault[]
}

export interface WholeVerdict extends Verdict {
  /** What a profile that went on in two places broke, before they met or after; null in all other worlds. */
  readonly tolerated: Violation | null
}

const BUDGET = 400_000

/** What a seed draws. Faults are drawn before anything happens, so one fewer leaves the others as they are. */
export function scheduleOf(seed: number, given: Pick<RunOptions, 'profile' | 'faults'> = {}): Schedule {
  const profile = { ...drawProfile(new Dice(seed, 'profile')), ...given.profile }
  return { seed, profile, faults: given.faults ?? drawFaults(new Dice(seed, 'plan'), profile) }
}

export async function runSeed({ seed, trace, drain, transition, ...given }: RunOptions): Promise<WholeVerdict> {
  const world = new World({ seed, budget: BUDGET, trace: trace ?? null, ...(drain === undefined ? {} : { drain }) })
  const { profile, faults } = scheduleOf(seed, given)
  if (world.isTracing) {
    world.trace('seed', `${seed} ${JSON.stringify(profile)}`)
    for (const fault of faults) world.trace('plan', describeFault(fault))
  }
  const cluster = new Cluster(world, profile, transition)
  const adversary = new Adversary(cluster)
  void cluster.foundList(cluster.newMachine())
  adversary.plan(faults)
  const end = profile.quiet + profile.chaos
  cluster.clients.type(() => cluster.pages, profile.commandEvery, end)
  cluster.readers.look(() => cluster.pages, 2 * profile.commandEvery, end)
  await world.run(end)
  if (world.violation === null) await demandAgreement(cluster, adversary)
  const { violation, tolerated, steps } = world
  const { laws, oracle } = cluster
  return { seed, violation, tolerated, steps, commits: laws.lastCommitted, reigns: laws.reigns, answered: oracle.answered }
}
