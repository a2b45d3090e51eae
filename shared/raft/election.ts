/** Leader election (5.2, 5.4.1), pre-vote and stickiness (dissertation 4.2.3, 9.6). */
import { newFlow } from './flow.ts'
import type { RequestVote, RequestVoteReply, VoteReason } from './messages.ts'
import { configurationOf, mayCampaign, NO_READS, paced } from './node.ts'
import type { Progress, RaftNode, Settings } from './node.ts'
import { checkQuorumTime, hearVoter, LATE_MS, noteCampaign } from './pace.ts'
import { isQuorum } from './quorum.ts'
import { appendAsLeader, becomeFollower, freshDeadline, others, send, sendWhenDurable } from './turn.ts'
import type { Turn } from './turn.ts'
import type { Index, Millis, NodeId, Term } from './types.ts'

/** The election timeout expired: a follower becomes a candidate (5.2), after asking whether it could win (9.6). */
export function campaignIfDue(turn: Turn): void {
  const { node, moment } = turn
  const { role } = node
  if (role.name === 'leader' || moment.now < role.deadline) return
  if (!role.graced && moment.now - role.deadline > LATE_MS) {
    node.role = { ...role, deadline: freshDeadline(turn), graced: true }
    return
  }
  if (!mayCampaign(node)) return waitOn(turn)
  // A hint that the leader is gone passes stickiness once, not for ever.
  const reason = role.name === 'follower' ? role.reason : 'timeout'
  if (node.settings.preVote) askWhetherItCouldWin(turn, reason)
  else campaignNow(turn, reason)
}

/** Raises the term, votes for itself and asks all others, once term and vote are durable (5.2). */
export function campaignNow(turn: Turn, reason: VoteReason): void {
  const { node } = turn
  if (!mayCampaign(node) || node.role.name === 'leader') return
  node.currentTerm++
  node.votedFor = node.id
  noteCampaign(turn)
  node.role = { name: 'candidate', granted: new Set(), deadline: freshDeadline(turn), graced: false }
  for (const to of others(turn)) sendWhenDurable(turn, { ...request(turn, to, node.currentTerm), preVote: false, reason, from: node.id })
}

/** Whoever leads or asks to lead makes room for one that can. */
export function abstain(turn: Turn): void {
  const { node } = turn
  node.abstains = true
  if (node.role.name !== 'follower') becomeFollower(turn, node.currentTerm, null)
}

/** A candidate's requests leave when its vote is durable, which one save says: its time to win begins then, however slow its disk is. */
export function giveTimeToWin(turn: Turn): void {
  const { role, saves, currentTerm, id } = turn.node
  const isDurable = saves.durable.term === currentTerm && saves.durable.votedFor === id
  if (role.name === 'candidate' && isDurable) turn.node.role = { ...role, deadline: freshDeadline(turn) }
}

/** Receiver of RequestVote (Figure 2), and of the question whether one would be granted. */
export function answerVote(turn: Turn, asked: RequestVote): void {
  const { node } = turn
  if (isSticky(turn, asked)) {
    if (asked.preVote) reply(turn, asked, false)
    return
  }
  if (!asked.preVote && asked.term > node.currentTerm) becomeFollower(turn, asked.term, null)
  const granted = mayGrant(node, asked) && isUpToDate(asked, node)
  // A real request has a majority's word behind it, where one is asked for.
  if (asked.preVote ? granted : node.settings.preVote) giveWay(turn, asked)
  if (granted && !asked.preVote) {
    node.votedFor = asked.from
    // Who votes gives the candidate time to win, and no longer asks for itself.
    if (node.role.name === 'pre-candidate') becomeFollower(turn, node.currentTerm, null)
    if (node.role.name !== 'leader') node.role = { ...node.role, deadline: freshDeadline(turn), graced: false }
  }
  reply(turn, asked, granted)
}

/**
 * Who could win is let try, for a heartbeat and once a timeout, so that nobody waits for one that never comes. Of two that ask at the
 * same time the one whose log is longer goes on, of equal ones the one whose id is less. Votes are split less often for it.
 */
function giveWay(turn: Turn, asked: RequestVote): void {
  const { node, moment } = turn
  const isEven = asked.lastLogTerm === node.log.lastTerm && asked.lastLogIndex === node.log.lastIndex
  if (node.role.name === 'pre-candidate' && (!isEven || asked.from < node.id)) becomeFollower(turn, node.currentTerm, null)
  const { role } = node
  if (role.name !== 'follower' || role.graced) return
  node.role = { ...role, deadline: Math.max(role.deadline, moment.now + paced(node, node.settings.heartbeat)), graced: true }
}

