/** Log replication (5.3) and commitment (5.4.2). */
import type { AppendEntries, AppendEntriesReply, AppendResult } from './messages.ts'
import { acked, forget, isFull, mayStillArrive, messageBytes, newFlow, sent } from './flow.ts'
import { acknowledge, hearLeader, respond } from './follow.ts'
import { configurationOf } from './node.ts'
import type { Matches, Progress, RaftNode } from './node.ts'
import { hearing, heartbeatInterval, keepPace, measure, noteBeat, setPace, silentAfter } from './pace.ts'
import { isVoter, quorumIndex } from './quorum.ts'
import { confirmRound } from './reads.ts'
import { forgetDurable } from './saves.ts'
import { needsSnapshot, sendChunk } from './snapshot.ts'
import { becomeFollower, extendLog, send, setProgress } from './turn.ts'
import type { Leader, Turn } from './turn.ts'
import type { Entry, Index, NodeId } from './types.ts'

/** Receiver of AppendEntries (Figure 2). Heartbeats are AppendEntries too, and each is answered; not what only tells a commit index. */
export function answerAppend(turn: Turn, append: AppendEntries): void {
  const { node } = turn
  // 1. Reply false if term < currentTerm; the reply carries the higher term, so that an old leader learns of it.
  if (append.term < node.currentTerm) return respond(turn, append, refusal(node, append))
  keepPace(turn, append.pace)
  hearLeader(turn, append, append.matches)
  // 2. Reply false if the log has no entry at prevLogIndex whose term is prevLogTerm. What a snapshot covers is the leader's too.
  const { base } = node.log
  const isCovered = append.prevLogIndex < base.index
  if (!isCovered && node.log.termAt(append.prevLogIndex) !== append.prevLogTerm) return respond(turn, append, refusal(node, append))
  const entries = isCovered ? append.entries.filter(({ index }) => index >= base.index) : append.entries
  // No honest leader contradicts what is committed here.
  if (entries.some(({ index, term }) => index <= node.commitIndex && node.log.termAt(index) !== term)) return
  // 3. and 4. Drop what conflicts, append what is missing.
  merge(turn, entries)
  // 5. Only what this message vouches for may be counted as committed.
  const matchIndex = append.prevLogIndex + append.entries.length
  node.commitIndex = Math.max(node.commitIndex, Math.min(append.leaderCommit, matchIndex))
  if (!append.quiet) acknowledge(turn, append, matchIndex)
}

/** A follower answered: how far it matches, or where to look next. */
export function hearAppendReply(turn: Turn, answer: AppendEntriesReply): void {
  const { node } = turn
  if (answer.term > node.currentTerm) return becomeFollower(turn, answer.term, null)
  const { role } = node
  if (role.name !== 'leader' || answer.term < node.currentTerm) return
  const known = role.progress.get(answer.from)
  // No honest follower matches what this log does not hold.
  if (known === undefined || (answer.result.success && answer.result.matchIndex > node.log.lastIndex)) return
  const heard = answer.result.success
    ? matched(turn, known, answer.result.matchIndex)
    : mismatched(turn, known, answer.result, answer.commitIndex)
  const hasLeft = known.departing !== null && answer.commitIndex >= known.departing.index
  setProgress(turn, answer.from, {
    ...heard,
    ackedSentAt: Math.max(known.ackedSentAt, answer.sentAt),
    // Where acks wait for a disk, a refusal that does not would make those before it count as lost.
    measured: answer.result.success || known.state === 'probe' ? measure(turn, known, answer.sentAt) : known.measured,
    patience: answer.pace ?? 0,
    departing: hasLeft && known.departing ? { ...known.departing, until: -Infinity } : known.departing,
  })
  confirmRound(turn, answer)
}

/** A leader commits an entry of its own term by counting, and with it all before (5.4.2). */
export function advanceCommitIndex({ node }: Turn): void {
  const { role, id, saves, log, currentTerm } = node
  if (role.name !== 'leader') return
  const reached = quorumIndex(configurationOf(node), (voter) =>
    voter === id ? saves.durable.lastIndex : (role.progress.get(voter)?.matchIndex ?? 0),
  )
  if (reached > node.commitIndex && log.termAt(reached) === currentTerm) node.commitIndex = reached
}

