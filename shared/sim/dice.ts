/** One seed decides everything. Each part of the world rolls dice of its own, so that one more roll here moves nothing there. */

/** sfc32 (Chris Doty-Humphrey, PractRand): four 32-bit words, passes the known batteries, a few nanoseconds a number. */
export class Dice {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** The same seed and stream give the same numbers on every machine. */
  constructor(seed: number, stream: string) {
    this.#a = seed >>> 0
    this.#b = Math.floor(seed / 2 ** 32) >>> 0
    this.#c = hashOf(stream)
    for (let k = 0; k < 12; k++) this.#word()
  }

  /** In [0, 1). */
  next(): number {
    return this.#word() / 2 ** 32
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  /** In [least, most). */
  between(least: number, most: number): number {
    return least + this.next() * (most - least)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** Of a list that is not empty. */
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!
  }

  #word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }
}

/** FNV-1a, 32 bits: tells texts and bytes apart, keeps nobody out. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

export function hashOfBytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
