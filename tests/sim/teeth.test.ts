/** The simulator is believed because it was seen to bite: mistakes are planted, and it must find them (FACTS 6.4.1). */
import { describe, expect, test } from 'vitest'
import { MUTANTS, plant } from './mutants.ts'

const SEEDS = 100

describe('a planted mistake is found within 100 seeds', () => {
  test.each(MUTANTS)('$name', async (mutant) => {
    const { runSeed } = await plant(mutant)
    let found: string | null = null
    for (let seed = 1; seed <= SEEDS && found === null; seed++) {
      const { violation } = await runSeed({ seed })
      if (violation !== null) found = `seed ${seed}: ${violation.law}`
    }
    console.log(`${mutant.name}: ${found ?? 'NOT FOUND'}`)
    expect(found).not.toBeNull()
  })
})
