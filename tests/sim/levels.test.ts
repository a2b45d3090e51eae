/** Builds of two kinds in one cluster: one of them has a level more. */
import { expect, test } from 'vitest'
import { runSeed } from '../../shared/sim/run.ts'

const SEEDS = 6

test('C12, C13: where all can, the level is raised; tabs of an older build that meet it lead no more, and are well once reloaded', async () => {
  let [raised, told] = [0, 0]
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violation } = await runSeed({
      seed,
      profile: { newBuildAt: 0, oldBuilds: 0.4, copies: 0 },
      transition: (transition) => {
        if (transition.type !== 'stepped') return
        for (const input of transition.inputs) {
          if (input.type === 'mark' && input.mark.type === 'level') raised++
          if (input.type === 'abstain') told++
        }
      },
    })
    expect(violation, `seed ${seed}`).toBeNull()
  }
  expect(raised).toBeGreaterThan(0)
  expect(told).toBeGreaterThan(0)
})
