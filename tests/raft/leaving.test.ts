import { describe, expect, test } from 'vitest'
import { farewells } from '../../shared/raft/farewell.ts'
import type { Farewell } from '../../shared/raft/messages.ts'
import { configurationOf } from '../../shared/raft/node.ts'
import { Cluster, lines } from '../support/cluster.ts'

const ABC = ['A', 'B', 'C']
const started = (...ids: readonly string[]): Cluster =>
  Cluster.of(...ids)
    .timeout('A')
    .settle()
    .heartbeat('A')
    .settle()
const said = (cluster: Cluster): readonly Farewell[] => cluster.messages({ type: 'Farewell' }) as readonly Farewell[]
const voters = (cluster: Cluster, id: string): string[] => configurationOf(cluster.node(id)).voters.map(({ node }) => node)

describe('thesis 3.10 transfer', () => {
  test('L1 E13: the target is told to campaign once it has everything, and leads in spite of stickiness', () => {
    const cluster = started(...ABC)
      .propose('A', 'milk')
      .transfer('A', 'B')
    expect(cluster.messages({ type: 'TimeoutNow' })).toEqual([])
    cluster.deliver({ to: 'B' }).deliver({ from: 'B' })
    expect(cluster.messages({ type: 'TimeoutNow' })).toMatchObject([{ to: 'B' }])
    cluster.settle()
    expect(cluster.picture).toBe(lines('A follower  t2  1 1 2 |', 'B leader    t2  1 1 2 |', 'C follower  t2  1 1 2 |'))
  })

  test('L1: it is told once', () => {
    const cluster = started(...ABC)
      .transfer('A', 'B')
      .drop()
      .heartbeat('A')
    expect(cluster.messages({ type: 'TimeoutNow' })).toEqual([])
  })

  test('L2: proposals are refused as busy meanwhile, and taken again when it came to nothing', () => {
    const cluster = started(...ABC)
      .crash('B')
      .transfer('A', 'B')
      .propose('A', 'now')
    expect(cluster.refused('A')).toMatchObject([{ session: 'A', seq: 1, reason: 'busy' }])
    cluster.pass(299).propose('A', 'still')
    expect(cluster.refused('A').length).toBe(2)
    cluster.pass(2).propose('A', 'later').settle()
    expect(cluster.refused('A').length).toBe(2)
    expect(cluster.applied('C')).toEqual(['later'])
  })

  test('L3: another target replaces the first; the same, the leader itself, a learner and a stranger change nothing', () => {
    const cluster = Cluster.with(ABC, { learners: ['L'] })
      .timeout('A')
      .settle()
      .slow('B', 'C')
      .propose('A', 'milk')
      .settle()
      .transfer('A', 'B')
    const transfer = (): unknown => (cluster.node('A').role as { transfer: unknown }).transfer
    const first = transfer()
    for (const to of ['B', 'A', 'L', 'X']) {
      cluster.transfer('A', to)
      expect(transfer(), to).toBe(first)
    }
    cluster.transfer('A', 'C')
    expect(transfer()).toMatchObject({ to: 'C', asked: false })
    expect(cluster.fast('B', 'C').settle().leader).toBe('C')
  })

  test('L1: who does not lead hands nothing over, and an old TimeoutNow is not obeyed', () => {
    const cluster = started(...ABC).transfer('B', 'C')
    expect(cluster.messages()).toEqual([])
    cluster.crash('A').timeout('B').settle()
    cluster.receive({ type: 'TimeoutNow', from: 'A', to: 'C', term: 1 })
    expect(cluster.node('C')).toMatchObject({ currentTerm: 2, role: { name: 'follower' } })
  })
})

