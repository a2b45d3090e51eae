import { describe, expect, test } from 'vitest'
import type { RaftNode } from '../../shared/raft/node.ts'
import { step } from '../../shared/raft/step.ts'
import { Cluster, SETTINGS, draw } from '../support/cluster.ts'

const ABC = ['A', 'B', 'C']
const { checkQuorum, heartbeat } = SETTINGS
const role = (cluster: Cluster, id: string): string => cluster.node(id).role.name
const led = (voters = ABC): Cluster =>
  Cluster.of(...voters)
    .timeout('A')
    .settle()

/** Heartbeats go out on time for so long; of what comes back only this sender's is delivered. */
function beat(cluster: Cluster, ms: number, heard: readonly string[] = []): void {
  for (const end = cluster.now + ms; cluster.now < end && role(cluster, 'A') === 'leader';) {
    cluster.heartbeat('A').deliver({ from: 'A' })
    for (const from of heard) cluster.deliver({ from, to: 'A' })
    cluster.drop({ to: 'A' })
  }
}

/** The leader is woken only so often, by timers that are throttled; what is sent arrives at once. */
function throttled(cluster: Cluster, every: number, times: number, isAnswered: boolean): void {
  for (let k = 0; k < times && role(cluster, 'A') === 'leader'; k++) {
    cluster.advance(every).act('A', { type: 'wake' })
    if (isAnswered) cluster.settle()
    else cluster.drop()
  }
}

describe('thesis 6.2 check-quorum', () => {
  test('E19: a leader that nobody answers steps down in its term, and names no leader', () => {
    const cluster = led()
    beat(cluster, checkQuorum - heartbeat)
    expect(role(cluster, 'A'), 'not before').toBe('leader')
    beat(cluster, 2 * heartbeat)
    expect(cluster.node('A')).toMatchObject({ currentTerm: 1, votedFor: 'A', role: { name: 'follower', leader: null } })
  })

  test('E19: heard but deaf, it makes room for one that hears', () => {
    const cluster = led()
    beat(cluster, 2 * checkQuorum)
    expect(cluster.node('B').role).toMatchObject({ leader: 'A' })
    cluster.cut(['A'], ['B', 'C']).pass(2_000)
    expect(['B', 'C']).toContain(cluster.leader)
    cluster.propose(cluster.leader!, 'x').settle()
    expect(cluster.applied('B')).toEqual(['x'])
  })

  test.each([
    [ABC, ['B'], 'leader'],
    [['A', 'B', 'C', 'D', 'E'], ['B'], 'follower'],
    [['A', 'B', 'C', 'D', 'E'], ['B', 'D'], 'leader'],
  ] as const)('E19: of %j only %j answer: it is a %s', (voters, heard, name) => {
    const cluster = led([...voters])
    beat(cluster, 3 * checkQuorum, heard)
    expect(role(cluster, 'A')).toBe(name)
  })

  test('E19: only voters count, and a sole voter needs nobody', () => {
    const cluster = Cluster.with(['A'], { learners: ['B', 'C'] })
      .timeout('A')
      .settle()
    beat(cluster, 3 * checkQuorum)
    expect(role(cluster, 'A')).toBe('leader')

    const crowd = Cluster.with(ABC, { learners: ['D', 'E'] })
      .timeout('A')
      .settle()
    beat(crowd, 3 * checkQuorum, ['D', 'E'])
    expect(role(crowd, 'A')).toBe('follower')
  })

  test('E19: who was just added has time to answer', () => {
    const cluster = Cluster.with(['A']).timeout('A').settle()
    beat(cluster, 5 * checkQuorum + heartbeat)
    cluster.change('A', ['A'], ['B']).change('A', ['A', 'B']).drop()
    beat(cluster, checkQuorum - heartbeat)
    expect(role(cluster, 'A')).toBe('leader')
    beat(cluster, checkQuorum)
    expect(role(cluster, 'A')).toBe('follower')
  })

  test('E19: a partial partition (A-B cut, both reach C) disturbs nobody', () => {
    const cluster = led()
    const end = cluster.now + 3 * checkQuorum
    while (cluster.now < end) {
      const wake = Math.min(...ABC.map((id) => (cluster.node(id).role.name === 'leader' ? cluster.now + heartbeat : deadline(cluster, id))))
      cluster.advance(Math.max(wake - cluster.now, 1))
      for (const id of ABC) cluster.act(id, { type: 'wake' })
      for (let k = 0; k < 4; k++) {
        cluster.drop({ from: 'A', to: 'B' }).drop({ from: 'B', to: 'A' }).deliver()
      }
    }
    expect(ABC.map((id) => cluster.node(id).currentTerm)).toEqual([1, 1, 1])
    expect(role(cluster, 'A')).toBe('leader')
  })

  test('E20: a leader that slept looks once more before it believes in silence', () => {
    const cluster = led()
    beat(cluster, heartbeat)
    cluster.advance(checkQuorum + 1_000).act('A', { type: 'wake' })
    expect(role(cluster, 'A')).toBe('leader')
    cluster.settle()
    beat(cluster, 3 * checkQuorum, ['B'])
    expect(role(cluster, 'A')).toBe('leader')
  })

  test.each([1_000, 60_000])('E20: woken every %i ms it goes on leading those who answer, and not those who do not', (every) => {
    const answered = led()
    throttled(answered, every, 10, true)
    expect(role(answered, 'A')).toBe('leader')

    const alone = led()
    throttled(alone, every, 10, false)
    expect(role(alone, 'A')).toBe('follower')
  })
})

describe('one wake of a leader', () => {
  /** B answered what was sent at `ackedSentAt`, nobody what was sent since. */
  const silent = (ackedSentAt: number, more: { readonly graced?: boolean } = {}): RaftNode => {
    const node = draw('A leader t4  1 |', ABC)
    if (node.role.name !== 'leader') throw new Error('it leads')
    const progress = new Map([...node.role.progress].map(([id, known]) => [id, id === 'B' ? { ...known, ackedSentAt } : known]))
    return { ...node, role: { ...node.role, ...more, progress, beats: [1_900] } }
  }
  const woken = (node: RaftNode, now: number): RaftNode['role'] => step(node, [{ type: 'wake' }], { now, random: 0 }).node.role

  test('E19 E20: silence ends a leadership at the very deadline; fifty milliseconds are not late yet', () => {
    expect([1_999, 2_000, 2_050, 2_051].map((now) => woken(silent(0), now).name)).toEqual(['leader', 'follower', 'follower', 'leader'])
  })

  test('E20: a late wake has its whole time once more, and an answer makes up for it', () => {
    expect(woken(silent(0), 2_051)).toMatchObject({ deadline: 4_051, graced: true })
    expect(woken(silent(0, { graced: true }), 2_051).name).toBe('follower')
    expect(woken(silent(1_500, { graced: true }), 2_000)).toMatchObject({ name: 'leader', deadline: 3_500, graced: false })
  })
})

function deadline(cluster: Cluster, id: string): number {
  return cluster.node(id).role.deadline
}
