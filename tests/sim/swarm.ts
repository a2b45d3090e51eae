/** Many small worlds, each with troubles of its own. */
import { expect, test } from 'vitest'
import { plant } from '../mutants/plant.ts'

const BATCH = 50

/**
 * One test a batch: a failure names its seeds, and `npm run sim -- --seed N` shows what happened. `eventsMin`: steps of nodes in
 * all of them; a world in which little happens proves little.
 */
export function swarm({ from, count, eventsMin }: { readonly from: number; readonly count: number; readonly eventsMin: number }): void {
  let [seeds, events] = [0, 0]
  // As one file: each name that is looked up on its way through the test runner's modules costs more than the law it checks.
  const simulator = plant(null)
  for (let first = from; first < from + count; first += BATCH) {
    test(`all laws hold in the worlds of seeds ${first} to ${first + BATCH - 1}`, async () => {
      const { runSeed } = await simulator
      const broken: string[] = []
      for (let seed = first; seed < first + BATCH; seed++) {
        const { violation, steps } = await runSeed({ seed })
        seeds++
        events += steps
        if (violation !== null) broken.push(`npm run sim -- --seed ${seed}: ${violation.law}: ${violation.detail}`)
      }
      expect(broken).toEqual([])
    })
  }

  test(`those were ${count} seeds and at least ${eventsMin} events`, () => {
    expect(seeds).toBe(count)
    expect(events).toBeGreaterThanOrEqual(eventsMin)
  })
}
