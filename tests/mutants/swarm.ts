/** Simulated worlds with a mistake in them. */
import type { Mutant } from './mutant.ts'
import { plant } from './plant.ts'

/** In how many worlds it was looked for, and by which law the last of them showed it; null: none did. */
export interface Swarmed {
  readonly seeds: number
  readonly law: string | null
}

/** Looks at the worlds of seeds `from` to `to`. `ended` hears after each. */
export async function swarm(mutant: Mutant, from: number, to: number, ended: () => void): Promise<Swarmed> {
  let rejected: string | null = null
  const hear = (): void => {
    rejected = 'a promise was rejected'
  }
  process.on('unhandledRejection', hear)
  process.on('uncaughtException', hear)
  try {
    const { runSeed } = await plant(mutant)
    for (let seed = from; seed <= to; seed++) {
      const law = await runSeed({ seed }).then(({ violation }) => violation?.law ?? null, String)
      ended()
      if (law !== null || rejected !== null) return { seeds: seed, law: law ?? rejected }
    }
    return { seeds: to, law: null }
  } finally {
    process.off('unhandledRejection', hear)
    process.off('uncaughtException', hear)
  }
}
