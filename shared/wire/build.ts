/**
 * Builds the value of MessagePack bytes that `scan` let pass. They are whole, shallow, plain and well-formed text, so nothing is
 * looked at twice; most of what a tab does with its time is to read what others wrote.
 */
import { lengthAt } from './scan.ts'

/** Byte strings are views of `bytes`. Throws for the key `__proto__` alone. */
export function build(bytes: Uint8Array): unknown {
  source = bytes
  at = 0
  return value()
}

/** One value at a time, so kept. */
let source: Uint8Array = new Uint8Array(0)
let at = 0

function value(): unknown {
  const head = source[at++]!
  if (head < 0x80) return head
  if (head >= 0xe0) return head - 0x100
  if (head < 0x90) return map(head & 0x0f)
  if (head < 0xa0) return array(head & 0x0f)
  if (head < 0xc0) return text(head & 0x1f)
  switch (head) {
    case 0xc2:
      return false
    case 0xc3:
      return true
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return binary(number(1 << (head - 0xc4)))
    case 0xca:
    case 0xcb:
      return float(4 << (head - 0xca))
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
      return number(1 << (head - 0xcc))
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
      return signed(1 << (head - 0xd0))
    case 0xd9:
    case 0xda:
    case 0xdb:
      return text(number(1 << (head - 0xd9)))
    case 0xdc:
    case 0xdd:
      return array(number(2 << (head - 0xdc)))
    case 0xde:
    case 0xdf:
      return map(number(2 << (head - 0xde)))
    default:
      // 0xc0; what else there is did not pass.
      return null
  }
}

function number(width: number): number {
  at += width
  return lengthAt(source, at - width, width)
}

function signed(width: number): number {
  if (width === 8) return signed(4) * 2 ** 32 + number(4)
  const read = number(width)
  const limit = 2 ** (8 * width)
  return read >= limit / 2 ? read - limit : read
}

const scratch = new DataView(new ArrayBuffer(8))

function float(width: number): number {
  for (let k = 0; k < width; k++) scratch.setUint8(k, source[at + k]!)
  at += width
  return width === 4 ? scratch.getFloat32(0) : scratch.getFloat64(0)
}

function binary(size: number): Uint8Array {
  at += size
  return source.subarray(at - size, at)
}

function array(size: number): unknown[] {
  const items: unknown[] = []
  for (let k = 0; k < size; k++) items.push(value())
  return items
}

function map(size: number): Record<string, unknown> {
  const record: Record<string, unknown> = {}
  for (let k = 0; k < size; k++) {
    const key = value() as string
    if (key === '__proto__') throw new Error('The key __proto__ is not allowed')
    record[key] = value()
  }
  return record
}

/** Names of fields, ids and sessions come again and again: each is made once, and every log that names a session shares it. */
const SHORT = 40
const known: string[] = Array.from({ length: 1_024 }, () => '')

function text(size: number): string {
  const start = at
  at += size
  if (size <= SHORT) {
    let hash = size
    for (let k = start; k < at; k++) hash = (Math.imul(hash, 31) + source[k]!) | 0
    const place = hash & (known.length - 1)
    if (!isHere(known[place]!, start, size)) known[place] = decode(start, at)
    return known[place]!
  }
  return decode(start, at)
}

/** Only of ASCII, where a unit is a byte. */
function isHere(candidate: string, start: number, size: number): boolean {
  if (candidate.length !== size) return false
  for (let k = 0; k < size; k++) {
    const byte = source[start + k]!
    if (byte >= 0x80 || candidate.charCodeAt(k) !== byte) return false
  }
  return true
}

function decode(start: number, end: number): string {
  let result = ''
  let k = start
  while (k < end) {
    const [a, b, c, d] = [source[k]!, source[k + 1]!, source[k + 2]!, source[k + 3]!]
    if (k + 4 <= end && (a | b | c | d) < 0x80) {
      result += String.fromCharCode(a, b, c, d)
      k += 4
    } else if (a < 0x80) {
      result += String.fromCharCode(a)
      k += 1
    } else if (a < 0xe0) {
      result += String.fromCharCode(((a & 0x1f) << 6) | (b & 0x3f))
      k += 2
    } else if (a < 0xf0) {
      result += String.fromCharCode(((a & 0x0f) << 12) | ((b & 0x3f) << 6) | (c & 0x3f))
      k += 3
    } else {
      result += String.fromCodePoint(((a & 0x07) << 18) | ((b & 0x3f) << 12) | ((c & 0x3f) << 6) | (d & 0x3f))
      k += 4
    }
  }
  return result
}
