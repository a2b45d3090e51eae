/** Terms and votes: 5.1, 5.2, 5.4.1, dissertation 4.2.2, 4.2.3 and 9.6, DESIGN 4. */
import { action } from './action.ts'
import { configurationOf, isMajority, isUpToDate, lastTerm, mayCampaign, membersOf } from './state.ts'
import type { Configuration, Entry, Id, RequestVote, RequestVoteReply, Server } from './state.ts'

export const updateTerm = action<{ readonly term: number }>(
  'UpdateTerm',
  { 'the term is newer': ({ server }, { term }) => term > server.currentTerm },
  (_, { term }) => ({ currentTerm: term, votedFor: null, ...FOLLOWING }),
)

/** Any candidate may stop to be one. */
export const giveUp = action<null>(
  'GiveUp',
  { 'it stands, or asked whether it could': ({ server }) => server.role === 'candidate' || server.role === 'pre-candidate' },
  () => FOLLOWING,
)

/** Its state machine applies no more. That it never stands again is not asked for: it may. */
export const abstain = action<null>('Abstain', {}, ({ server }) => (server.role === 'follower' ? {} : FOLLOWING))

export const preCampaign = action<null>(
  'PreCampaign',
  { 'it does not lead': ({ server }) => server.role !== 'leader', 'it may campaign': ({ server }) => mayCampaign(server) },
  () => ({ ...FOLLOWING, role: 'pre-candidate' }),
)

/** `why`: the time is up, or it was asked to by the leader. */
export const timeout = action<{ readonly why: 'time' | 'TimeoutNow' | 'Farewell' }>(
  'Timeout',
  {
    'it does not lead': ({ server }) => server.role !== 'leader',
    'it may campaign: a voter, or one that only its own uncommitted log removes': ({ server }) => mayCampaign(server),
    'it asked first, and a majority of the voters would vote for it': ({ server }, { why }) =>
      why !== 'time' ||
      !server.asksFirst ||
      (server.role === 'pre-candidate' && isMajority(configurationOf(server), (voter) => voter === server.id || server.votes.has(voter))),
  },
  ({ server }) => ({ ...FOLLOWING, role: 'candidate', currentTerm: server.currentTerm + 1, votedFor: server.id }),
)

/** What a candidacy, or the question before it, may ask for. */
export interface Candidacy {
  readonly term: number
  readonly preVote: boolean
  readonly lastLogIndex: number
  readonly lastLogTerm: number
  readonly inForce: Configuration
}

export function candidacyOf(server: Server): Candidacy {
  const preVote = server.role === 'pre-candidate'
  return {
    term: preVote ? server.currentTerm + 1 : server.currentTerm,
    preVote,
    lastLogIndex: server.log.length,
    lastLogTerm: lastTerm(server.log),
    inForce: configurationOf(server),
  }
}

export const requestVote = action<{ readonly message: RequestVote; readonly candidacies: readonly Candidacy[] }>('RequestVote', {
  'it stands in that term': (_, { message, candidacies }) => candidacies.some((candidacy) => isOf(message, candidacy)),
  'it claims the log that it has': (_, { message, candidacies }) =>
    candidacies.some(
      (candidacy) =>
        isOf(message, candidacy) && candidacy.lastLogIndex === message.lastLogIndex && candidacy.lastLogTerm === message.lastLogTerm,
    ),
  'it asks other members': ({ server }, { message, candidacies }) =>
    candidacies.some((candidacy) => isOf(message, candidacy) && membersOf(candidacy.inForce).includes(message.to)) &&
    message.to !== server.id,
})

export const grantVote = action<RequestVote>(
  'GrantVote',
  {
    'the term is the current one': ({ server }, { term }) => term === server.currentTerm,
    'one vote a term: none was given, or to the same candidate': ({ server }, { from }) =>
      server.votedFor === null || server.votedFor === from,
    'the candidate is at least as up to date': ({ server }, asked) => isUpToDate(asked, server.log),
    'a leader votes for nobody else': ({ server }) => server.role !== 'leader',
  },
  ({ server }, { from }) => ({ votedFor: from, ...(server.role === 'pre-candidate' && FOLLOWING) }),
)

/** It promises nothing, so nothing changes. */
export const grantPreVote = action<RequestVote>('GrantPreVote', {
  'the term asked about is not over': ({ server }, { term }) => term >= server.currentTerm,
  'in the current term its vote is not given to another': ({ server }, { term, from }) =>
    term > server.currentTerm || server.votedFor === null || server.votedFor === from,
  'the candidate is at least as up to date': ({ server }, asked) => isUpToDate(asked, server.log),
  'a leader tells nobody to try': ({ server }) => server.role !== 'leader',
})

export const refuseVote = action<RequestVote>('RefuseVote', {
  'there is a reason to refuse': ({ server }, asked) =>
    asked.term < server.currentTerm ||
    !isUpToDate(asked, server.log) ||
    server.role === 'leader' ||
    (asked.term === server.currentTerm && server.votedFor !== null && server.votedFor !== asked.from) ||
    (asked.preVote && isSticky(server, asked)),
})

/** Who hears a leader does not help to depose it (dissertation 4.2.3). */
export const ignoreRequestVote = action<RequestVote>('IgnoreRequestVote', {
  'it hears a leader, and is asked because of a timeout': ({ server }, asked) => isSticky(server, asked),
})

export const countVote = action<RequestVoteReply>(
  'CountVote',
  {
    'it was granted': (_, { granted }) => granted,
    'the answer is of this very round': ({ server }, { asked, preVote }) => isOfRound(server, asked, preVote),
  },
  ({ server }, { from }) => ({ votes: new Set(server.votes).add(from) }),
)

/** `first` is the entry with which it begins. */
export const becomeLeader = action<{ readonly first: Entry | undefined }>(
  'BecomeLeader',
  {
    'it stands as a candidate': ({ server }) => server.role === 'candidate',
    'a majority of the voters in force granted it; its own vote counts once it is durable': ({ server }) =>
      isMajority(configurationOf(server), (voter) => (voter === server.id ? hasOwnVote(server) : server.votes.has(voter))),
    'it begins with an entry of its own term': ({ server }, { first }) => first?.term === server.currentTerm && first.body === 'noop',
    'Election Safety: nobody else led this term': ({ cluster, server }) => !cluster.leaders.has(server.currentTerm),
  },
  ({ cluster, server }, { first }) => {
    cluster.leaders.set(server.currentTerm, server.id)
    return { ...FOLLOWING, role: 'leader', leader: server.id, log: [...server.log, first!] }
  },
)

function isOf(message: RequestVote, { term, preVote }: Candidacy): boolean {
  return message.term === term && message.preVote === preVote
}

/** Could a vote of this term count now? */
function isOfRound(server: Server, asked: number, preVote: boolean): boolean {
  if (preVote) return server.role === 'pre-candidate' && asked === server.currentTerm + 1
  return server.role === 'candidate' && asked === server.currentTerm
}

function isSticky(server: Server, { reason, term }: RequestVote): boolean {
  return server.leader !== null && reason === 'timeout' && term >= server.currentTerm && server.asksFirst
}

function hasOwnVote({ id, currentTerm, disk }: Server): boolean {
  return disk.currentTerm === currentTerm && disk.votedFor === id
}

/** What a server that begins to follow knows of leadership. */
export const FOLLOWING = {
  role: 'follower',
  leader: null,
  votes: new Set<Id>(),
  matchIndex: new Map<Id, number>(),
  departing: new Set<Id>(),
  handingTo: null,
  asked: new Map<string, { readonly after: number; readonly vouched: ReadonlySet<Id> }>(),
} as const
