import { describe, expect, test } from 'vitest'
import type { RequestVote, VoteReason } from '../../shared/raft/messages.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import { step } from '../../shared/raft/step.ts'
import type { Input } from '../../shared/raft/step.ts'
import { requestVote, vote } from '../support/cluster-messages.ts'
import { Cluster, draw, lines, SETTINGS } from '../support/cluster.ts'

const ABC = ['A', 'B', 'C']
const terms = (cluster: Cluster): number[] => cluster.ids.map((id) => cluster.node(id).currentTerm)
const deadline = (cluster: Cluster, id: string): number => (cluster.node(id).role as { deadline: number }).deadline

describe('thesis 9.6 pre-vote', () => {
  test('E10: the question raises no term, casts no vote and needs no save at either side', () => {
    const cluster = Cluster.of(...ABC).timeout('A')
    const { votedFor, currentTerm } = cluster.node('A')
    expect({ votedFor, currentTerm }).toEqual({ votedFor: null, currentTerm: 0 })
    const before = deadline(cluster, 'B')
    cluster.deliver()
    expect(cluster.messages()).toMatchObject([
      { from: 'B', preVote: true, granted: true, asked: 1, term: 0 },
      { from: 'C', preVote: true, granted: true, asked: 1, term: 0 },
    ])
    expect(cluster.node('B').votedFor).toBe(null)
    expect(deadline(cluster, 'B'), 'and gives nobody time').toBe(before)
    expect(cluster.saves).toEqual([])
    cluster.deliver({ from: 'B' })
    expect(cluster.node('A')).toMatchObject({ currentTerm: 1, votedFor: 'A', role: { name: 'candidate' } })
  })

  test('E10 E5: a node that lacks entries gets no pre-votes and disturbs no term', () => {
    const cluster = Cluster.draw('A follower t4  1 |', 'B follower t4  1 | 4', 'C follower t4  1 | 4').timeout('A').settle()
    expect(terms(cluster)).toEqual([4, 4, 4])
    expect(cluster.node('A').role.name).toBe('pre-candidate')
  })

  test('E10: a node cut off for long comes back without an election', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .cut(['A', 'B'], ['C'])
      .pass(10_000)
    expect(terms(cluster)).toEqual([1, 1, 1])
    cluster.heal().pass(1_000)
    expect(cluster.picture).toBe(lines('A leader    t1  1 |', 'B follower  t1  1 |', 'C follower  t1  1 |'))
  })

  test('E10: without pre-vote its return costs one election', () => {
    const cluster = Cluster.with(ABC, { settings: { preVote: false } })
      .timeout('A')
      .settle()
      .cut(['A', 'B'], ['C'])
      .pass(3_000)
    expect(cluster.node('C').currentTerm).toBeGreaterThan(3)
    cluster.heal().pass(2_000)
    expect(new Set(terms(cluster)).size).toBe(1)
    expect(cluster.leader).not.toBe(null)
  })

  test('E11: a pre-vote is no vote, and an answer to an older question is neither', () => {
    const cluster = Cluster.with(['A', 'B', 'C', 'D', 'E']).timeout('A').deliver({ to: 'B' }).deliver({ to: 'C' })
    cluster.repeat({ from: 'B' }).repeat({ from: 'C' })
    expect(cluster.node('A').role).toMatchObject({ name: 'candidate', granted: new Set() })
    cluster.deliver({ from: 'B' }).deliver({ from: 'C' })
    expect(cluster.node('A').role).toMatchObject({ name: 'candidate', granted: new Set() })

    cluster.drop().timeout('A')
    expect(cluster.node('A').role).toMatchObject({ name: 'pre-candidate', granted: new Set() })
    for (const from of ['B', 'C']) {
      cluster.receive(vote(from, 1, { preVote: true }))
      cluster.receive(vote(from, 1, { preVote: false }))
    }
    expect(cluster.node('A').role).toMatchObject({ name: 'pre-candidate', granted: new Set() })
  })

  test('E11: every round is counted anew', () => {
    const cluster = Cluster.with(['A', 'B', 'C', 'D', 'E']).timeout('A').deliver({ to: 'B' }).deliver({ from: 'B' }).drop().timeout('A')
    cluster.deliver({ to: 'C' }).deliver({ from: 'C' })
    expect(cluster.node('A').role, 'two in two rounds are no majority of five').toMatchObject({
      name: 'pre-candidate',
      granted: new Set(['C']),
    })
  })

  test('E7: a refusal that carries a higher term is believed, so that nobody asks in vain for ever', () => {
    const cluster = Cluster.draw('A follower t2  1 2 |', 'B follower t7  1 2 |', 'C down t2  1 2 |').timeout('A').settle()
    expect(cluster.node('A')).toMatchObject({ currentTerm: 7, role: { name: 'follower' } })
    cluster.timeout('A').settle()
    expect(cluster.node('A')).toMatchObject({ currentTerm: 8, role: { name: 'leader' } })
  })

  test('E7: a pre-vote that is asked or granted raises nobody to its term', () => {
    const { node } = step(
      draw('A leader t4  1 |', ABC),
      [
        {
          type: 'message',
          message: requestVote({ term: 9, preVote: true, lastLogTerm: 8 }),
        },
      ],
      { now: 1, random: 0 },
    )
    expect(node).toMatchObject({ currentTerm: 4, role: { name: 'leader' } })
  })

  test('E10: terms far apart, as a cluster without pre-vote leaves them, still end in one leader', () => {
    const cluster = Cluster.draw('A follower t9  1 |', 'B follower t1  1 |', 'C follower t1  1 |').timeout('B').settle().pass(2_000)
    expect(cluster.leader).not.toBe(null)
  })
})