/** Heartbeats go to everybody at once, with whatever each still needs. */
export function heartbeatIfDue(turn: Turn): void {
  const { node, moment } = turn
  if (node.role.name !== 'leader' || moment.now < node.role.heartbeatDue) return
  setPace(turn)
  for (const [member, known] of node.role.progress) {
    // Who fell silent may have lost what is under way: look again from where it surely matches, with small messages.
    const isSilent = known.state === 'stream' && moment.now - known.ackedSentAt > silentAfter(node, known)
    if (isSilent) setProgress(turn, member, { ...known, state: 'probe', nextIndex: known.matchIndex + 1, flow: newFlow(node.settings) })
    sendAppend(turn, member, isSilent || isPaused(node, known) || needsSnapshot(node, known) ? [] : entriesFor(node, known))
  }
  const heartbeatDue = moment.now + heartbeatInterval(turn, node.role)
  node.role = { ...node.role, heartbeatDue, beats: noteBeat(node.role, moment.now) }
}

/**
 * Sends at once what each member lacks. A commit index that moved in this turn is told in the next, which comes as soon as it is
 * applied: an entry may carry it by then. A leader that removed itself has no next turn.
 */
export function replicate(turn: Turn): void {
  const { node } = turn
  if (node.role.name !== 'leader') return
  const isTold = node.commitIndex === turn.before.commitIndex || !isVoter(configurationOf(node), node.id)
  for (const member of node.role.progress.keys()) {
    for (;;) {
      const known = node.role.progress.get(member)!
      if (needsSnapshot(node, known)) {
        sendChunk(turn, member)
        break
      }
      if (isPaused(node, known) || known.nextIndex > node.log.lastIndex) break
      sendAppend(turn, member, entriesFor(node, known))
    }
    const known = node.role.progress.get(member)!
    if (isTold && Math.min(node.commitIndex, toldUpTo(known)) > known.commitSent) sendAppend(turn, member, [], isQuiet(known))
  }
}

/** How far each voter's log is known to match, for everybody who draws it. */
export function matchesOf(node: RaftNode): Matches {
  const { role, id, saves } = node
  if (role.name !== 'leader') return role.name === 'follower' ? role.matches : []
  return configurationOf(node).voters.map(({ node: voter }) => [
    voter,
    voter === id ? saves.durable.lastIndex : (role.progress.get(voter)?.matchIndex ?? 0),
  ])
}

/** About how many bytes an entry takes in a message. */
function entrySize({ body }: Entry): number {
  return ENTRY_OVERHEAD + (body.type === 'command' ? body.command.bytes.length : 0)
}

const ENTRY_OVERHEAD = 64

/** AppendEntries, receiver steps 3 and 4. A late or repeated message changes nothing, so it cannot shorten the log. */
function merge(turn: Turn, entries: readonly Entry[]): void {
  const { node } = turn
  const first = entries.findIndex((entry) => node.log.termAt(entry.index) !== entry.term)
  if (first === -1) return
  const fresh = entries.slice(first)
  const keep = fresh[0]!.index - 1
  if (keep < node.log.lastIndex) {
    node.log = node.log.truncate(keep)
    node.configurations = node.configurations.filter((placed) => placed.index <= keep)
    forgetDurable(turn, keep)
  }
  extendLog(turn, fresh)
}

/** The newest entry here that may be the leader's too: not beyond prevLogIndex, not of a later term than prevLogTerm. */
function refusal({ log }: RaftNode, { prevLogIndex, prevLogTerm }: AppendEntries): AppendResult {
  const hintIndex = log.lastIndexOfTermAtMost(prevLogTerm, prevLogIndex)
  const hintTerm = log.termAt(hintIndex)
  return hintTerm === null
    ? { success: false, prevLogIndex, hintIndex: 0, hintTerm: 0 }
    : { success: false, prevLogIndex, hintIndex, hintTerm }
}

