/** What a follower owes its leader, whatever it is sent: to follow it and, unless that is quiet, an answer. */
import type { AppendEntries, AppendResult, InstallSnapshot } from './messages.ts'
import type { Matches } from './node.ts'
import { becomeFollower, freshDeadline, send, sendWhenDurable } from './turn.ts'
import type { Turn } from './turn.ts'
import type { Index } from './types.ts'

type Request = AppendEntries | InstallSnapshot

/** Whoever speaks for a term that is not over leads it (5.2). */
export function hearLeader(turn: Turn, { term, from: leader }: Request, matches: Matches): void {
  const { node, moment } = turn
  becomeFollower(turn, term, leader)
  const deadline = freshDeadline(turn)
  node.role = { name: 'follower', leader, heardAt: moment.now, reason: 'timeout', matches, deadline, graced: false }
}

/** The log is the leader's up to here, and will be when this leaves. */
export function acknowledge(turn: Turn, asked: Request, matchIndex: Index): void {
  respond(turn, asked, { success: true, matchIndex })
}

export function respond(turn: Turn, { from: to, sentAt }: Request, result: AppendResult): void {
  const { id: from, currentTerm: term, commitIndex, pace } = turn.node
  const message = { type: 'AppendEntriesReply', to, term, sentAt, commitIndex, result, pace, from } as const
  if (result.success) sendWhenDurable(turn, message)
  else send(turn, message)
}
