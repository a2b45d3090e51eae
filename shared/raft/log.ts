/** The log (5.3): an immutable view over shared segments, so that no step costs more because the log is longer. */
import { assert } from './assert.ts'
import type { Entry, Index, Term } from './types.ts'

const SEGMENT = 1_024

/** Grows only. Views may end before its length; whoever appends to a shorter view gets a backing of their own. */
interface Backing {
  readonly segments: Entry[][]
  length: number
}

export class Log {
  static readonly empty = new Log({ segments: [], length: 0 }, 0)

  readonly lastIndex: Index
  readonly #backing: Backing

  private constructor(backing: Backing, lastIndex: Index) {
    this.#backing = backing
    this.lastIndex = lastIndex
  }

  static of(entries: readonly Entry[]): Log {
    return new Log({ segments: [], length: 0 }, 0).append(entries)
  }

  get lastTerm(): Term {
    return this.lastIndex === 0 ? 0 : this.#entry(this.lastIndex).term
  }

  at(index: Index): Entry | null {
    return index >= 1 && index <= this.lastIndex ? this.#entry(index) : null
  }

  /** The term at an index; 0 before the first entry, null beyond the last. */
  termAt(index: Index): Term | null {
    if (index === 0) return 0
    return index >= 1 && index <= this.lastIndex ? this.#entry(index).term : null
  }

  /** Entries from `from` to `to`, both included, at least one if there is one, as long as `size` adds up to at most `sizeMax`. */
  slice(from: Index, to: Index = this.lastIndex, sizeMax = Infinity, size: (entry: Entry) => number = () => 0): readonly Entry[] {
    const entries: Entry[] = []
    let total = 0
    for (let index = Math.max(from, 1); index <= Math.min(to, this.lastIndex); index++) {
      const entry = this.#entry(index)
      total += size(entry)
      if (total > sizeMax && entries.length > 0) break
      entries.push(entry)
    }
    return entries
  }

  append(entries: readonly Entry[]): Log {
    if (entries.length === 0) return this
    const backing = this.#backing.length === this.lastIndex ? this.#backing : this.#fork()
    for (const entry of entries) {
      assert(entry.index === backing.length + 1, 'entries are appended without gaps')
      const tail = backing.segments.at(-1)
      if (tail === undefined || tail.length === SEGMENT) backing.segments.push([entry])
      else tail.push(entry)
      backing.length++
    }
    return new Log(backing, backing.length)
  }

  /** The same log up to `lastIndex`. */
  truncate(lastIndex: Index): Log {
    assert(lastIndex >= 0, 'a log has no negative length')
    return lastIndex >= this.lastIndex ? this : new Log(this.#backing, lastIndex)
  }

  /** The first index at which the two differ; one beyond the shorter where it is a prefix of the longer. */
  divergence(other: Log): Index {
    const shorter = Math.min(this.lastIndex, other.lastIndex)
    if (this.#backing === other.#backing) return shorter + 1
    // Segments before a fork are the very same arrays, so only the one that was forked is read.
    for (let index = 1; index <= shorter; index++) {
      const segment = Math.floor((index - 1) / SEGMENT)
      if (this.#backing.segments[segment] === other.#backing.segments[segment]) index = (segment + 1) * SEGMENT
      else if (this.#entry(index) !== other.#entry(index)) return index
    }
    return shorter + 1
  }

  /** The newest index at or before `index` whose term is at most `term`; terms never decrease along a log. */
  lastIndexOfTermAtMost(term: Term, index: Index): Index {
    let low = 0
    let high = Math.min(index, this.lastIndex)
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.#entry(middle).term <= term) low = middle
      else high = middle - 1
    }
    return low
  }

  #entry(index: Index): Entry {
    return this.#backing.segments[Math.floor((index - 1) / SEGMENT)]![(index - 1) % SEGMENT]!
  }

  #fork(): Backing {
    const whole = Math.floor(this.lastIndex / SEGMENT)
    const segments = this.#backing.segments.slice(0, whole)
    const rest = this.lastIndex % SEGMENT
    if (rest > 0) segments.push(this.#backing.segments[whole]!.slice(0, rest))
    return { segments, length: this.lastIndex }
  }
}
