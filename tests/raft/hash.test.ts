import { expect, test } from 'vitest'
import { hashOf } from '../../shared/raft/hash.ts'

test('I3: the hash tells one wrong bit, an exchange and a cut', () => {
  const bytes = Uint8Array.from({ length: 999 }, (_, at) => at % 251)
  const others = [0, 7, 998].map((at) => bytes.map((byte, k) => (k === at ? byte ^ 1 : byte)))
  const swapped = bytes.map((byte, k) => (k === 1 ? bytes[2]! : k === 2 ? bytes[1]! : byte))
  const all = [bytes, ...others, swapped, bytes.slice(1), new Uint8Array(0)].map(hashOf)
  expect(new Set(all).size).toBe(all.length)
  expect(all.every((hash) => Number.isSafeInteger(hash) && hash < 2 ** 52)).toBe(true)
})

test('I3 W2: the hash of the same bytes is the same in every build: it is stored and sent', () => {
  expect([[], [0], [1, 2, 3]].map((bytes) => hashOf(Uint8Array.from(bytes)))).toEqual([
    3_338_908_027_751_811, 4_446_763_975_410_778, 4_235_446_385_759_781,
  ])
})
