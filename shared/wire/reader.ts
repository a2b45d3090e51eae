/**
 * MessagePack bytes as values, in one pass, and strictly. What comes out was whole, shallow, plain (no extensions) and well-formed
 * text throughout, and nothing was reserved for what only a length promised: nested heads of five bytes each would reserve gigabytes.
 */

/** Nesting of arrays and maps: a frame of entries of configurations needs six. */
export const DEPTH_MAX = 16

/** Why bytes are no value that we accept. */
export class Malformed extends Error {}

/** Browsers and Node have it, though the language does not. */
declare const TextDecoder: new (
  label: string,
  options?: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string }

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** A character for every byte, and for those below 0x80 the right one. */
const BYTEWISE = new TextDecoder('windows-1252')
/** So many bytes become text in one go, and short texts are parts of it: one call of the decoder for each would take longest of all. */
const WINDOW = 4_096

/** Exactly one value; throws `Malformed`. Byte strings in it are views of `bytes`. */
export function readValue(bytes: Uint8Array): unknown {
  return new Reader(bytes).whole()
}

class Reader {
  readonly #bytes: Uint8Array
  #at = 0
  /** Of the bytes from `#windowAt` to `#windowEnd`. */
  #window = ''
  #windowAt = 0
  #windowEnd = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  whole(): unknown {
    const value = this.#value(0)
    if (this.#at < this.#bytes.length) throw new Malformed('bytes left over')
    return value
  }

  /** `depth`: how many arrays and maps it is in. */
  #value(depth: number): unknown {
    const head = this.#uint(1)
    if (head < 0x80) return head
    if (head < 0x90) return this.#map(head & 0x0f, depth)
    if (head < 0xa0) return this.#array(head & 0x0f, depth)
    if (head < 0xc0) return this.#text(head & 0x1f)
    if (head >= 0xe0) return head - 0x100
    return this.#wide(head, depth)
  }

  /** A value whose head does not say its number or length. */
  #wide(head: number, depth: number): unknown {
    switch (head) {
      case 0xc0:
        return null
      case 0xc2:
      case 0xc3:
        return head === 0xc3
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#binary(this.#uint(1 << (head - 0xc4)))
      case 0xca:
        return this.#view(4).getFloat32(0)
      case 0xcb:
        return this.#view(8).getFloat64(0)
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(1 << (head - 0xcc))
      case 0xcf:
        return this.#uint(4) * 2 ** 32 + this.#uint(4)
      case 0xd0:
        return this.#view(1).getInt8(0)
      case 0xd1:
        return this.#view(2).getInt16(0)
      case 0xd2:
        return this.#view(4).getInt32(0)
      case 0xd3:
        return this.#view(4).getInt32(0) * 2 ** 32 + this.#uint(4)
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#uint(1 << (head - 0xd9)))
      case 0xdc:
      case 0xdd:
        return this.#array(this.#uint(2 << (head - 0xdc)), depth)
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(2 << (head - 0xde)), depth)
      default:
        throw new Malformed('not a plain value')
    }
  }

  #array(size: number, depth: number): unknown[] {
    this.#enter(size, depth)
    const values: unknown[] = []
    for (let k = 0; k < size; k++) values.push(this.#value(depth + 1))
    return values
  }

  #map(size: number, depth: number): Record<string, unknown> {
    this.#enter(size, depth)
    const map: Record<string, unknown> = {}
    for (let k = 0; k < size; k++) {
      const key = this.#value(depth + 1)
      if (typeof key !== 'string') throw new Malformed('a key that is not a string')
      if (key === '__proto__') throw new Malformed('The key __proto__ is not allowed')
      map[key] = this.#value(depth + 1)
    }
    return map
  }

  /** Every item has at least one byte. */
  #enter(size: number, depth: number): void {
    if (size > this.#bytes.length - this.#at) throw new Malformed('cut short')
    if (depth === DEPTH_MAX) throw new Malformed('nested too deep')
  }

  #text(size: number): string {
    const at = this.#take(size)
    const end = at + size
    const bytes = this.#bytes
    for (let k = at; k < end; k++) if (bytes[k]! >= 0x80) return this.#beyondAscii(at, end)
    if (size > WINDOW) return this.#beyondAscii(at, end)
    if (end > this.#windowEnd) {
      this.#windowAt = at
      this.#windowEnd = Math.min(at + WINDOW, bytes.length)
      this.#window = BYTEWISE.decode(bytes.subarray(at, this.#windowEnd))
    }
    return this.#window.slice(at - this.#windowAt, end - this.#windowAt)
  }

  #beyondAscii(from: number, to: number): string {
    try {
      return UTF8.decode(this.#bytes.subarray(from, to))
    } catch {
      throw new Malformed('text that is not UTF-8')
    }
  }

  /** Of a Buffer too a plain view: its own parts would share memory with what is made of them. */
  #binary(size: number): Uint8Array {
    const { buffer, byteOffset } = this.#bytes
    return new Uint8Array(buffer, byteOffset + this.#take(size), size)
  }

  #view(size: number): DataView {
    const { buffer, byteOffset } = this.#bytes
    return new DataView(buffer, byteOffset + this.#take(size), size)
  }

  #uint(width: number): number {
    const end = this.#take(width) + width
    let value = 0
    for (let k = end - width; k < end; k++) value = value * 256 + this.#bytes[k]!
    return value
  }

  /** Where the next `size` bytes begin. */
  #take(size: number): number {
    const at = this.#at
    if (size > this.#bytes.length - at) throw new Malformed('cut short')
    this.#at = at + size
    return at
  }
}
