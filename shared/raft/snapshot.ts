/**
 * Snapshots (section 7, Figure 13; dissertation 5). Every node takes its own, of what it applied, and only then lets go of the log
 * before it. Who needs entries that its leader no longer has is sent the snapshot in chunks, beside the heartbeats.
 */
import { arrived, chunkBytes } from './flow.ts'
import { acknowledge, hearLeader } from './follow.ts'
import { hashOf } from './hash.ts'
import { Log } from './log.ts'
import type { InstallSnapshot, InstallSnapshotReply } from './messages.ts'
import type { Gathering, Progress, RaftNode, Sending } from './node.ts'
import { hearing, silentAfter } from './pace.ts'
import { forgetDurable } from './saves.ts'
import { becomeFollower, send, setProgress } from './turn.ts'
import type { Leader, Turn } from './turn.ts'
import type { Index, Millis, NodeId, Snapshot } from './types.ts'

/** A chunk that is not answered for so long is asked for: it may be lost, or still on its way over a slow link. */
const ASK_AGAIN_MS = 1_000
/** For members that answer but lag behind, so many tails are kept at most. */
const TAILS_MAX = 4

/** From where on a snapshot is sent. */
type Part = Pick<Sending, 'snapshot' | 'offset'>

/** The state machine's own state once it had applied everything up to `index`. Refused in silence where it cannot be used. */
export function takeSnapshot(turn: Turn, index: Index, bytes: Uint8Array): void {
  const { node } = turn
  const last = node.log.at(index)
  const configuration = node.configurations.findLast((placed) => placed.index <= index)
  if (last === null || configuration === undefined || index > node.lastApplied || index <= (node.snapshot?.index ?? 0)) return
  const log = node.log.compact(lastToGo(turn, index))
  // It would let go of nothing.
  if (log === node.log) return
  const { term, time } = last
  node.snapshot = { index, term, time, configuration, bytes, hash: hashOf(bytes) }
  node.log = log
}

/** Sends the next chunk to a member if it is time. One is under way at a time, so that bulk never fills a link. */
export function sendChunk(turn: Turn, to: NodeId): void {
  const { node, moment } = turn
  const known = (node.role as Leader).progress.get(to)!
  const { sending } = known
  if (known.departing !== null) return
  if (!isHeard(node, known, moment.now)) {
    // Whoever fell silent gets heartbeats only; once it answers one, it is asked at once what it has by now.
    if (sending !== null) setProgress(turn, to, { ...known, sending: null })
    return
  }
  if (sending === null || sending.snapshot.index <= known.matchIndex) return install(turn, to, begin(node.snapshot!), 0)
  if (!sending.isOut) return install(turn, to, sending, chunkBytes(known.flow, node.settings))
  if (moment.now - sending.sentAt >= ASK_AGAIN_MS) install(turn, to, sending, 0)
}

/** A leader that sends to `known` now has nothing else for it. */
export function needsSnapshot({ log }: RaftNode, { nextIndex }: Progress): boolean {
  return nextIndex <= log.base.index
}

/** How much a member has. */
export function hearInstallReply(turn: Turn, answer: InstallSnapshotReply): void {
  const { node } = turn
  if (answer.term > node.currentTerm) return becomeFollower(turn, answer.term, null)
  if (node.role.name !== 'leader' || answer.term < node.currentTerm) return
  const known = node.role.progress.get(answer.from)
  if (known === undefined) return
  const { sending, flow } = known
  const ackedSentAt = Math.max(known.ackedSentAt, answer.sentAt)
  // Of another snapshot, of an earlier question, or of more than there is.
  const isOurs = sending !== null && answer.index === sending.snapshot.index && answer.sentAt >= sending.sentAt
  const fits = isOurs && answer.offset <= sending.snapshot.bytes.length
  if (!fits) return setProgress(turn, answer.from, { ...known, ackedSentAt })
  const { offset, bytes, sentAt } = sending
  const hasArrived = answer.offset === offset + bytes
  setProgress(turn, answer.from, {
    ...known,
    ackedSentAt,
    sending: { ...sending, offset: answer.offset, isOut: false },
    flow: hasArrived ? arrived(flow, { bytes, bytesUnderWay: bytes, sentAt }, hearing(turn), node.settings) : flow,
  })
}

