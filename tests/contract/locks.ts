/** What every Locks promises, between documents that live and die. Played from outside: a document may be a real tab. */
import type { HeldLock, Locks } from '../../shared/life/ports.ts'
import { check, same, type Scene } from './scene.ts'

/** Locks of one document, with answers that can leave the document. */
export interface LocksDocument {
  /** True if it was taken; the document keeps it under its name. */
  take(name: string, patience: number): Promise<boolean>
  release(name: string): Promise<void>
  held(): Promise<readonly string[]>
  /** From now on the document counts how often whenFree called back for this name. */
  watch(name: string): Promise<void>
  unwatch(name: string): Promise<void>
  freed(name: string): Promise<number>
  ask(node: string): Promise<boolean>
  answerFor(nodes: readonly string[]): Promise<void>
}

export interface LocksWorld {
  /** A new document of the machine. */
  readonly open: () => Promise<LocksDocument>
  /** A name that nobody has used. */
  readonly name: () => string
  readonly close: (document: LocksDocument) => Promise<void>
  readonly crash: (document: LocksDocument) => Promise<void>
  /** The document goes and another comes in its place. */
  readonly reload?: (document: LocksDocument) => Promise<void>
}

export class LocalDocument implements LocksDocument {
  readonly #locks: Locks
  readonly #held = new Map<string, HeldLock>()
  readonly #freed = new Map<string, number>()
  readonly #watches = new Map<string, () => void>()

  constructor(locks: Locks) {
    this.#locks = locks
  }

  async take(name: string, patience: number): Promise<boolean> {
    const lock = await this.#locks.take(name, patience)
    if (lock !== null) this.#held.set(name, lock)
    return lock !== null
  }

  async release(name: string): Promise<void> {
    this.#held.get(name)?.release()
  }

