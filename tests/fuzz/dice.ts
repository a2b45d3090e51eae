/** Seeded dice and what they do to bytes. A failure names the seed and the round, which bring it back. */
export interface Dice {
  /** In [0, 1). */
  next(): number
  /** In [0, below). */
  below(below: number): number
  pick<T>(from: readonly T[]): T
  bytes(length: number): Uint8Array
}

export function dice(seed: number): Dice {
  let state = seed >>> 0
  const next = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    next,
    below,
    pick: (from) => from[below(from.length)]!,
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  }
}

/** Head bytes that mean something: lengths of every width, extensions, the byte that is nothing, nil, nesting. */
const TELLING = [
  0x00, 0x7f, 0x80, 0x81, 0x90, 0x91, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc4, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcf, 0xd3, 0xd4, 0xd8, 0xdb, 0xdc,
  0xdd, 0xdf, 0xff,
]

/** One to four small accidents to good bytes; `other` lends some of its own. */
export function mutate(good: Uint8Array, other: Uint8Array, dice: Dice): Uint8Array {
  let bytes = good
  for (let k = 0, times = 1 + dice.below(4); k < times; k++) bytes = accident(bytes, other, dice)
  return bytes
}

function accident(bytes: Uint8Array, other: Uint8Array, dice: Dice): Uint8Array {
  const at = dice.below(bytes.length)
  const [before, byte, after] = [bytes.subarray(0, at), bytes[at] ?? 0, bytes.subarray(at + 1)]
  switch (dice.below(7)) {
    case 0:
      return join(before, Uint8Array.of(byte ^ (1 << dice.below(8))), after)
    case 1:
      return join(before, dice.bytes(1), after)
    case 2:
      return join(before, Uint8Array.of(dice.pick(TELLING)), after)
    case 3:
      return before.slice()
    case 4:
      return join(bytes.subarray(0, at), dice.bytes(1 + dice.below(4)), bytes.subarray(at))
    case 5:
      return join(before, bytes.subarray(at + 1 + dice.below(8)))
    default: {
      const from = dice.below(other.length)
      return join(before, other.subarray(from, from + 1 + dice.below(32)), bytes.subarray(at))
    }
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

const ODD = [
  null,
  true,
  -1,
  0,
  2,
  0.5,
  NaN,
  Infinity,
  2 ** 52,
  2 ** 52 + 2,
  2 ** 53,
  -0,
  '',
  'A',
  'ok',
  'x'.repeat(41),
  '\u{feff}',
  [],
  [[]],
  {},
  { a: 1 },
]

/** A good value with one of its parts, however deep, replaced by something odd, left out, or there twice. */
export function distort(value: unknown, dice: Dice): unknown {
  if (!Array.isArray(value) || value.length === 0 || dice.below(4) === 0)
    return dice.below(8) === 0 ? dice.bytes(dice.below(20)) : dice.pick(ODD)
  const at = dice.below(value.length)
  switch (dice.below(6)) {
    case 0:
      return value.toSpliced(at, 1)
    case 1:
      return value.toSpliced(at, 0, value[at])
    default:
      return value.with(at, distort(value[at], dice))
  }
}
