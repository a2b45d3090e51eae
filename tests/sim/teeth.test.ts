/** The simulator is believed because it was seen to bite: mistakes are planted, and it must find them (FACTS 6.4.1). */
import { describe, expect, test } from 'vitest'
import { MUTANTS, plant } from './mutants.ts'

const SEEDS = 100

/** Quieter mistakes, which 100 seeds do not show yet: scenes with these rules in their titles catch them. */
const QUIET: Readonly<Record<string, string>> = {
  'the last terms are not compared (5.4.1)': 'E5',
  'an entry of an older term is committed by counting (5.4.2)': 'R5',
  'votes are a number: a removed node counts itself': 'E6',
  'a configuration is not rolled back with its entry': 'M2',
  'a sequence number may be skipped': 'C2, C3',
  'a command that comes again is applied again': 'C3',
}

describe('a planted mistake is found within 100 seeds', () => {
  test.each(MUTANTS.filter(({ name }) => QUIET[name] === undefined))('$name', async (mutant) => {
    const { runSeed } = await plant(mutant)
    let found: string | null = null
    for (let seed = 1; seed <= SEEDS && found === null; seed++) {
      const { violation } = await runSeed({ seed })
      if (violation !== null) found = `seed ${seed}: ${violation.law}`
    }
    expect(found).not.toBeNull()
  })

  test('every mistake that is left to the scenes is one of the list', () => {
    const names = MUTANTS.map(({ name }) => name)
    for (const name of Object.keys(QUIET)) expect(names).toContain(name)
  })
})
