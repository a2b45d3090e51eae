/** One step under way: a node being changed and what it asks for. Nothing outside this folder sees a Turn. */
import type { Message, ProposeRefused, ReadId } from './messages.ts'
import type { AskedRead, Progress, RaftNode, Role } from './node.ts'
import { configurationOf, electionTimeout, paced } from './node.ts'
import { membersOf } from './quorum.ts'
import type { Entry, Index, Millis, Moment, NodeId, Snapshot, Term } from './types.ts'

export type Refusal = Pick<ProposeRefused, 'session' | 'seq' | 'reason' | 'expected'>

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface Turn {
  readonly before: RaftNode
  readonly node: Mutable<RaftNode>
  readonly moment: Moment
  readonly sent: { readonly message: Message; readonly durable: boolean }[]
  readonly refused: Refusal[]
  /** Reads that nobody serves now. */
  readonly unread: AskedRead[]
  readonly answer: { readonly id: ReadId; readonly index: Index }[]
  readonly unanswered: ReadId[]
  /** What the state machine is to go on from. */
  restore: Snapshot | null
}

export type Leader = Extract<Role, { name: 'leader' }>

export function begin(before: RaftNode, moment: Moment): Turn {
  return { before, node: { ...before }, moment, sent: [], refused: [], unread: [], answer: [], unanswered: [], restore: null }
}

/** May leave at once. */
export function send(turn: Turn, message: Message): void {
  turn.sent.push({ message, durable: false })
}

/** Must not leave before everything this node has taken in so far is durable (DESIGN 4). */
export function sendWhenDurable(turn: Turn, message: Message): void {
  turn.sent.push({ message, durable: true })
}

/** A fresh deadline for an election. */
export function freshDeadline(turn: Turn): Millis {
  return turn.moment.now + paced(turn.node, electionTimeout(turn.node.settings, turn.moment))
}

export function others(turn: Turn): NodeId[] {
  return membersOf(configurationOf(turn.node))
    .map((member) => member.node)
    .filter((node) => node !== turn.node.id)
}

/**
 * Enters a term that is not older, as a follower. The vote belongs to a term and is forgotten only with it; what a leader was
 * asked to read it answers no more.
 */
export function becomeFollower(turn: Turn, term: Term, leader: NodeId | null): void {
  const { node } = turn
  if (node.role.name === 'leader') turn.unread.push(...(node.role.reads.round?.reads ?? []), ...node.role.reads.gathering)
  if (term > node.currentTerm) {
    node.currentTerm = term
    node.votedFor = null
  }
  const waits = node.role.name !== 'leader' ? node.role.deadline : freshDeadline(turn)
  node.role = { name: 'follower', leader, heardAt: -Infinity, reason: 'timeout', matches: [], deadline: waits, graced: false }
}

/** What a leader appends gets the next index, its term, and log time that only its own clock's advance moves (DESIGN 14). */
export function appendAsLeader(turn: Turn, bodies: readonly Entry['body'][]): void {
  const { node, moment } = turn
  if (bodies.length === 0) return
  const role = node.role as Leader
  const advance = Math.floor(Math.min(moment.now - role.stampedAt, LOG_TIME_STEP_MAX))
  const time = node.log.lastTime + advance
  const entries = bodies.map((body, offset) => ({ index: node.log.lastIndex + 1 + offset, term: node.currentTerm, time, body }))
  // What was rounded off is not lost, what was slept through is.
  node.role = { ...role, stampedAt: advance === LOG_TIME_STEP_MAX ? moment.now : role.stampedAt + advance }
  extendLog(turn, entries)
}

/** Appends, and puts in force the configurations among the entries (dissertation 4.1: on append). */
export function extendLog(turn: Turn, entries: readonly Entry[]): void {
  turn.node.log = turn.node.log.append(entries)
  for (const { index, body } of entries) {
    if (body.type !== 'configuration') continue
    turn.node.configurations = [...turn.node.configurations, { index, configuration: body.configuration }]
  }
}

/** What the leader knows of a member from now on. */
export function setProgress(turn: Turn, member: NodeId, known: Progress): void {
  const role = turn.node.role as Leader
  // Once a turn the map is copied; from then on this turn owns it.
  if (turn.before.role.name === 'leader' && turn.before.role.progress === role.progress) {
    turn.node.role = { ...role, progress: new Map(role.progress) }
  }
  const progress = (turn.node.role as Leader).progress as Map<NodeId, Progress>
  progress.set(member, known)
}

const LOG_TIME_STEP_MAX = 10_000
