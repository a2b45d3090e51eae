import { describe, expect, test } from 'vitest'
import type { Message } from '../../shared/raft/messages.ts'
import { isUpToDate } from '../../shared/raft/election.ts'
import { step } from '../../shared/raft/step.ts'
import { appendEntries, appendReply, requestVote, vote } from '../support/cluster-messages.ts'
import { Cluster, draw, lines } from '../support/cluster.ts'

const PAPER = { settings: { preVote: false } }
const ABC = ['A', 'B', 'C']
const role = (cluster: Cluster, id: string): string => cluster.node(id).role.name
const deadline = (cluster: Cluster, id: string): number => (cluster.node(id).role as { deadline: number }).deadline

describe('§5.1 terms', () => {
  const higher: readonly (readonly [string, Message])[] = [
    ['RequestVote', requestVote({ term: 9, from: 'C' })],
    ['RequestVoteReply', vote('C', 9, { asked: 4, granted: false })],
    ['AppendEntriesReply', appendReply('C', { term: 9, result: { success: false, prevLogIndex: 2, hintIndex: 0, hintTerm: 0 } })],
  ]
  test.each(higher.flatMap(([type, message]) => ['follower', 'candidate', 'leader'].map((name) => [name, type, message] as const)))(
    'E7: a %s that reads a higher term in a %s follows nobody yet',
    (name, _type, message) => {
      const { node } = step(draw(`A ${name} t4  1 | 2`, ABC), [{ type: 'message', message }], { now: 1, random: 0 })
      expect(node.currentTerm).toBe(9)
      expect(node.role).toMatchObject({ name: 'follower', leader: null })
    },
  )

  test.each(['follower', 'candidate', 'leader'])('E7: a %s that hears a leader of a higher term follows it', (name) => {
    const message = appendEntries({ from: 'C', term: 9 })
    const { node } = step(draw(`A ${name} t4  1 | 2`, ABC), [{ type: 'message', message }], { now: 1, random: 0 })
    expect(node).toMatchObject({ currentTerm: 9, role: { name: 'follower', leader: 'C' } })
  })

  test('E8: a leader of an older term is told of the newer one by the answer, and steps down', () => {
    const cluster = Cluster.draw('A leader t1  1 |', 'B leader t2  1 | 2', 'C follower t2  1 | 2')
    cluster.heartbeat('A').drop({ to: 'B' }).deliver({ from: 'A', to: 'C' })
    expect(cluster.messages({ from: 'C' })).toMatchObject([{ to: 'A', term: 2, result: { success: false } }])
    expect(cluster.node('C').role).toMatchObject({ leader: null })
    expect(deadline(cluster, 'C'), 'a stale leader resets no timeout').toBe(225)
    cluster.deliver({ to: 'A' })
    expect(cluster.picture).toBe(lines('A follower  t2  1 |', 'B leader    t2  1 | 2', 'C follower  t2  1 | 2'))
  })

  test('E8: a candidate of an older term is told of the newer one, and gets no vote', () => {
    const cluster = Cluster.draw('A candidate t3  1 |', 'B follower t7  1 |', 'C follower t7  1 |')
    cluster.receive(requestVote({ from: 'A', to: 'B', term: 3, lastLogIndex: 1, lastLogTerm: 1 })).settle()
    expect(cluster.node('B').votedFor).toBe(null)
    expect(cluster.node('A')).toMatchObject({ currentTerm: 7, role: { name: 'follower' } })
  })

  test('E8: votes and acks of an older term are not acted upon', () => {
    const { node: candidate } = step(draw('A candidate t4 |', ABC), [{ type: 'message', message: vote('B', 3) }], { now: 1, random: 0 })
    expect(candidate.role).toMatchObject({ name: 'candidate', granted: new Set() })

    const message = appendReply('B', { term: 3, matchIndex: 1 })
    const { node: leader } = step(draw('A leader t4 | 4', ABC), [{ type: 'message', message }], { now: 1, random: 0 })
    expect(leader.commitIndex).toBe(0)
  })
})