describe('giving way', () => {
  const asked = { term: 2, preVote: true, lastLogTerm: 1, lastLogIndex: 1 } as const
  const question = (from: string, more: Partial<RequestVote> = {}): Input => ({
    type: 'message',
    message: requestVote({ from, to: 'B', ...asked, ...more }),
  })
  const after = (node: RaftNode, now: number, ...inputs: readonly Input[]): RaftNode => step(node, inputs, { now, random: 0 }).node
  const due = ({ role }: RaftNode): number => role.deadline
  const follower = draw('B follower t1  1 |', ABC)
  const shortlyBefore = due(follower) - 10

  test('E27: who is asked by one that could win lets it try, for a heartbeat', () => {
    const put = after(follower, shortlyBefore, question('C'))
    expect(due(put)).toBe(shortlyBefore + SETTINGS.heartbeat)
    expect(due(after(follower, 1, question('C'))), 'and never asks the sooner for it').toBe(due(follower))
    expect(after(put, due(put), { type: 'wake' }).role.name).toBe('pre-candidate')
  })

  test('E27: once a timeout, whoever asks then', () => {
    const put = after(follower, shortlyBefore, question('C'))
    expect(due(after(put, due(put) - 1, question('A'), question('C')))).toBe(due(put))
    const again = after(after(put, due(put), { type: 'wake' }), due(put) + 1, question('A'))
    const later = due(again) - 1
    expect(due(after(again, later, question('C'))), 'it gave way as it asked').toBe(due(again))
  })

  test('E27: nobody waits for one that lacks entries, unless a majority would vote for it', () => {
    const longer = draw('B follower t1  1 1 |', ABC)
    expect(due(after(longer, shortlyBefore, question('C')))).toBe(due(longer))
    const real = question('C', { preVote: false })
    expect(after(longer, shortlyBefore, real)).toMatchObject({ votedFor: null, role: { deadline: shortlyBefore + SETTINGS.heartbeat } })
    const withoutPreVote = { ...longer, settings: { ...longer.settings, preVote: false } }
    expect(due(after(withoutPreVote, shortlyBefore, real))).toBe(due(longer))
  })

  test('E27: of two that ask each other the longer log goes on, of equal ones the lesser id', () => {
    const asking = after(follower, due(follower), { type: 'wake' })
    const met = (from: string, lastLogIndex: number): string => after(asking, due(follower), question(from, { lastLogIndex })).role.name
    expect([met('A', 1), met('C', 1)]).toEqual(['follower', 'pre-candidate'])
    expect([met('A', 2), met('C', 2)]).toEqual(['follower', 'follower'])
    expect([met('A', 0), met('C', 0)]).toEqual(['pre-candidate', 'pre-candidate'])
  })

  test('E27: two that ask at the same time split no vote, whom each reaches first', () => {
    const cluster = Cluster.with(['A', 'B', 'C', 'D', 'E']).cut(['A', 'B', 'C', 'D'], ['E']).timeout('A').timeout('B')
    cluster.deliver({ type: 'RequestVote', preVote: true }).deliver({ type: 'RequestVoteReply' })
    cluster.deliver({ from: 'A', to: 'C' }).deliver({ from: 'B', to: 'D' }).settle()
    expect(cluster.leader).toBe('A')
    expect(terms(cluster)).toEqual([1, 1, 1, 1, 0])
  })
})

