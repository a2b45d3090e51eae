/** Word that the leader is gone: how soon it is followed up, and that it bends no rule. */
import { describe, expect, test } from 'vitest'
import type { AppendEntries } from '../../shared/raft/messages.ts'
import { Cluster, SETTINGS } from '../support/cluster.ts'
import { appendEntries, requestVote } from '../support/cluster-messages.ts'

const ABCD = ['A', 'B', 'C', 'D']
const { heartbeat, electionMin } = SETTINGS
const STEP = 50
const gone = (isCertain: boolean, ...nodes: readonly string[]) => ({ type: 'gone', nodes, isCertain }) as const
const deadline = (cluster: Cluster, id: string): number => (cluster.node(id).role as { deadline: number }).deadline
/** A leads, and was heard a moment ago. */
const led = (): Cluster =>
  Cluster.of(...ABCD)
    .timeout('A')
    .settle()
    .heartbeat('A')
    .settle()
    .advance(10)

describe('DESIGN 6 a death certificate', () => {
  test('E25: who learns that the leader is no more forgets it and asks, though others heard it lately', () => {
    const cluster = led().crash('A')
    const diedAt = cluster.now
    cluster.act('C', gone(true, 'A'))
    expect(cluster.node('C').role).toMatchObject({ name: 'follower', leader: null, reason: 'leader-gone' })
    cluster.act('B', gone(true, 'A')).settle()
    expect(cluster.leader).toBe('B')
    expect(cluster.now).toBe(diedAt)
  })

  test('E25: they take turns in the order of the configuration, the first at once, and who is gone too has none', () => {
    const cluster = led().act('C', gone(true, 'A')).act('D', gone(true, 'A'))
    expect(['C', 'D'].map((id) => deadline(cluster, id) - cluster.now)).toEqual([STEP, 2 * STEP])
    const both = led()
      .act('C', gone(true, 'A', 'B'))
      .act('D', gone(true, 'A', 'B'))
    expect(both.node('C').role.name).toBe('pre-candidate')
    expect(deadline(both, 'D') - both.now).toBe(STEP)
  })

  test('E22 E25: a turn is as long as the network needs', () => {
    const cluster = led()
    const [beat] = cluster.heartbeat('A').messages({ type: 'AppendEntries', to: 'C' })
    cluster.receive({ ...beat, pace: 3 * electionMin } as AppendEntries).act('C', gone(true, 'A'))
    expect(deadline(cluster, 'C') - cluster.now).toBe(3 * STEP)
  })

  test('E25: whoever cannot campaign forgets the leader and waits as before', () => {
    const cluster = Cluster.with(ABCD, { learners: ['L'] })
      .timeout('A')
      .settle()
      .heartbeat('A')
      .settle()
      .advance(10)
    const before = cluster.node('L')
    cluster.act('L', gone(true, 'A'))
    expect(cluster.node('L')).toMatchObject({ currentTerm: before.currentTerm, role: { name: 'follower', leader: null } })
    expect(cluster.messages({ from: 'L' })).toEqual([])
  })

  test('E25: it votes for whoever asks because it hears nobody', () => {
    const asked = requestVote({ preVote: true, term: 2, from: 'D', to: 'C', lastLogIndex: 9, lastLogTerm: 2 })
    const cluster = led().act('C', gone(true, 'A')).receive(asked)
    expect(cluster.messages({ from: 'C', type: 'RequestVoteReply' })).toMatchObject([{ granted: true }])
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
    cluster.now = deadline(cluster, 'D') - 1
    const before = deadline(cluster, 'D')
    cluster.act('D', gone(true, 'A'))
    expect(deadline(cluster, 'D')).toBe(before)
  })
})

describe('DESIGN 4 a hint of the signaling server', () => {
  test('E26: a leader that somebody lost sight of is doubted once it owes two heartbeats, and stays the leader until then', () => {
    const cluster = led()
    const heardAt = cluster.now - 10
    cluster.act('B', gone(false, 'A'))
    expect(cluster.node('B').role).toMatchObject({ leader: 'A', heardAt, reason: 'leader-gone' })
    expect(deadline(cluster, 'B')).toBe(heardAt + 2 * heartbeat)
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
    expect(deadline(cluster, 'A')).toBe(cluster.now + 8 * heartbeat)
  })

  test('E26: if it owes them already, turns begin now', () => {
    const cluster = led().advance(2 * heartbeat + 30)
    cluster.act('C', gone(false, 'A')).act('B', gone(false, 'A'))
    expect(deadline(cluster, 'C')).toBe(cluster.now + STEP)
    expect(cluster.node('B').role).toMatchObject({ name: 'pre-candidate', reason: 'leader-gone' })
  })
})
