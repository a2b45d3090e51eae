/** Rules that a planted mistake once got past: each was seen to fail with its mistake in place (`npm run mutants`). */
import { describe, expect, test } from 'vitest'
import { step } from '../../shared/raft/step.ts'
import { appendEntries, appendReply, requestVote } from '../support/cluster-messages.ts'
import { Cluster, draw } from '../support/cluster.ts'

const PAPER = { settings: { preVote: false } }
const ABC = ['A', 'B', 'C']
const deadline = (cluster: Cluster, id: string): number => (cluster.node(id).role as { deadline: number }).deadline

describe('elections', () => {
  test('E8 E12: who hears a leader tells a candidate of an older term of the newer one, too', () => {
    const now = { now: 1, random: 0 }
    const { node: follower } = step(draw('A follower t5 |', ABC), [{ type: 'message', message: appendEntries() }], now)
    const asked = requestVote({ term: 3 })
    const { output } = step(follower, [{ type: 'message', message: asked }], now)
    expect(output.send).toMatchObject([{ message: { type: 'RequestVoteReply', to: 'B', term: 5, asked: 3, granted: false } }])
  })

  test('E2 S5: the time to win begins when the requests leave, however long the vote took to be saved', () => {
    const cluster = Cluster.with(ABC, PAPER).slow('A').timeout('A')
    cluster.now = deadline(cluster, 'A') - 5
    cluster.saved('A')
    expect(cluster.node('A').role.name).toBe('candidate')
    expect(deadline(cluster, 'A')).toBeGreaterThanOrEqual(cluster.now + 150)
  })
})

describe('votes and saves', () => {
  test('S1 E4: a vote in a term that was heard of before is saved, and given once only', () => {
    const now = { now: 1, random: 0 }
    const { node, output } = step(draw('A follower t5 |', ABC), [{ type: 'message', message: requestVote({ reason: 'transfer' }) }], now)
    expect(output.save).toMatchObject({ term: 5, votedFor: 'B' })
    expect(output.send).toMatchObject([{ after: 1, message: { granted: true } }])
    const other = step(node, [{ type: 'message', message: requestVote({ from: 'C', reason: 'transfer' }) }], now)
    expect(other.output.send).toMatchObject([{ message: { to: 'C', granted: false } }])
  })

  test('S2 S4: a save of an older term that ends makes no newer vote durable', () => {
    const cluster = Cluster.with(['A'], { learners: ['L'], ...PAPER }).slow('A')
    cluster
      .receive(requestVote({ from: 'L', term: 3 }))
      .timeout('A')
      .saved('A')
    expect(cluster.node('A')).toMatchObject({ currentTerm: 4, role: { name: 'candidate' } })
    expect(cluster.saved('A').node('A').role.name).toBe('leader')
  })
})

describe('what a leader says and hears', () => {
  test('R10: messages that are sent ahead of the acks follow each other without a gap', () => {
    const cluster = Cluster.with(ABC, { settings: { appendBytes: 100 } })
      .timeout('A')
      .settle()
      .propose('A', 'one', 'two', 'three', 'four')
    const sent = cluster.messages({ to: 'B' })
    expect(sent.map((append) => (append.type === 'AppendEntries' ? append.prevLogIndex : null))).toEqual([1, 2, 3, 4])
  })

  test('R13: of itself a leader tells only what it has stored', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .slow('A')
      .propose('A', 'milk')
    expect(cluster.messages({ to: 'B' })).toMatchObject([
      {
        entries: [{ index: 2 }],
        matches: [
          ['A', 1],
          ['B', 1],
          ['C', 1],
        ],
      },
    ])
  })

  test('A10: an ack is as fresh as the message that it answers, however late it comes', () => {
    const ack = appendReply('B', { sentAt: 10, matchIndex: 1 })
    const { node } = step(draw('A leader t4  1 |', ABC), [{ type: 'message', message: ack }], { now: 40, random: 0 })
    expect(node.role.name === 'leader' && node.role.progress.get('B')).toMatchObject({ ackedSentAt: 10 })
  })
})

describe('who was removed', () => {
  const looksAfter = (cluster: Cluster, id: string): boolean => {
    const { role } = cluster.node('A')
    return role.name === 'leader' && role.progress.has(id)
  }

  test('M10: is told until it acks that its removal committed: that it has the entry is not enough', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .heartbeat('A')
      .settle()
      .change('A', ['A', 'C'])
    cluster.deliver({ to: 'B' }).deliver({ from: 'B' })
    expect(cluster.node('B').log.lastIndex).toBe(2)
    expect(looksAfter(cluster, 'B')).toBe(true)
    cluster.settle().heartbeat('A').settle()
    expect(cluster.node('B').commitIndex).toBe(2)
    expect(looksAfter(cluster, 'B')).toBe(false)
  })

  test('M10: and is let in again is not let go when the time for telling it is up', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .heartbeat('A')
      .settle()
      .crash('C')
      .change('A', ['A', 'B'])
      .settle()
      .change('A', ['A', 'B'], ['C'])
      .settle()
    cluster.pass(6_000)
    expect(looksAfter(cluster, 'C')).toBe(true)
    cluster.restart('C').pass(1_000)
    expect(cluster.node('C').log.lastIndex).toBe(cluster.node('A').log.lastIndex)
  })
})

test('L7: one of three hands over no removal that only one of the two others would hear', () => {
  const cluster = Cluster.of(...ABC)
    .timeout('A')
    .settle()
    .crash('C')
  cluster.pass(1_000).leave('A')
  const said = cluster.messages({ type: 'Farewell', to: 'B' })
  expect(said).toMatchObject([{ append: { entries: [] } }])
})

test('L10: a farewell of an older term takes no leader away that leads again', () => {
  const now = { now: 1, random: 0 }
  const { node: follower } = step(draw('A follower t5 |', ABC), [{ type: 'message', message: appendEntries({ from: 'B' }) }], now)
  const nodes = [{ node: 'B', incarnation: 1 }]
  const farewell = { type: 'Farewell', from: 'B', to: 'A', nodes, successors: ['A'], append: null } as const
  const late = step(follower, [{ type: 'message', message: { ...farewell, term: 4 } }], now)
  expect(late.node).toMatchObject({ currentTerm: 5, role: { name: 'follower', leader: 'B' } })
  const fresh = step(follower, [{ type: 'message', message: { ...farewell, term: 5 } }], now)
  expect(fresh.node).toMatchObject({ currentTerm: 6, role: { name: 'candidate' } })
})
