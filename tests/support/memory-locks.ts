/** Locks of one machine in memory: documents open on it and die. What a browser does between its tabs. */
import type { Clock, Millis, NodeId } from '../../shared/host/ports.ts'
import type { HeldLock, Locks } from '../../shared/life/ports.ts'

interface Waiter {
  readonly document: MemoryLocks
  readonly granted: () => void
  /** Told, and gone: whoever waits for a lock to be free does not keep it. */
  readonly keeps: boolean
}

interface Named {
  holder: MemoryLocks | null
  readonly queue: Waiter[]
}

export class MemoryMachine {
  readonly documents = new Set<MemoryLocks>()
  readonly clock: Clock
  readonly #locks = new Map<string, Named>()

  constructor(clock: Clock) {
    this.clock = clock
  }

  open(): MemoryLocks {
    const document = new MemoryLocks(this)
    this.documents.add(document)
    return document
  }

  /** Every lock of the document is free at once, and nothing it waited for comes. */
  die(document: MemoryLocks): void {
    this.documents.delete(document)
    for (const [name, lock] of this.#locks) {
      for (const waiter of lock.queue.filter((waiter) => waiter.document === document)) this.leave(name, waiter)
      if (lock.holder === document) this.free(name, document)
    }
  }

  held(): ReadonlySet<string> {
    return new Set([...this.#locks].filter(([, { holder }]) => holder !== null).map(([name]) => name))
  }

  wait(name: string, waiter: Waiter): void {
    const lock = this.#locks.get(name) ?? { holder: null, queue: [] }
    this.#locks.set(name, lock)
    lock.queue.push(waiter)
    this.#grant(lock)
  }

  leave(name: string, waiter: Waiter): void {
    const queue = this.#locks.get(name)?.queue ?? []
    const place = queue.indexOf(waiter)
    if (place >= 0) queue.splice(place, 1)
  }

  free(name: string, document: MemoryLocks): void {
    const lock = this.#locks.get(name)
    if (lock?.holder !== document) return
    lock.holder = null
    this.#grant(lock)
  }

  #grant(lock: Named): void {
    while (lock.holder === null) {
      const next = lock.queue.shift()
      if (next === undefined) return
      if (next.keeps) lock.holder = next.document
      next.granted()
    }
  }
}

export class MemoryLocks implements Locks {
  readonly #machine: MemoryMachine
  hosted: ReadonlySet<NodeId> = new Set()

  constructor(machine: MemoryMachine) {
    this.#machine = machine
  }

  take(name: string, patience: Millis): Promise<HeldLock | null> {
    return new Promise((resolve) => {
      let isHeld = false
      let stop = (): void => {}
      const waiter: Waiter = {
        document: this,
        keeps: true,
        granted: () => {
          stop()
          isHeld = true
          resolve({ release })
        },
      }
      const release = (): void => {
        if (isHeld) this.#machine.free(name, this)
        isHeld = false
      }
      const giveUp = (): void => {
        this.#machine.leave(name, waiter)
        resolve(null)
      }
      this.#machine.wait(name, waiter)
      if (isHeld) return
      if (patience <= 0) giveUp()
      else stop = this.#machine.clock.wake(this.#machine.clock.now() + patience, giveUp)
    })
  }

  async held(): Promise<ReadonlySet<string>> {
    return this.#machine.held()
  }

  whenFree(name: string, callback: () => void): () => void {
    let waits = true
    const waiter: Waiter = { document: this, keeps: false, granted: () => queueMicrotask(() => waits && callback()) }
    this.#machine.wait(name, waiter)
    return () => {
      waits = false
      this.#machine.leave(name, waiter)
    }
  }

  async ask(node: NodeId): Promise<boolean> {
    return [...this.#machine.documents].some(({ hosted }) => hosted.has(node))
  }

  answerFor(nodes: readonly NodeId[]): void {
    this.hosted = new Set(nodes)
  }
}
