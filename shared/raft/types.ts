/** The words of the paper as types. Nothing here is ours but the browser's machine and a member's levels. */

/** A Raft participant, the paper's "server". */
export type NodeId = string
/** A browser profile: the unit that fails together. */
export type MachineId = string
export type Term = number
/** Position in the log; the first entry has index 1. */
export type Index = number
/** Milliseconds of the node's own monotonic clock. */
export type Millis = number
/** Saves of one node are numbered without gaps and finish in order. */
export type SaveNumber = number

/** The versions of the replicated state machine that a member can apply. */
export interface Levels {
  readonly min: number
  readonly max: number
}

export interface Member {
  readonly node: NodeId
  readonly machine: MachineId
  readonly levels: Levels
  /** False for guests, who can only ever be learners. */
  readonly votes: boolean
}

/** In force from the moment its entry is appended (dissertation 4.1). */
export interface Configuration {
  readonly voters: readonly Member[]
  readonly learners: readonly Member[]
}

/** Who proposed a command, and which of its commands this is (paper section 8, dissertation 6.3). */
export interface Header {
  readonly session: string
  /** Counts from 1 without gaps within a session. */
  readonly seq: number
  /** The client knows the result of every seq up to here. */
  readonly settled: number
}

export interface Command {
  readonly header: Header
  /** Opaque to the core. */
  readonly bytes: Uint8Array
  /** Reserved: nobody signs yet. */
  readonly signature: Uint8Array | null
}

export type Body =
  | { readonly type: 'noop' }
  | { readonly type: 'configuration'; readonly configuration: Configuration }
  | { readonly type: 'command'; readonly command: Command }
  | { readonly type: 'level'; readonly level: number }
  | { readonly type: 'checksum'; readonly index: Index; readonly hash: Uint8Array }

/** What a leader notes in the log about the state machine, though no client asked. */
export type Mark = Extract<Body, { readonly type: 'level' | 'checksum' }>

export interface Entry {
  readonly index: Index
  readonly term: Term
  /** Log time in milliseconds, stamped by the leader, never less than the entry before (DESIGN 14). */
  readonly time: Millis
  readonly body: Body
}

/** A place in a log. */
export interface Position {
  readonly index: Index
  readonly term: Term
  /** Log time. */
  readonly time: Millis
}

export interface PlacedConfiguration {
  readonly index: Index
  readonly configuration: Configuration
}

/** The state machine once it had applied everything up to `index`, in the place of those entries (section 7). */
export interface Snapshot extends Position {
  /** In force there. */
  readonly configuration: PlacedConfiguration
  /** Opaque to the core; the same on every node. Never written to. */
  readonly bytes: Uint8Array
  readonly hash: number
}

/** What took the place of the first entries of a log, and where the rest of it begins: at the snapshot's end, or before it. */
export interface Compaction {
  readonly snapshot: Snapshot
  readonly base: Position
}

/** What a step may know of the world besides its inputs. */
export interface Moment {
  readonly now: Millis
  /** In [0, 1). */
  readonly random: number
}

/** As on a fast network; on a slower one all of it is longer (pace.ts). */
export interface Timing {
  /** An election timeout is drawn from [electionMin, electionMax). */
  readonly electionMin: Millis
  readonly electionMax: Millis
  readonly heartbeat: Millis
  /** A leader that no majority answered for so long steps down. Longer than any disk or network is slow, since acks wait for saves. */
  readonly checkQuorum: Millis
  /** Off only for the paper's own scenes. */
  readonly preVote: boolean
}
