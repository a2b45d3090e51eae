import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Log } from '../../shared/raft/log.ts'
import type { Entry, Index, Term } from '../../shared/raft/types.ts'
import { drawnEntry } from '../support/cluster-picture.ts'

/** A log and the plain array that it should equal. */
interface Pair {
  readonly log: Log
  readonly model: readonly Entry[]
}

/** Terms never decrease along a log, so `rises` says by how much each next one is higher. */
function extend({ log, model }: Pair, rises: readonly number[]): Pair {
  let term = model.at(-1)?.term ?? 1
  const entries = rises.map((rise, at) => drawnEntry(model.length + 1 + at, (term += rise)))
  return { log: log.append(entries), model: [...model, ...entries] }
}

const cut = ({ log, model }: Pair, at: Index): Pair => ({ log: log.truncate(at), model: model.slice(0, at) })

const rises = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 40 })
/** Sometimes enough to cross segments. */
const many = fc.integer({ min: 0, max: 2_200 }).map((count) => Array.from({ length: count }, (_, at) => (at % 97 === 0 ? 1 : 0)))
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ type: fc.constant('append' as const), of: fc.nat(), rises }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('append' as const), of: fc.nat(), rises: many }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('truncate' as const), of: fc.nat(), keep: fc.nat(2_400) }) },
  ),
  { maxLength: 12 },
)

/** All logs that the steps made, each from any earlier one: old views go on living beside new ones. */
function familyOf(made: typeof steps extends fc.Arbitrary<infer T> ? T : never): Pair[] {
  const family: Pair[] = [
    { log: Log.empty, model: [] },
    { log: Log.of([]), model: [] },
  ]
  for (const one of made) {
    const from = family[one.of % family.length]!
    family.push(one.type === 'append' ? extend(from, one.rises) : cut(from, one.keep))
  }
  return family
}

