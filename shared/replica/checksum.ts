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

/** Indices of the first and the last entry of those that are applied in one go. */
export interface Batch {
  readonly first: number
  readonly last: number
}

/** A state's snapshot is kept until somebody asks for the hash. */
interface Own {
  readonly index: number
  readonly hash: () => Uint8Array
}

/** A leader notes one soon after it has it; of older ones nobody will speak again. */
const KEPT = 4

/**
 * Hashing takes long, and whoever starts or catches up is waited for. So of a long batch only the newest state is hashed, since what is
 * wrong and stays wrong is wrong there too, and it is compared before anything more is applied.
 */
export class Checksums {
  readonly #hashing: Hashing
  /** Not compared yet, oldest first. */
  #own: Own[] = []
  /** To be compared once the batch up to `until` is applied. */
  #owed: { readonly own: Own; readonly hash: Uint8Array; readonly until: number } | null = null

  constructor(hashing: Hashing) {
    this.#hashing = hashing
  }

  /** The newest that was not compared yet. */
  get newest(): Checksum | null {
    const own = this.#own.at(-1)
    return own === undefined ? null : { index: own.index, hash: own.hash() }
  }

  applied(index: number, { last }: Batch, snapshot: () => unknown): void {
    const { every } = this.#hashing
    if (index % every !== 0 || index + every <= last) return
    const state = snapshot()
    let known: Uint8Array | null = null
    this.#own.push({ index, hash: () => (known ??= this.#hashing.hash(state)) })
    if (this.#own.length > KEPT) this.#own.shift()
  }

  /** Nothing to compare with is no disagreement: this replica may have begun with a snapshot, or noted the very same before. */
  agrees({ index, hash }: Checksum, { first, last }: Batch): boolean {
    const own = this.#own.find((one) => one.index === index)
    this.#own = this.#own.filter((one) => one.index > index)
    if (own === undefined) return true
    const isLong = last - first >= this.#hashing.every
    if (!isLong || this.#owed !== null) return isSame(own.hash(), hash)
    this.#owed = { own, hash, until: last }
    return true
  }

  /** Compares what is owed from before `index`; where the state was another, null if nowhere. */
  overdue(index: number): number | null {
    const owed = this.#owed
    if (owed === null || index <= owed.until) return null
    this.#owed = null
    return isSame(owed.own.hash(), owed.hash) ? null : owed.own.index
  }

  /** The state is another now. */
  clear(): void {
    this.#own = []
    this.#owed = null
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
