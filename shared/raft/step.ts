/** The core: from a node, all inputs that wait and a moment, to a new node and what it asks for (DESIGN 4). */
import { stepDownIfUnanswered } from './check-quorum.ts'
import { abstain, answerVote, becomeLeader, campaignIfDue, campaignNow, countVote, giveTimeToWin, hasWon } from './election.ts'
import { hearFarewell } from './farewell.ts'
import { hearGone } from './gone.ts'
import type { Gone } from './gone.ts'
import { checkStep } from './invariants.ts'
import { changeConfiguration, letGoOfDeparted, stepDownIfRemoved } from './membership.ts'
import type { Message, ReadId } from './messages.ts'
import type { RaftNode } from './node.ts'
import { wakeAt } from './pace.ts'
import { mark, propose, proposeForOther } from './proposal.ts'
import { answerReads, askToRead, hearReadIndex, hearReadIndexReply, noteSent, serveReads } from './reads.ts'
import { advanceCommitIndex, answerAppend, heartbeatIfDue, hearAppendReply, replicate } from './replication.ts'
import { saveDone, saveOwed, waitsFor } from './saves.ts'
import type { Save } from './saves.ts'
import { answerInstall, hearInstallReply, takeSnapshot } from './snapshot.ts'
import { beginTransfer, pursueTransfer } from './transfer.ts'
import { becomeFollower, begin, freshDeadline } from './turn.ts'
import type { Refusal, Turn } from './turn.ts'
import type { Command, Configuration, Entry, Index, Mark, Millis, Moment, NodeId, SaveNumber, Snapshot, Term } from './types.ts'
import { unreachable } from './assert.ts'

export type Input =
  | { readonly type: 'message'; readonly message: Message }
  /** A deadline that the output named may have passed. */
  | { readonly type: 'wake' }
  /** Commands of this node's own clients. */
  | { readonly type: 'proposal'; readonly commands: readonly Command[] }
  /** Of this node's state machine. Dropped in silence where it does not lead: whoever leads then has its own. */
  | { readonly type: 'mark'; readonly mark: Mark }
  /** A read of this node's own clients that must see everything agreed so far. */
  | { readonly type: 'read'; readonly id: ReadId }
  | { readonly type: 'saved'; readonly number: SaveNumber }
  | { readonly type: 'applied'; readonly index: Index }
  /** The state machine as it was when it had applied everything up to `index`. Never written to again. */
  | { readonly type: 'snapshot'; readonly index: Index; readonly bytes: Uint8Array }
  /** Compare-and-set: refused in silence unless the configuration in force is the one at `at`; whoever asked looks again. */
  | { readonly type: 'change'; readonly at: Index; readonly configuration: Configuration }
  | { readonly type: 'transfer'; readonly to: NodeId }
  /** Its state machine applies no more: this node leads no more, nor campaigns. It goes on to store and to vote. */
  | { readonly type: 'abstain' }
  /** Word that nodes are gone, from whoever can know or only thinks so. */
  | ({ readonly type: 'gone' } & Gone)
  /** This node slept: what it believes about time is worth nothing. */
  | { readonly type: 'suspended' }

export interface Outgoing {
  readonly message: Message
  /**
   * Send once save `after` is durable, or at once. May be lost, delayed, repeated or reordered.
   * A success ack or a vote reply names the newest save issued or still owed, not only this step's own.
   */
  readonly after: SaveNumber | null
}

export interface Output {
  /** Make durable; `saved` with its number comes back as an input. At most one is in flight. */
  readonly save: Save | null
  readonly send: readonly Outgoing[]
  /** The state machine goes on from here; before `apply`. */
  readonly restore: Snapshot | null
  /** Feed to the state machine: committed, so durable on a majority, though perhaps not yet here. */
  readonly apply: readonly Entry[]
  /** Own proposals that were refused, to be tried again; the outcome of the others is read from the log. */
  readonly refused: readonly Refusal[]
  /** Own reads that the state machine may answer, now that it has applied up to `index`. */
  readonly answer: readonly { readonly id: ReadId; readonly index: Index }[]
  /** Own reads that nobody serves now, to be asked again. */
  readonly unanswered: readonly ReadId[]
  /** When to come back at the latest. */
  readonly wake: Millis
}

export interface Step {
  readonly node: RaftNode
  readonly output: Output
}

