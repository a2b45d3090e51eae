/** The least that a state machine can be: it knows what it applied, in which order, and nothing else. */
import type { Entry, Index, Snapshot } from '../../raft/types.ts'
import { assert } from '../../raft/assert.ts'

/** A snapshot's, so that it travels in several chunks. */
const SIZE = 24

export class BareMachine {
  /** Of the last entry applied. */
  index: Index
  #print: number

  private constructor(index: Index, print: number) {
    this.index = index
    this.#print = print
  }

  static from(snapshot: Snapshot | null): BareMachine {
    return snapshot === null ? new BareMachine(0, 0) : new BareMachine(snapshot.index, new DataView(snapshot.bytes.buffer).getUint32(0))
  }

  apply({ index, term, time }: Entry): void {
    assert(index === this.index + 1, 'entries are applied in order, each once')
    this.index = index
    for (const part of [index, term, time]) this.#print = Math.imul(this.#print ^ part, 0x01000193) >>> 0
  }

  get bytes(): Uint8Array {
    const bytes = new Uint8Array(SIZE)
    const view = new DataView(bytes.buffer)
    for (let at = 0; at < SIZE; at += 4) view.setUint32(at, this.#print)
    return bytes
  }
}
