/** What a change of one token once got past: each was seen to fail with its change in place (`npm run stryker`). */
import { describe, expect, test } from 'vitest'
import { matchesOf } from '../../shared/raft/replication.ts'
import { step } from '../../shared/raft/step.ts'
import { appendEntries, appendReply } from '../support/cluster-messages.ts'
import { Cluster, draw } from '../support/cluster.ts'

const ABC = ['A', 'B', 'C']
const NOW = { now: 1, random: 0 }

describe('who follows', () => {
  const follower = step(draw('A follower t5  1 |', ABC), [{ type: 'message', message: appendEntries({ matches: [['B', 7]] }) }], NOW).node

  test('R13: tells what its leader told it of all logs, and nothing once it asks for itself', () => {
    expect(matchesOf(follower)).toEqual([['B', 7]])
    expect(matchesOf(Cluster.of(...ABC).timeout('B').node('B'))).toEqual([])
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
