/**
 * The Disk adapter: a journal is a database of its own (DESIGN 5), in a Storage Bucket of its own where the browser has
 * them, because three tabs of one browser otherwise share one write-ahead log (FACTS 8).
 */
import type { Disk, Journal, JournalRecord, JournalStart, NodeId, OpenError, Result, SaveError } from '../../shared/host/ports.ts'
import { deleteDatabase, ended, exact, openExisting, openOrMake, result, saveError } from './database.ts'

/** What we use of https://wicg.github.io/storage-buckets; not yet in TypeScript's DOM library. */
export interface Buckets {
  open(
    name: string,
    options?: { readonly durability?: 'strict' | 'relaxed'; readonly persisted?: boolean },
  ): Promise<{ readonly indexedDB: IDBFactory }>
  keys(): Promise<readonly string[]>
  delete(name: string): Promise<void>
}

/** The journal of this browser, or of a stand-in. */
export function journalDisk(factory: IDBFactory = indexedDB, buckets: Buckets | null = bucketsOf(globalThis.navigator)): Disk {
  return new JournalDisk(factory, buckets)
}

const STORE = 'records'
const NONE = Promise.resolve([])
const VERSION = 1
const IN_BUCKET = 'journal'
const nameOf = (node: NodeId): string => `flotilla-node-${node}`

class JournalDisk implements Disk {
  readonly #factory: IDBFactory
  readonly #buckets: Buckets | null
  /** Which buckets there were when the page began, for the first journal that is opened: it need not wait for the answer. */
  #early: Promise<readonly string[]>

  constructor(factory: IDBFactory, buckets: Buckets | null) {
    this.#factory = factory
    this.#buckets = buckets
    this.#early = buckets?.keys().catch(() => []) ?? NONE
  }

