/** Disk, Registry and Outbox of one page, over the storage of its machine. */
import type { Disk, Journal, JournalRecord, JournalStart, MachineId, NodeId, OpenError, Result, SaveError } from '../host/ports.ts'
import type { ListRecord, NodeRecord, Outbox, OutboxSession, Person, Registry } from '../life/ports.ts'
import type { Dice } from './dice.ts'
import type { DiskProfile } from './profile.ts'
import type { Records, Storage } from './storage.ts'

/** How a page's writes reach the disk: later, in order for one journal, and perhaps not at all if the page dies first. */
export interface Writing {
  /**
   * `what` happens to the disk after a while; its outcome reaches the page, if the page still runs. `isAdd`: it needs the page
   * no more, so it may happen though the page died.
   */
  write<T>(place: string, what: () => T, isAdd: boolean): Promise<T>
  readonly dice: Dice
  readonly profile: () => DiskProfile
  /** Becomes durable under `number`, strictly after all before. */
  landed(node: NodeId, number: number, record: Uint8Array, replaces: boolean): void
  retired(node: NodeId): void
  /** The page lets go of a journal; `hasFailed`: after a write that did not land. */
  closed(node: NodeId, hasFailed: boolean): void
}

type Failure = { readonly ok: false; readonly error: SaveError } | null

export class SimDisk implements Disk {
  readonly #storage: Storage
  readonly #writing: Writing

  constructor(storage: Storage, writing: Writing) {
    this.#storage = storage
    this.#writing = writing
  }

