/** One seed from its first moment to the verdict. */
import { Cluster } from './cluster.ts'
import { drawProfile } from './profile.ts'
import { World } from './world.ts'
import type { Trace, Violation } from './world.ts'

export interface RunOptions {
  readonly seed: number
  readonly trace?: Trace
  readonly drain?: () => Promise<void>
}

export interface Verdict {
  readonly seed: number
  /** Null: all laws held. */
  readonly violation: Violation | null
  readonly steps: number
  readonly commits: number
  readonly reigns: number
  readonly answered: number
}

const BUDGET = 300_000

export async function runSeed({ seed, trace, drain }: RunOptions): Promise<Verdict> {
  const world = new World({ seed, budget: BUDGET, trace: trace ?? null, ...(drain === undefined ? {} : { drain }) })
  const profile = drawProfile(world.dice('profile'))
  const cluster = new Cluster(world, profile)
  const machine = cluster.newMachine()
  void cluster.foundList(machine)
  await world.run(500)
  cluster.openTab(machine, null)
  cluster.openTab(cluster.newMachine(), null)
  cluster.clients.type(() => cluster.pages, profile.commandEvery, 5_000)
  await world.run(8_000)
  const { violation, steps } = world
  return { seed, violation, steps, commits: cluster.laws.lastCommitted, reigns: cluster.laws.reigns, answered: cluster.oracle.answered }
}
