/** Reads without log entries: section 8, dissertation 6.4. */
import { action } from './action.ts'
import type { Place } from './action.ts'
import { configurationOf, isMajority, termAt } from './state.ts'
import type { AppendEntriesReply, Id, ReadIndex, Server } from './state.ts'

interface Read {
  readonly node: Id
  readonly id: number
}

const keyOf = ({ node, id }: Read): string => `${node} ${id}`

/** A client asks this server, again or for the first time, which is the one that counts. */
export const askToRead = action<{ readonly id: number }>('AskToRead', {}, ({ cluster, server }, { id }) => {
  const key = keyOf({ node: server.id, id })
  if (!cluster.reads.has(key)) cluster.reads.set(key, cluster.committed.length)
  return {}
})

export const sendReadIndex = action<ReadIndex>('SendReadIndex', {
  'a client asked it': ({ cluster }, { from, id }) => cluster.reads.has(keyOf({ node: from, id })),
})

/** What was sent until now says nothing about who led when this was asked. */
export const gatherRead = action<Read>('GatherRead', { 'it leads': ({ server }) => server.role === 'leader' }, ({ server }, read) => {
  if (server.asked.has(keyOf(read))) return {}
  return { asked: new Map(server.asked).set(keyOf(read), { after: server.sentAt, vouched: new Set() }) }
})

/** An answer to AppendEntries says that its sender followed when they came, so it vouches for whatever was asked before they left. */
export const vouch = action<AppendEntriesReply>(
  'Vouch',
  {
    'it leads the term of the answer': ({ server }, { term }) => server.role === 'leader' && server.currentTerm === term,
    'a refusal may be of an older term': (_, { result }) => result.success,
  },
  ({ server }, { from, sentAt }) => {
    const later = [...server.asked].map(([key, { after, vouched }]) => {
      return [key, { after, vouched: sentAt > after ? new Set(vouched).add(from) : vouched }] as const
    })
    return { asked: new Map(later) }
  },
)

interface Confirmation extends Read {
  readonly index: number
}

/** Of its own client, or in a ReadIndexReply. */
export const confirmRead = action<Confirmation>(
  'ConfirmRead',
  {
    'it leads': ({ server }) => server.role === 'leader',
    'it was asked': ({ server }, read) => server.asked.has(keyOf(read)),
    'the lead is not being handed over': ({ server }) => server.handingTo === null,
    'it committed an entry of its own term before': ({ server }) => termAt(server.log, server.commitIndex) === server.currentTerm,
    'it tells what it knows committed': ({ server }, { index }) => index === server.commitIndex,
    'a majority of the voters in force vouches for it, itself only if it votes': ({ server }, read) =>
      isMajority(configurationOf(server), (voter) => voter === server.id || server.asked.get(keyOf(read))!.vouched.has(voter)),
  },
  ({ server }, read) => {
    const asked = new Map(server.asked)
    asked.delete(keyOf(read))
    return { asked, ...(read.node === server.id && confirmed(server, read)) }
  },
)

export const hearReadIndexReply = action<{ readonly id: number; readonly index: number }>(
  'HearReadIndexReply',
  { 'a client asked it': isAsked },
  ({ server }, read) => confirmed(server, read),
)

/** The state machine may look. */
export const answerRead = action<{ readonly id: number; readonly index: number }>('AnswerRead', {
  'a leader confirmed it': ({ server }, { id, index }) => server.confirmed.has(`${id} ${index}`),
  'it is applied here': ({ server }, { index }) => server.machine >= index,
  'Linearizability: whatever anybody knew committed when it was asked': ({ cluster, server }, { id, index }) =>
    index >= cluster.reads.get(keyOf({ node: server.id, id }))!,
})

function isAsked({ cluster, server }: Place, { id }: { readonly id: number }): boolean {
  return cluster.reads.has(keyOf({ node: server.id, id }))
}

function confirmed({ confirmed }: Server, { id, index }: { readonly id: number; readonly index: number }): Partial<Server> {
  return { confirmed: new Set(confirmed).add(`${id} ${index}`) }
}
