import { describe, expect, test } from 'vitest'
import type { AppendEntries } from '../../shared/raft/messages.ts'
import type { Progress } from '../../shared/raft/node.ts'
import { configurationIndex, configurationOf, isChangeInFlight } from '../../shared/raft/node.ts'
import type { Configuration } from '../../shared/raft/types.ts'
import { Cluster, configuration, lines, member } from '../support/cluster.ts'

const ABC = ['A', 'B', 'C']
const voters = (cluster: Cluster, id: string): string[] => configurationOf(cluster.node(id)).voters.map(({ node }) => node)
const started = (learners: readonly string[] = []): Cluster => Cluster.with(ABC, { learners }).timeout('A').settle().heartbeat('A').settle()
const progress = (cluster: Cluster, id: string): ReadonlyMap<string, Progress> =>
  (cluster.node(id).role as { progress: ReadonlyMap<string, Progress> }).progress

describe('thesis 4.1 single-server changes', () => {
  test('M1: a configuration is in force at the leader and at a follower from the moment they append it', () => {
    const cluster = started(['L']).change('A', [...ABC, 'L'])
    expect(voters(cluster, 'A')).toEqual([...ABC, 'L'])
    expect(isChangeInFlight(cluster.node('A'))).toBe(true)
    expect(voters(cluster, 'B')).toEqual(ABC)
    cluster.deliver({ to: 'B' })
    expect(voters(cluster, 'B')).toEqual([...ABC, 'L'])
    expect(cluster.node('B').commitIndex).toBe(1)
  })

  test('M1: votes and acks are counted by the configuration appended, not the one committed', () => {
    const cluster = started(['L'])
      .change('A', [...ABC, 'L'])
      .settle('A', 'B')
    expect(cluster.node('A').commitIndex, 'two of four').toBe(1)
    cluster.heartbeat('A').settle('A', 'B', 'L')
    expect(cluster.node('A').commitIndex, 'three of four').toBe(2)
  })

  test('M1: a candidate needs a majority of the configuration that it appended', () => {
    const cluster = started(['L'])
      .change('A', [...ABC, 'L'])
      .deliver({ to: 'B' })
      .drop()
      .crash('A')
    cluster.timeout('B').settle('B', 'C')
    expect(cluster.node('B').role.name, 'two of four').not.toBe('leader')
    cluster.timeout('B').settle('B', 'C', 'L')
    expect(cluster.node('B').role.name).toBe('leader')
  })

  test('M2: it is rolled back with its entry', () => {
    const cluster = started(['L'])
      .change('A', [...ABC, 'L'])
      .drop()
      .cut(['A'], ['B', 'C', 'L'])
      .timeout('B')
      .settle()
    expect(voters(cluster, 'A')).toEqual([...ABC, 'L'])
    cluster.heal().heartbeat('B').settle().heartbeat('B').settle()
    expect(voters(cluster, 'A')).toEqual(ABC)
    expect(configurationIndex(cluster.node('A'))).toBe(0)
    expect(cluster.picture.split('\n')[0]).toBe('A follower  t2  1 2 |')
  })

  test('M2: also past a committed change, to exactly that one', () => {
    const cluster = started(['L', 'M'])
      .change('A', [...ABC, 'L'], ['M'])
      .settle()
      .heartbeat('A')
      .settle()
    cluster
      .change('A', [...ABC, 'L', 'M'])
      .drop()
      .cut(['A'], ['B', 'C', 'L', 'M'])
      .timeout('B')
      .settle()
      .heal()
      .heartbeat('B')
      .settle()
    expect(voters(cluster, 'A')).toEqual([...ABC, 'L'])
  })

  test('M2: a restart reads the configuration out of the log', () => {
    const cluster = started(['L'])
      .change('A', [...ABC, 'L'])
      .settle()
      .heartbeat('A')
      .settle()
      .crash('L')
      .restart('L')
    expect(voters(cluster, 'L')).toEqual([...ABC, 'L'])
    expect(configurationIndex(cluster.node('L'))).toBe(2)
  })

  test.each([
    ['M3: two voters more', { voters: [...ABC, 'L', 'M'], learners: [] }],
    ['M3: two voters less', { voters: ['A'], learners: ['L', 'M'] }],
    ['M3: one for another', { voters: ['A', 'B', 'L'], learners: ['M'] }],
    ['M7: a voter that was no learner', { voters: [...ABC, 'X'], learners: ['L', 'M'] }],
    ['M8: nobody', { voters: [], learners: ABC }],
  ])('%s: such a change does nothing', (_, { voters: next, learners }) => {
    const cluster = started(['L', 'M']).change('A', next, learners)
    expect(configurationIndex(cluster.node('A'))).toBe(0)
    expect(cluster.messages()).toEqual([])
  })

  test('M8: a sole voter cannot vote itself out', () => {
    const cluster = Cluster.of('A').timeout('A').change('A', [])
    expect(voters(cluster, 'A')).toEqual(['A'])
  })

  test('M7: a guest never becomes a voter', () => {
    const cluster = started()
    const guest = member('G', { votes: false })
    const change = (next: Configuration): Cluster =>
      cluster.act('A', { type: 'change', at: configurationIndex(cluster.node('A')), configuration: next }).settle()
    change({ ...configuration(ABC), learners: [guest] })
    expect(configurationOf(cluster.node('B')).learners).toEqual([guest])
    change({ voters: [...configuration(ABC).voters, guest], learners: [] })
    expect(voters(cluster, 'A')).toEqual(ABC)
  })

  test('M4: one change is in flight at a time, and the next may follow its commit', () => {
    const cluster = started(['L', 'M'])
      .change('A', [...ABC, 'L'], ['M'])
      .change('A', [...ABC, 'L', 'M'])
    expect(voters(cluster, 'A')).toEqual([...ABC, 'L'])
    cluster
      .settle()
      .change('A', [...ABC, 'L', 'M'])
      .settle()
    expect(voters(cluster, 'C')).toEqual([...ABC, 'L', 'M'])
  })

  test('M4 M5: a change that a predecessor left uncommitted counts as in flight', () => {
    const cluster = started(['L', 'M'])
      .change('A', [...ABC, 'L'], ['M'])
      .settle('A', 'B')
      .crash('A')
      .timeout('B')
    for (const type of ['RequestVote', 'RequestVoteReply', 'RequestVote', 'RequestVoteReply'] as const) cluster.deliver({ type })
    expect(cluster.node('B').role.name).toBe('leader')
    cluster.change('B', [...ABC, 'L', 'M'])
    expect(voters(cluster, 'B')).toEqual([...ABC, 'L'])
  })

  test('M5: before it committed in its own term a leader changes nothing, though an ack of this term has come', () => {
    const cluster = Cluster.draw('A follower t4  1 1 |', 'B follower t4  1 |', 'C follower t4  1 |').timeout('A')
    for (const type of ['RequestVote', 'RequestVoteReply', 'RequestVote', 'RequestVoteReply'] as const) cluster.deliver({ type })
    const [append] = cluster.messages({ to: 'B' }) as readonly AppendEntries[]
    // A batch that ends before the entry of the new term.
    cluster
      .drop()
      .receive({ ...append!, prevLogIndex: 1, prevLogTerm: 1, entries: [cluster.node('A').log.at(2)!], leaderCommit: 2 })
      .deliver({ from: 'B' })
    expect(progress(cluster, 'A').get('B')?.matchIndex).toBe(2)
    cluster.change('A', ['A', 'B'])
    expect(configurationIndex(cluster.node('A'))).toBe(0)
    cluster.settle().heartbeat('A').settle().change('A', ['A', 'B'])
    expect(voters(cluster, 'A')).toEqual(['A', 'B'])
  })

  test('M6: a change that another overtook does nothing', () => {
    const cluster = started(['L'])
      .change('A', [...ABC, 'L'])
      .settle()
    cluster.act('A', { type: 'change', at: 0, configuration: configuration(ABC) }).settle()
    expect(voters(cluster, 'A')).toEqual([...ABC, 'L'])
  })

  test('M6: only a leader changes anything', () => {
    const cluster = started().change('B', ['A', 'B'])
    expect(configurationIndex(cluster.node('B'))).toBe(0)
  })

  test('M12: nothing changes during a transfer', () => {
    const cluster = started().transfer('A', 'B').change('A', ['A', 'B'])
    expect(voters(cluster, 'A')).toEqual(ABC)
  })

  test('M11: removing a server can commit an entry that then has a majority', () => {
    const cluster = Cluster.of('A', 'B', 'C', 'D').timeout('A').settle().heartbeat('A').settle().crash('C').crash('D')
    cluster.propose('A', 'milk').settle()
    expect(cluster.applied('A'), 'two of four').toEqual([])
    cluster.change('A', ['A', 'B', 'C']).settle()
    expect(cluster.applied('A'), 'two of three').toEqual(['milk'])
  })

  test('M9: a leader that removes itself leads on, without counting itself, and steps down once that is committed', () => {
    const cluster = started().change('A', ['B', 'C']).deliver({ to: 'B' }).deliver({ from: 'B' })
    expect(cluster.node('A')).toMatchObject({ role: { name: 'leader' }, commitIndex: 1 })
    cluster.deliver({ to: 'C' }).deliver({ from: 'C' })
    expect(cluster.node('A')).toMatchObject({ role: { name: 'follower' }, commitIndex: 2 })
    expect(cluster.messages({ from: 'A' }), 'and its last words tell the commit').toMatchObject([
      { to: 'B', leaderCommit: 2 },
      { to: 'C', leaderCommit: 2 },
    ])
    cluster.settle().pass(3_000)
    expect(['B', 'C']).toContain(cluster.leader)
    expect(cluster.node('A').role.name).toBe('follower')
  })

  test('M9: of two the leader can remove itself, and the other goes on alone', () => {
    const cluster = Cluster.of('A', 'B').timeout('A').settle().heartbeat('A').settle().change('A', ['B']).settle().pass(2_000)
    expect(cluster.leader).toBe('B')
    cluster.propose('B', 'milk')
    expect(cluster.applied('B')).toEqual(['milk'])
  })

  test('M10: a removed node is told until it knows that committed', () => {
    const cluster = started().change('A', ['A', 'B']).settle('A', 'B')
    expect(progress(cluster, 'A').get('C')?.departing).toMatchObject({ index: 2 })
    cluster.heartbeat('A').settle()
    expect(cluster.node('C').commitIndex).toBe(2)
    expect(progress(cluster, 'A').has('C')).toBe(false)
    cluster.pass(5_000)
    expect(cluster.node('C')).toMatchObject({ role: { name: 'follower' }, currentTerm: 1 })
  })

  test('M10: or for five seconds', () => {
    const cluster = started().crash('C').change('A', ['A', 'B']).pass(4_900)
    expect(progress(cluster, 'A').has('C')).toBe(true)
    cluster.pass(200)
    expect(progress(cluster, 'A').has('C')).toBe(false)
  })

  test('M10 E12: a removed node that never heard of it disturbs nobody', () => {
    const cluster = started().cut(['A', 'B'], ['C']).change('A', ['A', 'B']).pass(10_000).heal().pass(10_000)
    expect(cluster.leader).toBe('A')
    expect(cluster.node('A').currentTerm).toBe(1)
  })

  test('M1 E14: a learner gets the log, and campaigns once it votes', () => {
    const cluster = started(['L']).propose('A', 'milk').settle().heartbeat('A').settle()
    expect(cluster.applied('L')).toEqual(['milk'])
    cluster
      .change('A', [...ABC, 'L'])
      .settle()
      .heartbeat('A')
      .settle()
      .crash('A')
      .timeout('L')
      .settle()
    expect(cluster.leader).toBe('L')
  })

  test('M7: a stranger that joins is told everything from the first entry', () => {
    const cluster = Cluster.with(['A'], { strangers: ['X'] })
      .timeout('A')
      .propose('A', 'one', 'two')
      .change('A', ['A'], ['X'])
      .settle()
    expect(cluster.picture).toBe(lines('A leader    t1  1 1 1 1 |', 'X follower  t1  1 1 1 1 |'))
    cluster.change('A', ['A', 'X']).settle()
    expect(voters(cluster, 'X')).toEqual(['A', 'X'])
  })
})
