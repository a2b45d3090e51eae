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
    statesMin: 12_292,
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
    statesMax: 100_000,
    statesMin: 100_000,
    events: {
      'acked again while the entry is being saved': ({ places }) =>
        places.some(({ held }) => held.filter(({ message }) => message.type === 'AppendEntriesReply').length > 1),
      'another leads': (state) => leads(state, 2),
    },
  },
  {
    name: 'an election with pre-vote',
    ids: THREE,
    voters: THREE,
    alike: ['n2', 'n3'],
    settings: { preVote: true },
    // n1 asked whether it could win, and both answers are on the way.
    before: ['timeout n1', 'deliver n1'],
    bounds: { timeouts: 1 },
    termMax: 1,
    statesMax: 8_000,
    statesMin: 3_988,
    events: {
      'two were told that they could win': ({ places }) => places.filter(({ core }) => core?.role.name === 'candidate').length > 1,
      'one leads, and the other answer to its question is still on the way': ({ places, flight }) =>
        places.some(({ core }) => core?.role.name === 'leader') &&
        flight.some(({ message }) => message.type === 'RequestVoteReply' && message.preVote),
    },
  },
  {
    name: 'a leader hands over',
    ids: THREE,
    voters: THREE,
    alike: ['n2', 'n3'],
    before: ['timeout n1', 'settle', 'heartbeat n1', 'settle'],
    bounds: { transfers: 1, timeouts: 1 },
    termMax: 2,
    statesMax: 12_000,
    statesMin: 12_000,
    events: {
      'who was asked to leads': (state) => leads(state, 2),
      'another asks for votes of its own accord meanwhile': ({ places }) =>
        places.filter(({ core }) => core?.role.name === 'candidate').length > 1,
    },
  },
  {
    name: 'hints between saves',
    ids: ['n1', 'n2'],
    voters: ['n1'],
    learners: ['n2'],
    // n2 was away while n1 committed.
    before: ['crash n2', 'timeout n1', 'saved n1', 'saved n1', 'drop', 'restart n2'],
    bounds: { heartbeats: 1, crashes: 1, proposals: 1, hints: 1 },
    termMax: 2,
    statesMax: 40_000,
    statesMin: 6_193,
    events: {
      'what is committed is known from a hint alone': ({ places }) =>
        places.some(
          ({ core, disk }) => core !== null && disk.durable.commitIndex === disk.durable.entries.length && disk.durable.commitIndex > 1,
        ),
    },
  },
  {
    name: 'a sole voter with a learner that crashes in its first term',
    ids: ['n1', 'n2'],
    voters: ['n1'],
    learners: ['n2'],
    bounds: { timeouts: 2, crashes: 1, proposals: 1 },
    termMax: 2,
    statesMax: 200_000,
    statesMin: 95_838,
    events: {
      'the learner stored what the leader lost': ({ places: [leader, learner] }) =>
        learner!.disk.durable.entries.length > leader!.disk.durable.entries.length && leader!.core === null,
    },
    asksProgress: true,
  },
]
