/** Entries: 5.3, 5.4.2, Figure 2 and section 8. */
import { action } from './action.ts'
import type { Place } from './action.ts'
import { FOLLOWING } from './elections.ts'
import { areEqual, configurationOf, isMajority, isSameEntry, membersOf, termAt } from './state.ts'
import type { AppendEntries, AppendEntriesReply, Entries, Entry, Id, InstallSnapshot, Server } from './state.ts'

export const clientRequest = action<{ readonly entry: Entry; readonly command: string }>(
  'ClientRequest',
  {
    'it leads': ({ server }) => server.role === 'leader',
    'the entry is of its own term': ({ server }, { entry }) => entry.term === server.currentTerm,
    'a client asked for it': ({ cluster }, { command }) => cluster.commands.has(command),
    'the lead is not being handed over': ({ server }) => server.handingTo === null,
  },
  ({ server }, { entry }) => ({ log: [...server.log, entry] }),
)

/** Of the state machine of who leads. */
export const mark = action<{ readonly entry: Entry }>(
  'Mark',
  {
    'it leads': ({ server }) => server.role === 'leader',
    'the entry is of its own term': ({ server }, { entry }) => entry.term === server.currentTerm,
    'the lead is not being handed over': ({ server }) => server.handingTo === null,
  },
  ({ server }, { entry }) => ({ log: [...server.log, entry] }),
)

/** `mayEndWith` is what a farewell may add to the log that it leaves behind. */
export interface Append {
  readonly message: AppendEntries
  readonly mayEndWith: Entry | null
}

export const appendEntries = action<Append>(
  'AppendEntries',
  {
    'it leads the term it speaks for': ({ server }, { message }) => server.role === 'leader' && server.currentTerm === message.term,
    'to a member, or to one that it removed': ({ server }, { message }) =>
      message.to !== server.id && (membersOf(configurationOf(server)).includes(message.to) || server.departing.has(message.to)),
    'prevLogTerm is the term at prevLogIndex of its log': ({ server }, { message }) =>
      termAt(server.log, message.prevLogIndex) === message.prevLogTerm,
    'the entries are those of its log': ({ server }, { message, mayEndWith }) => {
      const log = mayEndWith === null ? server.log : [...server.log, mayEndWith]
      return message.entries.every((entry, k) => isSameEntry(entry, log[message.prevLogIndex + k]))
    },
    'it looks no further back than what is known to match': ({ server }, { message }) =>
      message.prevLogIndex >= (server.matchIndex.get(message.to) ?? 0),
    'leaderCommit is no more than it knows committed': ({ server }, { message }) => message.leaderCommit <= server.commitIndex,
    'quiet is only what tells a commit index to one that stays': ({ server }, { message }) =>
      !message.quiet || (message.entries.length === 0 && !server.departing.has(message.to)),
  },
  ({ server }, { message }) => ({ sentAt: Math.max(server.sentAt, message.sentAt) }),
)

/** AppendEntries of a term that is not over, whatever becomes of its entries (5.2). */
export const hearLeader = action<AppendEntries | InstallSnapshot>(
  'HearLeader',
  {
    'the term is the current one': ({ server }, { term }) => term === server.currentTerm,
    'the receiver does not lead this very term': ({ server }) => server.role !== 'leader',
  },
  (_, { from }) => ({ ...FOLLOWING, leader: from }),
)

interface Answered<R> {
  readonly append: AppendEntries
  readonly result: R
}

type Success = Extract<AppendEntriesReply['result'], { success: true }>
type Failure = Extract<AppendEntriesReply['result'], { success: false }>

export const acceptEntries = action<Answered<Success>>(
  'AcceptEntries',
  {
    'the term is the current one': ({ server }, { append }) => append.term === server.currentTerm,
    'the log has an entry of prevLogTerm at prevLogIndex': ({ server }, { append }) => isConsistent(server, append),
    'nothing that is committed here is contradicted': ({ server }, { append: { prevLogIndex, entries } }) =>
      entries.every(({ term }, k) => prevLogIndex + k >= server.commitIndex || termAt(server.log, prevLogIndex + k + 1) === term),
    'it acknowledges what the message verified': (_, { append, result }) =>
      result.matchIndex === append.prevLogIndex + append.entries.length,
  },
  ({ server }, { append }) => {
    const verified = append.prevLogIndex + append.entries.length
    const commitIndex = Math.max(server.commitIndex, Math.min(append.leaderCommit, verified))
    return { log: merge(server.log, append), commitIndex }
  },
)

