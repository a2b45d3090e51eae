/** What a step must come to, once its actions are known: nothing more and nothing less. */
import { action } from './action.ts'
import { isRemovedForGood } from './membership.ts'
import type { Given, Stepped } from './observation.ts'
import { areEqual, configurationOf } from './state.ts'
import type {
  AppendEntries,
  AppendEntriesReply,
  Entries,
  InstallSnapshot,
  InstallSnapshotReply,
  Message,
  Propose,
  RequestVoteReply,
} from './state.ts'

/** Just after the action that it reports. */
export const reply = action<RequestVoteReply | AppendEntriesReply | InstallSnapshotReply>('Reply', {
  'a reply carries the current term': ({ server }, { term }) => term === server.currentTerm,
  'an answer tells the commit index of its sender': ({ server }, answer) =>
    answer.type !== 'AppendEntriesReply' || answer.commitIndex === server.commitIndex,
})

export const answerAppend = action<{ readonly append: AppendEntries; readonly reply: Message | null }>('AnswerAppend', {
  'each AppendEntries is answered, a quiet one by who refuses': (_, { append, reply }) =>
    reply?.type === 'AppendEntriesReply' && reply.to === append.from,
  'it brings back when that was sent': (_, { append, reply }) => reply?.type === 'AppendEntriesReply' && reply.sentAt === append.sentAt,
})

export const answerInstall = action<{ readonly install: InstallSnapshot; readonly reply: Message | null }>('AnswerInstall', {
  'each InstallSnapshot is answered: with how much is here, or as AppendEntries once it is all here': (_, { install, reply }) =>
    reply?.to === install.from &&
    ((reply.type === 'InstallSnapshotReply' && reply.index === install.index) ||
      (reply.type === 'AppendEntriesReply' && reply.result.success && reply.result.matchIndex === install.index)),
})

export const answer = action<{ readonly unexplained: readonly Message[] }>('Answer', {
  'nothing is said that nobody asked for': (_, { unexplained }) => unexplained.length === 0,
})

export const sendOn = action<{ readonly message: Propose; readonly inputs: readonly Given[] }>('SendOn', {
  'who leads sends nothing on': ({ server }) => server.role !== 'leader',
  'only what its own clients proposed in this step': (_, { message, inputs }) => {
    const own = new Set(inputs.flatMap((input) => (input.type === 'proposal' ? input.commands : [])))
    return message.commands.every((command) => own.has(command))
  },
})

interface Ended {
  readonly step: Stepped
  readonly logBefore: Entries
}

export const conform = action<Ended>(
  'Conform',
  {
    'currentTerm is what the actions make it': ({ server }, { step }) => step.after.currentTerm === server.currentTerm,
    'votedFor is what the actions make it': ({ server }, { step }) => step.after.votedFor === server.votedFor,
    'the role is what the actions make it': ({ server }, { step }) => step.after.role === server.role,
    'the log is what the actions make it': ({ server }, { step, step: { log }, logBefore }) =>
      log.from - 1 + log.entries.length === server.log.length &&
      areEqual(logBefore, server.log, (step.restored ?? 0) + 1, log.from - 1) &&
      log.entries.every((entry, k) => areEqual([entry], [server.log[log.from - 1 + k]!])),
    'the configuration in force is the newest of the log': ({ server }, { step }) =>
      JSON.stringify(step.after.configuration) === JSON.stringify(configurationOf(server)),
    'commitIndex goes as far as a message verified, or a majority has it': ({ server }, { step }) =>
      step.after.commitIndex === server.commitIndex,
    'what is committed is handed out at once': ({ server }) => server.applied === server.commitIndex,
    'a snapshot covers only what is committed': ({ server }, { step }) => step.after.snapshot <= server.commitIndex,
    'votes are those that were granted': ({ server }, { step }) =>
      step.after.votes.length === server.votes.size && step.after.votes.every((voter) => server.votes.has(voter)),
    'a follower believes in the leader that it heard, or in none': ({ server }, { step }) =>
      step.after.leader === null || step.after.leader === server.leader,
    'matchIndex is what was acknowledged': ({ server }, { step }) =>
      step.after.matchIndex.every(([member, index]) => index === (server.matchIndex.get(member) ?? 0)),
    'matchIndex < nextIndex <= last index + 1': ({ server }, { step }) =>
      step.after.nextIndex.every(([member, index]) => index > (server.matchIndex.get(member) ?? 0) && index <= server.log.length + 1),
    'the lead is handed to whom it was said, or to nobody': ({ server }, { step }) =>
      step.after.handingTo === null || step.after.handingTo === server.handingTo,
    'who removed itself leads until that is committed, and no longer': ({ server }) =>
      server.role !== 'leader' || !isRemovedForGood(server),
  },
  ({ server }, { step: { after } }) => {
    const known = after.matchIndex.map(([member]) => member)
    const matchIndex = new Map([...server.matchIndex].filter(([member]) => known.includes(member)))
    return { leader: after.role === 'leader' ? server.id : after.leader, handingTo: after.handingTo, matchIndex }
  },
)