describe('thesis 4.2.3 stickiness', () => {
  const refused = (cluster: Cluster): boolean =>
    cluster.messages({ from: 'B', to: 'C' }).every((reply) => !('granted' in reply && reply.granted))

  test('E12: who hears a leader refuses pre-votes', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .timeout('C')
      .heartbeat('A')
      .deliver({ to: 'B', type: 'AppendEntries' })
    cluster.deliver({ from: 'C', to: 'B' }).deliver({ from: 'C', to: 'A' })
    expect(cluster.messages({ to: 'C', type: 'RequestVoteReply' })).toMatchObject([
      { from: 'B', granted: false, preVote: true },
      { from: 'A', granted: false, preVote: true },
    ])
    expect(terms(cluster)).toEqual([1, 1, 1])
  })

  test('E12: who hears a leader drops a real request, and does not even learn its term', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
    cluster.receive(requestVote({ from: 'C', to: 'B', term: 9, lastLogIndex: 9, lastLogTerm: 8 }))
    expect(cluster.node('B').currentTerm).toBe(1)
    expect(cluster.messages({ from: 'B' })).toEqual([])
  })

  test('E12: silence for the least election timeout ends it', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
    const request = requestVote({ from: 'C', to: 'B', term: 2, preVote: true, lastLogIndex: 1, lastLogTerm: 1 })
    cluster.advance(149).receive(request)
    expect(refused(cluster)).toBe(true)
    cluster.drop().advance(1).receive(request)
    expect(refused(cluster)).toBe(false)
  })

  test.each<VoteReason>(['transfer', 'leader-gone'])(
    'E13: the reason "%s" passes stickiness, yet no vote goes to a shorter log',
    (reason) => {
      const request = { type: 'RequestVote', from: 'C', to: 'B', term: 2, preVote: false, reason } as const
      const cluster = Cluster.of(...ABC)
        .timeout('A')
        .settle()
      cluster.receive({ ...request, lastLogIndex: 0, lastLogTerm: 0 })
      expect(cluster.messages({ from: 'B' })).toMatchObject([{ granted: false, term: 2 }])
      cluster.drop().receive({ ...request, lastLogIndex: 1, lastLogTerm: 1 })
      expect(cluster.messages({ from: 'B' })).toMatchObject([{ granted: true, term: 2 }])
      cluster.drop().receive({ ...request, from: 'A', lastLogIndex: 1, lastLogTerm: 1 })
      expect(cluster.messages({ from: 'B' })).toMatchObject([{ granted: false }])
    },
  )

  test('E12: two that cannot hear each other and both hear a third keep one leader', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .propose('A', 'one')
      .settle()
    for (let round = 0; round < 100; round++) {
      cluster.pass(40)
      // A and B hear C only.
      cluster.cut(['A', 'C'], ['B', 'C'])
    }
    expect(cluster.leader).toBe('A')
    expect(terms(cluster)).toEqual([1, 1, 1])
  })

  test('E13: a leader steps down before a real request of a newer term, which a majority that hears it not stands behind', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .cut(['A'], ['B', 'C'])
      .timeout('B')
      .deliver()
      .deliver()
    cluster
      .heal()
      .receive(cluster.network.sent.find((sent) => sent.type === 'RequestVote' && !sent.preVote && sent.from === 'B' && sent.to === 'A')!)
    expect(cluster.node('A')).toMatchObject({ currentTerm: 2, role: { name: 'follower' } })
  })
})

describe('who may campaign', () => {
  test('E14: a learner never campaigns, and votes when asked', () => {
    const cluster = Cluster.with(['A', 'B'], { learners: ['L'] })
      .pass(100)
      .cut(['L'], ['A', 'B'])
      .pass(5_000)
    expect(cluster.node('L')).toMatchObject({ currentTerm: 0, role: { name: 'follower' } })
    cluster.act('L', { type: 'message', message: { type: 'TimeoutNow', from: 'A', to: 'L', term: 1 } })
    expect(cluster.node('L').role.name).toBe('follower')
    cluster.heal()
    cluster.receive(requestVote({ from: 'A', to: 'L', term: 5, lastLogIndex: 0, lastLogTerm: 0 }))
    expect(cluster.messages({ from: 'L' })).toMatchObject([{ granted: true, term: 5 }])
  })

  test('E14 P3: a learner stops believing in a leader that fell silent', () => {
    const cluster = Cluster.with(['A', 'B'], { learners: ['L'] })
      .timeout('A')
      .settle()
      .heartbeat('A')
      .settle()
    expect(cluster.node('L').role).toMatchObject({ leader: 'A' })
    cluster.cut(['L'], ['A', 'B']).pass(1_000).propose('L', 'milk')
    expect(cluster.node('L').role).toMatchObject({ name: 'follower', leader: null })
    expect(cluster.refused('L')).toMatchObject([{ reason: 'not-leader' }])
  })

  test('E14: a stranger knows nobody, campaigns never, and is judged by term and log', () => {
    const cluster = Cluster.with(ABC, { strangers: ['X'] }).pass(3_000)
    expect(cluster.node('X')).toMatchObject({ currentTerm: 0, role: { name: 'follower' } })
    const request = requestVote({ from: 'X', to: 'B', term: 9, reason: 'leader-gone' })
    cluster.receive(request)
    expect(cluster.messages({ from: 'B', to: 'X' })).toMatchObject([{ granted: true }])
  })
})