describe('R15 R3 the log against a plain array', () => {
  test('R3: whatever is appended, cut and forked, every view still holds what it held', () => {
    fc.assert(
      fc.property(steps, (made) => {
        for (const { log, model } of familyOf(made)) {
          expect(log.lastIndex).toBe(model.length)
          expect(log.lastTerm).toBe(model.at(-1)?.term ?? 0)
          const all = log.slice(1)
          expect(all.length).toBe(model.length)
          expect(all.every((entry, at) => entry === model[at])).toBe(true)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('S1: where two differ is the first index at which their entries are not the same', () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.nat(), (made, one, two) => {
        const family = familyOf(made)
        const [a, b] = [family[one % family.length]!, family[two % family.length]!]
        const shorter = Math.min(a.model.length, b.model.length)
        const differs = a.model.findIndex((entry, at) => at < shorter && entry !== b.model[at])
        expect(a.log.divergence(b.log)).toBe(differs === -1 ? shorter + 1 : differs + 1)
        expect(b.log.divergence(a.log)).toBe(a.log.divergence(b.log))
      }),
      { numRuns: 300 },
    )
  })

  test('R7: the newest index of a term at most, at or before an index', () => {
    const modelled = (model: readonly Entry[], term: Term, index: Index): Index => {
      for (let at = Math.min(index, model.length); at > 0; at--) if (model[at - 1]!.term <= term) return at
      return 0
    }
    fc.assert(
      fc.property(rises, fc.nat(90), fc.nat(50), (made, term, index) => {
        const { log, model } = extend({ log: Log.empty, model: [] }, made)
        expect(log.lastIndexOfTermAtMost(term, index)).toBe(modelled(model, term, index))
      }),
      { numRuns: 500 },
    )
  })

  test('R2: terms and entries beside the log', () => {
    fc.assert(
      fc.property(rises, fc.integer({ min: -2, max: 50 }), (made, index) => {
        const { log, model } = extend({ log: Log.empty, model: [] }, made)
        expect(log.at(index)).toBe(model[index - 1] ?? null)
        expect(log.termAt(index)).toBe(index === 0 ? 0 : (model[index - 1]?.term ?? null))
      }),
    )
  })

  test('R10: a slice holds what fits, in order, and at least one entry', () => {
    const sized = fc.record({ made: rises, from: fc.integer({ min: -1, max: 45 }), to: fc.integer({ min: 0, max: 45 }), max: fc.nat(100) })
    fc.assert(
      fc.property(sized, ({ made, from, to, max }) => {
        const { log, model } = extend({ log: Log.empty, model: [] }, made)
        const whole = model.slice(Math.max(from, 1) - 1, Math.max(to, 0))
        const got = log.slice(from, to, max, (entry) => entry.index)
        expect(got).toEqual(whole.slice(0, got.length))
        const sum = (entries: readonly Entry[]): number => entries.reduce((total, { index }) => total + index, 0)
        if (got.length > 1) expect(sum(got)).toBeLessThanOrEqual(max)
        if (got.length < whole.length) expect(sum(whole.slice(0, got.length + 1))).toBeGreaterThan(max)
        if (whole.length > 0) expect(got.length).toBeGreaterThan(0)
      }),
      { numRuns: 300 },
    )
  })

  test('I1: a log that is compacted holds what it held after that, and goes on as if it had never been', () => {
    fc.assert(
      fc.property(many, fc.nat(2_300), fc.nat(2_300), rises, fc.nat(2_300), (made, first, second, more, keep) => {
        const whole = extend({ log: Log.empty, model: [] }, made)
        const at = (index: number): number => Math.min(index, whole.log.lastIndex)
        const compacted = whole.log.compact(at(first)).compact(at(second))
        const gone = Math.max(at(first), at(second))
        expect(compacted.base).toEqual({ index: gone, term: whole.log.termAt(gone), time: whole.log.at(gone)?.time ?? 0 })
        const cutAt = Math.max(keep, gone)
        const [one, other] = [whole.log, compacted].map((log) => extend(cut({ log, model: whole.model }, cutAt), more).log) as [Log, Log]
        const old = extend({ log: whole.log, model: whole.model }, [3]).log
        expect(old.divergence(other)).toBe(old.divergence(one))
        for (const index of [gone - 1, gone, gone + 1, other.lastIndex, other.lastIndex + 1]) {
          expect(other.at(index)?.index ?? null).toBe(index > gone ? (one.at(index)?.index ?? null) : null)
          expect(other.termAt(index)).toBe(index < gone ? null : one.termAt(index))
          const known = one.lastIndexOfTermAtMost(2, index)
          if (known >= gone) expect(other.lastIndexOfTermAtMost(2, index)).toBe(known)
          else expect(other.lastIndexOfTermAtMost(2, index)).toBeLessThanOrEqual(Math.max(gone - 1, Math.min(index, gone)))
        }
        expect([other.lastIndex, other.lastTerm, other.lastTime]).toEqual([one.lastIndex, one.lastTerm, one.lastTime])
        expect(other.slice(0)).toEqual(one.slice(gone + 1))
        expect(compacted.divergence(whole.log)).toBe(whole.log.lastIndex + 1)
      }),
      { numRuns: 200 },
    )
  })

  test('I2: a log after a snapshot takes what follows, whatever its place in a segment', () => {
    fc.assert(
      fc.property(fc.nat(3_000), many, (index, made) => {
        const base = { index, term: 1, time: 9 }
        const entries = made.map((_, at) => drawnEntry(index + at + 1, 1))
        const log = Log.of(entries, base)
        expect([log.base, log.lastIndex, log.slice(1)]).toEqual([base, index + made.length, entries])
        expect(log.divergence(Log.empty)).toBe(index + 1)
      }),
      { numRuns: 50 },
    )
  })

  test('R2: a gap is refused', () => {
    expect(() => Log.empty.append([drawnEntry(2, 1)])).toThrow('without gaps')
    expect(() => Log.of([drawnEntry(1, 1)]).append([drawnEntry(1, 1)])).toThrow('without gaps')
    expect(() => Log.empty.truncate(-1)).toThrow('not cut off')
    expect(() => Log.of([drawnEntry(1, 1)]).compact(2)).toThrow('only what is in the log is compacted')
  })

  test('S1: where nothing is appended or cut off it is the same log, which nobody need save', () => {
    const log = Log.of([drawnEntry(1, 1)])
    expect(log.append([])).toBe(log)
    expect(log.truncate(1)).toBe(log)
  })

  const filled = Array.from({ length: 1_024 }, (_, at) => drawnEntry(at + 1, 1))

  test.each([1_022, 1_023])('S1: two logs of one segment that part after %i entries are told apart there', (same) => {
    const log = Log.of(filled)
    expect(log.divergence(log.truncate(same).append([drawnEntry(same + 1, 2)]))).toBe(same + 1)
  })

  test('I1: a log that is compacted or forked where a segment ends goes on', () => {
    const log = Log.of(filled)
    const next = [drawnEntry(1_025, 1)]
    expect(log.compact(1_024).append(next).slice(1)).toEqual(next)
    const [one, other] = [log.append(next), log.append([drawnEntry(1_025, 2)])]
    expect([one.lastTerm, other.lastTerm, other.divergence(one)]).toEqual([1, 2, 1_025])
  })

  test('I2: a log after a snapshot is cut and goes on like any other, and knows no older term than its beginning', () => {
    const [six, seven, other] = [drawnEntry(6, 4), drawnEntry(7, 4), drawnEntry(7, 5)]
    const log = Log.of([six, seven], { index: 5, term: 4, time: 0 })
    expect(log.truncate(6).append([other]).slice(1)).toEqual([six, other])
    expect([5, 7].map((index) => log.lastIndexOfTermAtMost(3, index))).toEqual([4, 4])
    expect(log.lastIndexOfTermAtMost(4, 5)).toBe(5)
  })
})
