/** What a change of one token once got past: each was seen to fail with its change in place (`npm run stryker`). */
import { describe, expect, test } from 'vitest'
import { isRemoved } from '../../shared/raft/membership.ts'
import type { Farewell } from '../../shared/raft/messages.ts'
import { configurationOf, start } from '../../shared/raft/node.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import { matchesOf } from '../../shared/raft/replication.ts'
import { step } from '../../shared/raft/step.ts'
import { appendEntries, appendReply, requestVote, vote } from '../support/cluster-messages.ts'
import type { Configuration, Entry } from '../../shared/raft/types.ts'
import { Cluster, SETTINGS, configuration, draw } from '../support/cluster.ts'

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

  test('T6: the fresh timeout after a suspension is the only one', () => {
    const slept = step(draw('A follower t5 |', ABC), [{ type: 'suspended' }], { now: 1_000, random: 0 }).node
    expect(step(slept, [{ type: 'wake' }], { now: 9_000, random: 0 }).node.role.name).toBe('pre-candidate')
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

  test('L1 E7: who is told to campaign by a leader of a newer term campaigns in the term after that', () => {
    const message = { type: 'TimeoutNow', from: 'B', to: 'A', term: 6 } as const
    const { node } = step(draw('A follower t4  1 |', ABC), [{ type: 'message', message }], NOW)
    expect(node).toMatchObject({ currentTerm: 7, role: { name: 'candidate' } })
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

describe('farewells', () => {
  const started = (...ids: readonly string[]): Cluster =>
    Cluster.of(...ids)
      .timeout('A')
      .settle()
      .heartbeat('A')
      .settle()
  const said = (cluster: Cluster): readonly Farewell[] => cluster.messages({ type: 'Farewell' }) as readonly Farewell[]

  test('L5: that of a tab with more than one node is heard, too', () => {
    const cluster = started(...ABC, 'D', 'E').leave('A', { with: ['E'] })
    cluster.deliver({ from: 'A', to: 'B' })
    expect(cluster.node('B')).toMatchObject({ currentTerm: 2, role: { name: 'candidate' } })
  })

  test('L5 E12: who heard that of the leader holds on to nobody', () => {
    const cluster = started(...ABC).leave('A')
    cluster.deliver({ to: 'C' }).drop()
    cluster.receive(requestVote({ from: 'B', to: 'C', term: 2, preVote: true, lastLogTerm: 1 }))
    expect(cluster.messages({ from: 'C', to: 'B' })).toMatchObject([{ type: 'RequestVoteReply', granted: true }])
  })

  test('L4: nothing goes to who lacks what a snapshot took the place of', () => {
    const cluster = Cluster.with(ABC, { settings: { logTail: 0 } })
      .timeout('A')
      .settle()
      .heartbeat('A')
      .settle()
    cluster.propose('A', 'one').drop({ to: 'C' }).settle().snapshot('A').leave('A')
    expect(said(cluster).map(({ to, append }) => [to, append?.prevLogIndex])).toEqual([
      ['B', 2],
      ['C', undefined],
    ])
  })

  test('L7: of four of which two hear the leader, it takes itself out with word to those two; if all hear it, it need not', () => {
    const removals = (cluster: Cluster): unknown[] =>
      said(cluster).flatMap(({ to, append }) => (append?.entries.some(({ body }) => body.type === 'configuration') === true ? [to] : []))
    const four = started(...ABC, 'D')
    expect(removals(four.leave('A'))).toEqual([])
    const two = started(...ABC, 'D')
      .crash('D')
      .advance(400)
      .heartbeat('A')
      .settle()
      .leave('A')
    expect(removals(two)).toEqual(['B', 'C'])
    expect(two.settle().leader).toBe('B')
    expect(configurationOf(two.node('B')).voters.map(({ node }) => node)).toEqual(['B', 'C', 'D'])
  })
})

describe('members', () => {
  test('M10: a removed node is let go after five seconds, and not before', () => {
    const knows = [4_999, 5_000].map((ms) => {
      const cluster = Cluster.of(...ABC)
        .timeout('A')
        .settle()
        .crash('C')
        .change('A', ['A', 'B'])
        .advance(ms)
        .act('A', { type: 'wake' })
      const { role } = cluster.node('A')
      return role.name === 'leader' && role.progress.has('C')
    })
    expect(knows).toEqual([true, false])
  })

  test('M2: who is in no configuration that cannot be rolled back any more is removed, and nobody else', () => {
    const of = (next: Configuration, index: number): RaftNode => ({
      ...draw('A follower t1  1 1 | 1', ABC),
      configurations: [{ index, configuration: next }],
    })
    const committed = of(configuration(ABC, ['L']), 2)
    expect(['A', 'L', 'X'].map((id) => isRemoved(committed, id))).toEqual([false, false, true])
    expect(isRemoved(of(configuration(ABC), 3), 'X'), 'a change is in flight').toBe(false)
    expect(isRemoved(of(configuration([]), 0), 'X'), 'nothing is known yet').toBe(false)
  })

  const placed = (index: number, ...voters: readonly string[]): Entry => {
    return { index, term: 5, time: 0, body: { type: 'configuration', configuration: configuration(voters, ['A']) } }
  }
  const stranger = start('A', { currentTerm: 0, votedFor: null, entries: [], commitIndex: 0 }, SETTINGS, NOW)
  const told = (leaderCommit: number): RaftNode => {
    const message = appendEntries({ entries: [placed(1, 'B'), placed(2, 'B', 'C')], leaderCommit })
    return step(stranger, [{ type: 'message', message }], NOW).node
  }

  test('M2: of the configurations those that may be rolled back are kept, and the newest of the others', () => {
    expect([0, 1, 2].map((leaderCommit) => told(leaderCommit).configurations.map(({ index }) => index))).toEqual([[1, 2], [1, 2], [2]])
  })

  test('E14: a learner does not campaign while a change is in flight either, whether it knows an older configuration or not', () => {
    const first = step(stranger, [{ type: 'message', message: appendEntries({ entries: [placed(1, 'B')] }) }], NOW).node
    for (const node of [first, told(0), told(1)]) {
      const woken = step(node, [{ type: 'wake' }], { now: node.role.deadline, random: 0 }).node
      expect(woken).toMatchObject({ currentTerm: 5, role: { name: 'follower' } })
    }
  })
})
