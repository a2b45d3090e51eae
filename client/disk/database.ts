/**
 * The few ways in which this folder talks to IndexedDB; the only file that knows idb. Requests become promises through
 * idb; the end of a write does not, since idb's `done` answers on the first failed request, when the transaction has not
 * aborted yet and its reason is still unknown.
 */
import { unwrap, wrap, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb'
import type { Result, SaveError } from '../../shared/host/ports.ts'

export type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames }

/** Opens a database that exists; null if there is none, and none is left behind. Rejects with what the browser says. */
export function openExisting(factory: IDBFactory, name: string, version: number): Promise<IDBDatabase | null> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, version)
    let isNew = false
    request.addEventListener('upgradeneeded', (event) => {
      if (event.oldVersion > 0) return
      isNew = true
      request.transaction?.abort()
    })
    request.addEventListener('success', () => resolve(closedByOthers(request.result)))
    request.addEventListener('error', (event) => {
      event.preventDefault()
      if (isNew) resolve(null)
      else reject(request.error ?? new Error('no reason given'))
    })
  })
}

/** Opens a database, making it with `upgrade` if need be. Rejects with what the browser says. */
export function openOrMake(
  factory: IDBFactory,
  name: string,
  version: number,
  upgrade: (database: IDBDatabase, from: number) => void,
): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, version)
    request.addEventListener('upgradeneeded', (event) => upgrade(request.result, event.oldVersion))
    request.addEventListener('success', () => resolve(closedByOthers(request.result)))
    request.addEventListener('error', (event) => {
      event.preventDefault()
      reject(request.error ?? new Error('no reason given'))
    })
  })
}

/** Resolves when nothing of that name exists; waits for other connections, which all close when asked. */
export async function deleteDatabase(factory: IDBFactory, name: string): Promise<void> {
  await wrap(factory.deleteDatabase(name))
}

export function result<T>(request: IDBRequest<T>): Promise<T> {
  return wrap(request)
}

/** The same database with idb's conveniences, for stores with a schema. */
export function typed<Schema extends DBSchema>(database: IDBDatabase): IDBPDatabase<Schema> {
  return wrap(database) as IDBPDatabase<Schema>
}

/**
 * How a transaction ended: answered on `complete` or `abort`, never before, and never rejects. The reason is that of the
 * request that failed: after commit() Firefox gives the transaction a mere AbortError (seen in 153), and what fails after
 * all requests succeeded, as at quota, only the transaction knows.
 */
export function ended(transaction: IDBTransaction): Promise<Result<null, SaveError>> {
  return new Promise((resolve) => {
    let reason: DOMException | null = null
    transaction.addEventListener('error', ({ target }) => {
      const error = (target as IDBRequest).error
      if (error?.name !== 'AbortError') reason ??= error
    })
    transaction.addEventListener('complete', () => resolve({ ok: true, value: null }))
    transaction.addEventListener('abort', () => resolve({ ok: false, error: saveError(reason ?? transaction.error) }))
  })
}

/** The same for a transaction of `typed`. */
export function endedTyped<Schema extends DBSchema>(
  transaction: IDBPTransaction<Schema, StoreNames<Schema>[], IDBTransactionMode>,
): Promise<Result<null, SaveError>> {
  return ended(unwrap(transaction))
}

/** What the browser's exception means for who saves. */
export function saveError(error: unknown): SaveError {
  if (!(error instanceof Error) && !isNamed(error)) return { type: 'aborted', why: 'no reason given' }
  if (error.name === 'ConstraintError') return { type: 'collision' }
  if (error.name === 'QuotaExceededError') return { type: 'full' }
  return { type: 'aborted', why: `${error.name}: ${error.message}` }
}

/** Bytes that own their buffer: a view would be stored with everything around it. */
export function exact(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()
}

/** Whoever deletes or upgrades a database must not wait for us; what we write next ends in a typed error. */
function closedByOthers(database: IDBDatabase): IDBDatabase {
  database.addEventListener('versionchange', () => database.close())
  return database
}

function isNamed(error: unknown): error is { readonly name: string; readonly message: string } {
  return typeof error === 'object' && error !== null && 'name' in error && 'message' in error
}
