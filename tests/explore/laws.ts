/** What must hold in every state of a small world: Figure 3 over all lives, and that nothing is promised before it is durable. */
import type { Message } from '../../shared/raft/messages.ts'
import { configurationOf } from '../../shared/raft/node.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import { isQuorum } from '../../shared/raft/quorum.ts'
import type { Entry, NodeId } from '../../shared/raft/types.ts'
import type { Journal } from './journal.ts'
import type { Agreed, Past, Place } from './state.ts'

/** A law does not hold here. */
export class Broken extends Error {}

/**
 * A promise leaves its node: what it vouches for is on the disk. With "a journal's term never falls and its vote in a term never
 * changes" (see `rewritten`) this is one vote a term over all lives.
 */
export function promised(message: Message, { id, core, disk }: Place): void {
  const { durable } = disk
  if ('preVote' in message && message.preVote) return
  if (message.type === 'RequestVoteReply' && message.granted) {
    const isStored = durable.currentTerm > message.term || (durable.currentTerm === message.term && durable.votedFor === message.to)
    if (!isStored) throw new Broken(`${id} gives its vote of term ${message.term} away before that is durable`)
  }
  if (message.type === 'RequestVote' && (durable.currentTerm < message.term || durable.votedFor !== id)) {
    throw new Broken(`${id} asks for votes of term ${message.term} before its own is durable`)
  }
  if (message.type === 'AppendEntriesReply' && message.result.success && core !== null) {
    const { matchIndex } = message.result
    const isThere = matchIndex === 0 || durable.entries[matchIndex - 1]?.term === core.log.termAt(matchIndex)
    if (durable.currentTerm < message.term || !isThere) throw new Broken(`${id} acknowledges entry ${matchIndex} before it is durable`)
  }
}

/** Two states of one journal. */
export function rewritten(id: NodeId, before: Journal, after: Journal): void {
  const [was, is] = [before.durable, after.durable]
  if (is.currentTerm < was.currentTerm) throw new Broken(`the term on ${id}'s disk falls`)
  if (is.currentTerm === was.currentTerm && was.votedFor !== null && is.votedFor !== was.votedFor) {
    throw new Broken(`${id} has two votes on its disk in term ${is.currentTerm}`)
  }
}

/** Two logs that hold the same entry are the same up to there. */
export function matching(node: RaftNode, places: readonly Place[]): void {
  for (const { id, core } of places) {
    if (core === null || id === node.id) continue
    let last = Math.min(core.log.lastIndex, node.log.lastIndex)
    while (last > 0 && core.log.termAt(last) !== node.log.termAt(last)) last--
    for (; last > 0; last--) {
      if (!isSame(core.log.at(last)!, node.log.at(last)!)) throw new Broken(`Log Matching: entry ${last} of ${id} and ${node.id}`)
    }
  }
}

/** Leader Append-Only is looked at by the core itself. Returns what the observer remembers now. */
export function observed(before: RaftNode, after: RaftNode, past: Past): Past {
  const agreed = after.commitIndex > before.commitIndex ? agreeing(after, before.commitIndex + 1, past.agreed) : past.agreed
  const leads = after.role.name === 'leader' && (before.role.name !== 'leader' || before.currentTerm !== after.currentTerm)
  return leads ? { agreed, led: ruling(after, { ...past, agreed }) } : agreed === past.agreed ? past : { ...past, agreed }
}

/** A node says that entries are committed: those before it said the same (State Machine Safety). */
export function agreeing({ id, log, commitIndex, currentTerm }: RaftNode, from: number, agreed: readonly Agreed[]): readonly Agreed[] {
  let all = agreed
  for (let index = from; index <= commitIndex; index++) {
    const entry = log.at(index)!
    const known = all[index - 1]
    if (known === undefined) all = [...all, { entry, since: currentTerm }]
    else if (!isSame(known.entry, entry)) throw new Broken(`State Machine Safety: ${id} takes another entry ${index} for committed`)
  }
  return all
}

/** Somebody begins to lead: nobody led this term before, in any life, and it has what was committed in earlier terms. */
function ruling({ id, currentTerm, log }: RaftNode, { led, agreed }: Past): number {
  if ((led & (1 << currentTerm)) !== 0) throw new Broken(`Election Safety: ${id} is the second to lead term ${currentTerm}`)
  for (const [at, { entry, since }] of agreed.entries()) {
    if (since >= currentTerm) continue
    const own = log.at(at + 1)
    if (own === null || !isSame(own, entry))
      throw new Broken(`Leader Completeness: ${id} leads term ${currentTerm} without entry ${at + 1}`)
  }
  return led | (1 << currentTerm)
}

/** What a leader calls committed is on the disks of a majority of the configuration in force. */
export function stored(before: RaftNode, after: RaftNode, places: readonly Place[]): void {
  if (after.role.name !== 'leader' || after.commitIndex === before.commitIndex) return
  const term = after.log.termAt(after.commitIndex)
  const has = (id: NodeId): boolean => places.find((place) => place.id === id)!.disk.durable.entries[after.commitIndex - 1]?.term === term
  if (!isQuorum(configurationOf(after), has))
    throw new Broken(`${after.id} commits entry ${after.commitIndex}, which no majority has stored`)
}

/** A term and a kind; of commands their number, of configurations who is in it. */
function isSame(a: Entry, b: Entry): boolean {
  if (a === b || (a.term === b.term && a.body === b.body)) return true
  if (a.term !== b.term || a.body.type !== b.body.type) return false
  return JSON.stringify(a.body) === JSON.stringify(b.body)
}