export const rejectEntries = action<Answered<Failure>>('RejectEntries', {
  'the term is over, or the log has no such entry': ({ server }, { append }) =>
    append.term < server.currentTerm || !isConsistent(server, append),
  'the refusal names the message that it refuses': (_, { append, result }) => append.prevLogIndex === result.prevLogIndex,
  "its hint is an entry of its log that may be the leader's too": ({ server }, { append, result }) =>
    result.hintIndex <= append.prevLogIndex &&
    result.hintTerm <= append.prevLogTerm &&
    termAt(server.log, result.hintIndex) === result.hintTerm,
})

export const countAck = action<AppendEntriesReply>(
  'CountAck',
  {
    'it leads the term of the answer': ({ server }, { term }) => server.role === 'leader' && server.currentTerm === term,
    'nobody matches beyond its log': ({ server }, { result }) => result.success && result.matchIndex <= server.log.length,
  },
  ({ server }, { from, result }) => {
    const matched = result.success ? result.matchIndex : 0
    return { matchIndex: new Map(server.matchIndex).set(from, Math.max(server.matchIndex.get(from) ?? 0, matched)) }
  },
)

export const advanceCommitIndex = action<{ readonly to: number }>(
  'AdvanceCommitIndex',
  {
    'it leads': ({ server }) => server.role === 'leader',
    'the entry is of its own term (5.4.2)': ({ server }, { to }) => termAt(server.log, to) === server.currentTerm,
    'a majority of the voters in force has it, itself only what is durable': ({ server }, { to }) =>
      isMajority(configurationOf(server), (voter) =>
        voter === server.id ? isDurable(server, to) : (server.matchIndex.get(voter) ?? 0) >= to,
      ),
  },
  (_, { to }) => ({ commitIndex: to }),
)

/** What is committed is handed to the state machine, once and in order (5.3), and is the same everywhere (Figure 3). */
export const apply = action<{ readonly entries: Entries }>(
  'Apply',
  {
    'what is committed and was not yet handed out, in order': ({ server }, { entries }) =>
      areEqual(entries, server.log.slice(server.applied, server.commitIndex)),
    'State Machine Safety: nobody has another entry committed there': (place, { entries }) => isAgreed(place, entries),
  },
  ({ cluster, server }, { entries }) => {
    entries.forEach((entry, k) => (cluster.committed[server.applied + k] ??= entry))
    return { applied: server.applied + entries.length }
  },
)

export const hearApplied = action<{ readonly index: number }>(
  'HearApplied',
  { 'it was handed out': ({ server }, { index }) => index <= server.applied },
  ({ server }, { index }) => ({ machine: Math.max(server.machine, index) }),
)

function isConsistent({ log }: Server, { prevLogIndex, prevLogTerm }: AppendEntries): boolean {
  return termAt(log, prevLogIndex) === prevLogTerm
}

/** Is its log durable up to there? */
export function isDurable({ log, disk }: Server, index: number): boolean {
  return disk.log.length >= index && isSameEntry(disk.log[index - 1], log[index - 1])
}

/** Figure 2, receiver 3 and 4: only a conflict cuts. */
function merge(log: Entries, { prevLogIndex, entries }: AppendEntries): Entries {
  const first = entries.findIndex(({ term }, k) => termAt(log, prevLogIndex + k + 1) !== term)
  return first === -1 ? log : [...log.slice(0, prevLogIndex + first), ...entries.slice(first)]
}

function isAgreed({ cluster, server }: Place, entries: Entries): boolean {
  return entries.every((entry, k) => {
    const known = cluster.committed[server.applied + k]
    return known === undefined || isSameEntry(known, entry)
  })
}

/** Whom a leader still tells: the members of its configuration, and those it removed. */
export function toldBy(server: Server): readonly Id[] {
  return [...membersOf(configurationOf(server)), ...server.departing].filter((id) => id !== server.id)
}
