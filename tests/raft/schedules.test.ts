/**
 * The shortest schedules that break the design with one rule switched off, most of them found by a model checker. With the rule
 * on they lead nowhere bad: the laws are asked after every step, and each scene says what happens instead.
 */
import { describe, expect, test } from 'vitest'
import type { AppendEntries } from '../../shared/raft/messages.ts'
import { configurationOf } from '../../shared/raft/node.ts'
import { Cluster, configuration, lines } from '../support/cluster.ts'

const PAPER = { settings: { preVote: false } }
const voters = (cluster: Cluster, id: string): string[] => configurationOf(cluster.node(id)).voters.map(({ node }) => node)
const removals = (cluster: Cluster): readonly unknown[] =>
  cluster
    .messages({ type: 'Farewell' })
    .filter((sent) => sent.type === 'Farewell' && sent.append?.entries.some(({ body }) => body.type === 'configuration'))

describe('votes and saves', () => {
  test('S3: a repeated request is not granted while the first grant is being saved, so nobody can vote twice', () => {
    const cluster = Cluster.with(['n1', 'n2', 'n3'], PAPER).slow('n2').timeout('n1').drop({ to: 'n3' })
    cluster.repeat({ to: 'n2' }).deliver({ to: 'n2' })
    expect(cluster.messages({ from: 'n2' })).toEqual([])

    cluster.crash('n2').fast('n2').restart('n2')
    expect(cluster.node('n2').currentTerm).toBe(0)
    cluster.timeout('n3').deliver({ to: 'n2' }).settle()
    expect(cluster.node('n3')).toMatchObject({ currentTerm: 1, role: { name: 'leader' } })
    expect(cluster.node('n1').role.name).toBe('follower')
  })

  test('S3: a repeated AppendEntries is not acked while its entries are being saved, so a crash loses nothing committed', () => {
    const cluster = Cluster.of('n1', 'n2', 'n3').timeout('n1').settle().slow('n2').propose('n1', 'milk').drop({ to: 'n3' })
    cluster.repeat({ to: 'n2' }).deliver({ to: 'n2' }).settle()
    expect(cluster.node('n1').commitIndex).toBe(1)
    cluster.crash('n2').restart('n2')
    expect(cluster.node('n2').log.lastIndex).toBe(1)
  })

  test('S4: who campaigns, crashes and campaigns again does not lead one term twice', () => {
    const cluster = Cluster.with(['n1'], { learners: ['n2'], ...PAPER })
      .slow('n1')
      .timeout('n1')
    expect(cluster.node('n1').role.name).toBe('candidate')
    cluster.crash('n1').restart('n1').timeout('n1').saved('n1')
    expect(cluster.node('n1')).toMatchObject({ currentTerm: 1, role: { name: 'leader' } })
    cluster.crash('n1').fast('n1').restart('n1').timeout('n1').settle()
    expect(cluster.picture).toBe(lines('n1 leader    t2  2 |', 'n2 follower  t2  2 |'))
  })

  test('S5: old grants cannot elect who forgot that it asked', () => {
    const cluster = Cluster.with(['n1', 'n2', 'n3'], PAPER).slow('n1').timeout('n1').settle()
    expect(cluster.network.sent).toEqual([])
    cluster.crash('n1').restart('n1').timeout('n1').saved('n1').settle('n1', 'n2')
    expect(cluster.node('n1')).toMatchObject({ currentTerm: 1, role: { name: 'leader' } })
    cluster.crash('n1', { landed: false }).fast('n1').restart('n1').timeout('n1').settle()
    expect(cluster.node('n1').currentTerm).toBe(2)
  })

  test('S9 S7: a sole voter that crashes before its save has committed nothing', () => {
    const cluster = Cluster.with(['n1'], { learners: ['n2'] })
      .timeout('n1')
      .settle()
      .slow('n1')
      .propose('n1', 'gone')
      .settle()
    expect(cluster.node('n1').commitIndex).toBe(1)
    cluster.crash('n1').fast('n1').restart('n1').timeout('n1').settle().heartbeat('n1').settle()
    expect(cluster.applied('n2')).toEqual([])
  })
})

