/** Bare worlds: one seed decides everything, much happens in them, and they bite. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { runBareSeed } from '../../shared/sim/bare/run.ts'
import { mutantNamed, plantBare } from '../mutants/plant.ts'

async function traceOf(seed: number): Promise<{ readonly lines: readonly string[]; readonly hash: string }> {
  const lines: string[] = []
  await runBareSeed({ seed, trace: (line) => lines.push(line) })
  return { lines, hash: createHash('sha256').update(lines.join('\n')).digest('hex') }
}

describe('one seed decides a bare world', () => {
  test.each([3, 41, 72])('seed %i gives the same trace, byte for byte, when it is run again', async (seed) => {
    const first = await traceOf(seed)
    expect(first.lines.length).toBeGreaterThan(500)
    expect((await traceOf(seed)).hash).toBe(first.hash)
  })

  test('a run without a trace ends like the run with one', async () => {
    const verdict = await runBareSeed({ seed: 7 })
    expect(await runBareSeed({ seed: 7, trace: () => {} })).toEqual(verdict)
    expect(verdict).toMatchObject({ seed: 7, violation: null })
    expect(verdict.steps).toBeGreaterThan(5_000)
  })
})

const WHAT = [
  'its write is lost',
  'its write is landed',
  'its write is late',
  'leaves',
  'is frozen',
  'hands over',
  'is asked to change',
  'installs a snapshot',
]

test('in some bare worlds there are many leaders, reads, snapshots, lost and late writes, farewells and changes', async () => {
  const seen = new Set<string>()
  let [reigns, answered] = [0, 0]
  for (let seed = 1; seed <= 20; seed++) {
    const trace = (line: string): void => {
      for (const what of WHAT) if (line.includes(what)) seen.add(what)
    }
    const verdict = await runBareSeed({ seed, trace })
    reigns += verdict.reigns
    answered += verdict.answered
  }
  expect([...seen].toSorted()).toEqual(WHAT.toSorted())
  expect(reigns).toBeGreaterThan(100)
  expect(answered).toBeGreaterThan(100)
})

/** Whichever law comes first in the worlds that are drawn; `nothing throws` is an invariant of the core itself. */
const SEEDS = 30
const FOUND: Readonly<Record<string, RegExp>> = {
  'two votes in a term': /Election Safety|one vote a term|nothing throws/,
  'half of an even number is a majority': /Election Safety|Leader Completeness|committed on a quorum/,
  'votes are a number: a removed node counts itself': /Election Safety|Leader Completeness|nothing throws/,
  'the last terms are not compared (5.4.1)': /Leader Completeness|State Machine Safety/,
  'prevLogTerm is not compared (5.3)': /Log Matching|State Machine Safety/,
  'who is removed by its own uncommitted log does not campaign (4.2.2)': /progress once all is well/,
}

describe(`a mistake planted in the core is found within ${SEEDS} bare worlds`, () => {
  test.each(Object.entries(FOUND))('%s', async (name, law) => {
    const planted = await plantBare(mutantNamed(name))
    let found: string | null = null
    for (let seed = 1; seed <= SEEDS && found === null; seed++) found = (await planted.runBareSeed({ seed })).violation?.law ?? null
    expect(found).toMatch(law)
  })
})
