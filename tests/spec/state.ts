/**
 * The state of a whole cluster as the paper sees it (Figure 2, dissertation 4), with what is durable kept apart from what is only
 * in memory (DESIGN 4 and 5). Nothing here knows the product's code.
 */

export type Id = string

export interface Configuration {
  readonly voters: readonly Id[]
  readonly learners: readonly Id[]
  /** Of these, who may never vote (DESIGN 6). */
  readonly guests: readonly Id[]
}

/** Its index is its place in a log, from 1. */
export interface Entry {
  readonly term: number
  /** What it says: equal texts are equal bodies. */
  readonly body: string
  readonly configuration: Configuration | null
}

export type Entries = readonly Entry[]

interface Addressed {
  readonly from: Id
  readonly to: Id
  readonly term: number
}

export type RequestVote = Addressed & {
  readonly type: 'RequestVote'
  readonly preVote: boolean
  readonly reason: 'timeout' | 'transfer' | 'leader-gone'
  readonly lastLogIndex: number
  readonly lastLogTerm: number
}

export type RequestVoteReply = Addressed & {
  readonly type: 'RequestVoteReply'
  readonly preVote: boolean
  readonly granted: boolean
  readonly asked: number
}

export type AppendEntries = Addressed & {
  readonly type: 'AppendEntries'
  readonly prevLogIndex: number
  readonly prevLogTerm: number
  readonly entries: Entries
  readonly leaderCommit: number
  /** By its sender's clock; the answer brings it back. */
  readonly sentAt: number
  /** Whoever agrees does not answer. */
  readonly quiet: boolean
}

export type AppendEntriesReply = Addressed & {
  readonly type: 'AppendEntriesReply'
  readonly sentAt: number
  readonly commitIndex: number
  readonly result:
    | { readonly success: true; readonly matchIndex: number }
    | { readonly success: false; readonly prevLogIndex: number; readonly hintIndex: number; readonly hintTerm: number }
}

export type Farewell = Addressed & {
  readonly type: 'Farewell'
  readonly nodes: readonly Id[]
  readonly successors: readonly Id[]
  readonly append: AppendEntries | null
}

/** Figure 13. What a snapshot holds is what is committed up to `index`. */
export type InstallSnapshot = Addressed & {
  readonly type: 'InstallSnapshot'
  readonly index: number
  readonly lastTerm: number
  readonly hash: number
  readonly offset: number
  readonly bytes: string
}

export type InstallSnapshotReply = Addressed & {
  readonly type: 'InstallSnapshotReply'
  readonly index: number
  readonly offset: number
}

export type TimeoutNow = Addressed & { readonly type: 'TimeoutNow' }
export type Propose = Addressed & { readonly type: 'Propose'; readonly commands: readonly string[] }
export type ProposeRefused = Addressed & { readonly type: 'ProposeRefused' }
export type ReadIndex = Addressed & { readonly type: 'ReadIndex'; readonly id: number }
export type ReadIndexReply = Addressed & { readonly type: 'ReadIndexReply'; readonly id: number; readonly index: number | null }

export type Message =
  | RequestVote
  | RequestVoteReply
  | AppendEntries
  | AppendEntriesReply
  | Farewell
  | TimeoutNow
  | Propose
  | ProposeRefused
  | ReadIndex
  | ReadIndexReply
  | InstallSnapshot
  | InstallSnapshotReply

/** What one record of a journal makes durable. */
export interface Stored {
  readonly currentTerm: number
  readonly votedFor: Id | null
  readonly log: Entries
}

export interface Server extends Stored {
  readonly id: Id
  readonly incarnation: number
  /** False once it left or stopped; a crash is seen only when it starts again. */
  readonly runs: boolean
  readonly role: 'follower' | 'pre-candidate' | 'candidate' | 'leader'
  readonly leader: Id | null
  readonly commitIndex: number
  /** Handed out. */
  readonly applied: number
  /** The state machine said that it applied so much. */
  readonly machine: number
  /** Of the candidacy, or of the question before it; its own is not among them. */
  readonly votes: ReadonlySet<Id>
  /** Of a leader. */
  readonly matchIndex: ReadonlyMap<Id, number>
  /** Members removed while it led, who are told so. */
  readonly departing: ReadonlySet<Id>
  readonly handingTo: Id | null
  /** When it last sent AppendEntries. */
  readonly sentAt: number
  /** Reads that a leader was asked for, when it had last sent before that, and who vouched since; by node and id. */
  readonly asked: ReadonlyMap<string, { readonly after: number; readonly vouched: ReadonlySet<Id> }>
  /** Own reads, each with the index that a leader confirmed. */
  readonly confirmed: ReadonlySet<string>
  /** Asks whether it could win before it raises its term (dissertation 9.6). */
  readonly asksFirst: boolean
  readonly disk: Stored
  /** What the newest save issued holds. */
  readonly issued: Stored & { readonly number: number }
  readonly isSaving: boolean
  /** What waits for a save. */
  readonly held: readonly { readonly message: Message; readonly after: number }[]
}

