/**
 * What a host needs from the world (DESIGN 3). A port is small and says who calls it, when, and what it may get
 * wrong; every adapter of a port runs the same contract suite in tests/contract.
 */
import type { MachineId, Millis, NodeId } from '../raft/types.ts'

export type { MachineId, Millis, NodeId }
/** A page load. */
export type TabId = string

export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }

export interface Clock {
  /** Monotonic time. May jump forward after a suspension, never back. */
  now(): Millis
  /** Wall-clock time since 1970, for the log time of a birth and for what people read; never for a decision. */
  wall(): Millis
  /** Calls back once, at `at` or later (throttled or frozen tabs: much later), never before it and never within this call. */
  wake(at: Millis, callback: () => void): () => void
  /** In [0, 1), unpredictable between tabs. */
  random(): number
}

/**
 * Links to other tabs. One link a pair, ordered while it lasts, gone without notice. Everything may be lost when a link
 * goes down; nothing is delivered twice on one link.
 */
export interface Transport {
  /** Announced to every peer when a link comes up and again whenever it changes. */
  setHello(hello: Uint8Array): void
  /** Sends at most once, now or never; never throws, never waits. Up to LIMITS.messageBytes. */
  send(tab: TabId, message: Uint8Array): void
  /** Called inside pagehide: one frame a peer, in this order, at once, each at most LIMITS.farewellBytes; then the links close. */
  farewell(frames: readonly { readonly tab: TabId; readonly message: Uint8Array }[]): void
  /** Closes a link for good with a reason that the peer is told; no new link to that tab is made by this page. */
  refuse(tab: TabId, reason: string): void
  listen(listener: TransportListener): void
  /** Drops every frame to and from these tabs, pings too, until heal(). Signaling stays (DESIGN 14). */
  cut(tabs: readonly TabId[]): void
  heal(): void
  close(): void
}

export interface TransportListener {
  /** The link carries messages both ways from now on. */
  up(tab: TabId, hello: Uint8Array): void
  /** The peer announced something new over a link that is up. */
  hello(tab: TabId, hello: Uint8Array): void
  /** Nothing more will arrive from this link. */
  down(tab: TabId): void
  message(tab: TabId, message: Uint8Array): void
  /** The peer closed the link for good and said why. */
  refused(tab: TabId, reason: string): void
  signaling(state: 'up' | 'down'): void
  /** The signaling server lost sight of a tab whose link is up. That may be all that happened. */
  left(tab: TabId): void
}

export type SaveError =
  /** A record of this number exists: another host writes this journal. Stop. */
  | { readonly type: 'collision' }
  /** The browser has no room left; nothing of this record was stored. */
  | { readonly type: 'full' }
  /** The transaction aborted for another reason, or the database is gone. */
  | { readonly type: 'aborted'; readonly why: string }

/** The open journal of one node (DESIGN 5). Only the holder of lock `node:<id>` has one. */
export interface Journal {
  /**
   * Adds record `number`, never overwriting: one transaction, ended by commit(), resolved on `complete`.
   * `strict` is durable against power loss; `relaxed` (a commit hint alone) is not.
   */
  append(number: number, record: Uint8Array, durability: 'strict' | 'relaxed'): Promise<Result<null, SaveError>>
  /**
   * Begins the journal anew: one strict transaction that adds these records under `first` and the numbers that follow, and deletes
   * every older one but the first that this opening added. So a late write of the host before still collides with that one; what
   * any other host of long ago writes late lands before `first`, where no start looks for anything.
   */
  compact(first: number, records: readonly Uint8Array[]): Promise<Result<null, SaveError>>
  /** Forgets the connection; a write under way may still land. */
  close(): void
}

export interface JournalRecord {
  readonly number: number
  readonly bytes: Uint8Array
}

/** What a start adds under the numbers that follow; with `replace`, everything older is deleted in the same transaction. */
export interface JournalStart {
  readonly records: readonly Uint8Array[]
  readonly replace: boolean
}

export type OpenError<E> =
  /** No such journal. Opening never creates one (an upgrade from version 0 is aborted). */
  | { readonly type: 'missing' }
  /** `begin` refused what it read. Nothing was written. */
  | { readonly type: 'refused'; readonly error: E }
  | SaveError

export interface Disk {
  /** Creates a journal with record 1 = birth, durable (strict) when it resolves. Fails with `collision` if it exists. */
  create(node: NodeId, birth: Uint8Array): Promise<Result<Journal, SaveError>>
  /**
   * One strict transaction: reads every record in order of number, hands them to `begin`, adds what it returns under the
   * next numbers, and resolves on `complete` with the number of the newest record. `begin` is synchronous and pure.
   */
  open<E>(
    node: NodeId,
    begin: (records: readonly JournalRecord[]) => Result<JournalStart, E>,
  ): Promise<Result<{ readonly journal: Journal; readonly last: number }, OpenError<E>>>
  /** Deletes a journal. Only under the node's lock. A missing one is fine. */
  remove(node: NodeId): Promise<void>
}