describe('DESIGN 6 farewell', () => {
  test('L4 L6: it goes to all that stay, the first successor first: who has most, then who has less', () => {
    const cluster = started(...ABC, 'D', 'E')
      .cut(['A', 'C'], ['B', 'D', 'E'])
      .propose('A', 'milk')
      .settle()
      .heal()
      .leave('A', { with: ['E'] })
    const frames = said(cluster).filter(({ from }) => from === 'A')
    expect(frames.map(({ to }) => to)).toEqual(['C', 'B', 'D'])
    expect(frames[0]).toMatchObject({ term: 1, nodes: [{ node: 'A' }, { node: 'E' }], successors: ['C', 'B', 'D'] })
    expect(
      said(cluster)
        .filter(({ from }) => from === 'E')
        .map(({ successors }) => successors),
      'a follower names nobody',
    ).toEqual([[], [], []])
  })

  test('L6: nobody of the same tab and nobody unheard for a second is a successor', () => {
    const cluster = started(...ABC, 'D')
      .crash('D')
      .advance(1_000)
      .heartbeat('A')
      .settle()
      .leave('A', { with: ['B'] })
    expect(said(cluster).find(({ from }) => from === 'A')?.successors).toEqual(['C'])
  })

  test('L4: with it goes what each has not acked, as far as it fits', () => {
    const cluster = started(...ABC)
      .propose('A', 'one')
      .propose('A', 'two')
      .drop()
      .leave('A')
    expect(said(cluster)).toMatchObject([
      { to: 'B', append: { prevLogIndex: 1, entries: { length: 2 } } },
      { to: 'C', append: { prevLogIndex: 1, entries: { length: 2 } } },
    ])
    cluster.settle()
    expect(cluster.leader).toBe('B')
    expect(cluster.applied('C')).toEqual(['one', 'two'])
  })

  test.each([
    [4_000, 2],
    [1_200, 1],
    [450, 0],
  ])('L4: in %i characters fit %i of two entries', (bytes, count) => {
    const cluster = started(...ABC)
      .propose('A', 'one', 'x'.repeat(200))
      .drop()
      .leave('A', { bytes })
    expect(said(cluster).map(({ append }) => append?.entries.length ?? 0)).toEqual([count, count])
  })

  test('L4: a frame too large for anything more is still a farewell', () => {
    const cluster = started(...ABC).leave('A', { bytes: 10 })
    expect(said(cluster)).toMatchObject([
      { to: 'B', append: null, successors: ['B', 'C'] },
      { to: 'C', append: null, successors: ['B', 'C'] },
    ])
  })

  test('L5 E13: the first successor campaigns at once and is not refused, though all heard the leader just now', () => {
    const cluster = started(...ABC)
      .leave('A')
      .deliver({ to: 'B' })
    expect(cluster.node('B')).toMatchObject({ currentTerm: 2, role: { name: 'candidate' } })
    expect(cluster.messages({ from: 'B', to: 'C', type: 'RequestVote' })).toMatchObject([{ reason: 'transfer', preVote: false }])
    cluster.deliver({ from: 'B', to: 'C' }).settle()
    expect(cluster.leader).toBe('B')
  })

  test('L5: the second follows 50 ms later if the first does not, the third after 100, and stickiness does not stop them', () => {
    const cluster = started(...ABC, 'D').leave('A')
    cluster.drop({ to: 'B' }).crash('B').deliver({ type: 'Farewell' })
    const deadlines = ['C', 'D'].map((id) => (cluster.node(id).role as { deadline: number }).deadline - cluster.now)
    expect(deadlines).toEqual([50, 100])
    expect(cluster.node('C').role).toMatchObject({ leader: null, reason: 'leader-gone' })
    cluster.timeout('C')
    expect(cluster.messages({ from: 'C', to: 'D' })).toMatchObject([{ reason: 'leader-gone', preVote: true }])
  })

  test('L5: whoever is no successor forgets the leader and waits as long as it would have', () => {
    const cluster = Cluster.with(ABC, { learners: ['L'] })
      .timeout('A')
      .settle()
      .heartbeat('A')
      .settle()
    const before = (cluster.node('L').role as { deadline: number }).deadline
    cluster.leave('A', { bytes: 10 }).deliver({ to: 'L' })
    expect(cluster.node('L').role).toMatchObject({ leader: null, deadline: before })
  })

  test('L10: a farewell of a follower, of an older term or of a leader long followed by another moves nobody', () => {
    const cluster = started(...ABC)
      .leave('C')
      .settle()
    expect(cluster.node('B').role).toMatchObject({ name: 'follower', leader: 'A' })
    expect(cluster.leader).toBe('A')

    const old = started(...ABC).leave('A')
    const late = said(old).find(({ to }) => to === 'C')!
    old.drop({ to: 'C' }).settle('B').timeout('B').settle()
    expect(old.leader).toBe('B')
    old.receive(late)
    expect(old.node('C')).toMatchObject({ currentTerm: 2, role: { name: 'follower', leader: 'B' } })
    old.receive({ ...late, to: 'B' })
    expect(old.node('B').role.name).toBe('leader')
  })

  test('L7: of two, the leader that goes takes itself out, and the other leads on alone at once', () => {
    const cluster = started('A', 'B').propose('A', 'one').settle().heartbeat('A').settle().leave('A').settle()
    expect(cluster.picture).toBe(lines('A down      t1  1 | 1', 'B leader    t2  1 1 1 2 |'))
    expect(voters(cluster, 'B')).toEqual(['B'])
    cluster.propose('B', 'two')
    expect(cluster.applied('B')).toEqual(['one', 'two'])
  })

  test('L7: together with what the other had not got yet', () => {
    const cluster = started('A', 'B').propose('A', 'one').drop().leave('A').settle()
    expect(cluster.applied('B')).toEqual(['one'])
    expect(voters(cluster, 'B')).toEqual(['B'])
  })

  test('L7: not if the gap up to it does not fit', () => {
    const cluster = started('A', 'B').propose('A', 'x'.repeat(400)).drop().leave('A', { bytes: 1_024 })
    expect(said(cluster)).toMatchObject([{ append: { entries: [] } }])
    cluster.settle().pass(2_000)
    expect(cluster.leader).toBe(null)
    cluster.restart('A').pass(2_000)
    expect(cluster.leader).not.toBe(null)
  })

  test('L7: not if the other has been silent', () => {
    const cluster = started('A', 'B').crash('B').advance(400).heartbeat('A').settle().leave('A')
    expect(said(cluster)).toMatchObject([{ append: null }])
  })

  test('L7: a follower of two takes nobody out', () => {
    const cluster = started('A', 'B').leave('B')
    expect(said(cluster)).toMatchObject([{ to: 'A', append: null, successors: [] }])
  })

  test('L8: a sole voter has nobody to hand over to', () => {
    const cluster = Cluster.with(['A'], { learners: ['L'] })
      .timeout('A')
      .settle()
      .heartbeat('A')
      .settle()
      .leave('A')
    expect(said(cluster)).toMatchObject([{ to: 'L', successors: [], append: { entries: [] } }])
    expect(Cluster.of('A').timeout('A').leave('A').messages()).toEqual([])
  })

  test('L9: the leaver returns as it was stored, follows whoever leads now, and nothing agreed is lost', () => {
    const cluster = started('A', 'B').propose('A', 'one').settle().heartbeat('A').settle().leave('A').settle().propose('B', 'two')
    cluster.restart('A').pass(2_000)
    expect(cluster.leader).toBe('B')
    expect(cluster.node('A').log.lastIndex).toBe(2)
    cluster.change('B', ['B'], ['A']).settle().change('B', ['A', 'B']).settle().heartbeat('B').settle()
    expect(cluster.applied('A')).toEqual(['one', 'two'])
  })

  test('L9: computing farewells changes nothing in the node', () => {
    const node = started(...ABC).node('A')
    const before = structuredClone({ term: node.currentTerm, last: node.log.lastIndex, saves: node.saves.issued.number })
    farewells(node, [{ node: 'A', incarnation: 1 }], { now: 10_000, random: 0 }, () => true)
    expect({ term: node.currentTerm, last: node.log.lastIndex, saves: node.saves.issued.number }).toEqual(before)
  })
})
