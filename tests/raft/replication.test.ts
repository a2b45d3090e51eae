import { describe, expect, test } from 'vitest'
import type { Message } from '../../shared/raft/messages.ts'
import type { Progress, RaftNode } from '../../shared/raft/node.ts'
import { step } from '../../shared/raft/step.ts'
import { appendEntries, appendReply } from '../support/cluster-messages.ts'
import { Cluster, draw, lines, SETTINGS } from '../support/cluster.ts'
import { drawnEntry } from '../support/cluster-picture.ts'

const ABC = ['A', 'B', 'C']

const hear = (node: RaftNode, ...messages: readonly Message[]): RaftNode =>
  step(
    node,
    messages.map((message) => ({ type: 'message', message })),
    { now: 1, random: 0 },
  ).node
const terms = (node: RaftNode): number[] => node.log.slice(1).map((entry) => entry.term)
const progress = (node: RaftNode, id: string): Progress => (node.role as { progress: ReadonlyMap<string, Progress> }).progress.get(id)!

describe('§5.3 log replication, receiver', () => {
  test.each([
    ['beyond the log', 4, 4],
    ['of another term', 3, 4],
    ['of an older term than there', 2, 0],
  ])('R2: nothing is taken behind an entry %s', (_, prevLogIndex, prevLogTerm) => {
    const { node, output } = step(
      draw('A follower t4  1 | 1 3', ABC),
      [
        {
          type: 'message',
          message: appendEntries({ prevLogIndex, prevLogTerm, entries: [drawnEntry(prevLogIndex + 1, 5)], leaderCommit: 9 }),
        },
      ],
      { now: 1, random: 0 },
    )
    expect(terms(node)).toEqual([1, 1, 3])
    expect(node.commitIndex).toBe(1)
    expect(output.send).toMatchObject([{ after: null, message: { term: 5, result: { success: false, prevLogIndex } } }])
  })

  test('R3: a late or repeated message shortens nothing', () => {
    const node = draw('A follower t5  1 | 1 5 5', ABC)
    for (const [prevLogIndex, prevLogTerm, entries] of [
      [0, 0, [drawnEntry(1, 1)]],
      [1, 1, []],
      [1, 1, [drawnEntry(2, 1)]],
      [2, 1, [drawnEntry(3, 5)]],
    ] as const) {
      const after = hear(node, appendEntries({ prevLogIndex, prevLogTerm, entries }))
      expect(after.log, 'the very same log').toBe(node.log)
    }
  })

  test('R3: a conflict drops the entry and all after it, however many', () => {
    const node = hear(
      draw('A follower t4  1 | 2 2 3 3 3 3', ABC),
      appendEntries({ prevLogIndex: 1, prevLogTerm: 1, entries: [drawnEntry(2, 4)] }),
    )
    expect(terms(node)).toEqual([1, 4])
  })

  test('R3: what already agrees is kept as it is, only the rest is replaced', () => {
    const before = draw('A follower t4  1 | 2 3 3', ABC)
    const entries = [drawnEntry(2, 2), drawnEntry(3, 4), drawnEntry(4, 4), drawnEntry(5, 4)]
    const node = hear(before, appendEntries({ prevLogIndex: 1, prevLogTerm: 1, entries }))
    expect(terms(node)).toEqual([1, 2, 4, 4, 4])
    expect(node.log.at(2)).toBe(before.log.at(2))
  })

  test.each([
    [1, [] as number[], 9, 1],
    [1, [5], 9, 2],
    [1, [5, 5], 2, 2],
    [2, [5], 1, 1],
  ])('R4: after %i matching entries and %j more, a leader at %i commits %i', (prevLogIndex, more, leaderCommit, commitIndex) => {
    const entries = more.map((term, at) => drawnEntry(prevLogIndex + 1 + at, term))
    const node = hear(draw('A follower t5 | 5 5 5 5', ABC), appendEntries({ prevLogIndex, prevLogTerm: 5, entries, leaderCommit }))
    expect(node.commitIndex).toBe(commitIndex)
    expect(node.log.lastIndex, 'an unverified suffix stays, uncommitted').toBe(4)
  })

  test('R4: the commit index never goes back', () => {
    const node = hear(draw('A follower t5  5 5 5 |', ABC), appendEntries({ prevLogIndex: 1, prevLogTerm: 5, leaderCommit: 1 }))
    expect(node.commitIndex).toBe(3)
  })

  test('R14: what is committed is handed out once, in order, without gaps, and after a restart again from the start', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
    for (let count = 0; count < 5; count++)
      cluster
        .propose('ABC'[count % 3]!, `${count}`, `${count}'`)
        .settle()
        .heartbeat('A')
        .settle()
    for (const id of ABC)
      expect(cluster.appliedEntries(id).map(({ index }) => index)).toEqual(Array.from({ length: 11 }, (_, at) => at + 1))
    cluster.pass(1_000).crash('C').restart('C').pass(1_000)
    expect(cluster.appliedEntries('C').map(({ index }) => index)).toEqual(Array.from({ length: 11 }, (_, at) => at + 1))
  })
})

