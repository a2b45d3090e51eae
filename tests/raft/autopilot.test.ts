import { describe, expect, test } from 'vitest'
import { autopilot } from '../../shared/raft/autopilot.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import type { NodeId } from '../../shared/raft/types.ts'
import { member } from '../support/cluster.ts'
import { LONG_AGO, NOW, ask, situation } from './situation.ts'
import type { Situation } from './situation.ts'

const five = ['A', 'B', 'C', 'D', 'E']
const alone = { tabs: [] }

describe('DESIGN 7 who votes', () => {
  test.each<[string, Situation, string]>([
    ['A2: a tab joins as a learner', { voters: ['A'], tabs: [['A'], ['B']] }, 'A / B'],
    ['A2: only with its main node', { voters: ['A'], tabs: [['A'], ['B', ['B', 'X']]] }, 'A / B'],
    [
      'A2: one after the other',
      { voters: ['A'], learners: ['B'], known: { B: { matchIndex: 1 } }, tabs: [['A'], ['B'], ['C']] },
      'A / B C',
    ],
    ['A4: a guest may join', { voters: ['A'], guests: ['G'], tabs: [['A'], ['G']] }, 'A / G'],
    ['A3: 1 -> 2', { voters: ['A'], learners: ['B'] }, 'A B'],
    ['A3: 2 -> 3', { voters: ['A', 'B'], learners: ['C'] }, 'A B C'],
    ['A3: 3 -> 4', { voters: ['A', 'B', 'C'], learners: ['D'] }, 'A B C D'],
    ['A3: 4 -> 5', { voters: ['A', 'B', 'C', 'D'], learners: ['E'] }, 'A B C D E'],
    ['A3: the sixth stays a learner', { voters: five, learners: ['F'] }, 'nothing'],
    ['A3: not before it has everything committed', { voters: ['A'], learners: ['B'], known: { B: { matchIndex: 1 } } }, 'nothing'],
    ['A3: not if it answered a second ago', { voters: ['A', 'B', 'C'], learners: ['D'], known: { D: { ago: 1_000 } } }, 'nothing'],
    ['A3: not before it has been up for a second', { voters: ['A'], learners: ['B'], known: { B: { since: NOW - 999 } } }, 'nothing'],
    ['A3: not while its tab cannot be seen', { voters: ['A'], learners: ['B'], tabs: [['A']] }, 'nothing'],
    ['A9: not where its tab has a voter', { voters: ['A', 'X'], learners: ['B'], tabs: [['A'], ['B', ['B', 'X']]] }, 'nothing'],
    ['A4: a guest never votes', { voters: ['A'], learners: ['G'], guests: ['G'] }, 'nothing'],
    [
      'A3 A10: one that is proven only just keeps no other from voting',
      { voters: ['A', 'B', 'C'], learners: ['D', 'E'], known: { D: { since: NOW - 1_005 } } },
      'A B C E / D',
    ],
    ["A4: nor does it stand in another's way", { voters: ['A'], learners: ['G', 'B'], guests: ['G'] }, 'A B / G'],
    ['A3: an even cluster is not kept waiting: whoever is proven votes', { voters: ['A', 'B'], learners: ['C', 'D'] }, 'A B C / D'],
  ])('%s', (_, of, advice) => expect(ask(of)).toBe(advice))

  test.each<[string, Situation, string]>([
    ['A5: of three the leaver goes at once', { voters: ['A', 'B', 'C'], known: { C: { ago: 200 } }, farewells: { C: 100 } }, 'A B'],
    ['A5: of five it has five seconds to reload', { voters: five, known: { E: { ago: 4_990 } }, farewells: { E: 4_900 } }, 'nothing'],
    ['A5: then it goes', { voters: five, known: { E: { ago: 5_100 } }, farewells: { E: 5_000 } }, 'A B C D'],
    [
      'A5: of five with one gone already it goes at once',
      { voters: five, known: { D: { ago: 3_000 }, E: { ago: 200 } }, farewells: { E: 100 } },
      'A B C D',
    ],
    [
      'A5: a leader that was heard to say farewell and is back does not remove itself',
      { voters: ['A', 'B', 'C'], farewells: { A: 6_000 } },
      'nothing',
    ],
    ['A5: of two it goes at once', { voters: ['A', 'B'], known: { B: { ago: 200 } }, farewells: { B: 100 } }, 'A'],
    [
      'A5: who answered something sent since keeps its seat',
      { voters: ['A', 'B', 'C'], known: { C: { ago: 50 } }, farewells: { C: 100 } },
      'nothing',
    ],
    [
      'A5: a learner has five seconds, too',
      { voters: ['A'], learners: ['L'], known: { L: { ago: 4_990, matchIndex: 1 } }, farewells: { L: 4_900 } },
      'nothing',
    ],
    [
      'A5 A10: one that cannot go yet keeps no other',
      {
        voters: ['A', 'B', 'C'],
        learners: ['L'],
        known: { B: { ago: 200 }, C: { ago: 300 }, L: { ago: 6_000 } },
        farewells: { C: 100, L: 5_500 },
      },
      'A B C',
    ],
    ['A5: and then goes', { voters: ['A'], learners: ['L'], known: { L: { ago: 5_100, matchIndex: 1 } }, farewells: { L: 5_000 } }, 'A'],
  ])('%s', (_, of, advice) => expect(ask(of)).toBe(advice))

  test.each<[string, Situation, string]>([
    [
      'A6: of five with a stand-by nothing happens before ten seconds',
      { voters: five, learners: ['F'], known: { E: { ago: 9_999 } } },
      'nothing',
    ],
    ['A6: then the stand-by is added first', { voters: five, learners: ['F'], known: { E: { ago: 10_000 } } }, 'A B C D E F'],
    ['A6: also where the silent one could go', { voters: five, learners: ['F'], known: { E: { ago: 10_100 } } }, 'A B C D E F'],
    ['A6: and the silent one goes', { voters: [...five, 'F'], known: { E: { ago: 10_100 } } }, 'A B C D F'],
    [
      'A6: of three with a stand-by nothing happens before ten seconds',
      { voters: ['A', 'B', 'C'], learners: ['D'], known: { C: { ago: 9_999 } } },
      'nothing',
    ],
    [
      'A6 A10: then the silent one goes first, since three others would have to have answered',
      { voters: ['A', 'B', 'C'], learners: ['D'], known: { C: { ago: 10_100 } } },
      'A B / D',
    ],
    [
      'A6: a learner that could not vote is no stand-by',
      { voters: ['A', 'B', 'C'], learners: ['D'], known: { C: { ago: 10_100 }, D: { matchIndex: 1 } } },
      'nothing',
    ],
    [
      'A6: nor is one that has been up for less than a second',
      { voters: ['A', 'B', 'C'], learners: ['D'], known: { C: { ago: 10_100 }, D: { since: NOW - 999 } } },
      'nothing',
    ],
    [
      'A6: but one that has been up for a second is, though it may not vote before others answered since',
      { voters: ['A', 'B', 'C'], learners: ['D'], known: { C: { ago: 10_100 }, D: { since: NOW - 1_000 } } },
      'A B / D',
    ],
    [
      'A7: of three without stand-by nothing happens for minutes',
      { voters: ['A', 'B', 'C'], known: { C: { ago: 299_999, since: 0 } } },
      'nothing',
    ],
    ['A7: after five it goes', { voters: ['A', 'B', 'C'], known: { C: { ago: 300_100, since: 0 } } }, 'A B'],
    ['A7: of four it goes after ten seconds', { voters: ['A', 'B', 'C', 'D'], known: { D: { ago: 10_100 } } }, 'A B C'],
    ['A7: of two never', { voters: ['A', 'B'], known: { B: { ago: 400_000, since: 0 } } }, 'nothing'],
    ['A7 A10: only on answers sent since', { voters: ['A', 'B', 'C', 'D'], known: { D: { ago: 10_005 } } }, 'nothing'],
    [
      'A7 A8: and keeps no other meanwhile',
      { voters: ['A', 'B', 'C', 'D'], learners: ['L'], known: { D: { ago: 10_005 }, L: { ago: 70_000 } } },
      'A B C D',
    ],
    ['A7: not before', { voters: ['A', 'B', 'C', 'D'], known: { D: { ago: 9_999 } } }, 'nothing'],
    [
      'A7: who never answered is counted from when it was first looked after',
      { voters: ['A', 'B', 'C', 'D'], known: { D: { ago: Infinity, since: NOW - 9_999 } } },
      'nothing',
    ],
    [
      'A8: a learner silent for less than a minute stays',
      { voters: ['A'], learners: ['L'], known: { L: { ago: 59_999, matchIndex: 1 } } },
      'nothing',
    ],
    ['A8: for a minute, and it goes', { voters: ['A'], learners: ['L'], known: { L: { ago: 60_000, matchIndex: 1 } } }, 'A'],
  ])('%s', (_, of, advice) => expect(ask(of)).toBe(advice))

  const hosting = (main: NodeId, hosted: readonly NodeId[], since = LONG_AGO): NonNullable<Situation['tabs']>[number] => [
    main,
    hosted,
    since,
  ]
  test.each<[string, Situation, string]>([
    ['A9: of three in one tab one goes', { voters: ['A', 'B', 'C'], tabs: [hosting('A', ['A', 'B', 'C'])] }, 'A C'],
    ['A9: then the next', { voters: ['A', 'C'], tabs: [hosting('A', ['A', 'B', 'C'])] }, 'A'],
    ['A9: a surplus leader hands over to the main node', { voters: ['A', 'B'], tabs: [hosting('B', ['A', 'B'])] }, 'transfer to B'],
    ['A9: surplus learners go, too', { voters: ['A'], learners: ['L'], tabs: [hosting('A', ['A', 'L'])] }, 'A'],
    [
      'A9: a tab whose main node does not vote keeps the first that does',
      { voters: ['A', 'B', 'X', 'Y'], tabs: [['A'], ['B'], hosting('M', ['M', 'X', 'Y'])] },
      'A B X',
    ],
    ['A9: a tab with one voter keeps it', { voters: ['A', 'B'], tabs: [['A'], ['B']] }, 'nothing'],
    [
      'A9 A10: a surplus only just seen waits for an answer sent since',
      { voters: ['A', 'B', 'C'], tabs: [['A'], hosting('B', ['B', 'C'], 5)] },
      'nothing',
    ],
    ['A9: and keeps no other meanwhile', { voters: five, tabs: [['A'], hosting('B', ['B', 'C'], 5), hosting('D', ['D', 'E'])] }, 'A B C D'],
  ])('%s', (_, of, advice) => expect(ask(of)).toBe(advice))

  test.each<[string, Situation, string]>([
    [
      'A10 U1: a leaver is not removed on an old answer of the third',
      { voters: ['A', 'B', 'C'], known: { B: { ago: 200 }, C: { ago: 600 } }, farewells: { B: 100 } },
      'nothing',
    ],
    [
      'A10 U1: nor on one sent at that very moment',
      { voters: ['A', 'B', 'C'], known: { B: { ago: 200 }, C: { ago: 100 } }, farewells: { B: 100 } },
      'nothing',
    ],
    [
      'A10 U1: on one sent since it is',
      { voters: ['A', 'B', 'C'], known: { B: { ago: 200 }, C: { ago: 99 } }, farewells: { B: 100 } },
      'A C',
    ],
    [
      "A10 U2: 1 -> 2 needs the second's answer",
      { voters: ['A'], learners: ['B'], known: { B: { ago: 990, since: NOW - 1_500 } } },
      'nothing',
    ],
    [
      'A10 U2: sent since it was up for a second',
      { voters: ['A'], learners: ['B'], known: { B: { ago: 400, since: NOW - 1_500 } } },
      'A B',
    ],
    [
      'A10: 2 -> 3 may count the third where the second is silent',
      { voters: ['A', 'B'], learners: ['C'], known: { B: { ago: 5_000 } } },
      'A B C',
    ],
    [
      'A10: 3 -> 4 needs all three: the fourth does not count',
      { voters: ['A', 'B', 'C'], learners: ['D'], known: { C: { ago: 1_500 } } },
      'nothing',
    ],
    [
      'A10: 4 -> 5 may count the fifth where one of four is silent',
      { voters: ['A', 'B', 'C', 'D'], learners: ['E'], known: { D: { ago: 1_500 } } },
      'A B C D E',
    ],
    [
      'A10: a join needs a majority that answered since',
      { voters: ['A', 'B', 'C'], tabs: [['A'], ['B'], ['C'], ['D', ['D'], 5]] },
      'nothing',
    ],
    ['A10: and keeps no other meanwhile', { voters: ['A', 'B'], tabs: [['A'], ['B'], ['D', ['D'], 5], ['E']] }, 'A B / E'],
    [
      'A10: an answer older than a second proves nothing',
      { voters: ['A', 'B', 'C'], known: { B: { ago: 1_000 }, C: { ago: 1_000 } }, tabs: [['A'], ['B'], ['C'], ['D']] },
      'nothing',
    ],
    [
      'A10: shedding the surplus of a cluster that misses one of its others waits',
      { voters: five, known: { B: { ago: 2_000 }, C: { ago: 2_000 } }, tabs: [['A'], hosting('D', ['D', 'E'])] },
      'nothing',
    ],
  ])('%s', (_, of, advice) => expect(ask(of)).toBe(advice))

  test.each<[string, Situation, string]>([
    [
      'A11: a leaver before a silent one',
      { voters: ['A', 'B', 'C', 'D'], known: { C: { ago: 20_000 }, D: { ago: 300 } }, farewells: { D: 200 } },
      'A B C',
    ],
    [
      'A11: a leaver before a surplus',
      { voters: five, tabs: [hosting('A', ['A', 'B']), ['C'], ['D'], ['E']], known: { E: { ago: 7_000 } }, farewells: { E: 6_000 } },
      'A B C D',
    ],
    ['A11: a silent one before a promotion', { voters: ['A', 'B', 'C', 'D'], learners: ['E'], known: { D: { ago: 20_000 } } }, 'A B C / E'],
    [
      'A11: a surplus before a promotion',
      { voters: ['A', 'B', 'C'], learners: ['D'], tabs: [hosting('A', ['A', 'B']), ['C'], ['D']] },
      'A C / D',
    ],
    ['A11: a promotion before a join', { voters: ['A'], learners: ['B'], tabs: [['A'], ['B'], ['C']] }, 'A B'],
  ])('%s', (_, of, advice) => expect(ask(of)).toBe(advice))

  const wish: Situation = { voters: ['A'], learners: ['B'] }
  test('A1: with a change in flight nothing is advised', () => {
    expect(ask(wish, (node) => ({ ...node, configurations: node.configurations.map((placed) => ({ ...placed, index: 3 })) }))).toBe(
      'nothing',
    )
  })
  test('A1: during a transfer nothing is advised', () => {
    const during = (node: RaftNode): RaftNode =>
      node.role.name === 'leader' ? { ...node, role: { ...node.role, transfer: { to: 'B', until: NOW + 9, asked: false } } } : node
    expect(ask(wish, during)).toBe('nothing')
  })
  test('A1: before the leader committed in its term nothing is advised', () => {
    expect(ask({ ...wish, leader: 'A leader t3  1 2 | 3' })).toBe('nothing')
  })
  test('A1: who does not lead advises nothing', () => {
    expect(ask({ ...wish, leader: 'A follower t2  1 2 |' })).toBe('nothing')
  })
  test('A1: all is well with nobody else', () => {
    expect(ask({ voters: ['A'], ...alone })).toBe('nothing')
  })
  test('A2: a full cluster admits nobody', () => {
    const node = situation({ voters: ['A'] })
    const tabs = ['A', 'B'].map((id) => ({ main: member(id), hosted: [id], since: 0, late: false }))
    expect(autopilot(node, { now: NOW, tabs, farewells: new Map(), votersMax: 5, membersMax: 1, level: 1 })).toBe(null)
  })
})
