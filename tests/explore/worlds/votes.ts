/** Worlds about votes, acks and what is still being saved. */
import type { State, World } from '../state.ts'

const leads = (state: State, term: number): boolean =>
  state.places.some(({ core }) => core?.role.name === 'leader' && core.currentTerm === term)
const THREE = ['n1', 'n2', 'n3']

export const VOTES: readonly World[] = [
  {
    name: 'a vote request repeated while its save is in flight',
    ids: THREE,
    voters: THREE,
    alike: THREE,
    bounds: { timeouts: 2, crashes: 1, copies: 1 },
    termMax: 1,
    statesMax: 20_000,
    statesMin: 15_495,
    events: {
      'asked again while the vote is being saved': ({ places }) =>
        places.some(({ held }) => held.filter(({ message }) => message.type === 'RequestVoteReply').length > 1),
      'somebody leads': (state) => leads(state, 1),
    },
  },
  {
    name: 'a repeated AppendEntries while its save is in flight',
    ids: THREE,
    voters: THREE,
    alike: ['n2', 'n3'],
    before: ['timeout n1', 'settle', 'heartbeat n1', 'settle'],
    bounds: { timeouts: 1, crashes: 1, copies: 1, proposals: 1 },
    may: (move) => move.type !== 'crash' || move.at !== 0,
    termMax: 2,
    statesMax: 50_000,
    statesMin: 50_000,
    events: {
      'acked again while the entry is being saved': ({ places }) =>
        places.some(({ held }) => held.filter(({ message }) => message.type === 'AppendEntriesReply').length > 1),
      'another leads': (state) => leads(state, 2),
    },
  },
  {
    name: 'a sole voter with a learner that crashes in its first term',
    ids: ['n1', 'n2'],
    voters: ['n1'],
    learners: ['n2'],
    bounds: { timeouts: 2, crashes: 1, proposals: 1 },
    termMax: 2,
    statesMax: 60_000,
    statesMin: 46_354,
    events: {
      'the learner stored what the leader lost': ({ places: [leader, learner] }) =>
        learner!.disk.durable.entries.length > leader!.disk.durable.entries.length && leader!.core === null,
    },
    asksProgress: true,
  },
]
