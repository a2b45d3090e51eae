/** What to make durable is computed by comparing, so that no rule can forget to persist (DESIGN 4). */
import { assert } from './assert.ts'
import type { Turn } from './turn.ts'
import type { Compaction, Entry, Index, NodeId, SaveNumber, Term } from './types.ts'

export interface Save {
  readonly number: SaveNumber
  readonly term: Term
  readonly votedFor: NodeId | null
  /** A hint for the next start; nobody waits for it. */
  readonly commitIndex: Index
  /** The log from here on is replaced by `entries`. */
  readonly from: Index
  readonly entries: readonly Entry[]
  /** A new snapshot, and all of the log that is left after its base: whatever was saved before may go. */
  readonly compaction: Compaction | null
}

/** Is there something that no save issued so far covers? */
function isOwed({ node }: Turn): boolean {
  const { issued } = node.saves
  return node.currentTerm !== issued.term || node.votedFor !== issued.votedFor || node.log !== issued.log
}

/**
 * The save after which everything taken in so far is durable; null if it is already. A repeated AppendEntries or RequestVote
 * changes nothing in its own step, yet vouches for what is still being saved.
 */
export function waitsFor(turn: Turn): SaveNumber | null {
  const { issued, inFlight } = turn.node.saves
  if (isOwed(turn)) return issued.number + 1
  return inFlight?.number ?? null
}

/** Issues the next save when none is in flight; else what is owed gathers (group commit). */
export function saveOwed(turn: Turn): Save | null {
  const { node } = turn
  const { issued, inFlight, durable } = node.saves
  if (inFlight !== null || !isOwed(turn)) return null
  const number = issued.number + 1
  const { currentTerm: term, votedFor, log, commitIndex, snapshot } = node
  const differs = log.divergence(issued.log)
  const compaction = snapshot === null || snapshot === issued.snapshot ? null : { snapshot, base: log.base }
  const from = compaction === null ? differs : log.base.index + 1
  node.saves = {
    issued: { number, term, votedFor, log, snapshot },
    inFlight: { number, term, votedFor, lastIndex: log.lastIndex },
    durable: { ...durable, lastIndex: Math.min(durable.lastIndex, differs - 1) },
  }
  return { number, term, votedFor, commitIndex, from, entries: log.slice(from), compaction }
}

/** `saved(n)` says only n. */
export function saveDone({ node }: Turn, number: SaveNumber): void {
  const { inFlight } = node.saves
  assert(inFlight?.number === number, 'saves finish in order, each once')
  const { term, votedFor, lastIndex } = inFlight
  node.saves = { ...node.saves, inFlight: null, durable: { term, votedFor, lastIndex } }
}

/** What was cut off is no longer durable, whatever a save in flight will say: the same (index, term) may come back (Figure 8). */
export function forgetDurable({ node }: Turn, lastIndex: Index): void {
  const { inFlight, durable } = node.saves
  node.saves = {
    ...node.saves,
    inFlight: inFlight && { ...inFlight, lastIndex: Math.min(inFlight.lastIndex, lastIndex) },
    durable: { ...durable, lastIndex: Math.min(durable.lastIndex, lastIndex) },
  }
}
