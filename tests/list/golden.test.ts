import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { REFUSALS } from '../../shared/list/commands.ts'
import { hash, tally } from './golden.ts'
import type { Golden } from './golden.ts'

/** Every level there ever was. A hash in these files is never changed: a level means for ever what it meant when it was new. */
describe.each([1, 2])('level %i', (level) => {
  const golden = JSON.parse(readFileSync(new URL(`golden-level-${level}.json`, import.meta.url), 'utf8')) as Golden

  test('its golden log comes to the same states and outcomes as ever', () => {
    const counts = golden.hashes.map(([count]) => count)
    expect(counts.at(-1)).toBe(golden.rows.length)
    expect(hash(level, golden.rows, counts)).toEqual(golden.hashes)
  })

  test('its golden log meets every refusal and every kind of outcome', () => {
    const met = [...tally(level, golden.rows).keys()]
    expect(met).toEqual(
      expect.arrayContaining([...REFUSALS, 'ok', 'repeated', 'settled', 'gap', 'none', ...(level >= 2 ? ['expired'] : [])]),
    )
    expect(met).not.toContain('stopped')
  })
})