function matched(turn: Turn, known: Progress, matchIndex: Index): Progress {
  const { settings, log } = turn.node
  const match = Math.max(known.matchIndex, matchIndex)
  const nextIndex = Math.max(known.nextIndex, match + 1)
  const flow = acked(known.flow, match, hearing(turn), settings)
  return {
    ...known,
    matchIndex: match,
    nextIndex,
    sending: nextIndex > log.base.index ? null : known.sending,
    state: 'stream',
    flow: known.state === 'probe' ? forget(flow) : flow,
  }
}

/** Both sides skip whole terms, so that each differing term costs one probe at most (5.3). */
function mismatched(
  { node, moment }: Turn,
  known: Progress,
  refused: Extract<AppendResult, { success: false }>,
  commitIndex: Index,
): Progress {
  const { log, settings } = node
  // Older than its ack; or its disk lost what it acked, and then to ask again at once would never end.
  const isOverruled = refused.prevLogIndex <= known.matchIndex
  const isStale = isOverruled || (known.state === 'probe' && refused.prevLogIndex !== known.nextIndex - 1)
  // What is small overtakes what is large: it is refused, and all is well.
  const isEarly = known.state === 'stream' && mayStillArrive(known.flow, refused.hintIndex, moment.now, settings)
  if (isStale) return known
  // It is told what is committed once it acked what is under way.
  if (isEarly) return { ...known, overtaken: known.nextIndex - 1, commitSent: Math.min(known.commitSent, commitIndex) }
  const agree = log.lastIndexOfTermAtMost(refused.hintTerm, refused.hintIndex)
  return {
    ...known,
    state: 'probe',
    nextIndex: Math.max(Math.min(agree, refused.prevLogIndex - 1), known.matchIndex) + 1,
    flow: forget(known.flow),
  }
}

/** A commit follows what streams, ahead of its ack; to who refused one, when it acked what was under way. */
function toldUpTo({ state, matchIndex, nextIndex, overtaken }: Progress): Index {
  if (state === 'probe') return matchIndex
  return matchIndex < overtaken ? 0 : nextIndex - 1
}

/** A probe is out until it is answered, and who is to be let go says what it knows. */
function isQuiet({ state, departing }: Progress): boolean {
  return state === 'stream' && departing === null
}

function isPaused(node: RaftNode, known: Progress): boolean {
  return known.state === 'probe' ? known.flow.underWay.length > 0 : isFull(known.flow, node.settings)
}

function entriesFor(node: RaftNode, known: Progress): readonly Entry[] {
  return node.log.slice(known.nextIndex, node.log.lastIndex, messageBytes(known.flow, node.settings), entrySize)
}

function sendAppend(turn: Turn, to: NodeId, entries: readonly Entry[], quiet = false): void {
  const { node, moment } = turn
  const known = (node.role as Leader).progress.get(to)!
  // Who waits for a snapshot refuses this unless it has that entry after all; it hears its leader meanwhile.
  const prevLogIndex = Math.max(known.nextIndex - 1, node.log.base.index)
  send(turn, {
    type: 'AppendEntries',
    to,
    term: node.currentTerm,
    prevLogIndex,
    prevLogTerm: node.log.termAt(prevLogIndex)!,
    entries,
    leaderCommit: node.commitIndex,
    sentAt: moment.now,
    matches: matchesOf(node),
    pace: node.pace,
    quiet,
    from: node.id,
  })
  const isProbe = known.state === 'probe'
  const last = prevLogIndex + entries.length
  let bytes = 0
  for (const entry of entries) bytes += entrySize(entry)
  const isCounted = isProbe ? !isPaused(node, known) : bytes > 0
  setProgress(turn, to, {
    ...known,
    commitSent: Math.min(node.commitIndex, last),
    nextIndex: isProbe ? known.nextIndex : known.nextIndex + entries.length,
    flow: isCounted ? sent(known.flow, { last, bytes, sentAt: moment.now }) : known.flow,
  })
}
