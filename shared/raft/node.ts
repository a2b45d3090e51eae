/** The state of one Raft node: Figure 2's State, as an immutable value. */
import type { Flow, FlowLimits } from './flow.ts'
import { BEGINNING, Log } from './log.ts'
import { NO_CONFIGURATION, isVoter } from './quorum.ts'
import type { ReadId, VoteReason } from './messages.ts'
import type {
  Compaction,
  Configuration,
  Entry,
  Index,
  Millis,
  Moment,
  NodeId,
  PlacedConfiguration,
  SaveNumber,
  Snapshot,
  Term,
  Timing,
} from './types.ts'

export interface Settings extends Timing, FlowLimits {
  /** A leader with this many uncommitted entries refuses proposals as busy. */
  readonly uncommittedMax: number
  /** So many entries that a snapshot covers stay in the log, for members that are a little behind. */
  readonly logTail: number
}

/** A snapshot on its way to a member, chunk by chunk. */
export interface Sending {
  readonly snapshot: Snapshot
  /** How much of it the member has. */
  readonly offset: number
  /** Of the chunk that was sent last. */
  readonly bytes: number
  readonly sentAt: Millis
  /** Not answered yet. */
  readonly isOut: boolean
}

/** A snapshot on its way here. It is dropped for another: chunks of two are never mixed. */
export interface Gathering {
  /** Of the leader that sends it. */
  readonly inTerm: Term
  readonly index: Index
  readonly term: Term
  readonly hash: number
  readonly size: number
  readonly chunks: readonly Uint8Array[]
  readonly offset: number
}

/** What a leader knows of one other member. */
export interface Progress {
  readonly matchIndex: Index
  readonly nextIndex: Index
  /** `probe`: looking for the place where the logs agree, one message at a time. `stream`: sending ahead of the acks. */
  readonly state: 'probe' | 'stream'
  readonly flow: Flow
  /** When the newest message that this member answered was sent, by the leader's clock; -Infinity if none. */
  readonly ackedSentAt: Millis
  /** The newest commit index that it was sent. */
  readonly commitSent: Index
  /** Until it matches so far it is told no commit index but with heartbeats and entries: one overtook entries, and was refused. */
  readonly overtaken: Index
  /** Since when the leader has looked after it. */
  readonly since: Millis
  /** Removed by the entry at `index`: let go once it knows that committed, or at `until`. */
  readonly departing: { readonly index: Index; readonly until: Millis } | null
  /** Null unless it needs entries that are gone from the leader's log. */
  readonly sending: Sending | null
  /** Null until it answered. */
  readonly measured: Measured | null
  /** The least election timeout that it last said it waits for. */
  readonly patience: Millis
}

/** What the answers of a member tell of the way to it and back: round trips as TCP keeps them (RFC 6298), and losses. */
export interface Measured {
  /** Smoothed, and how much it varies. */
  readonly roundTrip: Millis
  readonly variation: Millis
  /** The share of heartbeats that are not answered. */
  readonly loss: number
}

export interface Transfer {
  readonly to: NodeId
  readonly until: Millis
  readonly asked: boolean
}

export interface AskedRead {
  readonly node: NodeId
  readonly id: ReadId
}

/** One question to all whether this leader leads, on behalf of some reads. */
export interface Round {
  /** What was sent then or later was sent after the reads were asked. */
  readonly sentAt: Millis
  readonly confirmedBy: ReadonlySet<NodeId>
  readonly reads: readonly AskedRead[]
}

/** What a leader was asked to read. */
export interface Reads {
  /** When it last sent AppendEntries, by its own clock. */
  readonly sentAt: Millis
  /** Asked since the round out began. */
  readonly gathering: readonly AskedRead[]
  readonly round: Round | null
}

export const NO_READS: Reads = { sentAt: -Infinity, gathering: [], round: null }

export type Matches = readonly (readonly [NodeId, Index])[]

interface Waiting {
  /** When to campaign, if nothing is heard; of a leader: when to step down, if no majority answers. */
  readonly deadline: Millis
  /** It was put off once already, for a late wake (DESIGN 4) or for another that asks first. */
  readonly graced: boolean
}

/** A role owns the data only it needs. */
export type Role =
  | ({
      readonly name: 'follower'
      readonly leader: NodeId | null
      /** When the leader was last heard; -Infinity if not. */
      readonly heardAt: Millis
      /** Why it would campaign at the deadline. */
      readonly reason: VoteReason
      readonly matches: Matches
    } & Waiting)
  | ({ readonly name: 'pre-candidate'; readonly granted: ReadonlySet<NodeId>; readonly reason: VoteReason } & Waiting)
  | ({ readonly name: 'candidate'; readonly granted: ReadonlySet<NodeId> } & Waiting)
  | ({
      readonly name: 'leader'
      readonly progress: ReadonlyMap<NodeId, Progress>
      readonly heartbeatDue: Millis
      /** When the last heartbeats were sent, oldest first. */
      readonly beats: readonly Millis[]
      /** The leader's clock when it last stamped an entry with log time. */
      readonly stampedAt: Millis
      readonly transfer: Transfer | null
      readonly reads: Reads
    } & Waiting)

/** Of one save: what will be durable when it is done. */
export interface Issued {
  readonly number: SaveNumber
  readonly term: Term
  readonly votedFor: NodeId | null
  readonly lastIndex: Index
}

