/** Timers that fire late, and clocks that stood still. */
import { describe, expect, test } from 'vitest'
import { Cluster } from '../support/cluster.ts'

const ABC = ['A', 'B', 'C']
const deadline = (cluster: Cluster, id: string): number => (cluster.node(id).role as { deadline: number }).deadline

describe('timers of a browser', () => {
  test('E17: a late wake grants one fresh timeout, and the next silence is enough, however late', () => {
    const cluster = Cluster.of(...ABC)
    cluster.now = 1_000
    cluster.act('A', { type: 'wake' })
    expect(cluster.node('A').role).toMatchObject({ name: 'follower', graced: true })
    expect(deadline(cluster, 'A')).toBeGreaterThanOrEqual(1_150)
    expect(deadline(cluster, 'A')).toBeLessThan(1_300)
    cluster.now = 9_000
    cluster.act('A', { type: 'wake' })
    expect(cluster.node('A').role.name).toBe('pre-candidate')
  })

  test('E17: tabs that are woken once a second still elect', () => {
    const cluster = Cluster.of(...ABC)
    for (let second = 1; second <= 12 && cluster.leader === null; second++) {
      cluster.now = second * 1_000
      for (const id of ABC) cluster.act(id, { type: 'wake' }).settle()
    }
    expect(cluster.leader).not.toBe(null)
  })

  test('E17: a heartbeat ends the grace', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .advance(1_000)
      .act('B', { type: 'wake' })
    expect(cluster.node('B').role).toMatchObject({ graced: true })
    cluster.heartbeat('A').settle()
    expect(cluster.node('B').role).toMatchObject({ graced: false, leader: 'A' })
  })

  test('E18: an expired timer does not beat the heartbeat that waits in the queue', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .heartbeat('A')
    cluster.now = deadline(cluster, 'B')
    const [message] = cluster.messages({ to: 'B' })
    cluster.act('B', { type: 'wake' }, { type: 'message', message: message! })
    expect(cluster.node('B').role).toMatchObject({ name: 'follower', leader: 'A' })
    expect(cluster.messages({ from: 'B', type: 'RequestVote' })).toEqual([])
  })

  test('T6: after a suspension whoever waits gets one fresh timeout', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
    cluster.now = deadline(cluster, 'B') + 10
    cluster.act('B', { type: 'suspended' }, { type: 'wake' })
    expect(cluster.node('B').role.name).toBe('follower')
    expect(deadline(cluster, 'B')).toBeGreaterThanOrEqual(cluster.now + 150)

    cluster.timeout('B')
    expect(cluster.node('B').role.name).toBe('pre-candidate')
    cluster.act('B', { type: 'suspended' })
    expect(cluster.node('B').role).toMatchObject({ name: 'follower', leader: null })
  })

  test('T5 T6: a suspended leader still leads until it hears otherwise', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .crash('A')
      .timeout('B')
      .settle()
      .restart('A')
    cluster.heartbeat('B').settle().act('B', { type: 'suspended' })
    expect(cluster.node('B').role.name).toBe('leader')
  })
})
