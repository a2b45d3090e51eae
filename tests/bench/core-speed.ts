/** How fast the core is by itself, and whether a long log makes it slower. */
import { bundleSimulator } from '../../scripts/sim-bundle.ts'
import { p50, round } from './figures.ts'
import type { Figures } from './figures.ts'
import type * as Core from './core.ts'

/** Half of what may be under way at once. */
const BATCH = 500
/** A fresh cluster a round, so that what is measured is not how much a process can hold. */
const ROUNDS = 15
const BATCHED = 100_000
const SINGLE = 20_000
const SHORT = 100
const LONG = 1_000_000
/** Clusters of the short and the long log take turns, so that whatever else the machine does falls on both. */
const BLOCKS = 60
const BLOCK = 500

export async function coreSpeed(): Promise<Figures> {
  const code = await bundleSimulator('tests/bench/core.ts')
  const core = (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as typeof Core
  const [short, long] = stepCosts(core)
  return {
    core_commits_per_s: Math.round(commitsPerSecond(core, BATCHED, BATCH)),
    core_commits_single_per_s: Math.round(commitsPerSecond(core, SINGLE, 1)),
    step_us_short_p50: round(short),
    step_us_long_p50: round(long),
    step_cost_growth: round(long / short),
  }
}

/** The median round. */
function commitsPerSecond({ CoreCluster, commandsOf }: typeof Core, total: number, batch: number): number {
  const commands = commandsOf('bench', total)
  const batches = Array.from({ length: total / batch }, (_, k) => commands.slice(k * batch, (k + 1) * batch))
  const rounds = Array.from({ length: ROUNDS }, () => {
    const cluster = new CoreCluster(SHORT)
    const [before, startedAt] = [cluster.commitIndex, performance.now()]
    for (const commands of batches) cluster.commit(commands)
    const seconds = (performance.now() - startedAt) / 1_000
    if (cluster.commitIndex - before !== total) throw new Error('not all was committed')
    return total / seconds
  })
  return p50(rounds)
}

/** Microseconds a step, with a short and with a long log, each the median block. */
function stepCosts({ CoreCluster, commandsOf }: typeof Core): readonly [number, number] {
  const commands = commandsOf('bench', BLOCK)
  const cost = (cluster: Core.CoreCluster): number => {
    const [steps, startedAt] = [cluster.steps, performance.now()]
    for (const command of commands) cluster.commit([command])
    return ((performance.now() - startedAt) * 1_000) / (cluster.steps - steps)
  }
  const long = new CoreCluster(LONG)
  const costs = Array.from({ length: BLOCKS }, () => ({ short: cost(new CoreCluster(SHORT)), long: cost(long) }))
  return [p50(costs.map(({ short }) => short)), p50(costs.map(({ long }) => long))]
}
