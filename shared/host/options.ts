/** What a host is given and what it tells whoever made it. */
import type { Settings } from '../raft/node.ts'
import type { Entry, Index, Levels } from '../raft/types.ts'
import type { ClusterId } from '../wire/envelope.ts'
import type { Clock, MachineId, NodeId, TabId, Transport } from './ports.ts'
import type { Agreed, Proposals } from './proposals.ts'
import type { Stopped } from './runner.ts'
import type { Transition } from './transition.ts'

/** The replicated machine as a host sees it. */
export interface Applier extends Agreed {
  readonly lastApplied: number
  /** The one in force, and those that this build has. */
  readonly level: number
  readonly levels: Levels
  /** What a leader is to note in the log, so that all can compare; null when there is nothing new. */
  readonly checksum: { readonly index: Index; readonly hash: Uint8Array } | null
  /** Why nothing is applied any more; null while all is well. */
  readonly stop: { readonly type: 'level' | 'unknown-command' } | { readonly type: 'checksum'; readonly index: Index } | null
  isValid(bytes: Uint8Array): boolean
  /** Takes committed entries in order, those of a batch in one go; says what came of commands, and whether it had to stop (a level of the future). */
  apply(
    entry: Entry,
    batch: { readonly first: Index; readonly last: Index },
  ): { readonly session: string; readonly seq: number; readonly result: unknown } | null
  /** Everything that was applied; null once it had to stop. */
  snapshot(): Uint8Array | null
  /** Goes on from a snapshot; false, with nothing changed, if it is none. */
  restore(bytes: Uint8Array): boolean
}

export interface HostOptions {
  readonly tab: TabId
  readonly machine: MachineId
  readonly person: { readonly id: string; readonly name: string }
  readonly build: string
  /** False for guests. */
  readonly votes: boolean
  readonly settings: Settings
  readonly clock: Clock
  readonly transport: Transport
  readonly applier: Applier
  readonly proposals: Proposals<unknown>
  /** A snapshot is taken after so many bytes of log at least. */
  readonly snapshotAfter?: number | undefined
}

export interface HostEvents {
  /** Something that status() or the page shows may have changed. */
  changed(): void
  /** A tab in touch belongs to this cluster, and we knew of none yet. */
  foundCluster(cluster: ClusterId): void
  /** A node hosted here, not the main one, is no member any more, and that is committed. */
  removed(node: NodeId): void
  stopped(node: NodeId, stopped: Stopped): void
  /** Of every node hosted here, within its turn; it never calls back. */
  readonly transition?: ((transition: Transition) => void) | undefined
}

/** What was refused, by kind: for status, logs and tests. */
export type Counts = Readonly<Record<string, number>>
