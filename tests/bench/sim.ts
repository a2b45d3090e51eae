/** How fast simulated worlds are run, on one core: the simulator's speed is the reach of the evidence. */
import { bundleSimulator } from '../../scripts/sim-bundle.ts'
import type { runSeed } from '../../shared/sim/run.ts'
import type { Figures } from './figures.ts'

/** The first make the engine warm and are not counted. */
const WARM = 20
const SEEDS = 100

/** Compiled as `npm run sim` and the tests run it. */
export async function simulatorSpeed(): Promise<Figures> {
  const code = await bundleSimulator('shared/sim/run.ts')
  const simulator = (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as { runSeed: typeof runSeed }
  let [startedAt, events] = [performance.now(), 0]
  for (let seed = 1; seed <= WARM + SEEDS; seed++) {
    if (seed === WARM + 1) [startedAt, events] = [performance.now(), 0]
    const { steps, violation } = await simulator.runSeed({ seed })
    if (violation !== null) throw new Error(`seed ${seed}: ${violation.law}`)
    events += steps
  }
  const seconds = (performance.now() - startedAt) / 1_000
  return { sim_events_per_s: Math.round(events / seconds), sim_seeds_per_minute: Math.round((SEEDS / seconds) * 60) }
}
