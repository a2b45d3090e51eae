/** The list as it is applied in one tab: the machine, made exactly-once by the replica, behind what a host asks for. */
import type { Applier } from '../host/options.ts'
import type { PendingCommand } from '../host/proposals.ts'
import { commandId } from '../list/commands.ts'
import type { Command, CommandResult } from '../list/commands.ts'
import type { List } from '../list/list.ts'
import { ListMachine } from '../list/machine.ts'
import { parseCommand } from '../list/parse.ts'
import { traceOf } from '../list/trace.ts'
import type { Entry, Index, Levels } from '../raft/types.ts'
import type { Batch, Checksum } from '../replica/checksum.ts'
import { Replica } from '../replica/replica.ts'
import type { Stop } from '../replica/replica.ts'
import type { SessionLimits } from '../replica/sessions.ts'
import { packCommand, unpackCommand } from '../wire/commands.ts'
import { checksum } from '../wire/hash.ts'
import { pack } from '../wire/msgpack.ts'
import { packState, unpackState } from '../wire/snapshot.ts'

/** Takes the place of a command that was lost. */
export const SKIP: Uint8Array = packCommand({ type: 'skip' })

/** What must suit all tabs of a list. */
export interface ReplicaSettings {
  /** Those that this build can apply. */
  readonly levels: Levels
  /** See LIMITS: the same in all. */
  readonly checksumEvery: number
  /** Part of the level, and so the same in all. */
  readonly sessions: SessionLimits
}

export interface AppliedCommand {
  readonly session: string
  readonly seq: number
  readonly index: Index
  readonly command: Command
  readonly result: CommandResult
}

export class ReplicatedList implements Applier {
  readonly #applied: ((applied: AppliedCommand) => void) | undefined
  readonly #unpack = once(unpackCommand)
  readonly #machine = new ListMachine(this.#unpack)
  readonly levels: Levels
  readonly #replica: Replica<CommandResult>

  /** `applied` is told of every command as it is applied, whoever gave it; the list shows it already. */
  constructor({ levels, checksumEvery, sessions }: ReplicaSettings, applied?: (applied: AppliedCommand) => void) {
    this.levels = levels
    this.#applied = applied
    const hashing = { every: checksumEvery, hash: (snapshot: unknown) => checksum(pack(snapshot)) }
    this.#replica = new Replica(this.#machine, levels, hashing, sessions)
  }

  /** What is agreed; to be looked at and cloned. */
  get agreed(): List {
    return this.#machine.list
  }

  get level(): number {
    return this.#replica.level
  }

  get time(): number {
    return this.#replica.time
  }

  get lastApplied(): number {
    return this.#replica.lastApplied
  }

  /** Why nothing is applied any more, or null. */
  get stop(): Stop | null {
    return this.#replica.stop
  }

  get checksum(): Checksum | null {
    return this.#replica.checksum
  }

  lastSeq(session: string): number {
    return this.#replica.lastSeq(session)
  }

  resultOf(session: string, seq: number): CommandResult | null {
    return this.#replica.resultOf(session, seq)
  }

  isExpired(session: string): boolean {
    return this.#replica.isExpired(session)
  }

  isStale(session: string): boolean {
    return this.#replica.isStale(session)
  }

  decide({ session, seq, bytes }: PendingCommand): CommandResult {
    const command = this.read(bytes)
    return command === null ? { ok: false, reason: 'malformed' } : traceOf(this.agreed, command, commandId(session, seq))
  }

  snapshot(): Uint8Array | null {
    this.#replica.compare()
    return this.#replica.stop === null ? packState(this.#replica.snapshot()) : null
  }

  /** What is in it is not told one by one. */
  restore(bytes: Uint8Array): boolean {
    const unpacked = unpackState(bytes)
    return unpacked.ok && this.#replica.restore(unpacked.value)
  }

  isValid(bytes: Uint8Array): boolean {
    return this.read(bytes) !== null
  }

  /** The command in these bytes, at the level in force; null if there is none. */
  read(bytes: Uint8Array): Command | null {
    const unpacked = this.#unpack(bytes)
    if (!unpacked.ok) return null
    const parsed = parseCommand(unpacked.value, this.#replica.level)
    return parsed.ok ? parsed.value : null
  }

  apply(entry: Entry, batch?: Batch): { readonly session: string; readonly seq: number; readonly result: CommandResult } | null {
    const outcome = this.#replica.applyEntry(entry, batch)
    if (this.#applied !== undefined && outcome.type === 'applied' && entry.body.type === 'command') {
      const command = this.read(entry.body.command.bytes)
      if (command !== null)
        this.#applied({ session: outcome.session, seq: outcome.seq, index: entry.index, command, result: outcome.result })
    }
    return outcome.type === 'applied' || outcome.type === 'repeated' ? outcome : null
  }
}

/** A command is read to let it in, to apply it and to tell of it; its bytes are the same ones, and never change. */
function once<T>(read: (bytes: Uint8Array) => T): (bytes: Uint8Array) => T {
  const known = new WeakMap<Uint8Array, T>()
  return (bytes) => {
    if (!known.has(bytes)) known.set(bytes, read(bytes))
    return known.get(bytes)!
  }
}