describe('§5.3 log replication, leader', () => {
  test('R2: a new entry is sent with the index and term of the one before', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .propose('A', 'milk')
    expect(cluster.messages({ to: 'B' })).toMatchObject([{ prevLogIndex: 1, prevLogTerm: 1, entries: [{ index: 2, term: 1 }] }])
  })

  test('R5: the committed index is what a majority has, whatever the order of the numbers', () => {
    const five = ['A', 'B', 'C', 'D', 'E']
    const log = Array.from({ length: 12 }, () => 4).join(' ')
    const node = hear(
      draw(`A leader t4 | ${log}`, five),
      appendReply('B', { matchIndex: 11 }),
      appendReply('C', { matchIndex: 10 }),
      appendReply('D', { matchIndex: 3 }),
      appendReply('E', { matchIndex: 1 }),
    )
    expect(node.commitIndex).toBe(10)
  })

  test('R5: an entry of the own term commits all before it', () => {
    const node = draw('A leader t4  1 | 2 2 4', ABC)
    expect(hear(node, appendReply('B', { matchIndex: 3 })).commitIndex).toBe(1)
    expect(hear(node, appendReply('B', { matchIndex: 4 })).commitIndex).toBe(4)
  })

  test('R9: learners, removed nodes and strangers do not count', () => {
    const cluster = Cluster.with(ABC, { learners: ['L'] })
      .timeout('A')
      .settle()
      .cut(['A', 'L'], ['B', 'C'])
      .propose('A', 'milk')
      .settle()
    expect(progress(cluster.node('A'), 'L').matchIndex).toBe(2)
    cluster.receive(appendReply('X', { matchIndex: 2, term: 1 })).receive(appendReply('L', { matchIndex: 2, term: 1 }))
    expect(cluster.node('A').commitIndex).toBe(1)
  })

  test('R6: a leader overwrites nothing of its own when it hears of older logs', () => {
    const cluster = Cluster.draw('A leader t4  1 | 2 4', 'B follower t4  1 | 3 3 3 3', 'C follower t4  1 |').heartbeat('A').settle()
    expect(cluster.picture).toBe(lines('A leader    t4  1 2 4 |', 'B follower  t4  1 2 4 |', 'C follower  t4  1 2 4 |'))
  })

  test('R8: a repeated or late ack moves nothing back', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .propose('A', 'one', 'two')
      .settle()
    const before = progress(cluster.node('A'), 'B')
    cluster.receive(appendReply('B', { matchIndex: 1, term: 1 })).receive(appendReply('B', { matchIndex: 0, term: 1 }))
    expect(progress(cluster.node('A'), 'B')).toMatchObject({ matchIndex: before.matchIndex, nextIndex: before.nextIndex })
  })

  test('R8: a late refusal is told apart', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .propose('A', 'one', 'two')
      .settle()
    const before = progress(cluster.node('A'), 'B')
    for (const prevLogIndex of [0, 1, 2, 3]) {
      cluster.receive(appendReply('B', { term: 1, result: { success: false, prevLogIndex, hintIndex: 0, hintTerm: 0 } }))
    }
    expect(progress(cluster.node('A'), 'B')).toMatchObject({ matchIndex: before.matchIndex, nextIndex: before.nextIndex, state: 'stream' })
  })

  test('R8: a refusal that an ack overtook takes the search back to where both surely match, not further', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .propose('A', 'one', 'two')
      .settle()
      .propose('A', 'three')
      .drop()
    const [late, early] = [4, 0].map((prevLogIndex) => ({ success: false, prevLogIndex, hintIndex: 0, hintTerm: 0 }) as const)
    cluster.now += SETTINGS.heartbeat
    cluster.receive(appendReply('B', { term: 1, result: early! })).receive(appendReply('B', { term: 1, result: late! }))
    expect(progress(cluster.node('A'), 'B')).toMatchObject({ matchIndex: 3, nextIndex: 4, state: 'probe' })
    cluster.settle()
    expect(cluster.applied('B')).toEqual(['one', 'two', 'three'])
  })

  test('R8: lost entries are found missing and sent again', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .propose('A', 'one')
      .drop()
      .advance(SETTINGS.heartbeat)
      .propose('A', 'two')
      .settle()
    expect(cluster.applied('B')).toEqual(['one', 'two'])
    cluster.propose('A', 'three').drop().advance(SETTINGS.heartbeat).heartbeat('A').settle()
    expect(cluster.applied('C')).toEqual(['one', 'two', 'three'])
  })

  test('R20: what may be under way is not missed before the least that an ack took and a heartbeat are over', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .propose('A', 'one')
      .drop({ to: 'C' })
      .advance(20)
      .settle()
    expect(progress(cluster.node('A'), 'B').flow.leastTook).toBe(0)
    const lacks = appendReply('C', { term: 1, result: { success: false, prevLogIndex: 2, hintIndex: 1, hintTerm: 1 } })
    cluster.advance(SETTINGS.heartbeat - 21).receive(lacks)
    expect(progress(cluster.node('A'), 'C')).toMatchObject({ state: 'stream', nextIndex: 3 })
    cluster.advance(1).receive(lacks).settle()
    expect(cluster.applied('C')).toEqual(['one'])
  })

  test('R13: everybody can say in how many tabs an entry is stored', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .slow('C')
      .propose('A', 'milk')
      .settle()
      .heartbeat('A')
      .settle()
    expect(cluster.node('B').role).toMatchObject({
      matches: [
        ['A', 2],
        ['B', 2],
        ['C', 1],
      ],
    })
  })

  test('R16 S6: one turn takes all inputs that wait', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
    const saves = cluster.saves.length
    const proposals = Array.from({ length: 20 }, (_, at) => ({ type: 'proposal', commands: [cluster.command('A', `${at}`)] }) as const)
    cluster.act('A', ...proposals)
    expect(cluster.messages({ to: 'B' })).toMatchObject([{ entries: { length: 20 } }])
    expect(cluster.saves.slice(saves)).toMatchObject([{ id: 'A', save: { entries: { length: 20 } } }])
  })

  test('R1: a member that is only behind is streamed to again after one heartbeat', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .cut(['A', 'B'], ['C'])
      .pass(3_000)
      .propose('A', 'milk')
      .settle()
    expect(progress(cluster.node('A'), 'C').state).toBe('probe')
    cluster.heal().heartbeat('A').settle()
    expect(progress(cluster.node('A'), 'C')).toMatchObject({ state: 'stream', matchIndex: 2, nextIndex: 3 })
  })
})
