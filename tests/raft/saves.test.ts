import { describe, expect, test } from 'vitest'
import type { AppendEntries, AppendEntriesReply, RequestVote } from '../../shared/raft/messages.ts'
import { step } from '../../shared/raft/step.ts'
import type { Input, Step } from '../../shared/raft/step.ts'
import { appendEntries, requestVote } from '../support/cluster-messages.ts'
import { Cluster, draw, lines } from '../support/cluster.ts'
import { drawnEntry } from '../support/cluster-picture.ts'

const ABC = ['A', 'B', 'C']
const append = (more: Partial<AppendEntries>): Input => ({ type: 'message', message: appendEntries(more) })
const ask = (more: Partial<RequestVote> = {}): Input => ({ type: 'message', message: requestVote(more) })
const run = (from: ReturnType<typeof draw>, ...turns: readonly (readonly Input[])[]): Step[] => {
  const steps: Step[] = []
  for (const inputs of turns) steps.push(step(steps.at(-1)?.node ?? from, inputs, { now: 1, random: 0 }))
  return steps
}
const waits = ({ output }: Step): (number | null)[] => output.send.map(({ after }) => after)

describe('DESIGN 4 saves', () => {
  test('S1: what to save is what differs: term and vote, or the log from the first entry that does', () => {
    const node = draw('A follower t4  1 | 2 2 3', ABC)
    const [voted] = run(node, [ask({ lastLogTerm: 4 })])
    expect(voted?.output.save).toEqual({ compaction: null, number: 1, term: 5, votedFor: 'B', commitIndex: 1, from: 5, entries: [] })

    const entries = [drawnEntry(3, 5)]
    const [replaced] = run(node, [append({ prevLogIndex: 2, prevLogTerm: 2, entries })])
    expect(replaced?.output.save).toEqual({ compaction: null, number: 1, term: 5, votedFor: null, commitIndex: 1, from: 3, entries })

    const [nothing] = run(node, [append({ term: 4, prevLogIndex: 4, prevLogTerm: 3, leaderCommit: 4 })])
    expect(nothing?.output.save, 'a commit index alone is nothing to wait for').toBe(null)
  })

  test('S2 S6: one save is in flight, the next gathers what comes meanwhile, under the next number', () => {
    const at = (index: number): Input =>
      append({ prevLogIndex: index - 1, prevLogTerm: index === 1 ? 0 : 5, entries: [drawnEntry(index, 5)] })
    const steps = run(
      draw('A follower t5 |', ABC),
      [at(1)],
      [at(2)],
      [ask({ term: 6, lastLogTerm: 6, reason: 'transfer' })],
      [{ type: 'saved', number: 1 }],
    )
    expect(steps.map(({ output }) => output.save)).toMatchObject([
      { number: 1, from: 1, entries: { length: 1 } },
      null,
      null,
      { number: 2, from: 2, entries: { length: 1 }, term: 6, votedFor: 'B' },
    ])
    expect(steps.map(waits)).toEqual([[1], [2], [2], []])
  })

  test('S2: a save that was not asked for, or not next, stops the node', () => {
    const [first] = run(draw('A follower t4 |', ABC), [ask()])
    expect(() => run(first!.node, [{ type: 'saved', number: 2 }])).toThrow('saves finish in order')
    expect(() => run(draw('A follower t4 |', ABC), [{ type: 'saved', number: 1 }])).toThrow('saves finish in order')
  })

  test('S3: a repeated AppendEntries, a heartbeat and a repeated request change nothing, yet wait for what is being saved', () => {
    const entries = [drawnEntry(1, 5)]
    const steps = run(
      draw('A follower t5 |', ABC),
      [append({ entries })],
      [append({ entries })],
      [append({ prevLogIndex: 1, prevLogTerm: 5 })],
      [{ type: 'saved', number: 1 }],
      [append({ entries })],
    )
    expect(steps.map(waits)).toEqual([[1], [1], [1], [], [null]])

    const votes = run(draw('A follower t4 |', ABC), [ask()], [ask()], [{ type: 'saved', number: 1 }], [ask()])
    expect(votes.map(waits)).toEqual([[1], [1], [], [null]])
  })

  test('S3: with one save in flight and one owed, an ack waits for the one owed, also when its own step adds nothing', () => {
    const steps = run(
      draw('A follower t5 |', ABC),
      [append({ entries: [drawnEntry(1, 5)] })],
      [append({ prevLogIndex: 1, prevLogTerm: 5, entries: [drawnEntry(2, 5)] })],
      [append({ prevLogIndex: 2, prevLogTerm: 5 })],
    )
    expect(steps.map(waits)).toEqual([[1], [2], [2]])
  })

  test('S12: refusals and pre-votes wait for nothing', () => {
    const steps = run(
      draw('A follower t5 |', ABC),
      [append({ entries: [drawnEntry(1, 5)] })],
      [append({ term: 4 })],
      [append({ prevLogIndex: 9, prevLogTerm: 5 })],
      [ask({ preVote: true, term: 6 })],
    )
    expect(steps.map(waits)).toEqual([[1], [null], [null], [null]])
  })

  test('S4: a candidate with every other vote still waits for its own', () => {
    const cluster = Cluster.with(['A'], { learners: ['B'] })
      .slow('A')
      .timeout('A')
    expect(cluster.node('A').role.name).toBe('candidate')
    cluster.saved('A')
    expect(cluster.node('A').role.name).toBe('leader')
  })

  test('S5: requests leave when term and vote are durable', () => {
    const cluster = Cluster.of(...ABC)
      .slow('A')
      .timeout('A')
      .settle()
    expect(cluster.node('A').role.name).toBe('candidate')
    expect(cluster.network.sent.filter(({ type }) => type === 'RequestVote')).toMatchObject([{ preVote: true }, { preVote: true }])
    cluster.saved('A')
    expect(cluster.messages()).toMatchObject([
      { type: 'RequestVote', preVote: false },
      { type: 'RequestVote', preVote: false },
    ])
  })

  test('S5: and when the log that they claim is', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .slow('B')
      .propose('A', 'milk')
      .settle()
    expect(cluster.saving('B')).toMatchObject({ entries: [{ index: 2 }] })
    cluster.crash('A').timeout('B').settle()
    expect(cluster.node('B').role.name, 'its pre-vote was granted').toBe('candidate')
    expect(cluster.messages()).toEqual([])
    cluster.saved('B')
    expect(cluster.messages({ type: 'RequestVote' }), 'the vote is the next save').toEqual([])
    cluster.saved('B')
    expect(cluster.messages({ to: 'C' })).toMatchObject([{ type: 'RequestVote', lastLogIndex: 2 }])
  })

  test("S7: AppendEntries leave beside the leader's own save, which it counts only when done", () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .slow('A')
      .propose('A', 'milk')
    expect(cluster.messages().length).toBe(2)
    expect(cluster.saving('A')).not.toBe(null)
    cluster.deliver({ to: 'B' }).deliver({ from: 'B' })
    expect(cluster.node('A').commitIndex, 'B has it, A not yet').toBe(1)
    cluster.saved('A')
    expect(cluster.node('A').commitIndex).toBe(2)
  })

  test('S8: a leader commits on the acks of others before its own save ends', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .slow('A')
      .propose('A', 'milk')
      .settle()
    expect(cluster.saving('A')).not.toBe(null)
    expect(cluster.applied('A')).toEqual(['milk'])
    cluster.crash('A').timeout('B').settle()
    expect(cluster.applied('B'), 'and nothing is lost when it crashes').toEqual(['milk'])
  })

  test('S9: a sole voter commits only what is durable', () => {
    const cluster = Cluster.of('A').timeout('A').slow('A').propose('A', 'milk')
    expect(cluster.applied('A')).toEqual([])
    cluster.saved('A')
    expect(cluster.applied('A')).toEqual(['milk'])
  })

  test('S9: a sole voter whose learner has the entry already commits nothing that it could lose', () => {
    const cluster = Cluster.with(['A'], { learners: ['B'] })
      .timeout('A')
      .settle()
      .slow('A')
      .propose('A', 'lost')
      .settle()
    expect(cluster.picture).toBe(lines('A leader    t1  1 | 1', 'B follower  t1  1 | 1'))
    cluster.crash('A').fast('A').restart('A').timeout('A').settle().propose('A', 'kept').settle()
    expect(cluster.picture).toBe(lines('A leader    t2  1 2 2 |', 'B follower  t2  1 2 2 |'))
    expect(cluster.applied('B')).toEqual(['kept'])
  })

  test('S10: what was cut off is no longer durable, whatever the save in flight will say', () => {
    const entries = [drawnEntry(2, 3), drawnEntry(3, 3)]
    const [taken, cut, saved] = run(
      draw('A follower t3  1 |', ABC),
      [append({ term: 3, prevLogIndex: 1, prevLogTerm: 1, entries })],
      [append({ term: 4, prevLogIndex: 1, prevLogTerm: 1, entries: [drawnEntry(2, 4)] })],
      [{ type: 'saved', number: 1 }],
    )
    expect(taken!.node.saves.inFlight).toMatchObject({ lastIndex: 3 })
    expect(cut!.node.saves.inFlight).toMatchObject({ lastIndex: 1 })
    expect(saved!.node.saves.durable).toMatchObject({ lastIndex: 1 })
    expect(saved!.output.save).toMatchObject({ number: 2, from: 2, entries: [{ index: 2, term: 4 }] })
  })

  test('S10: at once, also of what was durable before a save that is in flight', () => {
    const [, cut] = run(
      draw('A follower t3  1 | 3 3', ABC),
      [append({ term: 3, prevLogIndex: 3, prevLogTerm: 3, entries: [drawnEntry(4, 3)] })],
      [append({ term: 4, prevLogIndex: 1, prevLogTerm: 1, entries: [2, 3, 4].map((index) => drawnEntry(index, 4)) })],
    )
    expect(cut!.node.saves.durable).toMatchObject({ lastIndex: 1 })
  })

  test('S11: a node returns with exactly what was saved', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .slow('C')
      .propose('A', 'one')
      .settle()
      .propose('A', 'two')
      .settle()
    expect(cluster.node('C').log.lastIndex).toBe(3)
    cluster.crash('C').restart('C')
    expect(cluster.node('C')).toMatchObject({ currentTerm: 1, votedFor: 'A', log: { lastIndex: 1 } })
    cluster.settle().crash('C')
    cluster.restart('C').fast('C').heartbeat('A').settle().heartbeat('A').settle()
    expect(cluster.applied('C')).toEqual(['one', 'two'])
  })

  test('S11: a save that landed though nobody was told is there after a restart', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .slow('C')
      .propose('A', 'one')
      .settle()
    cluster.crash('C', { landed: true }).restart('C')
    expect(cluster.node('C').log.lastIndex).toBe(2)
  })

  test('S11 R14: the stored commit index is enough to apply before any leader is heard', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .propose('A', 'one')
      .settle()
      .propose('A', 'two')
      .settle()
    cluster.crash('B').restart('B').act('B', { type: 'wake' })
    expect(cluster.applied('B')).toEqual(['one'])
  })

  test('S3: acks for many messages leave together once the save they share is done', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .slow('B')
      .propose('A', 'one')
      .propose('A', 'two')
      .propose('A', 'three')
    cluster.deliver({ to: 'B' })
    expect(cluster.messages({ from: 'B' })).toEqual([])
    cluster.saved('B')
    const acked = (): number[] =>
      (cluster.messages({ from: 'B' }) as readonly AppendEntriesReply[]).map(({ result }) => (result.success ? result.matchIndex : 0))
    expect(acked()).toEqual([2])
    cluster.saved('B')
    expect(acked()).toEqual([2, 3, 4])
  })
})
