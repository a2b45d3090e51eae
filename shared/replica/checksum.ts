/** Do all replicas hold the same? The leader notes the hash of its state in the log, and each compares its own (DESIGN 9). */

export interface Hashing {
  /** The state after each entry whose index is a multiple of this is hashed: the same at all, or there is nothing to compare. */
  readonly every: number
  /** Of a snapshot, the same for the same values. What a snapshot says is part of the level. */
  hash(snapshot: unknown): Uint8Array
}

export interface Checksum {
  readonly index: number
  readonly hash: Uint8Array
}

/** A leader notes one soon after it has it; of older ones nobody will speak again. */
const KEPT = 4

export class Checksums {
  readonly #hashing: Hashing
  /** Not compared yet, oldest first. */
  #own: Checksum[] = []

  constructor(hashing: Hashing) {
    this.#hashing = hashing
  }

  /** The newest that was not compared yet. */
  get newest(): Checksum | null {
    return this.#own.at(-1) ?? null
  }

  applied(index: number, snapshot: () => unknown): void {
    if (index % this.#hashing.every !== 0) return
    this.#own.push({ index, hash: this.#hashing.hash(snapshot()) })
    if (this.#own.length > KEPT) this.#own.shift()
  }

  /** Nothing to compare with is no disagreement: this replica may have begun with a snapshot, or noted the very same before. */
  agrees({ index, hash }: Checksum): boolean {
    const own = this.#own.find((one) => one.index === index)
    this.#own = this.#own.filter((one) => one.index > index)
    return own === undefined || isSame(own.hash, hash)
  }

  /** The state is another now. */
  clear(): void {
    this.#own = []
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
