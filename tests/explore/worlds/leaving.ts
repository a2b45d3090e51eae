/** Worlds in which nodes leave, come back and are removed. */
import { configurationOf } from '../../../shared/raft/node.ts'
import type { RaftNode } from '../../../shared/raft/node.ts'
import { without } from '../../../shared/raft/quorum.ts'
import type { Configuration } from '../../../shared/raft/types.ts'
import { committedConfiguration } from '../state.ts'
import type { State, World } from '../state.ts'

const removals = (leader: RaftNode): readonly Configuration[] =>
  configurationOf(leader)
    .voters.filter(({ node }) => node !== leader.id)
    .map(({ node }) => without(configurationOf(leader), node))

const agreedVoters = (state: State): number => committedConfiguration(state).voters.length

export const LEAVING: readonly World[] = [
  {
    name: 'two voters with leaving and return',
    ids: ['n1', 'n2'],
    voters: ['n1', 'n2'],
    before: ['timeout n1', 'settle', 'heartbeat n1', 'settle'],
    bounds: { timeouts: 1, leaves: 2, proposals: 1 },
    termMax: 3,
    statesMax: 90_000,
    statesMin: 66_882,
    events: {
      'the one that stayed leads and commits alone': (state) => agreedVoters(state) === 1,
      'the one that left is back, and the other has gone on without it': (state) =>
        agreedVoters(state) === 1 && state.places.every(({ core }) => core !== null),
    },
    asksProgress: true,
  },
  {
    name: 'two voters, one of which is removed, with crashes',
    ids: ['n1', 'n2'],
    voters: ['n1', 'n2'],
    before: ['timeout n1', 'settle', 'heartbeat n1', 'settle'],
    bounds: { timeouts: 1, crashes: 2, changes: 1, proposals: 1 },
    changes: removals,
    termMax: 2,
    statesMax: 30_000,
    statesMin: 30_000,
    events: {
      'the removed node has its removal and the leader has not': ({ places: [n1, n2] }) =>
        n2!.disk.durable.entries.length > n1!.disk.durable.entries.length &&
        n1!.core !== null &&
        n1!.core.log.lastIndex < n2!.disk.durable.entries.length,
    },
    asksProgress: true,
  },
  {
    name: 'a sole voter with a learner leaves',
    ids: ['n1', 'n2'],
    voters: ['n1'],
    learners: ['n2'],
    before: ['timeout n1', 'settle', 'heartbeat n1', 'settle'],
    bounds: { timeouts: 2, leaves: 1, proposals: 1 },
    termMax: 3,
    statesMax: 80_000,
    statesMin: 39_734,
    events: {
      'the learner hears the farewell': ({ places: [n1, n2] }) =>
        n1!.core === null && n2!.core?.role.name === 'follower' && n2!.core.role.leader === null,
    },
    asksProgress: true,
  },
  {
    name: 'two of three voters leave',
    ids: ['n1', 'n2', 'n3'],
    voters: ['n1', 'n2', 'n3'],
    before: ['timeout n1', 'settle', 'heartbeat n1', 'settle'],
    bounds: { timeouts: 1, leaves: 2 },
    termMax: 2,
    statesMax: 20_000,
    statesMin: 20_000,
    events: { 'its successor leads': ({ places }) => places.some(({ id, core }) => id !== 'n1' && core?.role.name === 'leader') },
    asksProgress: true,
    forbidsWaiting: true,
  },
  {
    name: '3 -> 2 -> 1',
    ids: ['n1', 'n2', 'n3'],
    voters: ['n1', 'n2', 'n3'],
    alike: ['n2', 'n3'],
    before: ['timeout n1', 'settle', 'heartbeat n1', 'settle'],
    bounds: { timeouts: 1, changes: 2 },
    changes: removals,
    termMax: 2,
    statesMax: 30_000,
    statesMin: 30_000,
    events: { 'one is left': (state) => agreedVoters(state) === 1 },
    asksProgress: true,
  },
  {
    name: 'three voters, the leader leaves while its change is in flight',
    ids: ['n1', 'n2', 'n3'],
    voters: ['n1', 'n2', 'n3'],
    before: ['timeout n1', 'settle', 'heartbeat n1', 'settle'],
    bounds: { timeouts: 1, changes: 1, leaves: 1 },
    changes: removals,
    knowsWaiting: true,
    termMax: 2,
    statesMax: 50_000,
    statesMin: 50_000,
    events: {
      'the leader left with a change in flight': ({ flight }) =>
        flight.some(
          ({ message }) => message.type === 'Farewell' && message.append?.entries.some(({ body }) => body.type === 'configuration'),
        ),
    },
    asksProgress: true,
  },
]