export interface Saves {
  /** What the newest save issued covers. */
  readonly issued: {
    readonly number: SaveNumber
    readonly term: Term
    readonly votedFor: NodeId | null
    readonly log: Log
    readonly snapshot: Snapshot | null
  }
  readonly inFlight: Issued | null
  /** What is durable for certain. */
  readonly durable: { readonly term: Term; readonly votedFor: NodeId | null; readonly lastIndex: Index }
}

export interface RaftNode {
  readonly id: NodeId
  readonly settings: Settings
  readonly currentTerm: Term
  readonly votedFor: NodeId | null
  readonly log: Log
  /** The newest that was taken or installed here; covers at least what is gone from the log. */
  readonly snapshot: Snapshot | null
  readonly gathering: Gathering | null
  readonly commitIndex: Index
  /** Handed out to be applied. */
  readonly handedOut: Index
  readonly lastApplied: Index
  /** Own reads that may be answered once this much is applied. */
  readonly confirmedReads: readonly { readonly id: ReadId; readonly index: Index }[]
  /** The last is in force; those before it are kept while it may still be rolled back. Oldest first. */
  readonly configurations: readonly PlacedConfiguration[]
  readonly role: Role
  /** The least election timeout in force: measured where this node leads or campaigned, else as the last leader said (pace.ts). */
  readonly pace: Millis
  /** Its last, oldest first. */
  readonly campaigns: readonly { readonly term: Term; readonly since: Millis }[]
  /** Never leads, for what its state machine lacks; until the next start. */
  readonly abstains: boolean
  readonly saves: Saves
}

/** What a journal gives back at a start. */
export interface Durable {
  readonly currentTerm: Term
  readonly votedFor: NodeId | null
  /** After the base. */
  readonly entries: readonly Entry[]
  /** A hint; at most the last index, at least the snapshot's. */
  readonly commitIndex: Index
  readonly compaction?: Compaction | null
}

export const NOTHING_DURABLE: Durable = { currentTerm: 0, votedFor: null, entries: [], commitIndex: 0 }

/** All servers start as followers, with a full timeout (5.2). */
export function start(id: NodeId, durable: Durable, settings: Settings, moment: Moment): RaftNode {
  const { currentTerm, votedFor, compaction } = durable
  const snapshot = compaction?.snapshot ?? null
  const log = Log.of(durable.entries, compaction?.base ?? BEGINNING)
  return {
    id,
    settings,
    currentTerm,
    votedFor,
    log,
    snapshot,
    gathering: null,
    commitIndex: durable.commitIndex,
    handedOut: snapshot?.index ?? 0,
    lastApplied: snapshot?.index ?? 0,
    confirmedReads: [],
    configurations: configurationsIn(durable.entries, snapshot),
    role: {
      name: 'follower',
      leader: null,
      heardAt: -Infinity,
      reason: 'timeout',
      matches: [],
      deadline: moment.now + electionTimeout(settings, moment),
      graced: false,
    },
    pace: settings.electionMin,
    campaigns: [],
    abstains: false,
    saves: {
      issued: { number: 0, term: currentTerm, votedFor, log, snapshot },
      inFlight: null,
      durable: { term: currentTerm, votedFor, lastIndex: log.lastIndex },
    },
  }
}

/** Drawn from [electionMin, electionMax) (5.2). */
export function electionTimeout(settings: Timing, moment: Moment): Millis {
  return settings.electionMin + moment.random * (settings.electionMax - settings.electionMin)
}

/** A time of the settings as it is at the pace in force. */
export function paced({ settings, pace }: { readonly settings: Timing; readonly pace: Millis }, time: Millis): Millis {
  return time * (pace / settings.electionMin)
}

/** The newest configuration in the log, committed or not (dissertation 4.1). */
export function configurationOf(node: RaftNode): Configuration {
  return node.configurations.at(-1)?.configuration ?? NO_CONFIGURATION
}

/** The index of the entry that put it in force; a change names it, as compare-and-set. */
export function configurationIndex(node: RaftNode): Index {
  return node.configurations.at(-1)?.index ?? 0
}

export function isChangeInFlight(node: RaftNode): boolean {
  return configurationIndex(node) > node.commitIndex
}

/**
 * A voter may. So may a node that only an uncommitted entry of its own log removes (dissertation 4.2.2): it does not count
 * itself, but without it a change whose author crashed could wedge the cluster for good.
 */
export function mayCampaign(node: RaftNode): boolean {
  if (node.abstains) return false
  if (isVoter(configurationOf(node), node.id)) return true
  const previous = node.configurations.at(-2)
  return isChangeInFlight(node) && previous !== undefined && isVoter(previous.configuration, node.id)
}

export function leaderOf(node: RaftNode): NodeId | null {
  if (node.role.name === 'leader') return node.id
  return node.role.name === 'follower' ? node.role.leader : null
}

/** Of a snapshot and the entries after it, or some before its end; oldest first. */
export function configurationsIn(entries: readonly Entry[], snapshot: Snapshot | null = null): readonly PlacedConfiguration[] {
  const placed = snapshot === null ? [] : [snapshot.configuration]
  for (const entry of entries) {
    if (entry.index <= (snapshot?.index ?? 0)) continue
    if (entry.body.type === 'configuration') placed.push({ index: entry.index, configuration: entry.body.configuration })
  }
  return placed
}
