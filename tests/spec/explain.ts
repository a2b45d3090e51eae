/**
 * Explains one recorded step as a sequence of actions. Inputs are taken in their order; where a server may choose (when to
 * campaign, what to send, whether to take a proposal), the outcome that was seen is the choice, and its guards are asked.
 */
import type { Actor } from './action.ts'
import * as elections from './elections.ts'
import type { Candidacy } from './elections.ts'
import { hearInstall } from './installs.ts'
import type { Reply } from './installs.ts'
import * as lives from './lives.ts'
import * as membership from './membership.ts'
import type { Given, Stepped } from './observation.ts'
import * as outcome from './outcome.ts'
import * as reads from './reads.ts'
import * as replication from './replication.ts'
import * as snapshots from './snapshots.ts'
import { configurationOf, isMajority, mayCampaign } from './state.ts'
import type { AppendEntries, AppendEntriesReply, Entries, Entry, Farewell, Id, Message, RequestVote, RequestVoteReply } from './state.ts'

interface Turn {
  readonly actor: Actor
  readonly step: Stepped
  readonly logBefore: Entries
  /** What was seen to be answered and is not explained yet, in order. */
  readonly replies: Reply[]
  readonly candidacies: Candidacy[]
  installed: number | null
}

/** Throws GuardFailed at the first thing that no action explains. */
export function explainStep(actor: Actor, step: Stepped): void {
  const replies = step.sent.map(({ message }) => message).filter(isReply)
  const turn: Turn = { actor, step, logBefore: actor.server.log, replies, candidacies: [], installed: null }
  actor.take(lives.run, step)
  for (const input of step.inputs) hear(turn, input)
  campaign(turn)
  reign(turn)
  confirmOwnReads(turn)
  for (const { message } of step.sent) speak(turn, message)
  actor.take(outcome.answer, { unexplained: turn.replies })
  retire(turn)
  actor.take(snapshots.restore, { restored: step.restored, installed: turn.installed })
  actor.take(replication.apply, { entries: step.applied })
  actor.take(outcome.conform, { step, logBefore: turn.logBefore })
  for (const read of step.answered) actor.take(reads.answerRead, read)
  if (step.save !== null) actor.take(lives.issueSave, step.save)
  actor.take(lives.owe, null)
  for (const { message, after } of step.sent) {
    if (after === null) actor.take(lives.send, { message, wasHeld: false })
    else actor.take(lives.hold, { message, after })
  }
}

function hear(turn: Turn, input: Given): void {
  const { actor } = turn
  switch (input.type) {
    case 'message':
      actor.take(lives.receive, input.message)
      return hearMessage(turn, input.message)
    case 'proposal':
      for (const command of input.commands) actor.cluster.commands.add(command)
      return takeCommands(turn, input.commands)
    case 'mark': {
      const entry = seenAt(turn, actor.server.log.length + 1)
      if (actor.server.role === 'leader' && entry?.body === input.body) actor.take(replication.mark, { entry })
      return
    }
    case 'saved':
      return actor.take(lives.hearSaved, input)
    case 'change':
      return changeMembers(turn, input)
    case 'transfer':
      if (actor.may(membership.handOver, input)) actor.take(membership.handOver, input)
      return
    case 'abstain':
      return actor.take(elections.abstain, null)
    case 'suspended':
      if (actor.may(elections.giveUp, null)) actor.take(elections.giveUp, null)
      return
    case 'read':
      actor.take(reads.askToRead, input)
      return gather(turn, actor.id, input.id)
    case 'applied':
      return actor.take(replication.hearApplied, input)
    case 'snapshot':
    case 'gone':
    case 'wake':
  }
}

function hearMessage(turn: Turn, message: Message): void {
  switch (message.type) {
    case 'RequestVote':
      return hearRequestVote(turn, message)
    case 'RequestVoteReply':
      return hearVote(turn, message)
    case 'AppendEntries':
      return hearAppendEntries(turn, message)
    case 'AppendEntriesReply':
      return hearAck(turn, message)
    case 'TimeoutNow':
      if (message.term < turn.actor.server.currentTerm) return
      followTerm(turn, message)
      return campaignAtOnce(turn, 'TimeoutNow')
    case 'Propose':
      return takeCommands(turn, message.commands)
    case 'InstallSnapshot':
      turn.installed = hearInstall(turn, message) ?? turn.installed
      return
    case 'InstallSnapshotReply':
      return followTerm(turn, message)
    case 'Farewell':
      return hearFarewell(turn, message)
    case 'ReadIndex':
      return gather(turn, message.from, message.id)
    case 'ReadIndexReply': {
      const { id, index } = message
      if (index !== null) turn.actor.take(reads.hearReadIndexReply, { id, index })
      return
    }
    case 'ProposeRefused':
  }
}

