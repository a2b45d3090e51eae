/**
 * Disk, Registry and Outbox in memory: for guests, who store nothing, and for tests. A `MemoryStorage` outlives the
 * adapters over it, as a profile outlives its pages.
 */
import type {
  Disk,
  Journal,
  JournalRecord,
  JournalStart,
  MachineId,
  NodeId,
  OpenError,
  Result,
  SaveError,
} from '../../shared/host/ports.ts'
import type { ListRecord, NodeRecord, Outbox, OutboxSession, Person, Registry } from '../../shared/life/ports.ts'
import { mintId } from './id.ts'

type Records = Map<number, Uint8Array>

export class MemoryStorage {
  readonly journals = new Map<NodeId, Records>()
  readonly lists = new Map<string, ListRecord>()
  readonly nodes = new Map<NodeId, NodeRecord>()
  /** By room, then session. */
  readonly outbox = new Map<string, Map<string, MemorySession>>()
  machine: MachineId | null = null
  person: Person | null = null
  /** Bytes that all journals together may hold. */
  capacity = Infinity

  hasRoomFor(bytes: number): boolean {
    let used = bytes
    for (const records of this.journals.values()) for (const record of records.values()) used += record.byteLength
    return used <= this.capacity
  }
}

interface MemorySession {
  settled: number
  readonly commands: Map<number, Uint8Array>
}

export class MemoryDisk implements Disk {
  readonly #storage: MemoryStorage

  constructor(storage: MemoryStorage = new MemoryStorage()) {
    this.#storage = storage
  }

