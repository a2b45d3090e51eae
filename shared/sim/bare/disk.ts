/** What a server stored, as values: whole records in order, of which each number is written once (DESIGN 5). */
import { Log } from '../../raft/log.ts'
import type { Durable } from '../../raft/node.ts'
import type { Save } from '../../raft/saves.ts'
import type { Compaction, Index, NodeId, Term } from '../../raft/types.ts'

export class Disk {
  /** Of the newest record. */
  number = 0
  #term: Term = 0
  #votedFor: NodeId | null = null
  #log: Log = Log.empty
  #commitIndex: Index = 0
  #compaction: Compaction | null = null

  /** False where the number is taken: the write aborts as a whole, whoever made it. */
  add(number: number, save: Save): boolean {
    if (number !== this.number + 1) return false
    this.number = number
    this.#term = save.term
    this.#votedFor = save.votedFor
    const { compaction, from, entries } = save
    this.#log = compaction === null ? this.#log.truncate(from - 1).append(entries) : Log.of(entries, compaction.base)
    this.#compaction = compaction ?? this.#compaction
    this.#commitIndex = save.commitIndex
    return true
  }

  get durable(): Durable {
    const [currentTerm, votedFor, commitIndex, compaction] = [this.#term, this.#votedFor, this.#commitIndex, this.#compaction]
    return { currentTerm, votedFor, entries: this.#log.slice(1), commitIndex, compaction }
  }
}
