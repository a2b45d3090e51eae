/** The explorer is believed because it bites: each rule switched off by itself leads to harm, in as many moves as it ever took. */
import { describe, expect, test } from 'vitest'
import { plantIn } from '../mutants/plant.ts'
import { BROKEN_RULES } from './broken-rules.ts'
import type * as Entry from './entry.ts'
import { WORLDS } from './worlds.ts'

describe('a rule that is switched off is missed', () => {
  test.each(BROKEN_RULES)('$rule: $world', async ({ world, patches, laws, law, moves }) => {
    const { exploreWorld } = await plantIn<typeof Entry>('tests/explore/entry.ts', patches)
    const { violation } = exploreWorld(world, { laws })
    expect(violation?.law).toMatch(law)
    expect(violation?.schedule.length, violation?.schedule.join('\n')).toBe(moves)
  })

  test('in every world', () => {
    expect(new Set(BROKEN_RULES.map(({ world }) => world))).toEqual(new Set(WORLDS.map(({ name }) => name)))
  })
})