  async create(node: NodeId, birth: Uint8Array): Promise<Result<Journal, SaveError>> {
    const { journals } = this.#storage
    if (journals.has(node)) return { ok: false, error: { type: 'collision' } }
    if (!this.#storage.hasRoomFor(birth.byteLength)) return { ok: false, error: { type: 'full' } }
    const records: Records = new Map([[1, birth.slice()]])
    journals.set(node, records)
    return { ok: true, value: new MemoryJournal(this.#storage, node, records, 1) }
  }

  async open<E>(
    node: NodeId,
    begin: (records: readonly JournalRecord[]) => Result<JournalStart, E>,
  ): Promise<Result<{ readonly journal: Journal; readonly last: number }, OpenError<E>>> {
    const records = this.#storage.journals.get(node)
    if (records === undefined) return { ok: false, error: { type: 'missing' } }
    const read = [...records].map(([number, bytes]) => ({ number, bytes: bytes.slice() })).sort((a, b) => a.number - b.number)
    const began = begin(read)
    if (!began.ok) return { ok: false, error: { type: 'refused', error: began.error } }
    const { records: added, replace } = began.value
    const bytes = added.reduce((sum, record) => sum + record.byteLength, 0)
    if (!this.#storage.hasRoomFor(bytes)) return { ok: false, error: { type: 'full' } }
    if (replace) records.clear()
    const begun = (read.at(-1)?.number ?? 0) + 1
    for (const [k, record] of added.entries()) records.set(begun + k, record.slice())
    const journal = new MemoryJournal(this.#storage, node, records, begun)
    return { ok: true, value: { journal, last: begun + added.length - 1 } }
  }

  async remove(node: NodeId): Promise<void> {
    this.#storage.journals.delete(node)
  }
}

class MemoryJournal implements Journal {
  readonly #storage: MemoryStorage
  readonly #node: NodeId
  readonly #records: Records
  /** The first that this opening added. */
  readonly #begun: number
  #open = true

  constructor(storage: MemoryStorage, node: NodeId, records: Records, begun: number) {
    this.#storage = storage
    this.#node = node
    this.#records = records
    this.#begun = begun
  }

  append(number: number, record: Uint8Array, _durability: 'strict' | 'relaxed'): Promise<Result<null, SaveError>> {
    return this.#add(number, [record])
  }

  async compact(first: number, records: readonly Uint8Array[]): Promise<Result<null, SaveError>> {
    const added = await this.#add(first, records)
    if (!added.ok) return added
    for (const number of this.#records.keys()) if (number < first && number !== this.#begun) this.#records.delete(number)
    return added
  }

  async #add(first: number, records: readonly Uint8Array[]): Promise<Result<null, SaveError>> {
    if (!this.#open) return { ok: false, error: { type: 'aborted', why: 'the journal is closed' } }
    if (this.#storage.journals.get(this.#node) !== this.#records)
      return { ok: false, error: { type: 'aborted', why: 'the journal is gone' } }
    if (records.some((_, k) => this.#records.has(first + k))) return { ok: false, error: { type: 'collision' } }
    const bytes = records.reduce((sum, record) => sum + record.byteLength, 0)
    if (!this.#storage.hasRoomFor(bytes)) return { ok: false, error: { type: 'full' } }
    for (const [k, record] of records.entries()) this.#records.set(first + k, record.slice())
    return { ok: true, value: null }
  }

  close(): void {
    this.#open = false
  }
}

export class MemoryRegistry implements Registry {
  readonly #storage: MemoryStorage

  constructor(storage: MemoryStorage = new MemoryStorage()) {
    this.#storage = storage
  }

  async machine(): Promise<MachineId> {
    this.#storage.machine ??= mintId()
    return this.#storage.machine
  }

  async person(): Promise<Person> {
    this.#storage.person ??= { id: mintId(), name: '' }
    return this.#storage.person
  }

  async setPersonName(name: string): Promise<void> {
    this.#storage.person = { id: this.#storage.person?.id ?? mintId(), name }
  }

  async lists(): Promise<readonly ListRecord[]> {
    return [...this.#storage.lists.values()].sort((a, b) => b.visitedAt - a.visitedAt)
  }

  async putList(record: ListRecord): Promise<void> {
    this.#storage.lists.set(record.room, { ...record })
  }

  async forgetList(room: string): Promise<void> {
    this.#storage.lists.delete(room)
    this.#storage.outbox.delete(room)
    for (const { node, room: of } of this.#storage.nodes.values()) if (of === room) this.#storage.nodes.delete(node)
  }

  async nodes(room: string): Promise<readonly NodeRecord[]> {
    return [...this.#storage.nodes.values()].filter((record) => record.room === room)
  }

  async putNode(record: NodeRecord): Promise<void> {
    this.#storage.nodes.set(record.node, { ...record })
  }

  async removeNode(node: NodeId): Promise<void> {
    this.#storage.nodes.delete(node)
  }
}

export class MemoryOutbox implements Outbox {
  readonly #storage: MemoryStorage

  constructor(storage: MemoryStorage = new MemoryStorage()) {
    this.#storage = storage
  }

  async sessions(room: string): Promise<readonly OutboxSession[]> {
    return [...(this.#storage.outbox.get(room) ?? [])].map(([session, { settled, commands }]) => {
      const pending = [...commands]
        .filter(([seq]) => seq > settled)
        .map(([seq, command]) => ({ seq, command: command.slice() }))
        .sort((a, b) => a.seq - b.seq)
      return { session, settled, last: pending.at(-1)?.seq ?? settled, commands: pending }
    })
  }

  async put(room: string, session: string, seq: number, command: Uint8Array): Promise<void> {
    this.#session(room, session).commands.set(seq, command.slice())
  }

  async settle(room: string, session: string, settled: number): Promise<void> {
    const known = this.#session(room, session)
    known.settled = Math.max(known.settled, settled)
    for (const seq of known.commands.keys()) if (seq <= known.settled) known.commands.delete(seq)
  }

  async drop(room: string, session: string): Promise<void> {
    this.#storage.outbox.get(room)?.delete(session)
  }

  #session(room: string, session: string): MemorySession {
    const sessions = this.#storage.outbox.get(room) ?? new Map<string, MemorySession>()
    this.#storage.outbox.set(room, sessions)
    const known = sessions.get(session) ?? { settled: 0, commands: new Map<number, Uint8Array>() }
    sessions.set(session, known)
    return known
  }
}
