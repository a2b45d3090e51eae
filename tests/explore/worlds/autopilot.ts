/** Worlds in which the product's autopilot decides what changes. */
import { autopilot } from '../../../shared/raft/autopilot.ts'
import type { TabSeen } from '../../../shared/raft/autopilot.ts'
import { configurationOf } from '../../../shared/raft/node.ts'
import type { RaftNode } from '../../../shared/raft/node.ts'
import type { Configuration, Millis, NodeId } from '../../../shared/raft/types.ts'
import { member } from '../moves.ts'
import { committedConfiguration } from '../state.ts'
import type { Move, Place, State, World } from '../state.ts'

const tab = (...hosted: readonly NodeId[]): TabSeen => ({ main: member(hosted[0]!), hosted, since: 0, late: false })

const advised =
  (tabs: readonly TabSeen[]) =>
  (leader: RaftNode, { clock }: Place): readonly Configuration[] => {
    const advice = autopilot(leader, { now: clock, tabs, farewells: new Map(), votersMax: 5, membersMax: 64, level: 1 })
    return advice?.type === 'change' ? [advice.configuration] : []
  }

/** These may go, but only before n1's clock moves on; and only then does n1 change anything. */
const goEarly =
  (ids: readonly NodeId[], before: Millis) =>
  (move: Move, { places }: State): boolean => {
    const isEarly = places[0]!.clock <= before
    if (move.type === 'crash') return isEarly && ids.includes(places[move.at]!.id)
    return move.type === 'tick' ? move.at === 0 : move.type === 'change' || move.type === 'heartbeat' ? !isEarly : true
  }

export const AUTOPILOT: readonly World[] = [
  {
    name: '1 -> 2 promotion with a crash',
    ids: ['n1', 'n2'],
    voters: ['n1'],
    learners: ['n2'],
    before: ['timeout n1', 'settle', 'tick n1', 'heartbeat n1', 'settle'],
    tickMs: 2_000,
    bounds: { timeouts: 1, heartbeats: 1, changes: 1, crashes: 2, proposals: 1 },
    changes: advised([tab('n1'), tab('n2')]),
    knowsWaiting: true,
    termMax: 2,
    statesMax: 30_000,
    statesMin: 30_000,
    events: {
      'both vote': (state) => committedConfiguration(state).voters.length === 2,
      'the new voter went before it stored its addition': ({ places: [n1, n2] }) =>
        n2!.core === null &&
        n2!.disk.durable.entries.length < n1!.disk.durable.entries.length &&
        n1!.core !== null &&
        configurationOf(n1!.core).voters.length === 2,
    },
    asksProgress: true,
  },
  {
    name: 'an absent learner is not made the second voter',
    ids: ['n1', 'n2'],
    voters: ['n1'],
    learners: ['n2'],
    // It acked within the last second, but before it had been up for one.
    before: ['timeout n1', 'settle', 'tick n1', 'heartbeat n1', 'settle'],
    tickMs: 700,
    bounds: { heartbeats: 2, changes: 1, crashes: 1, ticks: 1 },
    changes: advised([tab('n1'), tab('n2')]),
    may: goEarly(['n2'], 700),
    termMax: 1,
    statesMax: 1_000,
    statesMin: 226,
    events: { 'both vote': (state) => committedConfiguration(state).voters.length === 2 },
    asksProgress: true,
    forbidsWaiting: true,
  },
  {
    name: 'a surplus node removed from five of which two are away',
    ids: ['n1', 'n2', 'n3', 'n4', 'n5'],
    voters: ['n1', 'n2', 'n3', 'n4', 'n5'],
    alike: ['n4', 'n5'],
    before: ['timeout n1', 'settle', 'heartbeat n1', 'settle'],
    tickMs: 900,
    bounds: { heartbeats: 1, changes: 1, crashes: 2, ticks: 1 },
    changes: advised([tab('n1'), tab('n2', 'n3'), tab('n4'), tab('n5')]),
    may: goEarly(['n4', 'n5'], 0),
    termMax: 1,
    statesMax: 60_000,
    statesMin: 25_959,
    events: {
      'two are away': ({ places }) => places.filter(({ core }) => core === null).length === 2,
      'one is away and the surplus node is removed': ({ places }) =>
        places.filter(({ core }) => core === null).length === 1 &&
        places.some(({ core }) => core !== null && configurationOf(core).voters.length === 4),
      'the removal is committed': (state) => committedConfiguration(state).voters.length === 4,
    },
    asksProgress: true,
    forbidsWaiting: true,
  },
]