describe('§5.2 leader election', () => {
  test('E1 S11: a restarted node is a follower with a full timeout, whatever it was', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .crash('A')
      .advance(5_000)
      .restart('A')
    expect(cluster.node('A')).toMatchObject({ currentTerm: 1, votedFor: 'A', role: { name: 'follower', leader: null } })
    expect(deadline(cluster, 'A')).toBeGreaterThanOrEqual(cluster.now + 150)
  })

  test('E3: a request carries the last index and term of the log', () => {
    const cluster = Cluster.draw('A follower t4  1 1 | 3', 'B follower t4  1 |')
    cluster.timeout('A')
    expect(cluster.messages()).toMatchObject([{ type: 'RequestVote', term: 5, lastLogIndex: 3, lastLogTerm: 3 }])
  })

  test.each([1, 2, 3, 4, 5, 6, 7])('E6: of %i voters exactly a majority elects', (size) => {
    const ids = Array.from({ length: size }, (_, at) => `N${at + 1}`)
    for (let votes = 1; votes <= size; votes++) {
      const cluster = Cluster.with(ids, PAPER).timeout('N1')
      for (const voter of ids.slice(1, votes)) cluster.deliver({ to: voter, type: 'RequestVote' })
      cluster.drop({ type: 'RequestVote' }).settle()
      expect(role(cluster, 'N1'), `${votes} of ${size}`).toBe(votes > size / 2 ? 'leader' : 'candidate')
    }
  })

  test('E6: the same voter counts once, and a stranger not at all', () => {
    const cluster = Cluster.with(['A', 'B', 'C', 'D', 'E'], PAPER).timeout('A')
    for (const from of ['B', 'B', 'B', 'X', 'Y']) cluster.receive(vote(from, 1))
    expect(role(cluster, 'A')).toBe('candidate')
    cluster.receive(vote('C', 1))
    expect(role(cluster, 'A')).toBe('leader')
  })

  test('E9: a candidate follows the leader of its own term', () => {
    const cluster = Cluster.with(ABC, PAPER).timeout('A').timeout('B')
    cluster.deliver({ from: 'A', to: 'C' }).deliver({ from: 'C' })
    expect(role(cluster, 'B')).toBe('candidate')
    cluster.deliver({ from: 'A', to: 'B', type: 'AppendEntries' })
    expect(cluster.node('B').role).toMatchObject({ name: 'follower', leader: 'A' })
  })

  test("E4: who gives its vote stops asking for others'", () => {
    const cluster = Cluster.draw('A follower t4  1 |', 'B follower t4  1 |', 'C candidate t4  1 |').timeout('A').deliver({ to: 'B' })
    cluster.receive(requestVote({ from: 'C', term: 4, lastLogIndex: 1, lastLogTerm: 1 })).deliver({ to: 'C' })
    expect(role(cluster, 'C')).toBe('leader')
    cluster.deliver({ from: 'B', to: 'A' }).settle()
    expect(cluster.picture).toBe(lines('A follower  t4  1 4 |', 'B follower  t4  1 4 |', 'C leader    t4  1 4 |'))
  })

  test('E4: the same candidate is granted its vote again, another is not', () => {
    const cluster = Cluster.with(ABC, PAPER).timeout('A').repeat({ to: 'C' }).repeat({ to: 'C' }).timeout('B').deliver({ to: 'C' })
    expect(cluster.messages({ from: 'C', to: 'A' })).toMatchObject([{ granted: true }, { granted: true }, { granted: true }])
    expect(cluster.messages({ from: 'C', to: 'B' })).toMatchObject([{ granted: false }])
  })

  test('E4: a vote outlives a crash', () => {
    const cluster = Cluster.with(ABC, PAPER).timeout('A').timeout('B').deliver({ from: 'A', to: 'C' }).crash('C').restart('C')
    cluster.deliver({ from: 'B', to: 'C' })
    expect(cluster.messages({ from: 'C', to: 'B' })).toMatchObject([{ granted: false }])
  })

  test('E4 E7: a vote is forgotten when the term rises, and only then', () => {
    const cluster = Cluster.with(ABC, PAPER).timeout('A').deliver({ to: 'C' }).drop().timeout('B').timeout('B')
    expect(cluster.node('B').currentTerm).toBe(2)
    cluster.deliver({ to: 'C' })
    expect(cluster.node('C')).toMatchObject({ currentTerm: 2, votedFor: 'B' })
  })

  test('E6: votes of a lost election are not counted in the next', () => {
    const cluster = Cluster.with(['A', 'B', 'C', 'D', 'E'], PAPER).timeout('A').deliver({ to: 'B' }).deliver({ from: 'B' }).drop()
    cluster.timeout('A').deliver({ to: 'C' }).deliver({ from: 'C' })
    expect(cluster.picture.split('\n')[0]).toBe('A candidate  t2  |')
  })

  test('E16: a new leader appends an entry of its own term at once, and so commits what it found', () => {
    const cluster = Cluster.draw('A follower t2  1 | 2', 'B follower t2  1 | 2', 'C follower t2  1 |')
    cluster.timeout('A').settle()
    expect(cluster.picture).toBe(lines('A leader    t3  1 2 3 |', 'B follower  t3  1 2 3 |', 'C follower  t3  1 2 3 |'))
    expect(cluster.node('A').log.at(3)?.body).toEqual({ type: 'noop' })
  })

  test('E6 E16: a cluster of one elects itself as soon as its vote is durable, and commits alone', () => {
    const cluster = Cluster.of('A').timeout('A')
    expect(cluster.picture).toBe('A leader    t1  1 |')
  })
})

