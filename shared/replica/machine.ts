/** What a replica asks of the machine it replicates, and what it reads of the log. Shapes only: it imports nothing of ours. */

/** Who proposed a command, which of its session's commands it is, and the log time of its entry in milliseconds. */
export interface CommandContext {
  readonly session: string
  readonly seq: number
  readonly time: number
}

export type Applied<R> =
  | { readonly known: true; readonly result: R }
  /** No command of this level that this build knows. Nothing has changed. The replica stops here and does not guess. */
  | { readonly known: false }

/** Deterministic: neither clock nor chance nor locale; the same commands in the same order give the same state and results. */
export interface Machine<R> {
  /** Never throws for what the command says: bytes that make no sense get a result that says so. */
  apply(level: number, command: Uint8Array, context: CommandContext): Applied<R>
  /** Plain values (null, booleans, numbers, strings, arrays, records with keys in a fixed order), the same for the same state. */
  snapshot(): unknown
  /** Takes over the state of a snapshot; false, with nothing changed, if it is none. */
  restore(snapshot: unknown): boolean
  /** A result as it stood in a snapshot, checked, with its keys in the order that `apply` gives them; null if it is none. */
  readResult(value: unknown): R | null
}

/** The part of a raft entry that a replica reads. */
export interface ReplicaEntry {
  readonly index: number
  readonly time: number
  readonly body: ReplicaBody
}

export interface ReplicaHeader {
  readonly session: string
  readonly seq: number
  readonly settled: number
}

export type ReplicaBody =
  | { readonly type: 'noop' }
  | { readonly type: 'configuration' }
  | { readonly type: 'command'; readonly command: { readonly header: ReplicaHeader; readonly bytes: Uint8Array } }
  | { readonly type: 'level'; readonly level: number }
  | { readonly type: 'checksum'; readonly index: number; readonly hash: Uint8Array }
