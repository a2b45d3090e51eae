/** Word that the leader is gone: how soon it is followed up, and that it bends no rule. */
import { describe, expect, test } from 'vitest'
import { Cluster, SETTINGS } from '../support/cluster.ts'
import { appendEntries, requestVote } from '../support/cluster-messages.ts'

const ABC = ['A', 'B', 'C']
const { heartbeat, electionMin } = SETTINGS
const SPREAD = 50
const gone = (isCertain: boolean, ...nodes: readonly string[]) => ({ type: 'gone', nodes, isCertain }) as const
const deadline = (cluster: Cluster, id: string): number => (cluster.node(id).role as { deadline: number }).deadline
/** A leads, and was heard a moment ago. */
const led = (seed = 1): Cluster => Cluster.with(ABC, { seed }).timeout('A').settle().heartbeat('A').settle().advance(10)

describe('DESIGN 6 a death certificate', () => {
  test('E25: who learns that the leader is no more forgets it and asks within 50 ms, and others that heard it lately let it', () => {
    const cluster = led().crash('A')
    const diedAt = cluster.now
    cluster.act('B', gone(true, 'A'))
    expect(cluster.node('B').role).toMatchObject({ name: 'follower', leader: null, reason: 'leader-gone' })
    expect(deadline(cluster, 'B')).toBeGreaterThanOrEqual(cluster.now)
    expect(deadline(cluster, 'B')).toBeLessThan(cluster.now + SPREAD)
    cluster.timeout('B').settle()
    expect(cluster.leader).toBe('B')
    expect(cluster.now - diedAt).toBeLessThan(electionMin)
  })

  test('E25: all that hear of it at once ask one after the other, over the whole of the 50 ms', () => {
    const waits = Array.from({ length: 20 }, (_, seed) => {
      const cluster = led(seed + 1)
      return deadline(cluster.act('B', gone(true, 'A')), 'B') - cluster.now
    })
    expect(Math.min(...waits)).toBeLessThan(SPREAD / 4)
    expect(Math.max(...waits)).toBeGreaterThan((3 * SPREAD) / 4)
  })

  test('E25: it votes for whoever asks because it hears nobody', () => {
    const asked = requestVote({ preVote: true, term: 2, from: 'C', to: 'B', lastLogIndex: 9, lastLogTerm: 2 })
    const cluster = led().act('B', gone(true, 'A')).receive(asked)
    expect(cluster.messages({ from: 'B', type: 'RequestVoteReply' })).toMatchObject([{ granted: true }])
  })

  test('E25: of another node than the leader it says nothing', () => {
    const cluster = led()
    const before = [cluster.node('A'), cluster.node('B')]
    cluster.act('B', gone(true, 'C')).act('A', gone(true, 'A', 'B'))
    expect([cluster.node('A').role, cluster.node('B').role]).toMatchObject(
      before.map(({ role: { name, deadline } }) => ({ name, deadline })),
    )
    expect(cluster.node('B').role).toMatchObject({ leader: 'A', reason: 'timeout' })
  })

  test('E25: a leader that lives after all is followed again once it is heard, and its term goes on', () => {
    const cluster = led().act('B', gone(true, 'A')).act('C', gone(true, 'A')).heartbeat('A').settle()
    expect(cluster.node('B').role).toMatchObject({ leader: 'A', reason: 'timeout' })
    cluster.pass(1_000)
    expect(cluster.leader).toBe('A')
    expect(cluster.node('C').currentTerm).toBe(1)
  })

  test('E25: it never makes anybody wait longer', () => {
    const cluster = led()
    cluster.now = deadline(cluster, 'B') - 1
    const before = deadline(cluster, 'B')
    cluster.act('B', gone(true, 'A'))
    expect(deadline(cluster, 'B')).toBeLessThanOrEqual(before)
  })
})

describe('DESIGN 4 a hint of the signaling server', () => {
  test('E26: a leader that somebody lost sight of is doubted once it owes two heartbeats, and stays the leader until then', () => {
    const cluster = led()
    const heardAt = cluster.now - 10
    cluster.act('B', gone(false, 'A'))
    expect(cluster.node('B').role).toMatchObject({ leader: 'A', heardAt, reason: 'leader-gone' })
    expect(deadline(cluster, 'B')).toBeGreaterThanOrEqual(heardAt + 2 * heartbeat)
    expect(deadline(cluster, 'B')).toBeLessThan(heardAt + 2 * heartbeat + SPREAD)
    cluster.crash('A').timeout('B').settle()
    expect(cluster.leader).toBe('B')
  })

  test('E26: its next heartbeat ends the doubt', () => {
    const cluster = led().act('B', gone(false, 'A')).heartbeat('A').settle()
    expect(cluster.node('B').role).toMatchObject({ leader: 'A', reason: 'timeout' })
    expect(deadline(cluster, 'B')).toBeGreaterThanOrEqual(cluster.now + electionMin)
  })

  test('E26: where heartbeats have become rare, two of those', () => {
    const cluster = Cluster.of('A', 'B', 'L').receive(appendEntries({ pace: 4 * electionMin }))
    cluster.act('A', gone(false, 'L'))
    expect(deadline(cluster, 'A')).toBeGreaterThanOrEqual(cluster.now + 8 * heartbeat)
    expect(deadline(cluster, 'A')).toBeLessThan(cluster.now + 8 * heartbeat + SPREAD)
  })

  test('E26: if it owes them already, all that hear of it spread as ever', () => {
    const cluster = led().advance(2 * heartbeat + 30)
    cluster.act('B', gone(false, 'A')).act('C', gone(false, 'A'))
    const [b, c] = [deadline(cluster, 'B'), deadline(cluster, 'C')]
    expect(Math.min(b, c)).toBeGreaterThanOrEqual(cluster.now)
    expect(Math.max(b, c)).toBeLessThan(cluster.now + SPREAD)
    expect(b).not.toBe(c)
  })
})
