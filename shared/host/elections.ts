/** What a tab saw of elections, by the states of its main node. */
import { leaderOf } from '../raft/node.ts'
import type { RaftNode } from '../raft/node.ts'
import type { Millis, Term } from '../raft/types.ts'

export class Elections {
  /** The leader last known: its term, and when it was last heard. */
  #last: { readonly term: Term; readonly heardAt: Millis } | null = null
  #count = 0
  #lastMs: Millis | null = null

  /** How often the node's term rose, at however many terms at once. */
  get count(): number {
    return this.#count
  }

  /** From the last word of a leader until the next was heard, in a newer term; null until that happened once. */
  get lastMs(): Millis | null {
    return this.#lastMs
  }

  /** After every turn of the node. */
  look(before: RaftNode, after: RaftNode, now: Millis): void {
    if (after.currentTerm > before.currentTerm) this.#count++
    if (leaderOf(after) === null) return
    // A leader hears itself.
    const heardAt = after.role.name === 'follower' ? after.role.heardAt : now
    const last = this.#last
    if (last !== null && after.currentTerm > last.term) this.#lastMs = heardAt - last.heardAt
    this.#last = { term: after.currentTerm, heardAt }
  }
}
