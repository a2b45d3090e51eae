/** What a life is given, and how it stands. */
import type { Clock, Disk, NodeId, SaveError, TabId, Transport } from '../host/ports.ts'
import type { PendingCommand } from '../host/proposals.ts'
import type { Stopped } from '../host/runner.ts'
import type { Transition } from '../host/transition.ts'
import type { CommandResult } from '../list/commands.ts'
import type { Settings } from '../raft/node.ts'
import type { Damage } from '../wire/replay.ts'
import type { Locks, Outbox, Registry } from './ports.ts'
import type { AppliedCommand, ReplicaSettings } from './replicated-list.ts'

export interface LifePorts {
  readonly clock: Clock
  readonly disk: Disk
  readonly registry: Registry
  readonly outbox: Outbox
  /** Null where the browser has none: then this tab is a guest (DESIGN 6). */
  readonly locks: Locks | null
  /** Lower-case, random, fit for every id; never the same twice. */
  readonly mintId: () => string
  /** Survives a reload of this very tab, and a duplicate of it begins with the same. */
  readonly remembered: { get(room: string): NodeId | null; set(room: string, node: NodeId | null): void }
}

export interface LifeOptions extends LifePorts {
  readonly tab: TabId
  readonly room: string
  readonly transport: Transport
  /** A snapshot is taken after so many bytes of log at least; LIMITS says how many where nothing is given. */
  readonly snapshotAfter?: number | undefined
  readonly settings: Settings
  readonly replica: ReplicaSettings
  readonly build: string
}

/** What the page may want to hear besides that something changed. */
export interface Watch {
  /** Of an own command, of one kept over a reload too. */
  readonly settled?: (command: PendingCommand, result: CommandResult) => void
  /** Of every command in the log, in its order. */
  readonly applied?: (applied: AppliedCommand) => void
  /** Of every node hosted here, within its turn; it never calls back. */
  readonly transition?: ((transition: Transition) => void) | undefined
}

export type Phase =
  /** Reading what is stored here. */
  | { readonly at: 'opening' }
  /** Nothing of this list is stored here, and nobody who has it answered yet. */
  | { readonly at: 'looking' }
  | { readonly at: 'here' }
  | { readonly at: 'stopped'; readonly why: WhyStopped }

export type WhyStopped =
  | Stopped
  | { readonly why: 'damaged'; readonly node: NodeId; readonly damage: Damage }
  | { readonly why: 'storage'; readonly error: SaveError }

/** A database that rejects, a lock that nobody gives: nothing may run on it. */
export function unanswered(error: unknown): WhyStopped {
  return { why: 'storage', error: { type: 'aborted', why: String(error) } }
}