export interface Cluster {
  readonly servers: Map<Id, Server>
  /** Everything that was ever sent: what is lost, repeated or late differs in nothing from what is there and not taken. */
  readonly network: Set<string>
  /** Everything that clients asked for. */
  readonly commands: Set<string>
  /** For each read how much anybody knew committed when it was first asked. */
  readonly reads: Map<string, number>
  /** Who led a term. */
  readonly leaders: Map<number, Id>
  /** What somebody knew committed. */
  readonly committed: Entry[]
  isFounded: boolean
}

export function emptyCluster(): Cluster {
  return {
    servers: new Map(),
    network: new Set(),
    commands: new Set(),
    reads: new Map(),
    leaders: new Map(),
    committed: [],
    isFounded: false,
  }
}

const NOBODY: Configuration = { voters: [], learners: [], guests: [] }

/** The newest configuration of a log, committed or not, and its index (dissertation 4.1). */
export function inForce(log: Entries, before: number = log.length + 1): { readonly index: number; readonly configuration: Configuration } {
  for (let index = Math.min(before - 1, log.length); index > 0; index--) {
    const { configuration } = log[index - 1]!
    if (configuration !== null) return { index, configuration }
  }
  return { index: 0, configuration: NOBODY }
}

export function configurationOf({ log }: { readonly log: Entries }): Configuration {
  return inForce(log).configuration
}

export function membersOf({ voters, learners }: Configuration): readonly Id[] {
  return [...voters, ...learners]
}

/** More than half of the voters. Nobody is no majority of nobody. */
export function isMajority({ voters }: Configuration, has: (voter: Id) => boolean): boolean {
  return voters.length > 0 && voters.filter(has).length * 2 > voters.length
}

/** Dissertation 4.2.2 and DESIGN 4: a voter, or one that only its own uncommitted log removes. */
export function mayCampaign({ id, log, commitIndex }: Server): boolean {
  const { index, configuration } = inForce(log)
  if (configuration.voters.includes(id)) return true
  return index > commitIndex && inForce(log, index).configuration.voters.includes(id)
}

/** The term at an index; 0 before the first entry, null beyond the last. */
export function termAt(log: Entries, index: number): number | null {
  return index === 0 ? 0 : (log[index - 1]?.term ?? null)
}

export function lastTerm(log: Entries): number {
  return log.at(-1)?.term ?? 0
}

/** 5.4.1. */
export function isUpToDate(asked: Pick<RequestVote, 'lastLogIndex' | 'lastLogTerm'>, log: Entries): boolean {
  return asked.lastLogTerm > lastTerm(log) || (asked.lastLogTerm === lastTerm(log) && asked.lastLogIndex >= log.length)
}

export function isSameEntry(one: Entry | undefined, other: Entry | undefined): boolean {
  return one === other || (one !== undefined && one.term === other?.term && one.body === other.body)
}

/** Do they say the same from one index to another, both included? */
export function areEqual(one: Entries, other: Entries, from = 1, to: number = Math.max(one.length, other.length)): boolean {
  if (one === other) return true
  for (let index = from; index <= to; index++) if (!isSameEntry(one[index - 1], other[index - 1])) return false
  return true
}

export function isSameStored(one: Stored, other: Stored): boolean {
  return one.currentTerm === other.currentTerm && one.votedFor === other.votedFor && areEqual(one.log, other.log)
}

/** Equal texts are messages that are the same to the paper. */
export function printOf(message: Message): string {
  return `${message.type} ${message.from} ${message.to} ${message.term} ${contentOf(message)}`
}

function contentOf(message: Message): string {
  switch (message.type) {
    case 'RequestVote':
      return `${message.preVote} ${message.reason} ${message.lastLogIndex} ${message.lastLogTerm}`
    case 'RequestVoteReply':
      return `${message.preVote} ${message.granted} ${message.asked}`
    case 'AppendEntries':
      return `${message.quiet ? 'quiet ' : ''}${message.sentAt} ${message.prevLogIndex} ${message.prevLogTerm} ${message.leaderCommit} ${message.entries.map(({ term, body }) => `${term} ${body}`).join(' ')}`
    case 'AppendEntriesReply': {
      const { sentAt, commitIndex, result } = message
      const { success } = result
      return `${sentAt} ${commitIndex} ${success ? result.matchIndex : `no ${result.prevLogIndex} ${result.hintIndex} ${result.hintTerm}`}`
    }
    case 'Farewell':
      return `${message.nodes.join()} ${message.successors.join()} ${message.append === null ? '' : printOf(message.append)}`
    case 'Propose':
      return message.commands.join()
    case 'InstallSnapshot':
      return `${message.index} ${message.lastTerm} ${message.hash} ${message.offset} ${message.bytes}`
    case 'InstallSnapshotReply':
      return `${message.index} ${message.offset}`
    case 'ReadIndex':
      return `${message.id}`
    case 'ReadIndexReply':
      return `${message.id} ${message.index}`
    case 'TimeoutNow':
    case 'ProposeRefused':
      return ''
  }
}
