/** Members: dissertation 4.1 and 4.2, the 2015 correction, 3.10, and DESIGN 4 and 6 on leaving. */
import { action } from './action.ts'
import { FOLLOWING } from './elections.ts'
import { configurationOf, inForce, isMajority, isSameEntry, membersOf, termAt } from './state.ts'
import type { Configuration, Entry, Farewell, Id, Server } from './state.ts'

interface Change {
  /** The index of the configuration that it replaces. */
  readonly at: number
  readonly entry: Entry & { readonly configuration: Configuration }
}

export const changeConfiguration = action<Change>(
  'ChangeConfiguration',
  {
    'it leads': ({ server }) => server.role === 'leader',
    'the entry is of its own term': ({ server }, { entry }) => entry.term === server.currentTerm,
    'it replaces the configuration that is in force': ({ server }, { at }) => inForce(server.log).index === at,
    'no other change is in flight': ({ server }) => inForce(server.log).index <= server.commitIndex,
    'it committed an entry of its own term before': ({ server }) => termAt(server.log, server.commitIndex) === server.currentTerm,
    'the lead is not being handed over': ({ server }) => server.handingTo === null,
    'one voter at most is added or removed': ({ server }, { entry: { configuration } }) =>
      difference(configurationOf(server).voters, configuration.voters).length <= 1,
    'who is added was a learner, and may vote': ({ server }, { entry: { configuration } }) => {
      const before = configurationOf(server)
      const added = configuration.voters.filter((voter) => !before.voters.includes(voter))
      return added.every((voter) => before.learners.includes(voter) && !configuration.guests.includes(voter))
    },
    'somebody votes': (_, { entry: { configuration } }) => configuration.voters.length > 0,
  },
  ({ server }, { entry }) => {
    const members = membersOf(entry.configuration)
    const known = [...membersOf(configurationOf(server)), ...server.departing]
    const departing = new Set(known.filter((member) => member !== server.id && !members.includes(member)))
    return { log: [...server.log, entry], departing }
  },
)

export const stepDown = action<null>(
  'StepDown',
  {
    'it leads': ({ server }) => server.role === 'leader',
    'a committed configuration does not have it as a voter': ({ server }) => isRemovedForGood(server),
  },
  () => FOLLOWING,
)

/** Check-quorum (dissertation 6.2). There is no time here: any leader that needs others may find that they are silent. */
export const loseQuorum = action<null>(
  'LoseQuorum',
  {
    'it leads': ({ server }) => server.role === 'leader',
    'alone it is no majority': ({ server }) => !isMajority(configurationOf(server), (voter) => voter === server.id),
  },
  () => FOLLOWING,
)

export function isRemovedForGood(server: Server): boolean {
  const { index, configuration } = inForce(server.log)
  return index <= server.commitIndex && !configuration.voters.includes(server.id)
}

export const handOver = action<{ readonly to: Id }>(
  'HandOver',
  {
    'it leads': ({ server }) => server.role === 'leader',
    'to another voter': ({ server }, { to }) => to !== server.id && configurationOf(server).voters.includes(to),
  },
  (_, { to }) => ({ handingTo: to }),
)

export const timeoutNow = action<{ readonly to: Id; readonly term: number }>('TimeoutNow', {
  'it leads the term it speaks for': ({ server }, { term }) => server.role === 'leader' && server.currentTerm === term,
  'it hands over to this voter': ({ server }, { to }) => server.handingTo === to && configurationOf(server).voters.includes(to),
  'the target has everything': ({ server }, { to }) => (server.matchIndex.get(to) ?? 0) === server.log.length,
})

/** DESIGN 6: all farewells of a tab at once. `removal` is C_new, where the leader adds it. */
interface Leaving {
  readonly said: readonly Farewell[]
  readonly nodes: readonly Id[]
  readonly removal: Entry | null
}

export const farewell = action<Leaving>(
  'Farewell',
  {
    'in its own term, by one of those that leave': ({ server }, { said, nodes }) =>
      said.every((message) => message.term === server.currentTerm) && nodes.includes(server.id),
    'to members that stay': ({ server }, { said, nodes }) =>
      said.every(({ to }) => !nodes.includes(to) && membersOf(configurationOf(server)).includes(to)),
    'a leader alone names successors, voters that stay': ({ server }, { said, nodes }) =>
      said.every(({ successors }) =>
        successors.every((id) => server.role === 'leader' && !nodes.includes(id) && configurationOf(server).voters.includes(id)),
      ),
    'it adds its removal only as a leader that committed in its term': ({ server }, { removal }) =>
      removal === null || (server.role === 'leader' && termAt(server.log, server.commitIndex) === server.currentTerm),
    'it adds its removal only with no change in flight': ({ server }, { removal }) =>
      removal === null || inForce(server.log).index <= server.commitIndex,
    'it removes itself and nobody else, and somebody else votes': ({ server }, { removal }) => {
      if (removal === null) return true
      const next = removal.configuration?.voters ?? []
      const before = configurationOf(server).voters
      return next.length > 0 && !next.includes(server.id) && difference(before, next).length <= 1 && removal.term === server.currentTerm
    },
    'those that hear of its removal are a majority without it, but not with it': ({ server }, { said, removal }) => {
      if (removal === null) return true
      const hears = (id: Id): boolean => said.some(({ to, append }) => to === id && isSameEntry(append?.entries.at(-1), removal))
      return isMajority(removal.configuration!, hears) && !isMajority(configurationOf(server), hears)
    },
  },
  () => ({ runs: false }),
)

/** DESIGN 6: whoever hears that the leader goes forgets it. */
export const hearFarewell = action<Farewell>(
  'HearFarewell',
  {
    'it follows, and the leader is among those that leave': ({ server }, { nodes }) =>
      server.role === 'follower' && server.leader !== null && nodes.includes(server.leader),
    'the term is not over': ({ server }, { term }) => term >= server.currentTerm,
  },
  () => ({ leader: null }),
)

function difference(one: readonly Id[], other: readonly Id[]): readonly Id[] {
  return [...one.filter((id) => !other.includes(id)), ...other.filter((id) => !one.includes(id))]
}
