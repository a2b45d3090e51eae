/** The one database of this origin: what this browser remembers (Registry) and what is not yet agreed (Outbox). */
import type { ListRecord, NodeRecord } from '../../shared/life/ports.ts'
import { endedTyped, openOrMake, typed, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from './database.ts'

export interface OriginSchema extends DBSchema {
  /** `machine` and `person` of this profile. */
  readonly settings: { readonly key: string; readonly value: { readonly id: string; readonly name: string } }
  readonly lists: { readonly key: string; readonly value: ListRecord }
  readonly nodes: { readonly key: string; readonly value: NodeRecord; readonly indexes: { readonly room: string } }
  /** By room, session, seq. */
  readonly commands: { readonly key: [string, string, number]; readonly value: Uint8Array }
  /** How far a session is settled, by room and session. */
  readonly settled: { readonly key: [string, string]; readonly value: number }
}

export type StoreName = StoreNames<OriginSchema>
export type OriginTransaction<Mode extends IDBTransactionMode> = IDBPTransaction<OriginSchema, StoreName[], Mode>

const NAME = 'flotilla'
const VERSION = 1

export class OriginDatabase {
  readonly #factory: IDBFactory
  #connection: Promise<IDBPDatabase<OriginSchema>> | null = null

  constructor(factory: IDBFactory = indexedDB) {
    this.#factory = factory
  }

  async read<T>(stores: StoreName[], look: (transaction: OriginTransaction<'readonly'>) => Promise<T>): Promise<T> {
    const database = await this.#open()
    const transaction = database.transaction(stores, 'readonly')
    transaction.done.catch(() => {}) // The requests say why.
    return look(transaction)
  }

  /**
   * Runs `change` in a transaction and resolves with what it returns once the transaction is complete. A change that
   * reads nothing calls commit() itself, at once: more of what a dying page writes then survives (FACTS 9).
   */
  async write<T>(
    stores: StoreName[],
    change: (transaction: OriginTransaction<'readwrite'>) => Promise<T>,
    durability: 'strict' | 'relaxed' = 'relaxed',
  ): Promise<T> {
    const database = await this.#open()
    const transaction = database.transaction(stores, 'readwrite', { durability })
    transaction.done.catch(() => {}) // Says too early that it failed, and not why.
    const end = endedTyped(transaction)
    const [value, saved] = await Promise.all([change(transaction), end])
    if (!saved.ok) throw new Error(`this browser stored nothing: ${JSON.stringify(saved.error)}`)
    return value
  }

  close(): void {
    const connection = this.#connection
    this.#connection = null
    connection?.then((database) => database.close()).catch(() => {})
  }

  /** A connection that others closed (another version, cleared site storage) is opened again by the next who asks. */
  #open(): Promise<IDBPDatabase<OriginSchema>> {
    if (this.#connection !== null) return this.#connection
    const connection = openOrMake(this.#factory, NAME, VERSION, upgrade).then((database) => {
      const forget = (): void => {
        if (this.#connection === connection) this.#connection = null
      }
      database.addEventListener('versionchange', forget)
      database.addEventListener('close', forget)
      return typed<OriginSchema>(database)
    })
    this.#connection = connection
    connection.catch(() => {
      if (this.#connection === connection) this.#connection = null
    })
    return connection
  }
}

function upgrade(database: IDBDatabase): void {
  database.createObjectStore('settings')
  database.createObjectStore('lists', { keyPath: 'room' })
  database.createObjectStore('nodes', { keyPath: 'node' }).createIndex('room', 'room')
  database.createObjectStore('commands')
  database.createObjectStore('settled')
}

/** Every key whose first parts are these; arrays sort after strings and numbers. */
export function startingWith(...parts: readonly string[]): IDBKeyRange {
  return IDBKeyRange.bound([...parts], [...parts, []])
}
