/** Many small worlds, each with troubles of its own. */
import { expect, test } from 'vitest'
import type { Verdict } from '../../shared/sim/verdict.ts'
import { plant, plantBare } from '../mutants/plant.ts'

interface Worlds {
  readonly from: number
  readonly count: number
  /** Steps of nodes in all of them; a world in which little happens proves little. */
  readonly eventsMin: number
}

/** Whole worlds: tabs, bytes, disks and the list. */
export function swarm(worlds: Worlds): void {
  const simulator = plant(null)
  holdInAll(worlds, 50, 'npm run sim --', async (seed) => (await simulator).runSeed({ seed }))
}

/** Worlds of cores alone, many more of them. */
export function bareSwarm(worlds: Worlds): void {
  const simulator = plantBare(null)
  holdInAll(worlds, 175, 'npm run sim -- --bare', async (seed) => (await simulator).runBareSeed({ seed }))
}

/**
 * One test a batch: a failure names its seeds, and `command` shows what happened. `run` is of one compiled file: each name that
 * is looked up on its way through the test runner's modules costs more than the law it checks.
 */
function holdInAll({ from, count, eventsMin }: Worlds, batch: number, command: string, run: (seed: number) => Promise<Verdict>): void {
  let [seeds, events] = [0, 0]
  for (let first = from; first < from + count; first += batch) {
    test(`all laws hold in the worlds of seeds ${first} to ${first + batch - 1}`, async () => {
      const broken: string[] = []
      for (let seed = first; seed < first + batch; seed++) {
        const { violation, steps } = await run(seed)
        seeds++
        events += steps
        if (violation !== null) broken.push(`${command} --seed ${seed}: ${violation.law}: ${violation.detail}`)
      }
      expect(broken).toEqual([])
    })
  }

  test(`those were ${count} seeds and at least ${eventsMin} events`, () => {
    expect(seeds).toBe(count)
    expect(events).toBeGreaterThanOrEqual(eventsMin)
  })
}
