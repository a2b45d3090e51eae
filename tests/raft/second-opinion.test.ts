/** What a change of one token once got past: each was seen to fail with its change in place (`npm run stryker`). */
import { describe, expect, test } from 'vitest'
import { matchesOf } from '../../shared/raft/replication.ts'
import { step } from '../../shared/raft/step.ts'
import { appendEntries, appendReply, requestVote, vote } from '../support/cluster-messages.ts'
import { Cluster, draw } from '../support/cluster.ts'

const ABC = ['A', 'B', 'C']
const NOW = { now: 1, random: 0 }
const deadline = (cluster: Cluster, id: string): number => (cluster.node(id).role as { deadline: number }).deadline

describe('elections', () => {
  const paper = (): Cluster => Cluster.with(ABC, { settings: { preVote: false } })

  test('E2: a vote of an older term that becomes durable gives no time to win a newer one', () => {
    const cluster = paper().slow('A').timeout('A').timeout('A')
    const before = deadline(cluster, 'A')
    cluster.advance(5).saved('A')
    expect(cluster.node('A')).toMatchObject({ currentTerm: 2, saves: { durable: { term: 1, votedFor: 'A' } } })
    expect(deadline(cluster, 'A')).toBe(before)
  })

  test('E2: nor does one that comes when another has won', () => {
    const cluster = paper()
      .slow('A')
      .timeout('A')
      .receive(appendEntries({ from: 'B', term: 1 }))
    const before = deadline(cluster, 'A')
    cluster.advance(5).saved('A')
    expect(cluster.node('A')).toMatchObject({ role: { name: 'follower' }, saves: { durable: { term: 1, votedFor: 'A' } } })
    expect(deadline(cluster, 'A')).toBe(before)
  })

  test('E17: fifty milliseconds are not late yet', () => {
    const [onTime, late] = [50, 51].map((ms) => {
      const cluster = Cluster.of(...ABC)
      cluster.now = deadline(cluster, 'A') + ms
      return cluster.act('A', { type: 'wake' }).node('A').role.name
    })
    expect([onTime, late]).toEqual(['pre-candidate', 'follower'])
  })

  test('E17: whoever asked, stood or voted may be woken late once more', () => {
    const late = { ...NOW, now: 9_000 }
    const asking = Cluster.of(...ABC)
      .timeout('A')
      .node('A')
    const standing = paper().timeout('A').node('A')
    const graced = step(draw('A follower t5 |', ABC), [{ type: 'wake' }], { ...NOW, now: 1_000 }).node
    const voted = step(graced, [{ type: 'message', message: requestVote() }], { ...NOW, now: 1_001 }).node
    expect([asking, standing, voted].map(({ role }) => role)).toMatchObject([{ graced: false }, { graced: false }, { graced: false }])
    for (const node of [asking, standing, voted]) {
      const woken = step(node, [{ type: 'wake' }], late).node
      expect(woken).toMatchObject({ currentTerm: node.currentTerm, role: { name: node.role.name, graced: true } })
    }
  })

  test('E4: who votes late in a term goes on following its leader', () => {
    const follower = step(draw('A follower t5 |', ABC), [{ type: 'message', message: appendEntries({ from: 'C' }) }], NOW).node
    const voted = step(follower, [{ type: 'message', message: requestVote({ reason: 'transfer' }) }], NOW).node
    expect(voted).toMatchObject({ votedFor: 'B', role: { name: 'follower', leader: 'C' } })
  })

  test('E12: a candidate of the very term of a leader that is heard gets no answer', () => {
    const follower = step(draw('A follower t5 |', ABC), [{ type: 'message', message: appendEntries({ from: 'C' }) }], NOW).node
    const { node, output } = step(follower, [{ type: 'message', message: requestVote() }], NOW)
    expect(node.votedFor).toBe(null)
    expect(output.send).toEqual([])
  })

  test('E9: a pre-vote for a term in which another has the vote is refused', () => {
    const voted = step(draw('A follower t5 |', ABC), [{ type: 'message', message: requestVote({ from: 'C' }) }], NOW).node
    const { output } = step(voted, [{ type: 'message', message: requestVote({ preVote: true }) }], NOW)
    expect(output.send).toMatchObject([{ message: { preVote: true, granted: false } }])
  })

  test('E9: a pre-vote granted by somebody of the term asked about counts', () => {
    const cluster = Cluster.of(...ABC).timeout('A')
    const { term } = cluster.messages({ to: 'B' })[0]!
    cluster.receive(vote('B', term, { preVote: true }))
    expect(cluster.node('A')).toMatchObject({ currentTerm: term, role: { name: 'candidate' } })
  })

  test('L1: a leader that is told to campaign leads on', () => {
    const timeoutNow = { type: 'TimeoutNow', from: 'B', to: 'A', term: 4 } as const
    const { node } = step(draw('A leader t4  1 |', ABC), [{ type: 'message', message: timeoutNow }], NOW)
    expect(node).toMatchObject({ currentTerm: 4, role: { name: 'leader' } })
  })

  test('T4: a proposal that is refused takes no log time away', () => {
    const leader = draw('A leader t4  1 |', ABC)
    const full = { ...leader, settings: { ...leader.settings, uncommittedMax: 0 } }
    const command = Cluster.of('A').command('A', 'milk')
    const { node, output } = step(full, [{ type: 'proposal', commands: [command] }], { now: 700, random: 0 })
    expect(output.refused).toMatchObject([{ reason: 'busy' }])
    expect(node.role).toMatchObject({ name: 'leader', stampedAt: 0 })
  })
})

describe('who follows', () => {
  const follower = step(draw('A follower t5  1 |', ABC), [{ type: 'message', message: appendEntries({ matches: [['B', 7]] }) }], NOW).node

  test('R13: tells what its leader told it of all logs, and nothing once it asks for itself', () => {
    expect(matchesOf(follower)).toEqual([['B', 7]])
    expect(
      matchesOf(
        Cluster.of(...ABC)
          .timeout('B')
          .node('B'),
      ),
    ).toEqual([])
  })

  test('P1: sends its leader no proposal of nothing', () => {
    expect(step(follower, [{ type: 'proposal', commands: [] }], NOW).output.send).toEqual([])
  })

  test('L1: hands nothing over', () => {
    expect(step(follower, [{ type: 'transfer', to: 'B' }], NOW).node).toEqual(follower)
  })
})

test('R17: a hint beyond what was refused takes the search no further', () => {
  const leader = Cluster.draw('A leader t4  1 | 2 4', 'B follower t4 |', 'C follower t4 |').heartbeat('A')
  const refused = { success: false, prevLogIndex: 2, hintIndex: 3, hintTerm: 4 } as const
  leader.drop().receive(appendReply('B', { result: { ...refused, prevLogIndex: 3 } }))
  const { role } = leader.node('A')
  expect(role.name === 'leader' && role.progress.get('B')).toMatchObject({ state: 'probe', nextIndex: 3 })
})