/** One turn takes all inputs that wait: that is the batching. Pure; `before` is left as it was. */
export function step(before: RaftNode, inputs: readonly Input[], moment: Moment): Step {
  const turn = begin(before, moment)
  for (const input of inputs) receive(turn, input)
  campaignIfDue(turn)
  stepDownIfUnanswered(turn)
  if (hasWon(turn)) becomeLeader(turn)
  advanceCommitIndex(turn)
  pursueTransfer(turn)
  serveReads(turn)
  heartbeatIfDue(turn)
  replicate(turn)
  noteSent(turn)
  letGoOfDeparted(turn)
  stepDownIfRemoved(turn)
  answerReads(turn)
  return end(turn)
}

function receive(turn: Turn, input: Input): void {
  switch (input.type) {
    case 'message':
      return receiveMessage(turn, input.message)
    case 'wake':
      return
    case 'proposal':
      return propose(turn, input.commands)
    case 'mark':
      return mark(turn, input.mark)
    case 'read':
      return askToRead(turn, input.id)
    case 'saved':
      saveDone(turn, input.number)
      return giveTimeToWin(turn)
    case 'applied':
      turn.node.lastApplied = Math.max(turn.node.lastApplied, input.index)
      return
    case 'snapshot':
      return takeSnapshot(turn, input.index, input.bytes)
    case 'change':
      return changeConfiguration(turn, input.at, input.configuration)
    case 'transfer':
      return beginTransfer(turn, input.to)
    case 'abstain':
      return abstain(turn)
    case 'gone':
      return hearGone(turn, input)
    case 'suspended':
      return wakeFromSleep(turn)
    default:
      return unreachable(input)
  }
}

function receiveMessage(turn: Turn, message: Message): void {
  if (message.to !== turn.node.id) return
  switch (message.type) {
    case 'RequestVote':
      return answerVote(turn, message)
    case 'RequestVoteReply':
      return countVote(turn, message)
    case 'AppendEntries':
      return answerAppend(turn, message)
    case 'AppendEntriesReply':
      return hearAppendReply(turn, message)
    case 'TimeoutNow':
      return hearTimeoutNow(turn, message.term)
    case 'Propose':
      return proposeForOther(turn, message)
    case 'ProposeRefused':
      turn.refused.push({ session: message.session, seq: message.seq, reason: message.reason, expected: message.expected })
      return
    case 'ReadIndex':
      return hearReadIndex(turn, message)
    case 'ReadIndexReply':
      return hearReadIndexReply(turn, message)
    case 'InstallSnapshot':
      return answerInstall(turn, message)
    case 'InstallSnapshotReply':
      return hearInstallReply(turn, message)
    case 'Farewell':
      return hearFarewell(turn, message)
    default:
      return unreachable(message)
  }
}

/** The leader wants this node to lead (dissertation 3.10); a leader of an older term no longer has a say. */
function hearTimeoutNow(turn: Turn, term: Term): void {
  if (term < turn.node.currentTerm) return
  if (term > turn.node.currentTerm) becomeFollower(turn, term, null)
  campaignNow(turn, 'transfer')
}

/** After a gap in the clock a leader may have been replaced in silence; whoever waits gets one fresh timeout. */
function wakeFromSleep(turn: Turn): void {
  const { role, currentTerm } = turn.node
  if (role.name === 'leader') return
  if (role.name === 'follower') turn.node.role = { ...role, deadline: freshDeadline(turn), graced: true }
  else becomeFollower(turn, currentTerm, null)
}

function end(turn: Turn): Step {
  const { before, node } = turn
  const apply = node.commitIndex > node.handedOut ? node.log.slice(node.handedOut + 1, node.commitIndex) : []
  node.handedOut = node.commitIndex
  prune(turn)
  const after = waitsFor(turn)
  const save = saveOwed(turn)
  checkStep(before, node)
  const send = turn.sent.map(({ message, durable }) => ({ message, after: durable ? after : null }))
  const { restore, refused, answer, unanswered } = turn
  return { node, output: { save, send, restore, apply, refused, answer, unanswered, wake: wakeAt(node) } }
}

/** Of the configurations that can no longer be rolled back only the newest is kept. */
function prune({ node }: Turn): void {
  const settled = node.configurations.findLastIndex((placed) => placed.index <= node.commitIndex)
  if (settled > 0) node.configurations = node.configurations.slice(settled)
}
