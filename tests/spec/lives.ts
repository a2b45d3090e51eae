/** Starts, saves and what may be said before they are done: DESIGN 4, 5 and 6. */
import { action } from './action.ts'
import { FOLLOWING } from './elections.ts'
import { isDurable } from './replication.ts'
import { areEqual, configurationOf, isSameStored, lastTerm, printOf } from './state.ts'
import type { Entries, Id, Message, RequestVote, Server, Stored } from './state.ts'

interface Start {
  readonly incarnation: number
  readonly stored: Stored
  readonly commitIndex: number
  readonly applied: number
  readonly asksFirst: boolean
}

/** "New list": a cluster of one, durable before anybody hears of it. */
export const found = action<Start>(
  'Found',
  {
    'no cluster was founded before': ({ cluster }) => !cluster.isFounded,
    'the founder is the only voter': ({ server }, { stored }) => {
      const { voters } = configurationOf(stored)
      return voters.length === 1 && voters[0] === server.id
    },
  },
  ({ cluster }, start) => {
    cluster.isFounded = true
    return startedFrom(start)
  },
)

export const mint = action<Start>(
  'Mint',
  {
    'a new id has nothing': (_, { stored }) => stored.currentTerm === 0 && stored.votedFor === null && stored.log.length === 0,
    'and knows of nothing committed': (_, { commitIndex }) => commitIndex === 0,
  },
  (_, start) => startedFrom(start),
)

export const restart = action<Start>(
  'Restart',
  {
    'each start has a higher incarnation': ({ server }, { incarnation }) => incarnation > server.incarnation,
    'with term, vote and log as on disk, the write that was under way done or not': ({ server }, { stored }) =>
      isSameStored(stored, server.disk) || (server.isSaving && isSameStored(stored, server.issued)),
    'its commit index is one that it knew': ({ server }, { commitIndex }) => commitIndex <= server.commitIndex,
  },
  (_, start) => startedFrom(start),
)

interface Save {
  readonly number: number
  readonly currentTerm: number
  readonly votedFor: Id | null
  readonly from: number
  readonly entries: Entries
  readonly snapshot: number
}

export const issueSave = action<Save>(
  'IssueSave',
  {
    'no other save is in flight': ({ server }) => !server.isSaving,
    'saves are numbered without gaps': ({ server }, { number }) => number === server.issued.number + 1,
    'it makes durable the term and vote of now': ({ server }, { currentTerm, votedFor }) =>
      currentTerm === server.currentTerm && votedFor === server.votedFor,
    'with it the log on disk is the log of now': ({ server }, { from, entries, snapshot }) =>
      from - 1 + entries.length === server.log.length &&
      (snapshot >= from - 1 || areEqual(server.issued.log, server.log, 1, from - 1)) &&
      areEqual([...server.log.slice(0, from - 1), ...entries], server.log, from),
  },
  ({ server }, { number }) => ({ isSaving: true, issued: { number, ...storedOf(server) } }),
)

/** It has landed, and the node hears of it. */
export const saveDone = action<{ readonly number: number }>(
  'SaveDone',
  { 'it is the save in flight': ({ server }, { number }) => server.isSaving && server.issued.number === number },
  ({ server }) => ({
    isSaving: false,
    disk: storedOf(server.issued),
    held: server.held.filter(({ after }) => after > server.issued.number),
  }),
)

/** `wasHeld`: it waited for a save. */
interface Departure {
  readonly message: Message
  readonly wasHeld: boolean
}

export const send = action<Departure>(
  'Send',
  {
    'a vote leaves once it is durable': ({ server }, { message }) =>
      !(message.type === 'RequestVoteReply' && message.granted && !message.preVote) ||
      (server.disk.currentTerm === message.term && server.disk.votedFor === message.to),
    'RequestVote leaves once term, own vote and the log that it claims are durable': ({ server }, { message }) =>
      message.type !== 'RequestVote' ||
      message.preVote ||
      (server.disk.currentTerm === message.term && server.disk.votedFor === message.from && claimsNoMore(server, message)),
    'an ack leaves once all that it vouches for is durable': ({ server }, { message }) =>
      message.type !== 'AppendEntriesReply' ||
      !message.result.success ||
      (server.disk.currentTerm === message.term && isDurable(server, message.result.matchIndex)),
    'what waited for a save and is of an older term is dropped': ({ server }, { message, wasHeld }) =>
      !wasHeld || message.term >= server.currentTerm,
  },
  ({ cluster }, { message }) => {
    cluster.network.add(printOf(message))
    return {}
  },
)

export const receive = action<Message>('Receive', {
  'it is addressed to this server': ({ server }, { to }) => to === server.id,
  // Of what clients ask, a leader's door may keep some out.
  'it was sent': ({ cluster }, message) =>
    message.type === 'Propose' || message.type === 'ProposeRefused' || cluster.network.has(printOf(message)),
})

export const stop = action<null>('Stop', {}, () => ({ runs: false }))

export function blank(id: Id): Server {
  const nothing: Stored = { currentTerm: 0, votedFor: null, log: [] }
  return { id, ...startedFrom({ incarnation: 0, stored: nothing, commitIndex: 0, applied: 0, asksFirst: true }), runs: false }
}

/** All servers start as followers, with what is durable and nothing else (5.2). */
function startedFrom({ incarnation, stored, commitIndex, applied, asksFirst }: Start): Omit<Server, 'id'> {
  const fresh = { runs: true, applied, machine: applied, isSaving: false, held: [], sentAt: -Infinity, confirmed: new Set<string>() }
  return { ...FOLLOWING, ...fresh, ...stored, incarnation, commitIndex, asksFirst, disk: stored, issued: { number: 0, ...stored } }
}

function storedOf({ currentTerm, votedFor, log }: Stored): Stored {
  return { currentTerm, votedFor, log }
}

/** What is on disk would get no fewer votes (5.4.1). */
function claimsNoMore({ disk: { log } }: Server, { lastLogIndex, lastLogTerm }: RequestVote): boolean {
  return lastTerm(log) > lastLogTerm || (lastTerm(log) === lastLogTerm && log.length >= lastLogIndex)
}

/** A step of a server. */
export const run = action<{ readonly incarnation: number }>('Run', {
  'it runs: it neither left nor stopped': ({ server }) => server.runs,
  'it is its newest incarnation': ({ server }, { incarnation }) => incarnation === server.incarnation,
})

export const hearSaved = action<{ readonly number: number }>('HearSaved', {
  'that save is done': ({ server }, { number }) => !server.isSaving && server.issued.number === number,
})

/** At the end of each step. */
export const owe = action<null>('Owe', {
  'what is not durable is being saved, or waits for the save in flight': ({ server }) =>
    server.isSaving || isSameStored(server.issued, server),
})

export const hold = action<{ readonly message: Message; readonly after: number }>(
  'Hold',
  { 'it waits for a save that is issued or owed': ({ server }, { after }) => after <= server.issued.number + 1 },
  ({ server }, held) => ({ held: [...server.held, held] }),
)

export const letGo = action<{ readonly message: Message; readonly number: number }>('LetGo', {
  'it waited for this save': ({ server }, { message, number }) =>
    server.held.some((held) => held.after <= number && printOf(held.message) === printOf(message)),
})
