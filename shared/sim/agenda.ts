/** What will happen, in the order of virtual time; of two things at one time the one that was planned first. */
import type { Millis } from '../host/ports.ts'

export interface Planned {
  readonly at: Millis
  readonly order: number
  /** Null once it is off. */
  run: (() => void) | null
}

export class Agenda {
  readonly #heap: Planned[] = []
  #order = 0

  add(at: Millis, run: () => void): Planned {
    const planned = { at, order: this.#order++, run }
    this.#heap.push(planned)
    this.#rise(this.#heap.length - 1)
    return planned
  }

  /** The next that is still on, left in its place. */
  peek(): Planned | null {
    while (this.#heap[0]?.run === null) this.#pop()
    return this.#heap[0] ?? null
  }

  /** Takes out what `peek` gave. */
  take(): void {
    this.#pop()
  }

  #pop(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink()
  }

  #rise(start: number): void {
    const heap = this.#heap
    const planned = heap[start]!
    let at = start
    while (at > 0) {
      const above = (at - 1) >> 1
      if (isBefore(heap[above]!, planned)) break
      heap[at] = heap[above]!
      at = above
    }
    heap[at] = planned
  }

  #sink(): void {
    const heap = this.#heap
    const planned = heap[0]!
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++
      if (isBefore(planned, heap[below]!)) break
      heap[at] = heap[below]!
      at = below
    }
    heap[at] = planned
  }
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