  create(node: NodeId, birth: Uint8Array): Promise<Result<Journal, SaveError>> {
    const { journals } = this.#storage
    const bytes = birth.slice()
    return this.#writing.write(
      node,
      () => {
        if (journals.has(node)) return { ok: false, error: { type: 'collision' } }
        const failure = failureOf(this.#writing)
        if (failure !== null) return failure
        const records: Records = new Map([[1, bytes]])
        journals.set(node, records)
        this.#writing.landed(node, 1, bytes, true)
        return { ok: true, value: new SimJournal(node, records, this.#writing, 1) }
      },
      true,
    )
  }

  open<E>(
    node: NodeId,
    begin: (records: readonly JournalRecord[]) => Result<JournalStart, E>,
  ): Promise<Result<{ readonly journal: Journal; readonly last: number }, OpenError<E>>> {
    return this.#writing.write(
      node,
      () => {
        const records = this.#storage.journals.get(node)
        if (records === undefined) return { ok: false, error: { type: 'missing' } }
        const failure = failureOf(this.#writing)
        if (failure !== null) return failure
        const read = [...records].map(([number, bytes]) => ({ number, bytes: bytes.slice() })).sort((a, b) => a.number - b.number)
        const began = begin(read)
        if (!began.ok) return { ok: false, error: { type: 'refused', error: began.error } }
        if (began.value.replace) records.clear()
        const begun = (read.at(-1)?.number ?? 0) + 1
        for (const [k, record] of began.value.records.entries()) {
          records.set(begun + k, record.slice())
          this.#writing.landed(node, begun + k, record, began.value.replace && k === 0)
        }
        const journal = new SimJournal(node, records, this.#writing, begun)
        return { ok: true, value: { journal, last: begun + began.value.records.length - 1 } }
      },
      false,
    )
  }

  remove(node: NodeId): Promise<void> {
    return this.#writing.write(node, () => void this.#storage.journals.delete(node), true)
  }
}

class SimJournal implements Journal {
  readonly #node: NodeId
  readonly #records: Records
  readonly #writing: Writing
  /** The first record that this opening added. */
  readonly #begun: number
  #isOpen = true
  #hasFailed = false

  constructor(node: NodeId, records: Records, writing: Writing, begun: number) {
    this.#node = node
    this.#records = records
    this.#writing = writing
    this.#begun = begun
  }

  append(number: number, record: Uint8Array, _durability: 'strict' | 'relaxed'): Promise<Result<null, SaveError>> {
    return this.#write(number, [record], false)
  }

  compact(first: number, records: readonly Uint8Array[]): Promise<Result<null, SaveError>> {
    return this.#write(first, records, true)
  }

  #write(first: number, given: readonly Uint8Array[], replaces: boolean): Promise<Result<null, SaveError>> {
    if (!this.#isOpen) return Promise.resolve({ ok: false, error: { type: 'aborted', why: 'the journal is closed' } })
    const added = given.map((record) => record.slice())
    return this.#writing.write(
      this.#node,
      () => {
        if (added.some((_, k) => this.#records.has(first + k))) return { ok: false, error: { type: 'collision' } }
        const failure = failureOf(this.#writing)
        this.#hasFailed = failure !== null
        if (failure !== null) return failure
        if (replaces) for (const number of this.#records.keys()) if (number < first && number !== this.#begun) this.#records.delete(number)
        for (const [k, bytes] of added.entries()) {
          this.#records.set(first + k, bytes)
          this.#writing.landed(this.#node, first + k, bytes, replaces && k === 0)
        }
        return { ok: true, value: null }
      },
      true,
    )
  }

  close(): void {
    if (this.#isOpen) this.#writing.closed(this.#node, this.#hasFailed)
    this.#isOpen = false
  }
}

function failureOf({ dice, profile }: Writing): Failure {
  if (!dice.chance(profile().failure)) return null
  return { ok: false, error: dice.chance(0.5) ? { type: 'full' } : { type: 'aborted', why: 'the dice said so' } }
}

export class SimRegistry implements Registry {
  readonly #storage: Storage
  readonly #writing: Writing
  readonly #machine: MachineId

  constructor(storage: Storage, writing: Writing, machine: MachineId) {
    this.#storage = storage
    this.#writing = writing
    this.#machine = machine
  }

  machine(): Promise<MachineId> {
    return this.#do(() => this.#machine)
  }

  person(): Promise<Person> {
    return this.#do(() => ({ id: this.#machine, name: '' }))
  }

  setPersonName(_name: string): Promise<void> {
    return this.#do(() => undefined)
  }

  lists(): Promise<readonly ListRecord[]> {
    return this.#do(() => [...this.#storage.lists.values()])
  }

  putList(record: ListRecord): Promise<void> {
    return this.#do(() => void this.#storage.lists.set(record.room, record), true)
  }

  forgetList(_room: string): Promise<void> {
    return this.#do(() => undefined)
  }

  nodes(room: string): Promise<readonly NodeRecord[]> {
    return this.#do(() => [...this.#storage.nodes.values()].filter((record) => record.room === room))
  }

  putNode(record: NodeRecord): Promise<void> {
    if (record.retired) this.#writing.retired(record.node)
    return this.#do(() => void this.#storage.nodes.set(record.node, record), true)
  }

  removeNode(node: NodeId): Promise<void> {
    return this.#do(() => void this.#storage.nodes.delete(node), true)
  }

  #do<T>(what: () => T, isAdd = false): Promise<T> {
    return this.#writing.write('origin', what, isAdd)
  }
}

export class SimOutbox implements Outbox {
  readonly #storage: Storage
  readonly #writing: Writing
  readonly #kept: (session: string, seq: number, bytes: Uint8Array) => void

  /** `kept`: the command is on disk, so it may not be lost any more. */
  constructor(storage: Storage, writing: Writing, kept: (session: string, seq: number, bytes: Uint8Array) => void) {
    this.#storage = storage
    this.#writing = writing
    this.#kept = kept
  }

  sessions(_room: string): Promise<readonly OutboxSession[]> {
    return this.#do(() =>
      [...this.#storage.sessions].map(([session, { settled, commands }]) => {
        const pending = [...commands].map(([seq, command]) => ({ seq, command: command.slice() })).sort((a, b) => a.seq - b.seq)
        return { session, settled, last: pending.at(-1)?.seq ?? settled, commands: pending }
      }),
    )
  }

  put(_room: string, session: string, seq: number, command: Uint8Array): Promise<void> {
    const bytes = command.slice()
    return this.#do(() => {
      this.#storage.session(session).commands.set(seq, bytes)
      this.#kept(session, seq, bytes)
    }, true)
  }

  settle(_room: string, session: string, settled: number): Promise<void> {
    return this.#do(() => {
      const known = this.#storage.session(session)
      known.settled = Math.max(known.settled, settled)
      for (const seq of known.commands.keys()) if (seq <= known.settled) known.commands.delete(seq)
    }, true)
  }

  drop(_room: string, session: string): Promise<void> {
    return this.#do(() => void this.#storage.sessions.delete(session), true)
  }

  #do<T>(what: () => T, isAdd = false): Promise<T> {
    return this.#writing.write('origin', what, isAdd)
  }
}