describe('changes of membership', () => {
  test('E15: a leader that removes a crashed voter and crashes before its save does not wedge the two', () => {
    const cluster = Cluster.of('n1', 'n2').timeout('n1').settle().slow('n1').crash('n2').change('n1', ['n1'])
    cluster.crash('n1').fast('n1').restart('n2').settle()
    expect(cluster.node('n2').log.lastIndex, 'n2 has its own removal').toBe(2)
    cluster.restart('n1').pass(3_000)
    expect(voters(cluster, 'n1')).toEqual(['n1'])
    cluster.propose('n1', 'on it goes').settle()
    expect(cluster.applied('n1')).toEqual(['on it goes'])
  })

  test('E15 L9: nor does the frame of a farewell that was lost, even if its removal was saved', () => {
    const cluster = Cluster.of('n1', 'n2').timeout('n1').settle().heartbeat('n1').settle().leave('n1')
    expect(removals(cluster).length).toBe(1)
    cluster.drop().restart('n1').pass(3_000)
    expect(voters(cluster, 'n1')).toEqual(['n1', 'n2'])
    expect(cluster.leader).not.toBe(null)
  })

  test('E15: who returns after its removal committed does not count itself, and nothing agreed is lost', () => {
    const cluster = Cluster.of('n1', 'n2').timeout('n1').settle().propose('n1', 'one').settle().heartbeat('n1').settle()
    cluster.leave('n1').settle().propose('n2', 'two')
    expect(voters(cluster, 'n2')).toEqual(['n2'])
    expect(cluster.applied('n2')).toEqual(['one', 'two'])

    // n1 returns and hears of its removal, not that it committed.
    cluster.restart('n1').act('n2', { type: 'change', at: 3, configuration: configuration(['n2'], ['n1']) })
    cluster.deliver({ to: 'n1' }).deliver({ from: 'n1' })
    const append = cluster.messages({ to: 'n1' }).find((sent) => sent.type === 'AppendEntries') as AppendEntries
    expect(append.prevLogIndex).toBe(2)
    cluster.drop().receive({ ...append, entries: append.entries.slice(0, 1), leaderCommit: 2 })
    expect(cluster.node('n1')).toMatchObject({ commitIndex: 2, log: { lastIndex: 3 } })
    cluster.cut(['n1'], ['n2']).timeout('n1').settle().timeout('n1').settle()
    expect(cluster.node('n1').role.name).not.toBe('leader')

    cluster.heal().pass(3_000)
    expect(cluster.applied('n1')).toEqual(['one', 'two'])
  })

  test('L8: a sole voter that leaves says so and hands nothing over: its learner never leads', () => {
    const cluster = Cluster.with(['n1'], { learners: ['n2'] })
      .timeout('n1')
      .settle()
      .propose('n1', 'one')
      .settle()
      .leave('n1')
    expect(cluster.messages({ type: 'Farewell', to: 'n2' }).length).toBe(1)
    expect(removals(cluster)).toEqual([])
    cluster.settle().pass(5_000)
    expect(cluster.leader).toBe(null)
    cluster.restart('n1').pass(1_000)
    expect(cluster.leader).toBe('n1')
    expect(cluster.applied('n1')).toEqual(['one'])
  })

  test('L7: no removal goes with a farewell while a change is in flight', () => {
    const cluster = Cluster.of('n1', 'n2', 'n3').timeout('n1').settle().heartbeat('n1').settle().change('n1', ['n1', 'n3']).drop()
    cluster.leave('n1')
    expect(removals(cluster).length, 'the unacked change itself goes').toBe(1)
    cluster.deliver({ to: 'n3' })
    expect(voters(cluster, 'n3')).toEqual(['n1', 'n3'])
    cluster.settle('n3').restart('n1').settle().pass(3_000)
    expect(cluster.leader).not.toBe(null)
  })

  test('M4: a second change waits for the first', () => {
    const cluster = Cluster.of('n1', 'n2', 'n3').timeout('n1').settle().change('n1', ['n1', 'n3']).change('n1', ['n1'])
    expect(voters(cluster, 'n1')).toEqual(['n1', 'n3'])
    cluster.cut(['n1'], ['n2', 'n3']).settle().pass(1_000)
    expect(cluster.node('n1').commitIndex, 'n1 alone commits nothing').toBe(1)
    cluster.heal().pass(3_000)
  })

  test('M5: two leaders in a row cannot each change what the other did not commit (2015)', () => {
    const cluster = Cluster.with(['n1', 'n2', 'n3', 'n4'], { learners: ['n5'] })
      .timeout('n1')
      .settle()
      .heartbeat('n1')
      .settle()
    // n1 adds n5, and only n1 and n5 hear of it.
    cluster.change('n1', ['n1', 'n2', 'n3', 'n4', 'n5']).settle('n1', 'n5')
    expect(cluster.node('n1').commitIndex).toBe(1)
    // n2 is elected by n3 and n4, and wants to remove n1 before it committed anything.
    cluster.cut(['n1', 'n5'], ['n2', 'n3', 'n4']).timeout('n2')
    for (const type of ['RequestVote', 'RequestVoteReply', 'RequestVote', 'RequestVoteReply'] as const) cluster.deliver({ type })
    expect(cluster.node('n2')).toMatchObject({ currentTerm: 2, role: { name: 'leader' }, commitIndex: 1 })
    cluster.change('n2', ['n2', 'n3', 'n4'], ['n5'])
    expect(voters(cluster, 'n2')).toEqual(['n1', 'n2', 'n3', 'n4'])
    cluster.settle().change('n2', ['n2', 'n3', 'n4'], ['n5']).settle()
    expect(voters(cluster, 'n2')).toEqual(['n2', 'n3', 'n4'])
    cluster.heal().pass(3_000)
    expect(cluster.node('n1').log.slice(1, 3)).toEqual(cluster.node('n2').log.slice(1, 3))
  })

  test('L7: no removal goes with the farewell of one of three, since two are a majority with it and without it', () => {
    const cluster = Cluster.of('n1', 'n2', 'n3').timeout('n1').settle().heartbeat('n1').settle().leave('n1')
    expect(removals(cluster)).toEqual([])
    cluster.settle()
    expect(cluster.leader).toBe('n2')
    expect(voters(cluster, 'n2')).toEqual(['n1', 'n2', 'n3'])
  })

  test('L7: before it committed in its term no leader of four hands over a removal, though two of the others acked in it', () => {
    const cluster = Cluster.draw('n1 follower t1  1 1 |', 'n2 follower t1  1 |', 'n3 follower t1  1 |', 'n4 follower t1  1 |').timeout('n1')
    for (const type of ['RequestVote', 'RequestVoteReply', 'RequestVote', 'RequestVoteReply'] as const) cluster.deliver({ type })
    // A batch that ends before the entry of the new term.
    for (const to of ['n2', 'n3']) {
      const append = cluster.messages({ to })[0] as AppendEntries
      cluster.receive({ ...append, prevLogIndex: 1, prevLogTerm: 1, entries: [cluster.node('n1').log.at(2)!], leaderCommit: 2 })
    }
    cluster.drop({ from: 'n1' }).deliver({ to: 'n1' }).drop()
    expect(cluster.node('n1')).toMatchObject({ role: { name: 'leader' }, commitIndex: 2, log: { lastIndex: 3 } })
    cluster.leave('n1')
    expect(cluster.messages({ type: 'Farewell' })).toMatchObject([
      { append: { entries: [{ term: 2 }] } },
      { append: { entries: [{ term: 2 }] } },
      { append: null },
    ])
    expect(removals(cluster)).toEqual([])
  })
})

