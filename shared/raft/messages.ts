/** What nodes say to each other: Figure 2's RPCs as one-way messages, and what a browser cluster needs besides. */
import type { Command, Entry, Index, Millis, NodeId, PlacedConfiguration, Term } from './types.ts'

interface Addressed {
  readonly from: NodeId
  readonly to: NodeId
  /** The sender's currentTerm; of a pre-vote request, the term it would campaign in. */
  readonly term: Term
}

/** Why an election is asked for. The last two pass leader stickiness; none of them bends a rule of safety. */
export type VoteReason = 'timeout' | 'transfer' | 'leader-gone'

/** Figure 2, RequestVote; with `preVote` the question of dissertation 9.6, which changes nothing at the voter. */
export interface RequestVote extends Addressed {
  readonly type: 'RequestVote'
  readonly preVote: boolean
  readonly reason: VoteReason
  readonly lastLogIndex: Index
  readonly lastLogTerm: Term
}

export interface RequestVoteReply extends Addressed {
  readonly type: 'RequestVoteReply'
  readonly preVote: boolean
  readonly granted: boolean
  /** The term asked about, so that an answer of an earlier round is never counted. */
  readonly asked: Term
}

/** Figure 2, AppendEntries. Entries follow prevLogIndex without gaps. */
export interface AppendEntries extends Addressed {
  readonly type: 'AppendEntries'
  readonly prevLogIndex: Index
  readonly prevLogTerm: Term
  readonly entries: readonly Entry[]
  readonly leaderCommit: Index
  /** The leader's clock when it sent this; the reply brings it back, so that the leader knows how fresh an ack is. */
  readonly sentAt: Millis
  /** How far each voter's log is known to match, for "stored in 4 of 5 tabs". */
  readonly matches: readonly (readonly [NodeId, Index])[]
  /** The least election timeout that its followers wait for now; null if the leader's build does not say. */
  readonly pace: Millis | null
  /** Tells a commit index and nothing else: whoever agrees does not answer. */
  readonly quiet: boolean
}

export interface AppendEntriesReply extends Addressed {
  readonly type: 'AppendEntriesReply'
  readonly sentAt: Millis
  /** What the follower knows committed; a removed node is let go once this covers its removal. */
  readonly commitIndex: Index
  readonly result: AppendResult
  /** The least election timeout that the follower waits for from now on; null if its build does not say. */
  readonly pace: Millis | null
}

/** Either how far the follower's log now matches, or where and in which term the leader should look next (5.3). */
export type AppendResult =
  | { readonly success: true; readonly matchIndex: Index }
  | {
      readonly success: false
      /** Of the request refused, so that a late refusal is told apart. */
      readonly prevLogIndex: Index
      /** The follower's newest entry at or before prevLogIndex whose term is not above prevLogTerm. */
      readonly hintIndex: Index
      readonly hintTerm: Term
    }

/** Figure 13: a chunk of a snapshot, or without bytes the question how much of it is there. */
export interface InstallSnapshot extends Addressed {
  readonly type: 'InstallSnapshot'
  /** The snapshot replaces all entries up to here. */
  readonly index: Index
  readonly lastTerm: Term
  readonly lastTime: Millis
  readonly configuration: PlacedConfiguration
  /** Of the whole snapshot. */
  readonly size: number
  readonly hash: number
  readonly offset: number
  readonly bytes: Uint8Array
  readonly sentAt: Millis
}

/** Unless the follower has it all: that it says as to AppendEntries, once it is durable. */
export interface InstallSnapshotReply extends Addressed {
  readonly type: 'InstallSnapshotReply'
  readonly sentAt: Millis
  /** Which snapshot. */
  readonly index: Index
  /** How much of it is here. */
  readonly offset: number
}

/** Dissertation 3.10: campaign now. */
export interface TimeoutNow extends Addressed {
  readonly type: 'TimeoutNow'
}

/** Commands for the leader to append, in order of seq within a session. Never forwarded twice. */
export interface Propose extends Addressed {
  readonly type: 'Propose'
  readonly commands: readonly Command[]
}

export type RefusalReason =
  /** Ask somebody else, or wait. */
  | 'not-leader'
  /** A seq before this one has not arrived: resend from `expected`. */
  | 'gap'
  /** Too much is under way: wait and resend. */
  | 'busy'
  /** Larger than an entry may be, or not a command this level knows. */
  | 'invalid'

export interface ProposeRefused extends Addressed {
  readonly type: 'ProposeRefused'
  readonly session: string
  readonly seq: number
  readonly reason: RefusalReason
  /** For `gap`: the seq that the leader expects next. */
  readonly expected: number
}

/** Of one node, all its starts counted: never used twice. */
export type ReadId = number

/** A member asks the leader how far it must have applied to answer a read (dissertation 6.4). Never forwarded. */
export interface ReadIndex extends Addressed {
  readonly type: 'ReadIndex'
  readonly id: ReadId
}

export interface ReadIndexReply extends Addressed {
  readonly type: 'ReadIndexReply'
  readonly id: ReadId
  /** Null: who was asked does not lead, or hands over. Ask again. */
  readonly index: Index | null
}

/** A tab says that its nodes leave; one frame, sent inside pagehide (DESIGN 6). */
export interface Farewell extends Addressed {
  readonly type: 'Farewell'
  readonly nodes: readonly { readonly node: NodeId; readonly incarnation: number }[]
  /** Who should campaign, in this order; empty when no leader leaves. */
  readonly successors: readonly NodeId[]
  /** What the leaving leader still owes this node. */
  readonly append: AppendEntries | null
}

export type Message =
  | RequestVote
  | RequestVoteReply
  | AppendEntries
  | AppendEntriesReply
  | TimeoutNow
  | Propose
  | ProposeRefused
  | Farewell
  | ReadIndex
  | ReadIndexReply
  | InstallSnapshot
  | InstallSnapshotReply
