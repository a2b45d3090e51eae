/** Simulated worlds with a mistake in them. */
import type { Mutant } from './mutant.ts'
import type { Verdict } from '../../shared/sim/verdict.ts'
import { plant, plantBare } from './plant.ts'

/** In how many worlds it was looked for, and by which law the last of them showed it; null: none did. */
export interface Swarmed {
  readonly seeds: number
  readonly law: string | null
}

export type Worlds = 'whole' | 'bare'

/** Of what bare worlds run: the core without its policy. */
export function isInCore({ patches }: Mutant): boolean {
  return patches.every(({ file }) => file.startsWith('shared/raft/') && file !== 'shared/raft/autopilot.ts')
}

/** Looks at the worlds of seeds `from` to `to`. `ended` hears after each. */
export async function swarm(mutant: Mutant, worlds: Worlds, from: number, to: number, ended: () => void): Promise<Swarmed> {
  let rejected: string | null = null
  const hear = (): void => {
    rejected = 'a promise was rejected'
  }
  process.on('unhandledRejection', hear)
  process.on('uncaughtException', hear)
  try {
    const run = await runnerOf(mutant, worlds)
    for (let seed = from; seed <= to; seed++) {
      const law = await run({ seed }).then(({ violation }) => violation?.law ?? null, String)
      ended()
      if (law !== null || rejected !== null) return { seeds: seed, law: law ?? rejected }
    }
    return { seeds: to, law: null }
  } finally {
    process.off('unhandledRejection', hear)
    process.off('uncaughtException', hear)
  }
}

async function runnerOf(mutant: Mutant, worlds: Worlds): Promise<(options: { readonly seed: number }) => Promise<Verdict>> {
  return worlds === 'whole' ? (await plant(mutant)).runSeed : (await plantBare(mutant)).runBareSeed
}
