/** A long list in sections: rows stay in theirs, and nothing is made anew that need not be. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isGap, type Gap } from '../../client/ui/drawn.svelte.ts'
import { SECTION, Sections, type Part, type Section } from '../../client/ui/sections.ts'

interface Row {
  readonly id: string
}

const row = (id: string): Row => ({ id })
const nowhere = (): null => null
const rowsOf = (count: number): readonly Row[] => Array.from({ length: count }, (_, k) => row(`r${k}`))
const gap = (number: number): Gap => ({ id: ` gap ${number}`, missing: ['missing'] })
const sectionsOf = (parts: readonly Part<Row>[]): readonly Section<Row>[] => parts.filter((part): part is Section<Row> => !isGap(part))
const flat = (parts: readonly Part<Row>[]): readonly (Row | Gap)[] => parts.flatMap((part) => (isGap(part) ? [part] : part.rows))
/** In which section each row stands. */
const homes = (parts: readonly Part<Row>[]): ReadonlyMap<string, string> =>
  new Map(sectionsOf(parts).flatMap((section) => section.rows.map(({ id }) => [id, section.id] as const)))
/** Those of `before` that stand in another section now: the page makes them anew. */
const madeAnew = (before: readonly Part<Row>[], after: readonly Part<Row>[]): readonly string[] => {
  const [was, is] = [homes(before), homes(after)]
  return [...is.keys()].filter((id) => was.has(id) && was.get(id) !== is.get(id))
}

describe('UI 3 sections of a long list', () => {
  test('rows at rest are the very same sections, and of a changed one no other section changes', () => {
    const sections = new Sections<Row>()
    const rows = rowsOf(500)
    const first = sections.of(rows, nowhere)
    expect(sectionsOf(first).map((section) => section.rows.length)).toEqual(Array.from({ length: 10 }, () => SECTION))
    expect(sections.of([...rows], nowhere)).toEqual(first)
    const second = sections.of(rows.with(120, row('r120')), nowhere)
    expect(second.map((part, at) => part === first[at])).toEqual(first.map((_, at) => at !== 2))
    expect(second.map(({ id }) => id)).toEqual(first.map(({ id }) => id))
  })

  test('of a section that is divided the rows beside the one in use stay as they are', () => {
    const sections = new Sections<Row>()
    const rows = [...rowsOf(SECTION)]
    let before = sections.of(rows, nowhere)
    for (let k = 0; k < SECTION; k++) {
      // Near its start, and near its end, where it has more rows before than a new one gets.
      rows.splice(k % 2 === 0 ? 10 : rows.length - 5, 0, row(`new${k}`))
      const after = sections.of(rows, nowhere)
      expect(madeAnew(before, after)).toEqual([])
      before = after
    }
    expect(before).toHaveLength(1)
    rows.splice(10, 0, row('last'))
    const after = sections.of(rows, () => 'r30')
    expect(sectionsOf(after).map((section) => section.rows.length)).toEqual([51, 50])
    expect(madeAnew(before, after)).not.toContain('r30')
    expect(madeAnew(before, after)).toContain('r9')
  })

  test.each([
    ['up', 430, 20],
    ['down', 20, 430],
    ['to the start', 250, 0],
    ['to the end', 250, 499],
    ['over the next border', 50, 49],
  ])('a row that moves %s is made anew at most, and no other', (_, from, to) => {
    const sections = new Sections<Row>()
    const rows = [...rowsOf(500)]
    const before = sections.of(rows, nowhere)
    const [moved] = rows.splice(from, 1)
    rows.splice(to, 0, moved!)
    const after = sections.of(rows, nowhere)
    expect(flat(after)).toEqual(rows)
    expect([[], [moved!.id]]).toContainEqual(madeAnew(before, after))
  })

  test('what is added one by one, wherever it may be, fills sections', () => {
    for (const at of [0, 100, 125, 500]) {
      const sections = new Sections<Row>()
      const rows = [...rowsOf(500)]
      let parts = sections.of(rows, nowhere)
      for (let k = 0; k < 500; k++) {
        rows.splice(at, 0, row(`new${k}`))
        parts = sections.of(rows, nowhere)
      }
      expect(sectionsOf(parts).length).toBeLessThanOrEqual(1_000 / (SECTION / 2))
    }
  })

  test('a gap stands by itself, and rows that take its place make nothing anew', () => {
    const sections = new Sections<Row>()
    const [head, middle, tail] = [rowsOf(60), rowsOf(200).slice(60, 180), rowsOf(400).slice(180)]
    const before = sections.of([...head, gap(0), ...tail], nowhere)
    expect(before.findIndex((part) => isGap(part))).toBe(2)
    const between = sections.of([...head, ...middle.slice(0, 80), gap(0), ...tail], nowhere)
    expect(madeAnew(before, between)).toEqual([])
    const after = sections.of([...head, ...middle, ...tail], nowhere)
    expect(flat(after)).toEqual(rowsOf(400))
    expect(madeAnew(between, after)).toEqual([])
  })

  test('whatever changes, each row stands once, in order, in a section that has room', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 100, maxLength: 400, size: 'max' })
    const gaps = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 3 })
    fc.assert(
      fc.property(fc.array(fc.tuple(ids, gaps), { minLength: 1, maxLength: 6 }), (steps) => {
        const sections = new Sections<Row>()
        for (const [wanted, places] of steps) {
          const rows: (Row | Gap)[] = wanted.map((id) => row(`r${id}`))
          for (const [number, place] of places.entries()) rows.splice(place, 0, gap(number))
          const parts = sections.of(rows, nowhere)
          expect(flat(parts)).toEqual(rows)
          const all = sectionsOf(parts)
          expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
          for (const section of all) {
            expect(section.rows.length).toBeGreaterThan(0)
            expect(section.rows.length).toBeLessThanOrEqual(2 * SECTION)
          }
        }
      }),
      { numRuns: 50 },
    )
  })
})