  async create(node: NodeId, birth: Uint8Array): Promise<Result<Journal, SaveError>> {
    try {
      const database = (await this.#find(node)) ?? (await this.#make(node))
      const saved = await addFirst(database, birth)
      if (saved.ok) return { ok: true, value: new DatabaseJournal(database, 1) }
      database.close()
      return saved
    } catch (error) {
      return { ok: false, error: saveError(error) }
    }
  }

  async open<E>(
    node: NodeId,
    begin: (records: readonly JournalRecord[]) => Result<JournalStart, E>,
  ): Promise<Result<{ readonly journal: Journal; readonly last: number }, OpenError<E>>> {
    let reading: Reading
    try {
      const database = await this.#find(node)
      if (database === null) return { ok: false, error: { type: 'missing' } }
      reading = await readAll(database)
    } catch (error) {
      return { ok: false, error: saveError(error) }
    }
    const started = await start(reading, begin)
    if (!started.ok) return started
    const { begun, last } = started.value
    return { ok: true, value: { journal: new DatabaseJournal(reading.database, begun), last } }
  }

  async remove(node: NodeId): Promise<void> {
    await this.#buckets?.delete(nameOf(node))
    await deleteDatabase(this.#factory, nameOf(node))
  }

  /**
   * Looks in both places: a browser may have learned buckets after the journal was made. `keys` first, since opening
   * a bucket creates it.
   */
  async #find(node: NodeId): Promise<IDBDatabase | null> {
    const name = nameOf(node)
    const early = this.#early
    this.#early = NONE
    if (this.#buckets !== null && ((await early).includes(name) || (await this.#buckets.keys()).includes(name))) {
      const database = await openExisting(factoryOf(await this.#buckets.open(name)), IN_BUCKET, VERSION)
      if (database !== null) return database
    }
    return openExisting(this.#factory, name, VERSION)
  }

  async #make(node: NodeId): Promise<IDBDatabase> {
    const upgrade = (database: IDBDatabase): void => {
      database.createObjectStore(STORE)
    }
    if (this.#buckets === null) return openOrMake(this.#factory, nameOf(node), VERSION, upgrade)
    const bucket = await this.#buckets.open(nameOf(node), { durability: 'strict', persisted: true })
    return openOrMake(factoryOf(bucket), IN_BUCKET, VERSION, upgrade)
  }
}

class DatabaseJournal implements Journal {
  readonly #database: IDBDatabase
  /** The first that this opening added. */
  readonly #begun: number

  constructor(database: IDBDatabase, begun: number) {
    this.#database = database
    this.#begun = begun
  }

  append(number: number, record: Uint8Array, durability: 'strict' | 'relaxed'): Promise<Result<null, SaveError>> {
    return this.#write(durability, (store, transaction) => {
      store.add(exact(record), number)
      transaction.commit()
    })
  }

  compact(first: number, records: readonly Uint8Array[]): Promise<Result<null, SaveError>> {
    return this.#write('strict', (store, transaction) => {
      const added = records.map((record, k) => store.add(exact(record), first + k))
      // Committed only once no number was taken: after commit() Firefox aborts for the last request alone (seen in 153).
      added.at(-1)!.addEventListener('success', () => {
        store.delete(IDBKeyRange.upperBound(this.#begun, true))
        if (first > this.#begun) store.delete(IDBKeyRange.bound(this.#begun, first, true, true))
        transaction.commit()
      })
    })
  }

  async #write(
    durability: 'strict' | 'relaxed',
    ask: (store: IDBObjectStore, transaction: IDBTransaction) => void,
  ): Promise<Result<null, SaveError>> {
    try {
      const transaction = this.#database.transaction(STORE, 'readwrite', { durability })
      const end = ended(transaction)
      ask(transaction.objectStore(STORE), transaction)
      return await end
    } catch (error) {
      return { ok: false, error: saveError(error) }
    }
  }

  close(): void {
    this.#database.close()
  }
}

/**
 * The store is made in the upgrade, which cannot be asked to be strict, and the birth follows in a transaction that can.
 * A journal that is empty was therefore never born, and may be again; one that has anything in it collides.
 */
async function addFirst(database: IDBDatabase, birth: Uint8Array): Promise<Result<null, SaveError>> {
  const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' })
  const end = ended(transaction)
  const store = transaction.objectStore(STORE)
  if ((await result(store.count())) > 0) {
    transaction.abort()
    await end
    return { ok: false, error: { type: 'collision' } }
  }
  store.add(exact(birth), 1)
  transaction.commit()
  return end
}

/** A transaction that has read everything and is still open for what `begin` adds. */
interface Reading {
  readonly database: IDBDatabase
  readonly transaction: IDBTransaction
  readonly end: Promise<Result<null, SaveError>>
  readonly records: readonly JournalRecord[]
}

async function readAll(database: IDBDatabase): Promise<Reading> {
  const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' })
  const end = ended(transaction)
  const store = transaction.objectStore(STORE)
  try {
    // Only this file writes the store: numbers as keys, bytes as values.
    const keys = result(store.getAllKeys()) as Promise<number[]>
    const values = result(store.getAll()) as Promise<Uint8Array[]>
    const [numbers, bytes] = await Promise.all([keys, values])
    return { database, transaction, end, records: numbers.map((number, i) => ({ number, bytes: bytes[i]! })) }
  } catch (error) {
    database.close()
    throw error
  }
}

/** No await before the commit: IndexedDB ends a transaction in which nothing is asked. */
async function start<E>(
  { database, transaction, end, records }: Reading,
  begin: (records: readonly JournalRecord[]) => Result<JournalStart, E>,
): Promise<Result<{ readonly begun: number; readonly last: number }, OpenError<E>>> {
  const giveUp = (): void => {
    transaction.abort()
    database.close()
  }
  const newest = records.at(-1)
  if (newest === undefined) {
    giveUp()
    return { ok: false, error: { type: 'missing' } }
  }
  let began: Result<JournalStart, E>
  try {
    began = begin(records)
  } catch (error) {
    giveUp()
    throw error // A broken program, not the world's trouble.
  }
  if (!began.ok) {
    giveUp()
    return { ok: false, error: { type: 'refused', error: began.error } }
  }
  const store = transaction.objectStore(STORE)
  if (began.value.replace) store.clear()
  const begun = newest.number + 1
  for (const [k, record] of began.value.records.entries()) store.add(exact(record), begun + k)
  transaction.commit()
  const saved = await end
  if (!saved.ok) database.close()
  return saved.ok ? { ok: true, value: { begun, last: newest.number + began.value.records.length } } : saved
}

/**
 * Once a bucket's factory is garbage, Chromium (seen in 156) serves the connections that it opened no more and tells
 * nobody: requests and transactions then end never. So whatever a page opens it keeps, a small object a start.
 */
const keptAlive: IDBFactory[] = []

function factoryOf({ indexedDB }: { readonly indexedDB: IDBFactory }): IDBFactory {
  keptAlive.push(indexedDB)
  return indexedDB
}

function bucketsOf(navigator: Navigator | undefined): Buckets | null {
  return (navigator as { readonly storageBuckets?: Buckets } | undefined)?.storageBuckets ?? null
}
