/** How fast simulated worlds are run, on one core: the simulator's speed is the reach of the evidence. */
import { bundleSimulator } from '../../scripts/sim-bundle.ts'
import type { runBareSeed } from '../../shared/sim/bare/run.ts'
import type { runSeed } from '../../shared/sim/run.ts'
import type { Verdict } from '../../shared/sim/verdict.ts'
import type { Figures } from './figures.ts'

/** The first make the engine warm and are not counted. */
const WARM = 20
const SEEDS = 100

/** Compiled as `npm run sim` and the tests run it. */
export async function simulatorSpeed(): Promise<Figures> {
  const whole = await load<{ runSeed: typeof runSeed }>('shared/sim/run.ts')
  const bare = await load<{ runBareSeed: typeof runBareSeed }>('shared/sim/bare/run.ts')
  const [ofWhole, ofBare] = [await timed((seed) => whole.runSeed({ seed })), await timed((seed) => bare.runBareSeed({ seed }))]
  return {
    sim_events_per_s: Math.round(ofWhole.events / ofWhole.seconds),
    sim_seeds_per_minute: Math.round((SEEDS / ofWhole.seconds) * 60),
    sim_bare_events_per_s: Math.round(ofBare.events / ofBare.seconds),
  }
}

async function load<T>(entry: string): Promise<T> {
  const code = await bundleSimulator(entry)
  return (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as T
}

async function timed(run: (seed: number) => Promise<Verdict>): Promise<{ readonly events: number; readonly seconds: number }> {
  let [startedAt, events] = [performance.now(), 0]
  for (let seed = 1; seed <= WARM + SEEDS; seed++) {
    if (seed === WARM + 1) [startedAt, events] = [performance.now(), 0]
    const { steps, violation } = await run(seed)
    if (violation !== null) throw new Error(`seed ${seed}: ${violation.law}`)
    events += steps
  }
  return { events, seconds: (performance.now() - startedAt) / 1_000 }
}