  async held(): Promise<readonly string[]> {
    return [...(await this.#locks.held())]
  }

  async watch(name: string): Promise<void> {
    this.#watches.set(
      name,
      this.#locks.whenFree(name, () => this.#freed.set(name, (this.#freed.get(name) ?? 0) + 1)),
    )
  }

  async unwatch(name: string): Promise<void> {
    this.#watches.get(name)?.()
  }

  async freed(name: string): Promise<number> {
    return this.#freed.get(name) ?? 0
  }

  ask(node: string): Promise<boolean> {
    return this.#locks.ask(node)
  }

  async answerFor(nodes: readonly string[]): Promise<void> {
    this.#locks.answerFor(nodes)
  }
}

/** Longer than any scene takes: "at all". */
const PATIENCE = 20_000

export const locksScenes: readonly Scene<LocksWorld>[] = [
  {
    title: 'one document holds a lock, until it lets go',
    async play({ open, name }) {
      const [a, b, lock] = [await open(), await open(), name()]
      check(await a.take(lock, 0), 'a free lock was refused')
      check(!(await b.take(lock, 0)), 'taken twice')
      check(!(await b.take(lock, 50)), 'taken twice with patience')
      check(!(await a.take(lock, 0)), 'taken twice by one document')
      check((await b.held()).includes(lock), 'not listed as held')
      await a.release(lock)
      await a.release(lock)
      check(await b.take(lock, PATIENCE), 'a released lock was refused')
      await b.release(lock)
      check(await free(a, lock), 'still listed as held')
    },
  },
  {
    title: 'of many who ask at once, one gets it',
    async play({ open, name }) {
      const documents = [await open(), await open(), await open()]
      const lock = name()
      const takes = await Promise.all(documents.flatMap((document) => [document.take(lock, 0), document.take(lock, 100)]))
      same(takes.filter(Boolean).length, 1, 'holders')
    },
  },
  {
    title: 'patience is rewarded when the lock comes free in time',
    async play({ open, name }) {
      const [a, b, lock] = [await open(), await open(), name()]
      check(await a.take(lock, 0), 'take')
      const waiting = b.take(lock, PATIENCE)
      await a.release(lock)
      check(await waiting, 'waited in vain')
      check(!(await a.take(lock, 0)), 'two holders')
    },
  },
  {
    title: 'whoever lost patience gets nothing later',
    async play({ open, name }) {
      const [a, b, c, lock] = [await open(), await open(), await open(), name()]
      check(await a.take(lock, 0), 'take')
      check(!(await b.take(lock, 20)), 'taken twice')
      await a.release(lock)
      check(await c.take(lock, PATIENCE), 'somebody without patience holds it')
    },
  },
  {
    title: 'a lock dies with its document: closed',
    play: ({ open, name, close }) => dies({ open, name }, close),
  },
  {
    title: 'a lock dies with its document: crashed',
    play: ({ open, name, crash }) => dies({ open, name }, crash),
  },
  {
    title: 'a lock dies with its document: reloaded',
    needs: 'reload',
    play: ({ open, name, reload }) => dies({ open, name }, reload!),
  },
  {
    title: 'whenFree calls back once when the holder dies, keeps nothing, and everybody who waits is told',
    async play({ open, name, close }) {
      const [a, b, c, lock] = [await open(), await open(), await open(), name()]
      check(await a.take(lock, 0), 'take')
      await Promise.all([b.watch(lock), c.watch(lock)])
      check(!(await b.take(lock, 50)), 'taken twice')
      same([await b.freed(lock), await c.freed(lock)], [0, 0], 'told too early')
      await close(a)
      await until('whenFree', async () => (await b.freed(lock)) === 1 && (await c.freed(lock)) === 1)
      check(await b.take(lock, PATIENCE), 'somebody keeps it')
      await b.release(lock)
      check(await c.take(lock, PATIENCE), 'somebody keeps it')
      same([await b.freed(lock), await c.freed(lock)], [1, 1], 'times told')
    },
  },
  {
    title: 'whoever stopped waiting is not told',
    async play({ open, name }) {
      const [a, b, c, lock] = [await open(), await open(), await open(), name()]
      check(await a.take(lock, 0), 'take')
      await Promise.all([b.watch(lock), c.watch(lock)])
      await b.unwatch(lock)
      await a.release(lock)
      await until('whenFree', async () => (await c.freed(lock)) === 1)
      check(await a.take(lock, PATIENCE), 'somebody keeps it')
      same(await b.freed(lock), 0, 'times told')
    },
  },
  {
    title: 'who hosts X? is answered by living documents that do, and by nobody else',
    async play({ open, name, close, crash }) {
      const [a, b, c, x, y, z] = [await open(), await open(), await open(), name(), name(), name()]
      check(!(await a.ask(x)), 'answered before anybody hosts')
      await b.answerFor([x, y])
      await c.answerFor([z])
      // A busy page may answer too late to be heard, so an answer is something that comes at all; silence has to be silence.
      for (const node of [x, y, z]) await until('an answer', () => a.ask(node))
      await until('an answer between hosts', () => b.ask(z))
      same([await b.ask(x), await c.ask(z), await a.ask(name())], [true, true, false], 'answers about oneself and nobody')
      await b.answerFor([y])
      check(!(await a.ask(x)), 'answered for what it hosts no more')
      await until('an answer', () => a.ask(y))
      await close(b)
      await crash(c)
      same([await a.ask(y), await a.ask(z)], [false, false], 'answers of the dead')
    },
  },
]

async function dies({ open, name }: Pick<LocksWorld, 'open' | 'name'>, die: (document: LocksDocument) => Promise<void>): Promise<void> {
  const [a, b, lock, other] = [await open(), await open(), name(), name()]
  check((await a.take(lock, 0)) && (await a.take(other, 0)), 'take')
  const waiting = b.take(lock, PATIENCE)
  await die(a)
  check(await waiting, 'a dead document keeps its lock')
  check(await b.take(other, PATIENCE), 'a dead document keeps its other lock')
}

function free(document: LocksDocument, lock: string): Promise<boolean> {
  return until('a lock to be free', async () => !(await document.held()).includes(lock))
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<true> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (await isSo()) return true
  }
  throw new Error(`${what}: nothing after ${PATIENCE} ms`)
}
