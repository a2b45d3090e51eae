/** Leaving (DESIGN 6): ordinary self-removal, plus transfer, plus a crash before the save. */
import { answerAppend, matchesOf } from './replication.ts'
import { campaignNow } from './election.ts'
import type { AppendEntries, Farewell } from './messages.ts'
import { configurationOf, isChangeInFlight, leaderOf, paced } from './node.ts'
import type { Progress, RaftNode } from './node.ts'
import { isQuorum, membersOf, without } from './quorum.ts'
import type { Turn } from './turn.ts'
import type { Entry, Millis, Moment, NodeId } from './types.ts'

/** Between the campaigns of two successors, so that the second is not needed. */
const SUCCESSOR_STEP_MS: Millis = 50
/** Who answered a message sent within this time is there. */
const HEARD_MS = 1_000

export interface Leaver {
  readonly node: NodeId
  readonly incarnation: number
}

/**
 * What a node says when its tab closes, to every other member that its tab does not host, the first successor's first. Nothing
 * of it is saved, and the node must never step again in this page: to the others it crashed. `fits` says whether a message
 * is small enough to arrive for certain.
 */
export function farewells(node: RaftNode, leaving: readonly Leaver[], moment: Moment, fits: (farewell: Farewell) => boolean): Farewell[] {
  const isLeaving = (id: NodeId): boolean => leaving.some((leaver) => leaver.node === id)
  const { role } = node
  const members = membersOf(configurationOf(node)).map((member) => member.node)
  const stay = members.filter((member) => !isLeaving(member))
  const successors = role.name === 'leader' ? successorsOf(node, role.progress, isLeaving, moment) : []
  const plain = (to: NodeId): Farewell => {
    return { type: 'Farewell', from: node.id, to, term: node.currentTerm, nodes: leaving, successors, append: null }
  }
  const said = [...successors, ...stay.filter((member) => !successors.includes(member))].map((to) => {
    const append = suffixFor(node, to, moment, (append) => fits({ ...plain(to), append }))
    return { ...plain(to), append }
  })
  return withOwnRemoval(node, said, fits)
}

/** The leader says that it goes: forget it, and campaign in the order it asks for. A hint; the rules of elections hold. */
export function hearFarewell(turn: Turn, farewell: Farewell): void {
  const { node, moment } = turn
  if (farewell.append !== null) answerAppend(turn, farewell.append)
  if (farewell.term < node.currentTerm || node.role.name === 'leader') return
  const leader = leaderOf(node)
  if (leader === null || !farewell.nodes.some((leaver) => leaver.node === leader)) return
  const place = farewell.successors.indexOf(node.id)
  const { role } = node
  if (role.name !== 'follower') return
  node.role = { ...role, leader: null, heardAt: -Infinity, reason: 'leader-gone' }
  if (place === 0) campaignNow(turn, 'transfer')
  else if (place > 0) node.role = { ...node.role, deadline: moment.now + successorWaits(node, place) }
}

/** How long the one in this place, from 0, leaves it to those before it. Who has no place may not campaign anyway. */
export function successorWaits(node: RaftNode, place: number): Millis {
  return Math.max(place, 0) * paced(node, SUCCESSOR_STEP_MS)
}

/** Voters that stay and were heard, those whose logs are longest first. */
function successorsOf(
  node: RaftNode,
  progress: ReadonlyMap<NodeId, Progress>,
  isLeaving: (id: NodeId) => boolean,
  moment: Moment,
): NodeId[] {
  return configurationOf(node)
    .voters.map((voter) => ({ id: voter.node, known: progress.get(voter.node) }))
    .filter(({ id, known }) => !isLeaving(id) && known !== undefined && moment.now - known.ackedSentAt < HEARD_MS)
    .sort((a, b) => b.known!.matchIndex - a.known!.matchIndex)
    .map(({ id }) => id)
}

/** As much of what a member has not acked as fits, in order; nothing for who lacks what a snapshot took the place of. */
function suffixFor(node: RaftNode, to: NodeId, moment: Moment, fits: (append: AppendEntries) => boolean): AppendEntries | null {
  const known = node.role.name === 'leader' ? node.role.progress.get(to) : undefined
  if (known === undefined || known.state === 'probe') return null
  const prevLogIndex = known.matchIndex
  const prevLogTerm = node.log.termAt(prevLogIndex)
  if (prevLogTerm === null) return null
  const append = (entries: readonly Entry[]): AppendEntries => ({
    type: 'AppendEntries',
    quiet: false,
    from: node.id,
    to,
    term: node.currentTerm,
    prevLogIndex,
    prevLogTerm,
    entries,
    leaderCommit: node.commitIndex,
    sentAt: moment.now,
    matches: matchesOf(node),
    pace: node.pace,
  })
  let entries: readonly Entry[] = []
  for (let index = prevLogIndex + 1; index <= node.log.lastIndex; index++) {
    const more = [...entries, node.log.at(index)!]
    if (!fits(append(more))) break
    entries = more
  }
  const whole = append(entries)
  return fits(whole) ? whole : null
}

/**
 * The leader adds its own removal only where that decides something and can do no harm: the whole gap fits, it committed in
 * its term, no change is in flight, and those who hear it are a majority without it but not with it (in practice, two voters).
 */
function withOwnRemoval(node: RaftNode, said: Farewell[], fits: (farewell: Farewell) => boolean): Farewell[] {
  const inForce = configurationOf(node)
  const next = without(inForce, node.id)
  const mayChange =
    node.role.name === 'leader' &&
    node.log.termAt(node.commitIndex) === node.currentTerm &&
    !isChangeInFlight(node) &&
    next.voters.length > 0
  if (!mayChange) return said
  const index = node.log.lastIndex + 1
  const time = node.log.lastTime
  const removal: Entry = { index, term: node.currentTerm, time, body: { type: 'configuration', configuration: next } }
  const removing = said.map((farewell) => {
    const { append } = farewell
    if (append === null || append.prevLogIndex + append.entries.length !== node.log.lastIndex) return farewell
    const longer = { ...farewell, append: { ...append, entries: [...append.entries, removal] } }
    return fits(longer) ? longer : farewell
  })
  const hears = (id: NodeId): boolean => removing.some((farewell, i) => farewell.to === id && farewell !== said[i])
  return isQuorum(next, hears) && !isQuorum(inForce, hears) ? removing : said
}
