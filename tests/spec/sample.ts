/** Runs simulated worlds and checks every transition of every node. */
import { plainTransition } from '../../shared/host/transition.ts'
import type { runSeed } from '../../shared/sim/run.ts'
import type { RunOptions, WholeVerdict } from '../../shared/sim/run.ts'
import { Check } from './check.ts'
import { observe } from './observe.ts'

/** `run` may be that of a copy with a mistake in it. */
export async function checkWorld(
  run: typeof runSeed,
  options: RunOptions,
): Promise<{ readonly check: Check; readonly verdict: WholeVerdict }> {
  const check = new Check()
  const verdict = await run({ ...options, transition: (transition) => check.see(observe(plainTransition(transition))) })
  return { check, verdict }
}
