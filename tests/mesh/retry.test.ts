import fc from 'fast-check'
import { expect, test } from 'vitest'
import { failuresKept, RETRY, retryDelay } from '../../client/mesh/retry.ts'

test('the delay doubles up to half a minute, with full jitter', () => {
  expect([0, 1, 2, 3, 20, 1_000].map((failures) => Math.round(retryDelay(failures, 1)))).toEqual([250, 500, 1_000, 2_000, 30_000, 30_000])
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
      const delay = retryDelay(failures, random)
      expect(delay >= RETRY.least && delay <= RETRY.max).toBe(true)
    }),
  )
})

test('a link that lasted a minute clears the record', () => {
  expect([failuresKept(5, 59_999), failuresKept(5, 60_000)]).toEqual([5, 0])
})
