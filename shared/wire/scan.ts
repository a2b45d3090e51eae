/**
 * Walks MessagePack bytes once before anything is built from them. The library has limits of length but none of depth, takes
 * any bytes for UTF-8, and reserves room for an array before it has seen a single item: nested heads of five bytes each
 * would reserve gigabytes. What passes here is whole, shallow, plain (no extensions), and well-formed text throughout.
 */

/** Nesting of arrays and maps: a frame of entries of configurations needs six. */
export const DEPTH_MAX = 16

const SCALAR = 0
const STRING = 1
const BINARY = 2
const ARRAY = 3
const MAP = 4
const REFUSED = 5

/** By head byte: what follows, the width of its number or length field, and which bits of the head are a length. */
const KIND = new Uint8Array(256)
const WIDTH = new Uint8Array(256)
const MASK = new Uint8Array(256)

function define(from: number, to: number, kind: number, width: number, mask = 0): void {
  KIND.fill(kind, from, to + 1)
  WIDTH.fill(width, from, to + 1)
  MASK.fill(mask, from, to + 1)
}

define(0x80, 0x8f, MAP, 0, 0x0f)
define(0x90, 0x9f, ARRAY, 0, 0x0f)
define(0xa0, 0xbf, STRING, 0, 0x1f)
define(0xc1, 0xc1, REFUSED, 0)
define(0xc7, 0xc9, REFUSED, 0)
define(0xd4, 0xd8, REFUSED, 0)
for (const [log, width] of [1, 2, 4].entries()) {
  define(0xc4 + log, 0xc4 + log, BINARY, width)
  define(0xd9 + log, 0xd9 + log, STRING, width)
}
for (const [log, width] of [2, 4].entries()) {
  define(0xdc + log, 0xdc + log, ARRAY, width)
  define(0xde + log, 0xde + log, MAP, width)
}
for (const [log, width] of [1, 2, 4, 8].entries()) {
  define(0xcc + log, 0xcc + log, SCALAR, width)
  define(0xd0 + log, 0xd0 + log, SCALAR, width)
}
define(0xca, 0xca, SCALAR, 4)
define(0xcb, 0xcb, SCALAR, 8)

/** Values still to come, by level; below zero on a level of a map, whose keys must be strings. One walk at a time, so kept. */
const owed = new Float64Array(DEPTH_MAX + 1)
const isMap = new Uint8Array(DEPTH_MAX + 1)

/**
 * Null when the bytes are exactly one value that we accept, else why not. `longBoms` receives where strings of more than 200
 * bytes begin with a byte order mark (their heads), see `feedBoms`.
 */
export function scan(bytes: Uint8Array, longBoms: number[]): string | null {
  const end = bytes.length
  let at = 0
  let depth = 0
  let left = 1
  let inMap = false
  for (;;) {
    while (left === 0) {
      if (depth === 0) return at === end ? null : 'bytes left over'
      depth--
      left = owed[depth]!
      inMap = isMap[depth] === 1
    }
    if (at >= end) return 'cut short'
    const head = bytes[at]!
    const kind = KIND[head]!
    const width = WIDTH[head]!
    const start = at
    at += 1
    if (kind === REFUSED) return 'not a plain value'
    // A map owes keys and values in turn: an even number left means that a key is due.
    if (inMap && (left & 1) === 0 && kind !== STRING) return 'a key that is not a string'
    left--
    if (kind === SCALAR) {
      at += width
      if (at > end) return 'cut short'
      continue
    }
    if (at + width > end) return 'cut short'
    const size = width === 0 ? head & MASK[head]! : lengthAt(bytes, at, width)
    at += width
    // Every item has at least one byte, so this bounds what the library reserves by the bytes that really came.
    if (size > end - at) return 'cut short'
    if (kind === STRING) {
      if (!isUtf8(bytes, at, at + size)) return 'text that is not UTF-8'
      if (size > LONG && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) longBoms.push(start)
      at += size
    } else if (kind === BINARY) {
      at += size
    } else {
      if (depth === DEPTH_MAX) return 'nested too deep'
      owed[depth] = left
      isMap[depth] = inMap ? 1 : 0
      depth++
      inMap = kind === MAP
      left = inMap ? size * 2 : size
    }
  }
}

/** Above this the library reads text by TextDecoder, which swallows one leading byte order mark. */
const LONG = 200

/**
 * The same value with each of these strings given a second byte order mark for TextDecoder to swallow, so that text arrives
 * as it was sent however long it is.
 */
export function feedBoms(bytes: Uint8Array, heads: readonly number[]): Uint8Array {
  const fed = new Uint8Array(bytes.length + heads.length * 7)
  let from = 0
  let to = 0
  for (const head of heads) {
    fed.set(bytes.subarray(from, head), to)
    to += head - from
    const width = WIDTH[bytes[head]!]!
    const size = lengthAt(bytes, head + 1, width) + 3
    fed.set([0xdb, size >>> 24, size >>> 16, size >>> 8, size, 0xef, 0xbb, 0xbf], to)
    to += 8
    from = head + 1 + width
  }
  fed.set(bytes.subarray(from), to)
  return fed.subarray(0, to + bytes.length - from)
}

function lengthAt(bytes: Uint8Array, at: number, width: number): number {
  let length = 0
  for (let k = at; k < at + width; k++) length = length * 256 + bytes[k]!
  return length
}

/** Strict: no overlong forms, no surrogates, nothing above U+10FFFF, nothing cut short (Unicode 15, table 3-7). */
function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end) {
    const first = bytes[at++]!
    if (first < 0x80) continue
    if (first < 0xc2 || first > 0xf4) return false
    const more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3
    if (at + more > end) return false
    const second = bytes[at]!
    const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
    const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
    if (second < low || second > high) return false
    for (let k = 1; k < more; k++) if ((bytes[at + k]! & 0xc0) !== 0x80) return false
    at += more
  }
  return true
}