/** Counts an answer of this very round. */
export function countVote(turn: Turn, answer: RequestVoteReply): void {
  const { node } = turn
  hearVoter(turn, answer)
  if (answer.term > node.currentTerm && !(answer.preVote && answer.granted)) {
    becomeFollower(turn, answer.term, null)
    return
  }
  const { role } = node
  if (!answer.granted) return
  if (role.name === 'candidate' && !answer.preVote && answer.asked === node.currentTerm) {
    node.role = { ...role, granted: new Set(role.granted).add(answer.from) }
  }
  if (role.name === 'pre-candidate' && answer.preVote && answer.asked === node.currentTerm + 1) {
    const granted = new Set(role.granted).add(answer.from)
    node.role = { ...role, granted }
    if (couldWin(node, granted)) campaignNow(turn, role.reason)
  }
}

/** A majority of the voters in force granted it; its own vote counts only once it is durable (DESIGN 4). */
export function hasWon({ node }: Turn): boolean {
  const { role, currentTerm, id, saves } = node
  if (role.name !== 'candidate') return false
  const ownVote = saves.durable.term === currentTerm && saves.durable.votedFor === id
  return isQuorum(configurationOf(node), (voter) => (voter === id ? ownVote : role.granted.has(voter)))
}

/** A new leader knows nothing of the others' logs, and appends an entry of its own term, by which it may commit (5.4.2, 8). */
export function becomeLeader(turn: Turn): void {
  const { node, moment } = turn
  const next = node.log.lastIndex + 1
  const progress = new Map(others(turn).map((member) => [member, newProgress(node.settings, next, moment.now)]))
  const deadline = moment.now + checkQuorumTime(node)
  node.role = {
    name: 'leader',
    progress,
    heartbeatDue: moment.now,
    beats: [],
    stampedAt: moment.now,
    transfer: null,
    reads: NO_READS,
    deadline,
    graced: false,
  }
  appendAsLeader(turn, [{ type: 'noop' }])
}

export function newProgress(settings: Settings, nextIndex: Index, since: Millis): Progress {
  const unheard = { state: 'probe', flow: newFlow(settings), ackedSentAt: -Infinity, commitSent: 0, overtaken: 0 } as const
  return { matchIndex: 0, nextIndex, ...unheard, since, departing: null, sending: null, measured: null, patience: 0 }
}

/** 5.4.1: the later last term wins; of equal ones the longer log. */
export function isUpToDate(
  candidate: { readonly lastLogTerm: Term; readonly lastLogIndex: Index },
  { log }: Pick<RaftNode, 'log'>,
): boolean {
  if (candidate.lastLogTerm !== log.lastTerm) return candidate.lastLogTerm > log.lastTerm
  return candidate.lastLogIndex >= log.lastIndex
}

function askWhetherItCouldWin(turn: Turn, reason: VoteReason): void {
  const { node } = turn
  node.role = { name: 'pre-candidate', granted: new Set(), reason, deadline: freshDeadline(turn), graced: false }
  if (couldWin(node, new Set())) return campaignNow(turn, reason)
  for (const to of others(turn)) send(turn, { ...request(turn, to, node.currentTerm + 1), preVote: true, reason, from: node.id })
}

function couldWin(node: RaftNode, granted: ReadonlySet<NodeId>): boolean {
  return isQuorum(configurationOf(node), (voter) => voter === node.id || granted.has(voter))
}

/** A learner, a stranger or a removed node only stops believing in a leader that fell silent. */
function waitOn(turn: Turn): void {
  becomeFollower(turn, turn.node.currentTerm, null)
  turn.node.role = { ...turn.node.role, deadline: freshDeadline(turn), graced: false }
}

/** Who hears a leader does not help to depose it, unless the leader itself wants to go (dissertation 4.2.3). */
function isSticky({ node, moment }: Turn, asked: RequestVote): boolean {
  if (asked.term < node.currentTerm || !node.settings.preVote) return false
  // A living leader tells nobody to try. A real request has a majority's word behind it: it hears none of us, so let it.
  if (node.role.name === 'leader') return asked.preVote
  if (asked.reason !== 'timeout') return false
  return node.role.name === 'follower' && moment.now - node.role.heardAt < paced(node, node.settings.electionMin)
}

/** One vote a term, first come first served; asking again is granted again. A pre-vote promises nothing, so it may be given twice. */
function mayGrant(node: RaftNode, asked: RequestVote): boolean {
  if (asked.term < node.currentTerm) return false
  if (asked.preVote && asked.term > node.currentTerm) return true
  return (node.votedFor === null && node.role.name !== 'leader') || node.votedFor === asked.from
}

function request(turn: Turn, to: NodeId, term: Term): Omit<RequestVote, 'from' | 'preVote' | 'reason'> {
  const { log } = turn.node
  return { type: 'RequestVote', to, term, lastLogIndex: log.lastIndex, lastLogTerm: log.lastTerm }
}

function reply(turn: Turn, asked: RequestVote, granted: boolean): void {
  const { id: from, currentTerm: term } = turn.node
  const answer = { type: 'RequestVoteReply', to: asked.from, term, asked: asked.term, granted, preVote: asked.preVote, from } as const
  if (asked.preVote) send(turn, answer)
  else sendWhenDurable(turn, answer)
}
