/** Messages to A, said by hand: what a scene does not care about is filled in. */
import type { AppendEntries, AppendEntriesReply, RequestVote, RequestVoteReply } from '../../shared/raft/messages.ts'

export function appendEntries(more: Partial<AppendEntries> = {}): AppendEntries {
  const empty = { prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0, sentAt: 0, matches: [], pace: null, quiet: false }
  return { type: 'AppendEntries', from: 'L', to: 'A', term: 5, ...empty, ...more }
}

export function appendReply(from: string, more: Partial<AppendEntriesReply> & { readonly matchIndex?: number } = {}): AppendEntriesReply {
  const { matchIndex = 0, ...rest } = more
  const result = { success: true, matchIndex } as const
  return { type: 'AppendEntriesReply', from, to: 'A', term: 4, sentAt: 0, commitIndex: 0, result, pace: null, ...rest }
}

export function requestVote(more: Partial<RequestVote> = {}): RequestVote {
  const claim = { preVote: false, reason: 'timeout', lastLogIndex: 9, lastLogTerm: 4 } as const
  return { type: 'RequestVote', from: 'B', to: 'A', term: 5, ...claim, ...more }
}

/** A vote granted for the term that it carries. */
export function vote(from: string, term: number, more: Partial<RequestVoteReply> = {}): RequestVoteReply {
  return { type: 'RequestVoteReply', from, to: 'A', term, asked: term, granted: true, preVote: false, ...more }
}
