/** The Outbox adapter: commands that are not yet agreed, in the origin's database. */
import type { Outbox, OutboxSession } from '../../shared/life/ports.ts'
import { startingWith, type OriginDatabase } from './origin.ts'

export class DatabaseOutbox implements Outbox {
  readonly #database: OriginDatabase
  #batch: Batch | null = null

  constructor(database: OriginDatabase) {
    this.#database = database
  }

  async sessions(room: string): Promise<readonly OutboxSession[]> {
    const [keys, commands, sessions, settled] = await this.#database.read(['commands', 'settled'], (transaction) => {
      const range = startingWith(room)
      const commands = transaction.objectStore('commands')
      const settled = transaction.objectStore('settled')
      return Promise.all([commands.getAllKeys(range), commands.getAll(range), settled.getAllKeys(range), settled.getAll(range)])
    })
    const found = new Map(sessions.map(([, session], i) => [session, { settled: settled[i]!, commands: [] as Pending[] }]))
    keys.forEach(([, session, seq], i) => {
      const of = found.get(session) ?? { settled: 0, commands: [] }
      found.set(session, of)
      if (seq > of.settled) of.commands.push({ seq, command: commands[i]! })
    })
    // What is settled was put, and what is not settled is still here: so the highest of both is the highest ever put.
    return [...found].map(([session, { settled, commands }]) => ({ session, settled, last: commands.at(-1)?.seq ?? settled, commands }))
  }

  /** What is put in one go shares a transaction. It reads nothing, so that a write begun while the page goes away still lands. */
  put(room: string, session: string, seq: number, command: Uint8Array): Promise<void> {
    const batch = (this.#batch ??= this.#nextBatch())
    batch.puts.push({ key: [room, session, seq], bytes: command.slice() }) // The caller's buffer is the caller's again when this returns.
    return batch.done
  }

  #nextBatch(): Batch {
    const puts: Put[] = []
    const done = Promise.resolve().then(() => {
      this.#batch = null
      return this.#database.write(['commands'], async (transaction) => {
        const store = transaction.objectStore('commands')
        const all = puts.map(({ key, bytes }) => store.put(bytes, key))
        transaction.commit()
        await Promise.all(all)
      })
    })
    return { puts, done }
  }

  settle(room: string, session: string, settled: number): Promise<void> {
    return this.#database.write(['commands', 'settled'], async (transaction) => {
      const store = transaction.objectStore('settled')
      const before = (await store.get([room, session])) ?? 0
      const upTo = Math.max(before, settled)
      const known = IDBKeyRange.bound([room, session], [room, session, upTo])
      await Promise.all([store.put(upTo, [room, session]), transaction.objectStore('commands').delete(known)])
    })
  }

  drop(room: string, session: string): Promise<void> {
    return this.#database.write(['commands', 'settled'], async (transaction) => {
      const gone = [
        transaction.objectStore('commands').delete(startingWith(room, session)),
        transaction.objectStore('settled').delete([room, session]),
      ]
      transaction.commit()
      await Promise.all(gone)
    })
  }
}

interface Pending {
  readonly seq: number
  readonly command: Uint8Array
}

interface Put {
  readonly key: [string, string, number]
  readonly bytes: Uint8Array
}

interface Batch {
  readonly puts: Put[]
  readonly done: Promise<void>
}
