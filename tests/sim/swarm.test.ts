/** 500 seeds: browsers, tabs and a network that fail in every way the adversary knows, then calm and agreement. */
import { describe, expect, test } from 'vitest'
import { runSeed } from '../../shared/sim/run.ts'

const SEEDS = 500
const BLOCK = 25
const blocks = Array.from({ length: SEEDS / BLOCK }, (_, k) => k * BLOCK + 1)

describe('every law holds under every fault, and once calm everybody agrees', () => {
  test.each(blocks)('seeds from %i on', async (from) => {
    let commits = 0
    for (let seed = from; seed < from + BLOCK; seed++) {
      const verdict = await runSeed({ seed })
      expect(verdict.violation, `npm run sim -- --seed ${seed}`).toBeNull()
      commits += verdict.commits
    }
    // A swarm in which nothing is ever agreed would prove nothing.
    expect(commits).toBeGreaterThan(BLOCK)
  })
})
