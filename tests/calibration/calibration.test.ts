/** Elections of our core take as long, and fail as often, as is published. `npm run calibrate` prints all of it. */
import { describe, expect, test } from 'vitest'
import { FIGURE_16, LAN, SPLIT_CASES, measureDowntime, measureSplitVotes, splitVoteRate } from './figures.ts'

const FIVE = SPLIT_CASES.filter(({ servers }) => servers === 5)

describe('thesis 9.2 split votes', () => {
  test('the formula says what the text says', () => {
    const [one, ten, twenty, half] = FIVE.map(splitVoteRate)
    expect(one).toBeCloseTo(0.0006, 4)
    expect(ten).toBeCloseTo(0.052, 3)
    expect(twenty).toBeCloseTo(0.181, 3)
    expect(half).toBeCloseTo(0.488, 3)
  })

  test.each(FIVE)(
    'of $servers servers, $available up, at a latency of $latency of the range: within a percentage point of it over 10,000 elections',
    (one) => {
      expect(Math.abs(measureSplitVotes(one, 10_000, false) - splitVoteRate(one))).toBeLessThan(0.01)
    },
    120_000,
  )

  test('E27: with pre-vote, where who is asked gives way, hardly any are split', () => {
    const one = FIVE[2]!
    expect(measureSplitVotes(one, 4_000, true)).toBeLessThan(splitVoteRate(one) / 20)
  }, 120_000)
})

describe('Figure 16', () => {
  test('medians within a tenth, tails within a factor of 1.7, and a little randomness tames them as it does there', () => {
    const ours = FIGURE_16.map((one) => ({ ...one, ours: measureDowntime(one, LAN, 3_000, false) }))
    for (const { published, ours: own } of ours) {
      expect(Math.abs(own.p50 / published.p50 - 1)).toBeLessThan(0.1)
      for (const key of ['p99', 'max'] as const) expect(Math.abs(Math.log(own[key] / published[key]))).toBeLessThan(Math.log(1.7))
    }
    const [narrow, some, wide] = ours.map(({ ours: own }) => own)
    expect(some!.p50).toBeLessThan(wide!.p50)
    expect(wide!.p50).toBeLessThan(narrow!.p50)
    for (const key of ['p99', 'max'] as const) expect(narrow![key]).toBeGreaterThan(1.8 * Math.max(some![key], wide![key]))
  }, 120_000)

  test('E27: with pre-vote the tails are two thirds of the published ones', () => {
    const wide = FIGURE_16[2]!
    const ours = measureDowntime(wide, LAN, 3_000, true)
    expect(Math.abs(ours.p50 / wide.published.p50 - 1)).toBeLessThan(0.1)
    for (const key of ['p99', 'max'] as const) expect(ours[key]).toBeLessThan(0.75 * wide.published[key])
  }, 120_000)
})
