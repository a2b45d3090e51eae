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
