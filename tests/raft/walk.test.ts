/** Where nobody thought of a scene: seeds choose what happens. A seed that fails brings the same walk back. */
import { describe, expect, test } from 'vitest'
import type { Walk } from '../support/cluster-walk.ts'
import { calm, walk } from '../support/cluster-walk.ts'

const SEEDS = Number(process.env['WALK_SEEDS'] ?? 25)
const ABC = ['A', 'B', 'C']

const WALKS: Readonly<Record<string, Walk>> = {
  'three voters': { voters: ABC, steps: 400 },
  'three voters without pre-vote': { voters: ABC, steps: 400, preVote: false },
  'five voters': { voters: [...ABC, 'D', 'E'], steps: 500 },
  'one voter and a learner': { voters: ['A'], learners: ['B'], steps: 200 },
  'members that change': { voters: ABC, learners: ['D', 'E'], steps: 600, changes: true },
  'two voters that say farewell': { voters: ['A', 'B'], steps: 300, farewells: true },
  'members that change and say farewell': { voters: ABC, learners: ['D'], steps: 600, changes: true, farewells: true },
}

describe.each(Object.entries(WALKS))('Figure 3 on a walk with %s', (_, options) => {
  test.each(Array.from({ length: SEEDS }, (_, seed) => seed + 1))('seed %i breaks no law, and goes on once all are back', (seed) => {
    const cluster = calm(walk(seed, options))
    const leader = cluster.leader
    expect(leader).not.toBe(null)
    cluster.propose(leader!, 'the end').settle().pass(200)
    expect(cluster.applied(leader!).at(-1)).toBe('the end')
  })
})
