/**
 * Reads that see whatever was agreed before they were asked, without a log entry (section 8; ReadIndex, dissertation 6.4). The
 * leader makes sure that it led after the question came: a round of heartbeats that a majority answers. One round is out at a
 * time; what is asked meanwhile goes together into the next.
 */
import type { AppendEntriesReply, ReadId, ReadIndex, ReadIndexReply } from './messages.ts'
import { configurationOf, leaderOf } from './node.ts'
import type { AskedRead, Reads, Round } from './node.ts'
import { isQuorum } from './quorum.ts'
import { send } from './turn.ts'
import type { Leader, Turn } from './turn.ts'
import type { Millis } from './types.ts'

/** A leader with so many reads waiting refuses more. */
const READS_MAX = 1_000

/** Of this node's own clients: the leader is asked. */
export function askToRead(turn: Turn, id: ReadId): void {
  const { node } = turn
  const leader = leaderOf(node)
  if (leader === null) turn.unread.push({ node: node.id, id })
  else if (leader === node.id) gather(turn, { node: node.id, id })
  else send(turn, { type: 'ReadIndex', to: leader, term: node.currentTerm, id, from: node.id })
}

/** Another node asks. It is not sent on, so that nothing travels in circles. */
export function hearReadIndex(turn: Turn, { from, id }: ReadIndex): void {
  if (turn.node.role.name === 'leader') gather(turn, { node: from, id })
  else turn.unread.push({ node: from, id })
}

/** Good whenever it comes: what was agreed before the question lies at or before that index for ever. */
export function hearReadIndexReply({ node, unread }: Turn, { id, index }: ReadIndexReply): void {
  if (index === null) unread.push({ node: node.id, id })
  else node.confirmedReads = [...node.confirmedReads, { id, index }]
}

/** A success in this term to what was sent in this round or later. (A refusal may be of an older term, so it confirms nothing.) */
export function confirmRound({ node }: Turn, { from, sentAt, result }: AppendEntriesReply): void {
  const { reads } = node.role as Leader
  const { round } = reads
  if (!result.success || round === null || sentAt < round.sentAt || round.confirmedBy.has(from)) return
  const confirmedBy = new Set(round.confirmedBy).add(from)
  node.role = { ...(node.role as Leader), reads: { ...reads, round: { ...round, confirmedBy } } }
}

/** Ends the round that a majority confirmed, and begins the next with what was asked meanwhile. */
export function serveReads(turn: Turn): void {
  const { node, moment } = turn
  if (node.role.name !== 'leader') return
  if (node.role.transfer !== null) return refuseAll(turn)
  endRound(turn)
  if (!beginRound(turn)) return
  endRound(turn)
  // Who votes alone needs nobody's word; everybody else is asked at once.
  if (node.role.reads.round !== null) node.role = { ...node.role, heartbeatDue: moment.now }
}

/** A round that waits for nothing but the clock. */
export function nextRoundAt({ gathering, round, sentAt }: Reads): Millis {
  return round === null && gathering.length > 0 ? sentAt + 1 : Infinity
}

/** So that a round can tell what was sent before it, though clocks are coarse. */
export function noteSent({ node, moment, sent }: Turn): void {
  if (node.role.name !== 'leader' || node.role.reads.sentAt === moment.now) return
  if (!sent.some(({ message }) => message.type === 'AppendEntries')) return
  node.role = { ...node.role, reads: { ...node.role.reads, sentAt: moment.now } }
}

/** Own reads are answered once what they must see is applied here; those that nobody serves now are given back. */
export function answerReads(turn: Turn): void {
  const { node } = turn
  for (const { node: from, id } of turn.unread) {
    if (from === node.id) turn.unanswered.push(id)
    else send(turn, { type: 'ReadIndexReply', to: from, term: node.currentTerm, id, index: null, from: node.id })
  }
  if (node.confirmedReads.length === 0) return
  turn.answer.push(...node.confirmedReads.filter(({ index }) => index <= node.lastApplied))
  node.confirmedReads = node.confirmedReads.filter(({ index }) => index > node.lastApplied)
}

/** Asking again changes nothing: the first question is the one that counts. */
function gather(turn: Turn, read: AskedRead): void {
  const { node } = turn
  const role = node.role as Leader
  const { gathering, round } = role.reads
  const isSame = (other: AskedRead): boolean => other.node === read.node && other.id === read.id
  if (gathering.some(isSame) || round?.reads.some(isSame) === true) return
  if (gathering.length >= READS_MAX) turn.unread.push(read)
  else node.role = { ...role, reads: { ...role.reads, gathering: [...gathering, read] } }
}

/** Before it committed an entry of its own term a leader does not know what is committed (8). */
function endRound(turn: Turn): void {
  const { node } = turn
  const role = node.role as Leader
  const { round } = role.reads
  if (round === null || node.log.termAt(node.commitIndex) !== node.currentTerm || !isConfirmed(turn, round)) return
  for (const { node: to, id } of round.reads) {
    const index = node.commitIndex
    if (to === node.id) node.confirmedReads = [...node.confirmedReads, { id, index }]
    else send(turn, { type: 'ReadIndexReply', to, term: node.currentTerm, id, index, from: node.id })
  }
  node.role = { ...role, reads: { ...role.reads, round: null } }
}

function isConfirmed({ node }: Turn, { confirmedBy }: Round): boolean {
  return isQuorum(configurationOf(node), (voter) => voter === node.id || confirmedBy.has(voter))
}

/** What an earlier turn sent at this very reading of the clock could pass for the round's own: then it waits for the next. */
function beginRound({ node, moment }: Turn): boolean {
  const role = node.role as Leader
  const { gathering, round, sentAt } = role.reads
  if (round !== null || gathering.length === 0 || moment.now <= sentAt) return false
  const next: Round = { sentAt: moment.now, confirmedBy: new Set(), reads: gathering }
  node.role = { ...role, reads: { sentAt, gathering: [], round: next } }
  return true
}

/** Somebody else is about to lead (dissertation 3.10). */
function refuseAll(turn: Turn): void {
  const role = turn.node.role as Leader
  const { gathering, round, sentAt } = role.reads
  turn.unread.push(...(round?.reads ?? []), ...gathering)
  turn.node.role = { ...role, reads: { sentAt, gathering: [], round: null } }
}
