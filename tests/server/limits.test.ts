import { describe, expect, test } from 'vitest'
import { addressKey, Buckets, take, type Bucket } from '../../server/limits.ts'

const RATE = { perSecond: 10, burst: 3 }

describe('Rates', () => {
  test('a burst is taken at once, then one a tenth of a second', () => {
    let bucket: Bucket | undefined
    const taken = (now: number) => {
      const next = take(bucket, RATE, now)
      bucket = next ?? bucket
      return next !== null
    }
    expect([0, 0, 0, 0].map(taken)).toEqual([true, true, true, false])
    expect([99, 100, 101, 200].map(taken)).toEqual([false, true, false, true])
    expect([10_000, 10_000, 10_000, 10_000].map(taken)).toEqual([true, true, true, false])
  })

  test('buckets that are full again are forgotten', () => {
    const buckets = new Buckets(RATE)
    for (let address = 0; address < 1_000; address += 1) buckets.take(`address ${address}`, 0)
    expect(buckets.size).toBe(1_000)
    buckets.take('another', 20_000)
    expect(buckets.size).toBe(1)
  })

  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::9', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s counts as %s', (address, key) => expect(addressKey(address)).toBe(key))
})
