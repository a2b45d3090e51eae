/**
 * How long to wait on a network that is not fast. A leader measures round trips and losses by the answers to its heartbeats, and
 * tells all the least election timeout that suits its slowest voter: the pace. All times of elections grow with it. Nothing but
 * waiting rests on it. (RFC 6298 for the measures; Dynatune, arXiv 2507.15154, for the idea.)
 */
import type { Hearing } from './flow.ts'
import type { RequestVoteReply } from './messages.ts'
import { configurationOf, paced } from './node.ts'
import type { Measured, Progress, RaftNode } from './node.ts'
import { nextRoundAt } from './reads.ts'
import type { Leader, Turn } from './turn.ts'
import type { Millis, Timing } from './types.ts'

/** A wake later than this is our own stall: what is answered may be waiting behind it. */
export const LATE_MS = 50
/** Nobody waits for a slower network: no election timeout is twice as long. */
export const PACE_MAX: Millis = 2_000
/** How often so many heartbeats in a row may be lost that an election timeout expires. */
const RARELY = 0.001
/** Of a new loss or none, in the share of losses. */
const LOSS_WEIGHT = 1 / 32
/** So much of the way back a pace goes with each heartbeat; it widens at once. */
const NARROWING = 1 / 16
/** As many as may be under way to a member at the widest pace. */
const BEATS_MAX = 100
/** Without pre-vote as many may end before the first is answered. */
const CAMPAIGNS_MAX = 20

/** When a node wants to be woken at the latest. */
export function wakeAt({ role }: RaftNode): Millis {
  if (role.name !== 'leader') return role.deadline
  return Math.min(role.heartbeatDue, role.transfer?.until ?? Infinity, nextRoundAt(role.reads))
}

/** A leader that no majority answered for so long steps down: never before the slowest voter would have campaigned. */
export function checkQuorumTime(node: RaftNode): Millis {
  return Math.max(node.settings.checkQuorum, paced(node, node.settings.electionMax))
}

/** A member that answers nothing for so long counts as silent; one that is far, a learner perhaps, has the time that it needs. */
export function silentAfter({ settings, pace }: RaftNode, { measured }: Progress): Millis {
  const own = measured === null ? 0 : needs(settings, measured)
  return paced({ settings, pace: Math.max(pace, within(settings, own)) }, settings.electionMax)
}

/** A follower waits as its leader says. */
export function keepPace({ node }: Turn, pace: Millis | null): void {
  node.pace = within(node.settings, pace ?? 0)
}

export function noteCampaign({ node, moment }: Turn): void {
  node.campaigns = [...node.campaigns.slice(1 - CAMPAIGNS_MAX), { term: node.currentTerm, since: moment.now }]
}

/** Whoever answers a campaign, even one long over, shows how long the next one must wait. */
export function hearVoter(turn: Turn, { preVote, asked }: RequestVoteReply): void {
  const { node, moment } = turn
  const campaign = preVote ? undefined : node.campaigns.find(({ term }) => term === asked)
  if (campaign === undefined || node.role.name === 'leader' || isLate(turn)) return
  node.pace = within(node.settings, Math.max(node.pace, moment.now - campaign.since))
}

/** What is known of the way to a member once it answered what was sent at `sentAt`. */
export function measure(turn: Turn, known: Progress, sentAt: Millis): Measured | null {
  const { node, moment } = turn
  const { measured } = known
  // It waited for us, or it tells nothing new.
  if (isLate(turn) || sentAt <= known.ackedSentAt) return measured
  const took = Math.max(moment.now - sentAt, 0)
  if (measured === null) return { roundTrip: took, variation: took / 2, loss: 0 }
  const { roundTrip, variation, loss } = measured
  const lost = lostBetween(node, known, sentAt)
  return {
    roundTrip: roundTrip + (took - roundTrip) / 8,
    variation: variation + (Math.abs(took - roundTrip) - variation) / 4,
    loss: (1 - (1 - loss) * (1 - LOSS_WEIGHT) ** lost) * (1 - LOSS_WEIGHT),
  }
}

/** For what an answer tells of how much may be under way. */
export function hearing(turn: Turn): Hearing {
  return { now: turn.moment.now, isLate: isLate(turn) }
}

/** As the slowest voter that answers needs it. */
export function setPace({ node, moment }: Turn): void {
  const needed = Math.max(...ways(node, moment.now).map((way) => needs(node.settings, way)), 0)
  const narrower = node.pace - Math.ceil(Math.max(node.pace - needed, 0) * NARROWING)
  node.pace = within(node.settings, Math.max(needed, narrower))
}

/** Until the next heartbeats: so many fit into the timeouts that all are known to wait for that those are rarely all lost. */
export function heartbeatInterval({ node, moment }: Turn, { progress }: Leader): Millis {
  const patience = Math.min(node.pace, ...[...progress.values()].map((known) => known.patience))
  const count = Math.max(...ways(node, moment.now).map((way) => beatsNeeded(node.settings, way)), beatsAtLeast(node.settings))
  return Math.max(node.settings.heartbeat, patience / count)
}

export function noteBeat({ beats }: Leader, now: Millis): readonly Millis[] {
  return [...beats.slice(1 - BEATS_MAX), now]
}

/** This turn comes later than it was to come: what it finds has waited here. */
function isLate({ before, moment }: Turn): boolean {
  return moment.now - wakeAt(before) > LATE_MS
}

/** Heartbeats that went unanswered between two that were answered; none after a silence, which is no loss but an end. */
function lostBetween(node: RaftNode, known: Progress, next: Millis): number {
  const { role } = node
  if (role.name !== 'leader' || next - known.ackedSentAt > silentAfter(node, known)) return 0
  return role.beats.filter((sentAt) => sentAt > known.ackedSentAt && sentAt < next).length
}

/** To the voters that answer: for those that are silent nobody need wait. */
function ways(node: RaftNode, now: Millis): readonly Measured[] {
  const { role } = node
  if (role.name !== 'leader') return []
  const heardSince = now - checkQuorumTime(node)
  const known = configurationOf(node).voters.map((voter) => role.progress.get(voter.node))
  return known.flatMap((one) => (one === undefined || one.measured === null || one.ackedSentAt < heardSince ? [] : [one.measured]))
}

function needs(settings: Timing, way: Measured): Millis {
  return Math.max(way.roundTrip + 4 * way.variation, beatsNeeded(settings, way) * settings.heartbeat)
}

function beatsNeeded(settings: Timing, { loss }: Measured): number {
  return Math.max(Math.ceil(Math.log(RARELY) / Math.log(loss)), beatsAtLeast(settings))
}

function beatsAtLeast({ electionMin, heartbeat }: Timing): number {
  return electionMin / heartbeat
}

/** In whole milliseconds. */
function within({ electionMin }: Timing, pace: Millis): Millis {
  return Math.max(electionMin, Math.min(Math.ceil(pace), PACE_MAX))
}
