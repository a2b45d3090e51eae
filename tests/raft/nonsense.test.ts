import { expect, test } from 'vitest'
import { newProgress } from '../../shared/raft/election.ts'
import type { Message } from '../../shared/raft/messages.ts'
import { NO_READS, start } from '../../shared/raft/node.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import { step } from '../../shared/raft/step.ts'
import type { Entry, Member } from '../../shared/raft/types.ts'
import { ROOMY } from '../support/settings.ts'

const member = (node: string): Member => ({ node, machine: node, levels: { min: 1, max: 1 }, votes: true })
const ENTRIES: readonly Entry[] = [
  { index: 1, term: 1, time: 0, body: { type: 'configuration', configuration: { voters: [member('A'), member('B')], learners: [] } } },
  { index: 2, term: 1, time: 0, body: { type: 'noop' } },
]

function follower(): RaftNode {
  return start('A', { currentTerm: 1, votedFor: null, entries: ENTRIES, commitIndex: 2 }, ROOMY, { now: 0, random: 0 })
}

const hear = (node: RaftNode, message: Message): ReturnType<typeof step> =>
  step(node, [{ type: 'message', message }], { now: 10, random: 0 })

test('R17: entries that contradict what is committed are dropped without an answer', () => {
  const entries: readonly Entry[] = [{ index: 2, term: 2, time: 0, body: { type: 'noop' } }]
  const append = {
    type: 'AppendEntries',
    from: 'B',
    to: 'A',
    term: 2,
    prevLogIndex: 1,
    prevLogTerm: 1,
    entries,
    leaderCommit: 2,
    sentAt: 0,
    matches: [],
    pace: null,
    quiet: false,
  } as const
  const { node, output } = hear(follower(), append)
  expect(node.log.at(2)?.term).toBe(1)
  expect(output.send).toEqual([])
})

test('R17: an ack beyond the log moves no match index', () => {
  const base = follower()
  const progress = new Map([['B', { ...newProgress(ROOMY, 3, 0), matchIndex: 1, state: 'stream', ackedSentAt: 0, commitSent: 2 } as const]])
  const leader: RaftNode = {
    ...base,
    role: {
      name: 'leader',
      progress,
      heartbeatDue: 1_000,
      beats: [],
      stampedAt: 0,
      transfer: null,
      reads: NO_READS,
      deadline: 2_000,
      graced: false,
    },
  }
  const ack = {
    type: 'AppendEntriesReply',
    from: 'B',
    to: 'A',
    term: 1,
    sentAt: 5,
    commitIndex: 2,
    result: { success: true, matchIndex: 99 },
    pace: null,
  } as const
  const { node } = hear(leader, ack)
  expect(node.role.name === 'leader' && node.role.progress.get('B')?.matchIndex).toBe(1)
})
