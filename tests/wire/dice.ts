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

/** One to four small accidents to good bytes. */
export function mutate(good: Uint8Array, other: Uint8Array, with_: Dice): Uint8Array {
  let bytes: number[] = [...good]
  for (let k = 0, times = 1 + with_.below(4); k < times; k++) {
    const at = with_.below(bytes.length + 1)
    switch (with_.below(7)) {
      case 0:
        if (at < bytes.length) bytes[at] = bytes[at]! ^ (1 << with_.below(8))
        break
      case 1:
        if (at < bytes.length) bytes[at] = with_.below(256)
        break
      case 2:
        if (at < bytes.length) bytes[at] = with_.pick(TELLING)
        break
      case 3:
        bytes = bytes.slice(0, at)
        break
      case 4:
        bytes.splice(at, 0, ...with_.bytes(1 + with_.below(4)))
        break
      case 5:
        bytes.splice(at, 1 + with_.below(8))
        break
      default: {
        const from = with_.below(other.length)
        bytes.splice(at, 0, ...other.subarray(from, from + 1 + with_.below(32)))
      }
    }
  }
  return Uint8Array.from(bytes)
}