describe('§5.4.1 election restriction', () => {
  test('E5: the full matrix of last term and last index', () => {
    const own = { log: draw('A follower t9  1 1 3 3 |').log }
    for (const lastLogTerm of [0, 1, 2, 3, 4]) {
      for (const lastLogIndex of [0, 1, 3, 4, 5, 40]) {
        const upToDate = lastLogTerm === 3 ? lastLogIndex >= 4 : lastLogTerm > 3
        expect(isUpToDate({ lastLogTerm, lastLogIndex }, own), `${lastLogIndex} of term ${lastLogTerm}`).toBe(upToDate)
      }
    }
  })

  test.each([
    ['longer, of an older term', 9, 3, false],
    ['of a newer term, shorter', 1, 5, true],
    ['of the same term, shorter', 2, 4, false],
    ['the same', 3, 4, true],
  ])('E5: a log that is %s', (_, lastLogIndex, lastLogTerm, granted) => {
    const cluster = Cluster.draw('A follower t4  1 | 1 4', 'B follower t4 |')
    cluster.advance(400).receive(requestVote({ lastLogIndex, lastLogTerm }))
    expect(cluster.messages({ from: 'A' })).toMatchObject([{ type: 'RequestVoteReply', term: 5, granted }])
    expect(cluster.node('A').votedFor).toBe(granted ? 'B' : null)
  })

  test('E5 E2: a refused vote raises the term and resets no timeout', () => {
    const cluster = Cluster.draw('A follower t4  1 | 1 4', 'B follower t4 |')
    const before = deadline(cluster, 'A')
    cluster.receive(requestVote({ lastLogIndex: 1, lastLogTerm: 1 }))
    expect(cluster.node('A').currentTerm).toBe(5)
    expect(deadline(cluster, 'A')).toBe(before)
  })

  test('E5: the last index is compared, not the committed one', () => {
    const cluster = Cluster.draw('A follower t4  1 | 1 1 1', 'B follower t4  1 1 |').timeout('B').deliver({ to: 'A' })
    expect(cluster.messages({ from: 'A' })).toMatchObject([{ granted: false }])
  })
})

describe('a node whose state machine met what is newer', () => {
  const abstain = { type: 'abstain' } as const

  test('C13: never campaigns, whoever asks it to, and still votes and stores', () => {
    const cluster = Cluster.of('A', 'B', 'C').timeout('A').settle().heartbeat('A').settle().act('B', abstain)
    const { currentTerm } = cluster.node('B')
    cluster.timeout('B').receive({ type: 'TimeoutNow', from: 'A', to: 'B', term: currentTerm })
    expect([cluster.node('B').role.name, cluster.node('B').currentTerm]).toEqual(['follower', currentTerm])
    cluster.cut(['A'], ['B', 'C']).timeout('C').settle().propose('C', 'one').settle()
    expect([cluster.node('C').role.name, cluster.node('B').log.lastIndex, cluster.node('C').commitIndex]).toEqual(['leader', 3, 3])
  })

  test('C13: leads no more, and gives up where it asks to lead', () => {
    const cluster = Cluster.of('A', 'B', 'C').timeout('A').settle().timeout('B').act('B', abstain).act('A', abstain)
    expect(['A', 'B'].map((id) => cluster.node(id).role.name)).toEqual(['follower', 'follower'])
    expect(cluster.settle().pass(10_000).node('C').role.name).toBe('leader')
  })

  test('C13: until it is started again, of a newer build perhaps', () => {
    const cluster = Cluster.of('A').timeout('A').act('A', abstain)
    expect(cluster.pass(1_000).node('A').role.name).toBe('follower')
    expect(cluster.crash('A').restart('A').pass(1_000).node('A').role.name).toBe('leader')
  })
})