/** 5.1: of a higher term in any message. */
function followTerm({ actor }: Turn, { term }: Message): void {
  if (term > actor.server.currentTerm) actor.take(elections.updateTerm, { term })
}

function hearRequestVote(turn: Turn, asked: RequestVote): void {
  const { actor, replies } = turn
  const [reply] = replies
  const isAnswer = reply?.type === 'RequestVoteReply' && reply.to === asked.from && reply.asked === asked.term
  if (!isAnswer || reply.preVote !== asked.preVote) return actor.take(elections.ignoreRequestVote, asked)
  replies.shift()
  if (!asked.preVote) followTerm(turn, asked)
  if (!reply.granted) actor.take(elections.refuseVote, asked)
  else if (asked.preVote) actor.take(elections.grantPreVote, asked)
  else actor.take(elections.grantVote, asked)
  actor.take(outcome.reply, reply)
}

function hearVote(turn: Turn, answer: RequestVoteReply): void {
  const { actor } = turn
  // A pre-vote that is granted carries no term that anybody entered.
  if (answer.term > actor.server.currentTerm && !(answer.preVote && answer.granted)) return followTerm(turn, answer)
  if (!actor.may(elections.countVote, answer)) return
  actor.take(elections.countVote, answer)
  if (answer.preVote && couldWin(turn) && mayCampaign(actor.server)) stand(turn, 'time')
}

function hearAppendEntries(turn: Turn, append: AppendEntries): void {
  const { actor, replies } = turn
  const [reply] = replies
  if (append.term >= actor.server.currentTerm) {
    followTerm(turn, append)
    actor.take(replication.hearLeader, append)
  }
  const agreed = { append, result: { success: true, matchIndex: append.prevLogIndex + append.entries.length } } as const
  if (append.quiet && actor.may(replication.acceptEntries, agreed)) return actor.take(replication.acceptEntries, agreed)
  actor.take(outcome.answerAppend, { append, reply: reply ?? null })
  const { result } = replies.shift() as AppendEntriesReply
  if (result.success) actor.take(replication.acceptEntries, { append, result })
  else actor.take(replication.rejectEntries, { append, result })
  actor.take(outcome.reply, reply!)
}

function hearAck(turn: Turn, answer: AppendEntriesReply): void {
  const { actor } = turn
  followTerm(turn, answer)
  const isKnown = replication.toldBy(actor.server).includes(answer.from)
  if (isKnown && actor.may(replication.countAck, answer)) actor.take(replication.countAck, answer)
  if (actor.may(reads.vouch, answer)) actor.take(reads.vouch, answer)
}

/** Who does not lead sends the question on, or refuses it. */
function gather({ actor }: Turn, node: Id, id: number): void {
  if (actor.may(reads.gatherRead, { node, id })) actor.take(reads.gatherRead, { node, id })
}

function hearFarewell(turn: Turn, message: Farewell): void {
  const { actor } = turn
  if (message.append !== null) hearAppendEntries(turn, message.append)
  if (!actor.may(membership.hearFarewell, message)) return
  actor.take(membership.hearFarewell, message)
  if (message.successors[0] === actor.id) campaignAtOnce(turn, 'Farewell')
}

/** A leader takes the first so many; the rest it refuses as too much. */
function takeCommands(turn: Turn, commands: readonly string[]): void {
  const { actor } = turn
  for (const command of commands) {
    const entry = seenAt(turn, actor.server.log.length + 1)
    if (actor.server.role !== 'leader' || entry?.body !== command) return
    actor.take(replication.clientRequest, { entry, command })
  }
}

