import { describe, expect, test } from 'vitest'
import type { Message } from '../../shared/raft/messages.ts'
import { nextRoundAt } from '../../shared/raft/reads.ts'
import { step } from '../../shared/raft/step.ts'
import type { Input } from '../../shared/raft/step.ts'
import { requestVote } from '../support/cluster-messages.ts'
import { Cluster } from '../support/cluster.ts'

const ABC = ['A', 'B', 'C']
const read = (id: number): Input => ({ type: 'read', id })

/** A leads, everybody knows what is committed, and the clock moved on. */
const led = (voters: readonly string[] = ABC, options = {}): Cluster =>
  Cluster.with(voters, options).timeout('A').settle().heartbeat('A').settle().advance(1)

/** The answers of others to what A sent until now. */
const acks = (cluster: Cluster): readonly Message[] => {
  cluster.deliver({ from: 'A', type: 'AppendEntries' })
  return cluster.messages({ to: 'A', type: 'AppendEntriesReply' })
}

describe('linearizable reads', () => {
  test('Q1: the leader asks all at once, and answers with what it knows committed once a majority answered', () => {
    const cluster = led().propose('A', 'one').settle().advance(1).act('A', read(7))
    expect(cluster.messages().map(({ type, to }) => [type, to])).toEqual([
      ['AppendEntries', 'B'],
      ['AppendEntries', 'C'],
    ])
    expect(cluster.reads('A')).toEqual(new Map())
    cluster.settle('A', 'C')
    expect(cluster.reads('A')).toEqual(new Map([[7, 2]]))
    expect(cluster.node('A').log.lastIndex, 'and writes nothing').toBe(2)
  })

  test('Q1: a leader that was replaced answers nothing, though it has heard of nobody else', () => {
    const cluster = led().cut(['A'], ['B', 'C']).timeout('B').settle('B', 'C').propose('B', 'newer').settle('B', 'C').act('A', read(1))
    expect(cluster.node('A').role.name).toBe('leader')
    expect(cluster.settle().pass(20).reads('A')).toEqual(new Map())
    expect(cluster.heal().heartbeat('A').settle().reads('A'), 'and refuses when it hears').toEqual(new Map([[1, null]]))
  })

  test('Q1: one of four others is no majority, and a learner is nobody', () => {
    const cluster = led(['A', 'B', 'C', 'D', 'E'], { learners: ['L'] }).act('A', read(1))
    cluster.settle('A', 'B', 'L')
    expect(cluster.reads('A').size).toBe(0)
    expect(cluster.heartbeat('A').settle('A', 'C').reads('A')).toEqual(new Map([[1, 1]]))
  })

  test('Q2: what was sent before the read confirms nothing', () => {
    const cluster = led().heartbeat('A')
    const [early] = acks(cluster)
    cluster.drop().advance(1).act('A', read(1)).drop().receive(early!)
    expect(cluster.reads('A').size).toBe(0)
    expect(cluster.heartbeat('A').settle().reads('A'), 'a later heartbeat does').toEqual(new Map([[1, 1]]))
  })

  test('Q2: nor does what was sent at the very same reading of a coarse clock: the round waits for the next', () => {
    const cluster = led().heartbeat('A')
    const [early] = acks(cluster)
    cluster.drop().act('A', read(1))
    expect(cluster.messages()).toEqual([])
    expect(cluster.receive(early!).reads('A').size).toBe(0)
    expect(cluster.pass(1).reads('A')).toEqual(new Map([[1, 1]]))
  })

  test('Q2: a refusal may be of an older term, so it confirms nothing', () => {
    const cluster = led().act('A', read(1))
    const refused = { success: false, prevLogIndex: 1, hintIndex: 0, hintTerm: 0 } as const
    const [ack] = acks(cluster)
    if (ack?.type !== 'AppendEntriesReply') throw new Error('nobody answered')
    cluster.drop().receive({ ...ack, result: refused })
    expect(cluster.reads('A').size).toBe(0)
    expect(cluster.receive(ack).reads('A').size).toBe(1)
  })

  test('Q3: a leader answers nothing before it committed an entry of its own term', () => {
    const cluster = Cluster.draw('A leader t2  1 | 1', 'B follower t2  1 1 |', 'C follower t2  1 1 |').advance(1).act('A', read(1))
    expect(cluster.settle().pass(100).node('A').commitIndex).toBe(1)
    expect(cluster.reads('A').size, 'the second entry may have been committed in term 1').toBe(0)
    expect(cluster.propose('A', 'own').settle().reads('A')).toEqual(new Map([[1, 3]]))
  })

  test('Q3 S9: so with a sole voter, which asks nobody: after a restart it first saves an entry', () => {
    const cluster = Cluster.of('A').timeout('A').propose('A', 'one').advance(1).act('A', read(1)).act('A', { type: 'wake' })
    expect(cluster.reads('A')).toEqual(new Map([[1, 2]]))
    cluster.crash('A').restart('A').timeout('A').slow('A')
    cluster.crash('A').restart('A').timeout('A').saved('A').advance(1).act('A', read(2))
    expect(cluster.node('A').role.name).toBe('leader')
    expect(cluster.reads('A').size).toBe(0)
    expect(cluster.saved('A').act('A', { type: 'wake' }).reads('A').get(2)).toBe(cluster.node('A').log.lastIndex)
  })

  test('Q4: during a transfer it refuses, what waits too', () => {
    const cluster = led().act('A', read(1)).drop().transfer('A', 'B')
    expect(cluster.reads('A')).toEqual(new Map([[1, null]]))
    expect(cluster.act('A', read(2)).reads('A').get(2)).toBe(null)
    cluster.advance(1).act('C', read(3)).deliver({ type: 'ReadIndex' })
    expect(cluster.messages({ to: 'C', type: 'ReadIndexReply' })).toMatchObject([{ id: 3, index: null }])
    cluster.settle().heartbeat('B').settle()
    expect(cluster.node('B').role.name).toBe('leader')
    expect(cluster.advance(1).act('C', read(4)).settle().reads('C').get(4)).toBe(2)
  })

  test('Q4: who steps down refuses what waits, to others too; who does not lead refuses at once', () => {
    const cluster = led().act('C', read(5)).deliver({ type: 'ReadIndex' }).act('A', read(1)).drop()
    cluster.crash('B').restart('B')
    cluster.receive({ type: 'TimeoutNow', from: 'A', to: 'B', term: 1 }).deliver({ type: 'RequestVote', to: 'A' })
    expect(cluster.node('A').role.name).toBe('follower')
    expect(cluster.reads('A')).toEqual(new Map([[1, null]]))
    expect(cluster.messages({ type: 'ReadIndexReply' })).toMatchObject([{ to: 'C', id: 5, index: null }])
    cluster.act('A', read(2))
    expect(cluster.reads('A').get(2), 'no leader is known').toBe(null)
    expect(cluster.receive({ type: 'ReadIndex', from: 'C', to: 'A', term: 1, id: 6 }).settle().reads('C').get(6)).toBe(null)
  })

  test('Q5: a read is answered once this node has applied what the leader knew committed', () => {
    const cluster = led().propose('A', 'one').deliver().deliver({ to: 'A' }).drop().advance(1).act('C', read(1))
    cluster.deliver().deliver({ to: 'B' }).deliver({ from: 'B' }).deliver({ type: 'ReadIndexReply' })
    expect([cluster.node('A').commitIndex, cluster.node('C').commitIndex]).toEqual([2, 1])
    expect(cluster.reads('C').size, 'it does not know that more is committed').toBe(0)
    const message = cluster.messages({ to: 'C' })[0]!
    const { output } = step(cluster.node('C'), [{ type: 'message', message }], { now: cluster.now, random: 0 })
    expect([output.apply.length, output.answer], 'handed out is not applied').toEqual([1, []])
    expect(cluster.deliver({ to: 'C' }).reads('C')).toEqual(new Map([[1, 2]]))
  })

  test('Q5: so are reads of learners; who knows of no leader is refused at once', () => {
    const cluster = led(ABC, { learners: ['L'] })
      .act('L', read(1))
      .settle()
    expect(cluster.reads('L')).toEqual(new Map([[1, 1]]))
    expect(
      Cluster.of(...ABC)
        .act('B', read(1))
        .reads('B'),
    ).toEqual(new Map([[1, null]]))
  })

  test('Q6: one round is out at a time; what is asked meanwhile goes together into the next', () => {
    const cluster = led().act('A', read(1)).advance(1).act('A', read(2)).advance(1).act('B', read(1)).deliver({ type: 'ReadIndex' })
    expect(cluster.messages({ type: 'AppendEntries' }).length).toBe(2)
    cluster.deliver({ to: 'B' }).deliver({ from: 'B' })
    expect([...cluster.reads('A').keys()], 'the first only').toEqual([1])
    expect(cluster.messages({ to: 'B', type: 'AppendEntries' }).length, 'and the next is out').toBe(1)
    cluster.settle()
    expect([[...cluster.reads('A').keys()], [...cluster.reads('B').keys()]]).toEqual([[1, 2], [1]])
    const sent = cluster.network.sent.filter(({ type }) => type === 'ReadIndexReply')
    expect(cluster.receive(sent[0]!).reads('B'), 'a late answer is no other').toEqual(new Map([[1, 1]]))
  })

  test('Q6: asked again while it waits, a read is answered once', () => {
    const cluster = led().act('B', read(9)).repeat({ type: 'ReadIndex' }).advance(1).act('B', read(9)).settle()
    expect(cluster.network.sent.filter(({ type }) => type === 'ReadIndexReply').length).toBe(1)
  })

  test('Q6: more than a thousand that wait are refused', () => {
    const cluster = led().act('A', ...Array.from({ length: 1_001 }, (_, id) => read(id)))
    expect(cluster.reads('A')).toEqual(new Map([[1_000, null]]))
    expect(cluster.settle().reads('A').get(999)).toBe(1)
  })

  test('Q1 M9: a leader that removed itself does not count itself', () => {
    const cluster = led(ABC).change('A', ['B', 'C']).drop().advance(1).act('A', read(1)).deliver({ to: 'B' })
    cluster.deliver({ from: 'B' })
    expect(cluster.reads('A').size).toBe(0)
  })

  test('Q1: who votes alone asks nobody, learners neither', () => {
    const cluster = led(['A'], { learners: ['L'] })
      .act('A', read(1))
      .act('A')
    expect(cluster.reads('A')).toEqual(new Map([[1, 1]]))
    expect(cluster.messages()).toEqual([])
  })

  test('Q5: a read is answered once', () => {
    const cluster = led().act('A', read(1)).settle().act('A')
    expect(cluster.reads('A')).toEqual(new Map([[1, 1]]))
    const { node, output } = step(cluster.node('A'), [], { now: cluster.now, random: 0 })
    expect([node.confirmedReads, output.answer]).toEqual([[], []])
  })

  test('Q6 T5: while a round is out nothing is due for those that wait for the next', () => {
    const asked = { node: 'B', id: 1 }
    const round = { sentAt: 5, confirmedBy: new Set<string>(), reads: [asked] }
    expect(nextRoundAt({ gathering: [asked], round, sentAt: 5 })).toBe(Infinity)
    expect(nextRoundAt({ gathering: [asked], round: null, sentAt: 5 })).toBe(6)
  })

  test('Q2: only AppendEntries sent at the very same reading of the clock make a round wait', () => {
    const cluster = led()
      .receive(requestVote({ from: 'B', term: 1, preVote: true }))
      .drop()
    cluster.act('A', read(1))
    expect(cluster.messages({ type: 'AppendEntries' }).length).toBe(2)
  })

  test('Q6: asked again while it is out with others, a read is answered once', () => {
    const cluster = led().act('B', read(2))
    const [asked] = cluster.messages({ type: 'ReadIndex' })
    cluster.drop().act('A', read(1), { type: 'message', message: asked! }).receive(asked!)
    expect(cluster.node('A').role).toMatchObject({ reads: { gathering: [], round: { reads: { length: 2 } } } })
    cluster.settle()
    expect(cluster.network.sent.filter(({ type }) => type === 'ReadIndexReply').length).toBe(1)
  })
})
