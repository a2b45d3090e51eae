/** Each fact that is looked at after every step is seen to be missed where it does not hold. */
import { describe, expect, test } from 'vitest'
import { newProgress } from '../../shared/raft/election.ts'
import { checkCluster, checkStep } from '../../shared/raft/invariants.ts'
import type { Progress, RaftNode } from '../../shared/raft/node.ts'
import { step } from '../../shared/raft/step.ts'
import type { Index, Snapshot } from '../../shared/raft/types.ts'
import { appendEntries } from '../support/cluster-messages.ts'
import { SETTINGS, configuration, draw } from '../support/cluster.ts'
import { drawnEntry } from '../support/cluster-picture.ts'

const ABC = ['A', 'B', 'C']
const follower = draw('A follower t6  1 1 4 | 4 5', ABC)
const leader = draw('A leader t6  1 1 4 | 4 6', ABC)

type Change = Partial<RaftNode>

/** The log up to there, then entries of a newer term. */
const replaced = (node: RaftNode, keep: Index): Change => {
  const fresh = [1, 2, 3].map((at) => drawnEntry(keep + at, 6))
  return { log: node.log.truncate(keep).append(fresh), saves: { ...node.saves, durable: { ...node.saves.durable, lastIndex: keep } } }
}

const durable = (node: RaftNode, more: Partial<RaftNode['saves']['durable']>): Change => ({
  saves: { ...node.saves, durable: { ...node.saves.durable, ...more } },
})

const snapshot = (index: Index): Snapshot => {
  const placed = { index: 0, configuration: configuration(ABC) }
  return { index, term: 1, time: 0, configuration: placed, bytes: new Uint8Array(), hash: 0 }
}

const knowing = (members: readonly string[], more: Partial<Progress> = {}): Change => {
  if (leader.role.name !== 'leader') throw new Error('it leads')
  return { role: { ...leader.role, progress: new Map(members.map((member) => [member, { ...newProgress(SETTINGS, 6, 0), ...more }])) } }
}

const NOTHING: Change = {}

describe('Figure 3 from one step to the next', () => {
  test.each([
    ['currentTerm increases monotonically', follower, { currentTerm: 7 }, NOTHING],
    ['Election Safety: one vote per term', follower, { votedFor: 'B' }, { votedFor: 'C' }],
    ['Election Safety: one vote per term', follower, { votedFor: 'B' }, { votedFor: null }],
    ['commitIndex increases monotonically', follower, NOTHING, { commitIndex: 2 }],
    ['only entries in the log are committed', follower, NOTHING, { commitIndex: 6 }],
    ['no entry is newer than its node', follower, { currentTerm: 4 }, { currentTerm: 4 }],
    ['only what is committed is applied', follower, NOTHING, { lastApplied: 1 }],
    ['only what is committed is applied', follower, NOTHING, { handedOut: 4 }],
    ['what is committed is never cut off', follower, NOTHING, replaced(follower, 2)],
    ['the configuration in force is in the log', follower, NOTHING, { configurations: [{ index: 6, configuration: configuration(ABC) }] }],
    ['only what is in the log counts as durable', follower, NOTHING, durable(follower, { lastIndex: 6 })],
    ['a snapshot is never replaced by an older one', follower, { snapshot: snapshot(3) }, { snapshot: snapshot(2), handedOut: 3 }],
    ['a snapshot is never replaced by an older one', follower, { snapshot: snapshot(3) }, { snapshot: null, handedOut: 3 }],
    ['a snapshot holds only what was handed out', follower, NOTHING, { snapshot: snapshot(3), handedOut: 2 }],
    ['only what a snapshot covers is gone from the log', follower, NOTHING, { log: follower.log.compact(2) }],
    ['Leader Append-Only', leader, NOTHING, replaced(leader, 4)],
    ['matchIndex < nextIndex <= lastIndex + 1', leader, NOTHING, knowing(ABC.slice(1), { matchIndex: 6 })],
    ['matchIndex < nextIndex <= lastIndex + 1', leader, NOTHING, knowing(ABC.slice(1), { nextIndex: 7 })],
    ['a leader is durable in its term', leader, NOTHING, durable(leader, { term: 5 })],
    ['a leader looks after every voter', leader, NOTHING, knowing(['B'])],
  ] as const)('%s', (fact, node, before: Change, after: Change) => {
    expect(() => checkStep({ ...node, ...before }, { ...node, ...after })).toThrow(fact)
    expect(() => checkStep(node, node)).not.toThrow()
  })

  test.each<[string, RaftNode, Change, Change]>([
    ['a vote, once', follower, NOTHING, { votedFor: 'B' }],
    ['another vote in another term', follower, { currentTerm: 5, votedFor: 'B' }, { votedFor: 'C' }],
    ['another entry where nothing was committed', follower, NOTHING, replaced(follower, 3)],
    [
      'a log that goes up to what a snapshot covers',
      follower,
      NOTHING,
      { log: follower.log.compact(2), snapshot: snapshot(2), handedOut: 2 },
    ],
    ['another log of who begins to lead', leader, { role: follower.role }, replaced(leader, 4)],
    ['another log of who leads again, after another did', leader, { currentTerm: 5 }, replaced(leader, 4)],
  ])('there may be %s', (_, node, before, after) => {
    expect(() => checkStep({ ...node, ...before }, { ...node, ...after })).not.toThrow()
  })

  test('R17: who leads no more may cut its log: also where a copied profile leads in the same term', () => {
    const append = appendEntries({ term: 6, prevLogIndex: 4, prevLogTerm: 4, entries: [drawnEntry(5, 5)] })
    const { node } = step(leader, [{ type: 'message', message: append }], { now: 1, random: 0 })
    expect(node).toMatchObject({ role: { name: 'follower', leader: 'L' }, log: { lastIndex: 5, lastTerm: 5 } })
  })
})

describe('Figure 3 across nodes', () => {
  const other = draw('B leader t6  1 1 4 | 4 6', ABC)

  test('Election Safety: one leader in a term', () => {
    expect(() => checkCluster([leader, follower, other])).toThrow('Election Safety: one leader in term 6')
    expect(() => checkCluster([leader, follower, { ...other, currentTerm: 7 }])).not.toThrow()
  })

  test('a leader was a member', () => {
    const stranger = { ...leader, configurations: [{ index: 0, configuration: configuration(['B', 'C']) }] }
    expect(() => checkCluster([stranger])).toThrow('a leader was a member')
    expect(() => checkCluster([{ ...stranger, configurations: [{ index: 5, configuration: configuration(['B', 'C']) }] }])).not.toThrow()
  })
})
