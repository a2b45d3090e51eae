/** Many small worlds, each with troubles of its own. */
import { expect, test } from 'vitest'
import { runSeed } from '../../shared/sim/run.ts'

const BATCH = 25

/** One test a batch: a failure names its seeds, and `npm run sim -- --seed N` shows what happened. */
export function swarm(from: number, count: number): void {
  for (let first = from; first < from + count; first += BATCH) {
    test(`all laws hold in the worlds of seeds ${first} to ${first + BATCH - 1}`, async () => {
      const broken: string[] = []
      for (let seed = first; seed < first + BATCH; seed++) {
        const { violation } = await runSeed({ seed })
        if (violation !== null) broken.push(`npm run sim -- --seed ${seed}: ${violation.law}: ${violation.detail}`)
      }
      expect(broken).toEqual([])
    })
  }
}
