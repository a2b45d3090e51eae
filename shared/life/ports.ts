/** What a node's life in a browser needs (DESIGN 6): locks that die with a document, and what this browser remembers. */
import type { MachineId, Millis, NodeId } from '../host/ports.ts'

export interface HeldLock {
  /** Frees it at once; again is fine. Called synchronously inside pagehide, as the last act. */
  release(): void
}

/** Exclusive locks of one machine, freed by the browser when their document dies. Never stolen. */
export interface Locks {
  /** Takes the lock if it is free now, or within `patience` milliseconds; else null. */
  take(name: string, patience: Millis): Promise<HeldLock | null>
  /** Names held now by any document of this machine. A snapshot: it may be old when it arrives. */
  held(): Promise<ReadonlySet<string>>
  /** Calls back once when the lock was held by another and has become free (then lets it go). Returns how to stop waiting. */
  whenFree(name: string, callback: () => void): () => void
  /** Does a living, running document of this machine say that it hosts this node? (BroadcastChannel; silence = false.) */
  ask(node: NodeId): Promise<boolean>
  /** From now on this document answers for these nodes. */
  answerFor(nodes: readonly NodeId[]): void
}

/** A list this browser has seen. `room` names it; the secret is the 22 characters of its link. */
export interface ListRecord {
  readonly room: string
  readonly secret: string
  readonly name: string
  readonly visitedAt: Millis
  readonly items: number
  readonly pending: number
  readonly agreedAt: Millis | null
}

/**
 * A node whose journal lies in this browser. All of it was so once and may be old: a journal tells the truth, unless it is older
 * than this.
 */
export interface NodeRecord {
  readonly node: NodeId
  readonly room: string
  readonly lastTerm: number
  readonly lastIndex: number
  /** The newest start that was seen durable. */
  readonly incarnation: number
  /** Damaged or rolled back: never host it again; kept so that it can be saved elsewhere. */
  readonly retired: boolean
}

export interface Person {
  readonly id: string
  readonly name: string
}

/** What one browser remembers; one database for the origin. Every promise resolves when durable (relaxed). */
export interface Registry {
  /** Minted once a profile, then for ever the same, also when two tabs ask at once. */
  machine(): Promise<MachineId>
  person(): Promise<Person>
  setPersonName(name: string): Promise<void>
  lists(): Promise<readonly ListRecord[]>
  putList(record: ListRecord): Promise<void>
  /** Removes the list, its node records and its outbox; journals are the caller's. */
  forgetList(room: string): Promise<void>
  nodes(room: string): Promise<readonly NodeRecord[]>
  putNode(record: NodeRecord): Promise<void>
  removeNode(node: NodeId): Promise<void>
}

/** Commands of one session that are not yet agreed, in order of seq. */
export interface OutboxSession {
  readonly session: string
  /** Every seq up to here is settled: its result is known to the client. */
  readonly settled: number
  /** The highest seq ever put. */
  readonly last: number
  readonly commands: readonly { readonly seq: number; readonly command: Uint8Array }[]
}

/** Kept in the origin's database, not in a node's. Whoever holds lock `session:<id>` writes a session. */
export interface Outbox {
  sessions(room: string): Promise<readonly OutboxSession[]>
  put(room: string, session: string, seq: number, command: Uint8Array): Promise<void>
  /** Everything up to `settled` is known; its commands go. A settled session without commands may be dropped later by `drop`. */
  settle(room: string, session: string, settled: number): Promise<void>
  drop(room: string, session: string): Promise<void>
}
