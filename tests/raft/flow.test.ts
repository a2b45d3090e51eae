/** How much is under way to one member, and what a leader does about silence. */
import { describe, expect, test } from 'vitest'
import type { AppendEntries } from '../../shared/raft/messages.ts'
import { Cluster } from '../support/cluster.ts'

const ABC = ['A', 'B', 'C']

describe('DESIGN 4 flow control', () => {
  test('R10: no more messages with entries are under way than allowed, and each ack lets one more go', () => {
    const cluster = Cluster.with(['A', 'B'], { settings: { appendsInFlight: 3 } })
      .timeout('A')
      .settle()
    for (let count = 0; count < 10; count++) cluster.propose('A', `${count}`)
    expect(cluster.messages({ to: 'B' }).length).toBe(3)
    const [first] = cluster.messages({ to: 'B' })
    cluster.network.take(0)
    cluster.receive(first!).deliver({ to: 'A' })
    const sent = cluster.messages({ to: 'B' }) as readonly AppendEntries[]
    expect(sent.filter(({ entries }) => entries.length > 0).length).toBe(3)
    cluster.settle()
    expect(cluster.applied('B')).toEqual(Array.from({ length: 10 }, (_, at) => `${at}`))
  })

  test('R10: with a full window heartbeats pass, empty, and their answers open it again', () => {
    const cluster = Cluster.with(['A', 'B'], { settings: { appendsInFlight: 2 } })
      .timeout('A')
      .settle()
    for (let count = 0; count < 5; count++) cluster.propose('A', `${count}`)
    cluster.drop().heartbeat('A')
    expect(cluster.messages({ to: 'B' })).toMatchObject([{ entries: [] }])
    cluster.settle().heartbeat('A').settle()
    expect(cluster.applied('B').length).toBe(5)
  })

  test('R10: a message carries so many bytes of entries at most, and one entry at least', () => {
    const cluster = Cluster.with(['A', 'B'], { settings: { appendBytes: 300 } })
      .timeout('A')
      .settle()
      .crash('B')
    cluster.propose('A', 'x'.repeat(1_000), ...Array.from({ length: 8 }, () => 'y'.repeat(60))).drop()
    cluster.restart('B').pass(500)
    expect(cluster.applied('B').length).toBe(9)
    const counts = (cluster.network.sent as readonly AppendEntries[]).filter(
      ({ type, entries }) => type === 'AppendEntries' && entries.length > 0,
    )
    expect(Math.max(...counts.filter(({ to, prevLogIndex }) => to === 'B' && prevLogIndex >= 2).map(({ entries }) => entries.length))).toBe(
      2,
    )
  })

  test('R8: who lost what it acked refuses what the leader knows that it has, and is asked again at heartbeats only', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .propose('A', 'one', 'two')
      .settle()
      .heartbeat('A')
      .settle()
      .crash('B')
      .propose('A', 'three')
      .advance(400)
      .heartbeat('A')
    const probe = (cluster.messages({ to: 'B' }) as readonly AppendEntries[]).at(-1)!
    const { prevLogIndex, term, sentAt } = probe
    const result = { success: false, prevLogIndex, hintIndex: 1, hintTerm: 0 } as const
    cluster.drop().receive({ type: 'AppendEntriesReply', from: 'B', to: 'A', term, sentAt, commitIndex: 1, result, pace: null })
    expect(cluster.messages({ to: 'B' })).toEqual([])
    expect(cluster.heartbeat('A').messages({ to: 'B' })).toMatchObject([{ prevLogIndex }])
  })

  test('R11: who fell silent is asked with empty messages, from where it surely matches', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .crash('C')
      .propose('A', 'one')
      .settle()
      .advance(400)
      .heartbeat('A')
    expect(cluster.messages({ to: 'C' })).toMatchObject([{ prevLogIndex: 1, entries: [] }])
    cluster.settle().heartbeat('A').settle().propose('A', 'two')
    expect(cluster.messages({ to: 'C' }), 'nothing is sent into the silence').toEqual([])
    cluster.settle().restart('C').heartbeat('A').settle()
    expect(cluster.applied('C')).toEqual(['one', 'two'])
  })
})