function changeMembers(turn: Turn, { at, entry: asked }: Extract<Given, { type: 'change' }>): void {
  const { actor } = turn
  const entry = seenAt(turn, actor.server.log.length + 1)
  if (actor.server.role !== 'leader' || entry?.body !== asked.body || entry.configuration === null) return
  actor.take(membership.changeConfiguration, { at, entry: { ...entry, configuration: entry.configuration } })
}

/** The entry that was seen at this index once the step was over. */
function seenAt({ step: { log }, logBefore }: Turn, index: number): Entry | undefined {
  return index < log.from ? logBefore[index - 1] : log.entries[index - log.from]
}

function campaignAtOnce(turn: Turn, why: 'TimeoutNow' | 'Farewell'): void {
  const { server } = turn.actor
  if (server.role !== 'leader' && mayCampaign(server)) stand(turn, why)
}

function stand({ actor, candidacies }: Turn, why: 'time' | 'TimeoutNow' | 'Farewell'): void {
  actor.take(elections.timeout, { why })
  candidacies.push(elections.candidacyOf(actor.server))
}

function couldWin({ actor: { server } }: Turn): boolean {
  return isMajority(configurationOf(server), (voter) => voter === server.id || server.votes.has(voter))
}

/** A timeout may have passed. */
function campaign(turn: Turn): void {
  const { actor, step, candidacies } = turn
  const { after } = step
  const { role, currentTerm, asksFirst } = actor.server
  const asks = step.sent.some(({ message }) => message.type === 'RequestVote' && message.preVote)
  if (after.currentTerm > currentTerm) {
    // Who needs nobody else asks nobody.
    if (asksFirst) actor.take(elections.preCampaign, null)
    stand(turn, 'time')
  } else if (after.role === 'pre-candidate' && (role !== 'pre-candidate' || asks)) {
    actor.take(elections.preCampaign, null)
    candidacies.push(elections.candidacyOf(actor.server))
  } else if (after.role === 'follower' && (role === 'candidate' || role === 'pre-candidate')) {
    actor.take(elections.giveUp, null)
  }
}

function reign(turn: Turn): void {
  const { actor, step } = turn
  const { after } = step
  if (after.role === 'leader' && actor.server.role !== 'leader') {
    actor.take(elections.becomeLeader, { first: seenAt(turn, actor.server.log.length + 1) })
  }
  if (actor.server.role === 'leader' && after.commitIndex > actor.server.commitIndex) {
    actor.take(replication.advanceCommitIndex, { to: after.commitIndex })
  }
}

/** Those that no reply confirmed. */
function confirmOwnReads({ actor, step }: Turn): void {
  for (const { id, index } of step.confirmed) {
    if (!actor.server.confirmed.has(`${id} ${index}`)) actor.take(reads.confirmRead, { node: actor.id, id, index })
  }
}

function speak({ actor, step, candidacies }: Turn, message: Message): void {
  switch (message.type) {
    case 'RequestVote':
      return actor.take(elections.requestVote, { message, candidacies })
    case 'AppendEntries':
      return actor.take(replication.appendEntries, { message, mayEndWith: null })
    case 'TimeoutNow':
      return actor.take(membership.timeoutNow, message)
    case 'InstallSnapshot':
      return actor.take(snapshots.sendSnapshot, message)
    case 'Propose':
      return actor.take(outcome.sendOn, { message, inputs: step.inputs })
    case 'Farewell':
      return actor.take(outcome.answer, { unexplained: [message] })
    case 'ReadIndex':
      return actor.take(reads.sendReadIndex, message)
    case 'ReadIndexReply': {
      const { to: node, id, index } = message
      // To say that somebody else leads, or may, promises nothing.
      if (index !== null) actor.take(reads.confirmRead, { node, id, index })
      return
    }
    case 'RequestVoteReply':
    case 'AppendEntriesReply':
    case 'InstallSnapshotReply':
    case 'ProposeRefused':
  }
}

function retire({ actor, step: { after } }: Turn): void {
  if (actor.server.role === 'leader' && after.role === 'follower' && after.currentTerm === actor.server.currentTerm) {
    actor.take(actor.may(membership.stepDown, null) ? membership.stepDown : membership.loseQuorum, null)
  }
}

function isReply(message: Message): message is Reply {
  return message.type === 'RequestVoteReply' || message.type === 'AppendEntriesReply' || message.type === 'InstallSnapshotReply'
}
