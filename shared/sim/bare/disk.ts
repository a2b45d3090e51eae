/** What a server stored, as values: whole records in order, of which each number is written once (DESIGN 5). */
import { Log } from '../../raft/log.ts'
import type { Durable } from '../../raft/node.ts'
import type { Save } from '../../raft/saves.ts'
import type { Index, NodeId, Term } from '../../raft/types.ts'

export class Disk {
  /** Of the newest record. */
  number = 0
  #term: Term = 0
  #votedFor: NodeId | null = null
  #log: Log = Log.empty
  #commitIndex: Index = 0

  /** False where the number is taken: the write aborts as a whole, whoever made it. */
  add(number: number, save: Save): boolean {
    if (number !== this.number + 1) return false
    this.number = number
    this.#term = save.term
    this.#votedFor = save.votedFor
    this.#log = this.#log.truncate(save.from - 1).append(save.entries)
    this.#commitIndex = save.commitIndex
    return true
  }

  get durable(): Durable {
    return { currentTerm: this.#term, votedFor: this.#votedFor, entries: this.#log.slice(1), commitIndex: this.#commitIndex }
  }
}