describe('what remains: changes that wait for a node that went (liveness only)', () => {
  test('U1: a removal whose third tab vanished waits for that tab, and goes on when it is back', () => {
    const cluster = Cluster.of('n1', 'n2', 'n3').timeout('n1').settle().leave('n2').settle().crash('n3').change('n1', ['n1', 'n3'])
    cluster.restart('n2').pass(3_000)
    expect(cluster.node('n1').commitIndex).toBe(1)
    cluster.restart('n3').pass(3_000)
    expect(voters(cluster, cluster.leader!)).toEqual(['n1', 'n3'])
    expect(cluster.node('n1').commitIndex).toBeGreaterThan(1)
  })

  test('U2: 1 -> 2 waits for the new voter if that goes before it stored its addition', () => {
    const cluster = Cluster.with(['n1'], { learners: ['n2'] })
      .timeout('n1')
      .settle()
      .crash('n2')
      .change('n1', ['n1', 'n2'])
    cluster.propose('n1', 'waits').pass(4_000)
    expect(cluster.applied('n1')).toEqual([])
    cluster.restart('n2').pass(1_000)
    expect(cluster.applied('n1')).toEqual(['waits'])
  })

  test('U3: the removal of a living node whose leader goes waits for that leader', () => {
    const cluster = Cluster.of('n1', 'n2', 'n3').timeout('n1').settle().change('n1', ['n1', 'n2']).deliver({ to: 'n2' }).drop().crash('n1')
    cluster.pass(3_000)
    expect(cluster.leader).toBe(null)
    cluster.restart('n1').pass(3_000)
    expect(cluster.leader).not.toBe(null)
    expect(voters(cluster, cluster.leader!)).toEqual(['n1', 'n2'])
  })
})