/** Receiver of InstallSnapshot (Figure 13). Nothing is rolled back: what is committed or agrees already stays as it is. */
export function answerInstall(turn: Turn, chunk: InstallSnapshot): void {
  const { node } = turn
  if (chunk.term < node.currentTerm) return reply(turn, chunk, 0)
  hearLeader(turn, chunk, node.role.name === 'follower' ? node.role.matches : [])
  if (chunk.index <= node.commitIndex || node.log.termAt(chunk.index) === chunk.lastTerm) {
    // 6. The log has that very entry, and what a snapshot covers is committed.
    node.commitIndex = Math.max(node.commitIndex, chunk.index)
    return acknowledge(turn, chunk, chunk.index)
  }
  const gathered = gather(node.gathering, chunk)
  if (gathered === null) return reply(turn, chunk, 0)
  node.gathering = gathered
  if (gathered.offset < chunk.size) return reply(turn, chunk, gathered.offset)
  const bytes = joined(gathered)
  node.gathering = null
  if (hashOf(bytes) !== chunk.hash) return reply(turn, chunk, 0)
  const { index, lastTerm: term, lastTime: time, configuration, hash } = chunk
  replaceLog(turn, { index, term, time, configuration, bytes, hash })
  acknowledge(turn, chunk, index)
}

/** 7. and 8. Nothing of the log agrees with what the snapshot covers, so all of it goes. */
function replaceLog(turn: Turn, snapshot: Snapshot): void {
  const { node } = turn
  forgetDurable(turn, node.commitIndex)
  node.snapshot = snapshot
  node.log = Log.after({ index: snapshot.index, term: snapshot.term, time: snapshot.time })
  node.configurations = [snapshot.configuration]
  node.commitIndex = snapshot.index
  node.handedOut = snapshot.index
  turn.restore = snapshot
}

/** Goes on with the same snapshot, whoever sends it; null for a late chunk of one that this leader has gone past. */
function gather(known: Gathering | null, chunk: InstallSnapshot): Gathering | null {
  const { term: inTerm, index, lastTerm: term, hash, size, offset, bytes } = chunk
  const isSame = known !== null && known.index === index && known.term === term && known.hash === hash && known.size === size
  if (!isSame && known !== null && known.inTerm === inTerm && index < known.index) return null
  const so = isSame ? { ...known, inTerm } : { inTerm, index, term, hash, size, chunks: [], offset: 0 }
  if (offset !== so.offset || bytes.length === 0 || offset + bytes.length > size) return so
  return { ...so, chunks: [...so.chunks, bytes], offset: offset + bytes.length }
}

function joined({ chunks, size }: Gathering): Uint8Array {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

/** Asks first how much of it is there: after a broken link, or from another leader, perhaps all. */
function begin(snapshot: Snapshot): Part {
  return { snapshot, offset: 0 }
}

function install(turn: Turn, to: NodeId, { snapshot, offset }: Part, bytesMax: number): void {
  const { node, moment } = turn
  const { index, term: lastTerm, time: lastTime, configuration, hash } = snapshot
  const bytes = snapshot.bytes.subarray(offset, offset + bytesMax)
  send(turn, {
    type: 'InstallSnapshot',
    to,
    term: node.currentTerm,
    index,
    lastTerm,
    lastTime,
    configuration,
    size: snapshot.bytes.length,
    hash,
    offset,
    bytes,
    sentAt: moment.now,
    from: node.id,
  })
  const known = (node.role as Leader).progress.get(to)!
  setProgress(turn, to, { ...known, sending: { snapshot, offset, bytes: bytes.length, sentAt: moment.now, isOut: true } })
}

function reply(turn: Turn, { from: to, sentAt, index }: InstallSnapshot, offset: number): void {
  const { id: from, currentTerm: term } = turn.node
  send(turn, { type: 'InstallSnapshotReply', to, term, sentAt, index, offset, from })
}

/** The log goes up to here: a tail stays, and what a member that answers still needs, as far as that is no more than some tails. */
function lastToGo({ node, moment }: Turn, index: Index): Index {
  const { role, settings } = node
  const needed: Index[] = []
  if (role.name === 'leader') {
    for (const known of role.progress.values()) {
      if (isHeard(node, known, moment.now)) needed.push(Math.max(known.matchIndex, known.sending?.snapshot.index ?? 0))
    }
  }
  return Math.max(Math.min(index - settings.logTail, ...needed), index - TAILS_MAX * settings.logTail)
}

function isHeard(node: RaftNode, known: Progress, now: Millis): boolean {
  return now - known.ackedSentAt < silentAfter(node, known)
}
