/** The log (5.3): an immutable view over shared segments, so that no step costs more because the log is longer. */
import { assert } from './assert.ts'
import type { Entry, Index, Millis, Position, Term } from './types.ts'

const SEGMENT = 1_024

/** Grows only. Views may end before its length; whoever appends to a shorter view gets a backing of their own. */
interface Backing {
  /** Segments before this one are gone. */
  readonly first: number
  readonly segments: Entry[][]
  length: number
}

/** Before the first entry of all. */
export const BEGINNING: Position = { index: 0, term: 0, time: 0 }

export class Log {
  static readonly empty = Log.after(BEGINNING)

  /** The last entry that a snapshot took the place of; the log holds those after it. */
  readonly base: Position
  readonly lastIndex: Index
  readonly #backing: Backing

  private constructor(backing: Backing, lastIndex: Index, base: Position) {
    this.#backing = backing
    this.lastIndex = lastIndex
    this.base = base
  }

  static of(entries: readonly Entry[], base: Position = BEGINNING): Log {
    return Log.after(base).append(entries)
  }

  /** Without entries, after a snapshot. */
  static after(base: Position): Log {
    const first = Math.floor(base.index / SEGMENT)
    return new Log({ first, segments: [], length: base.index }, base.index, base)
  }

  get lastTerm(): Term {
    return this.lastIndex === this.base.index ? this.base.term : this.#entry(this.lastIndex).term
  }

  /** Log time of the last entry. */
  get lastTime(): Millis {
    return this.lastIndex === this.base.index ? this.base.time : this.#entry(this.lastIndex).time
  }

  at(index: Index): Entry | null {
    return index > this.base.index && index <= this.lastIndex ? this.#entry(index) : null
  }

  /** The term at an index; 0 before the first entry, null beyond the last and where a snapshot took its place. */
  termAt(index: Index): Term | null {
    if (index === this.base.index) return this.base.term
    return index > this.base.index && index <= this.lastIndex ? this.#entry(index).term : null
  }

  /** Entries from `from` to `to`, both included, at least one if there is one, as long as `size` adds up to at most `sizeMax`. */
  slice(from: Index, to: Index = this.lastIndex, sizeMax = Infinity, size: (entry: Entry) => number = () => 0): readonly Entry[] {
    const entries: Entry[] = []
    let total = 0
    for (let index = Math.max(from, this.base.index + 1); index <= Math.min(to, this.lastIndex); index++) {
      const entry = this.#entry(index)
      total += size(entry)
      if (total > sizeMax && entries.length > 0) break
      entries.push(entry)
    }
    return entries
  }

  append(entries: readonly Entry[]): Log {
    if (entries.length === 0) return this
    const backing = this.#backing.length === this.lastIndex ? this.#backing : this.#fork(this.#backing.first)
    for (const entry of entries) {
      assert(entry.index === backing.length + 1, 'entries are appended without gaps')
      place(backing, entry)
    }
    return new Log(backing, backing.length, this.base)
  }

  /** The same log up to `lastIndex`. */
  truncate(lastIndex: Index): Log {
    assert(lastIndex >= this.base.index, 'what a snapshot took the place of is not cut off')
    return lastIndex >= this.lastIndex ? this : new Log(this.#backing, lastIndex, this.base)
  }

  /** The same log without its entries up to `index`; copies one segment at most. */
  compact(index: Index): Log {
    if (index <= this.base.index) return this
    assert(index <= this.lastIndex, 'only what is in the log is compacted')
    const { term, time } = this.#entry(index)
    return new Log(this.#fork(Math.floor(index / SEGMENT)), this.lastIndex, { index, term, time })
  }

  /** The first index at which the two differ, of those that both hold; one beyond the shorter where it is a prefix of the longer. */
  divergence(other: Log): Index {
    const base = Math.max(this.base.index, other.base.index)
    const shorter = Math.max(Math.min(this.lastIndex, other.lastIndex), base)
    if (this.#backing === other.#backing) return shorter + 1
    // Segments before a fork are the very same arrays, so only the one that was forked is read.
    for (let index = base + 1; index <= shorter; index++) {
      const segment = Math.floor((index - 1) / SEGMENT)
      if (this.#segment(segment) === other.#segment(segment)) index = (segment + 1) * SEGMENT
      else if (this.#entry(index) !== other.#entry(index)) return index
    }
    return shorter + 1
  }

  /**
   * The newest index at or before `index` whose term is at most `term`; terms never decrease along a log. Where that lies before
   * the base, what the log held there is not known any more: then some index before the base.
   */
  lastIndexOfTermAtMost(term: Term, index: Index): Index {
    if (index < this.base.index) return index
    if (this.base.term > term) return Math.min(index, this.base.index - 1)
    let low = this.base.index
    let high = Math.min(index, this.lastIndex)
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.#entry(middle).term <= term) low = middle
      else high = middle - 1
    }
    return low
  }

  #entry(index: Index): Entry {
    return this.#segment(Math.floor((index - 1) / SEGMENT))![(index - 1) % SEGMENT]!
  }

  #segment(number: number): Entry[] | undefined {
    return this.#backing.segments[number - this.#backing.first]
  }

  /** A backing of its own, from the segment of that number on. */
  #fork(first: number): Backing {
    const whole = Math.max(Math.floor(this.lastIndex / SEGMENT), first)
    const segments = this.#backing.segments.slice(first - this.#backing.first, whole - this.#backing.first)
    const rest = this.lastIndex - whole * SEGMENT
    const tail = this.#segment(whole)
    // There is none where nothing was ever appended after the last whole one.
    if (tail !== undefined) segments.push(tail.slice(0, rest))
    return { first, segments, length: this.lastIndex }
  }
}

/** The first segment of a log that begins after a snapshot may begin with a hole, so that an index always lies at the same place. */
function place(backing: Backing, entry: Entry): void {
  const segment = (backing.segments[Math.floor(backing.length / SEGMENT) - backing.first] ??= [])
  segment[backing.length % SEGMENT] = entry
  backing.length++
}
