/** The Registry adapter: what this browser remembers, in the origin's database. */
import type { MachineId, NodeId } from '../../shared/host/ports.ts'
import type { ListRecord, NodeRecord, Person, Registry } from '../../shared/life/ports.ts'
import { mintId } from './id.ts'
import { startingWith, type OriginDatabase, type OriginTransaction } from './origin.ts'

export class DatabaseRegistry implements Registry {
  readonly #database: OriginDatabase

  constructor(database: OriginDatabase) {
    this.#database = database
  }

  async machine(): Promise<MachineId> {
    return (await this.#minted('machine')).id
  }

  person(): Promise<Person> {
    return this.#minted('person')
  }

  setPersonName(name: string): Promise<void> {
    return this.#database.write(['settings'], async (transaction) => {
      const { id } = await mintedIn(transaction, 'person')
      await transaction.objectStore('settings').put({ id, name }, 'person')
    })
  }

  async lists(): Promise<readonly ListRecord[]> {
    const lists = await this.#database.read(['lists'], (transaction) => transaction.objectStore('lists').getAll())
    return lists.toSorted((a, b) => b.visitedAt - a.visitedAt)
  }

  putList(record: ListRecord): Promise<void> {
    return this.#database.write(['lists'], async (transaction) => {
      const put = transaction.objectStore('lists').put(record)
      transaction.commit()
      await put
    })
  }

  forgetList(room: string): Promise<void> {
    return this.#database.write(['lists', 'nodes', 'commands', 'settled'], async (transaction) => {
      const nodes = transaction.objectStore('nodes')
      const keys = await nodes.index('room').getAllKeys(room)
      await Promise.all([
        ...keys.map((key) => nodes.delete(key)),
        transaction.objectStore('lists').delete(room),
        transaction.objectStore('commands').delete(startingWith(room)),
        transaction.objectStore('settled').delete(startingWith(room)),
      ])
    })
  }

  nodes(room: string): Promise<readonly NodeRecord[]> {
    return this.#database.read(['nodes'], (transaction) => transaction.objectStore('nodes').index('room').getAll(room))
  }

  putNode(record: NodeRecord): Promise<void> {
    return this.#database.write(['nodes'], async (transaction) => {
      const put = transaction.objectStore('nodes').put(record)
      transaction.commit()
      await put
    })
  }

  removeNode(node: NodeId): Promise<void> {
    return this.#database.write(['nodes'], async (transaction) => {
      const removed = transaction.objectStore('nodes').delete(node)
      transaction.commit()
      await removed
    })
  }

  /** Strict: a profile that forgot its machine at a power cut would count as two that fail apart. Read first, since that waits for no disk. */
  async #minted(key: 'machine' | 'person'): Promise<Person> {
    const known = await this.#database.read(['settings'], (transaction) => transaction.objectStore('settings').get(key))
    return known ?? this.#database.write(['settings'], (transaction) => mintedIn(transaction, key), 'strict')
  }
}

/** Readwrite transactions take turns, so of two tabs that ask at once the second finds what the first minted. */
async function mintedIn(transaction: OriginTransaction<'readwrite'>, key: 'machine' | 'person'): Promise<Person> {
  const settings = transaction.objectStore('settings')
  const known = await settings.get(key)
  if (known !== undefined) return known
  const minted = { id: mintId(), name: '' }
  await settings.add(minted, key)
  return minted
}
