/**
 * The simulator is believed because it was seen to bite: mistakes are planted, and it must find them (FACTS 6.4.1). Here a sample
 * of those that the kill table says it finds at once; `npm run mutants` looks for all of them.
 */
import { describe, expect, test } from 'vitest'
import { readKills } from '../mutants/kills.ts'
import type { Kill } from '../mutants/kills.ts'
import { mutantNamed, plant } from '../mutants/plant.ts'

/** Worlds change with the code that they run: what took one seed may take a few more. */
const SEEDS = 20
const SAMPLE = 8
/** Laws that want a whole world to be seen. */
const SLOW = /livelock|progress|never ends/

/** Of each law some, in turn, those first that show soonest. */
function sample(kills: readonly Kill[]): readonly string[] {
  const found = kills.filter(({ swarm }) => swarm?.law !== undefined && swarm.law !== null && swarm.seeds === 1 && !SLOW.test(swarm.law))
  const byLaw = new Map<string, readonly Kill[]>()
  for (const kill of found.toSorted((a, b) => a.swarm!.seeds - b.swarm!.seeds)) {
    byLaw.set(kill.swarm!.law!, [...(byLaw.get(kill.swarm!.law!) ?? []), kill])
  }
  const inTurn = Array.from({ length: SAMPLE }, (_, at) => [...byLaw.values()].flatMap((kills) => kills[at] ?? [])).flat()
  return inTurn.slice(0, SAMPLE).map(({ name }) => name)
}

describe(`a planted mistake is found within ${SEEDS} seeds`, () => {
  const names = sample([...readKills().values()])

  test.each(names)('%s', async (name) => {
    const { runSeed } = await plant(mutantNamed(name))
    let found: string | null = null
    for (let seed = 1; seed <= SEEDS && found === null; seed++) {
      const { violation } = await runSeed({ seed })
      if (violation !== null) found = `seed ${seed}: ${violation.law}`
    }
    expect(found).not.toBeNull()
  })

  test(`these were ${SAMPLE}`, () => {
    expect(names.length).toBe(SAMPLE)
  })
})
