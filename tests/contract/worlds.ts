/** The worlds in which the suites of this folder play: memory, and IndexedDB (a stand-in under Node, the real one in a page). */
import { journalDisk, type Buckets } from '../../client/disk/journal.ts'
import { MemoryDisk, MemoryOutbox, MemoryRegistry, MemoryStorage } from '../../client/disk/memory.ts'
import { OriginDatabase } from '../../client/disk/origin.ts'
import { DatabaseOutbox } from '../../client/disk/outbox.ts'
import { DatabaseRegistry } from '../../client/disk/registry.ts'
import type { DiskWorld } from './disk-world.ts'
import type { OriginWorld } from './registry.ts'

export function memoryDiskWorld(): DiskWorld {
  const storage = new MemoryStorage()
  return {
    disk: () => new MemoryDisk(storage),
    node: unused,
    names: async () => [...storage.journals.keys()],
    flip: async (node, number) => {
      const record = storage.journals.get(node)?.get(number)
      if (record === undefined) throw new Error(`no record ${number}`)
      record[0]! ^= 1
    },
    destroy: async (node) => {
      storage.journals.delete(node)
    },
    room: async (room) => {
      storage.capacity = room === 'tight' ? 500_000 : Infinity
    },
  }
}

export function memoryOriginWorld(): OriginWorld {
  const storage = new MemoryStorage()
  return { page: () => ({ registry: new MemoryRegistry(storage), outbox: new MemoryOutbox(storage) }), room: unused }
}

export function databaseDiskWorld(buckets: Buckets | null, setRoom?: DiskWorld['room']): DiskWorld {
  /** Where a journal lies is nobody's business but the adapter's, and of those who damage it. */
  const place = async (node: string): Promise<{ readonly factory: IDBFactory; readonly name: string }> => {
    const name = `flotilla-node-${node}`
    if (buckets === null) return { factory: indexedDB, name }
    if (!(await buckets.keys()).includes(name)) throw new Error(`no bucket ${name}`)
    return { factory: (await buckets.open(name)).indexedDB, name: 'journal' }
  }
  return {
    disk: () => journalDisk(indexedDB, buckets),
    node: unused,
    names: async () => [...(await indexedDB.databases()).map(({ name }) => name ?? ''), ...((await buckets?.keys()) ?? [])],
    flip: async (node, number) => {
      const { factory, name } = await place(node)
      await flip(factory, name, number)
    },
    destroy: async (node) => {
      const { factory, name } = await place(node)
      await done(factory.deleteDatabase(name))
    },
    abortNext,
    ...(setRoom === undefined ? {} : { room: setRoom }),
  }
}

/** Every page has a connection of its own, as a tab does. */
export function databaseOriginWorld(): OriginWorld {
  return {
    page: () => {
      const origin = new OriginDatabase(indexedDB)
      return { registry: new DatabaseRegistry(origin), outbox: new DatabaseOutbox(origin) }
    },
    room: unused,
  }
}

export function unused(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

async function flip(factory: IDBFactory, name: string, number: number): Promise<void> {
  const database = await done(factory.open(name, 1))
  const transaction = database.transaction('records', 'readwrite')
  const store = transaction.objectStore('records')
  const record = (await done(store.get(number))) as Uint8Array
  record[0]! ^= 1
  await done(store.put(record, number))
  database.close()
}

function abortNext(): void {
  const commit = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, 'commit')
  if (commit === undefined) throw new Error('no commit() to replace')
  Object.defineProperty(IDBTransaction.prototype, 'commit', {
    configurable: true,
    value(this: IDBTransaction) {
      Object.defineProperty(IDBTransaction.prototype, 'commit', commit)
      this.abort()
    },
  })
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('no reason given')))
  })
}
