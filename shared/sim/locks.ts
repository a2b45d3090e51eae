/** Locks of one machine, and who answers for which node. A dead page's locks are freed a little late. */
import type { Millis, NodeId } from '../host/ports.ts'
import type { HeldLock, Locks } from '../life/ports.ts'
import type { Station } from './transport.ts'
import type { World } from './world.ts'

const ANSWER_MS: Millis = 200

interface Holding {
  readonly page: Station
}

interface Waiting {
  readonly page: Station
  readonly grant: () => void
  isOff: boolean
}

/** The browser's side of it. */
export class LockTable {
  readonly #world: World
  readonly #held = new Map<string, Holding>()
  readonly #waiting = new Map<string, Waiting[]>()
  readonly #watching = new Map<string, (() => void)[]>()
  readonly #hosts = new Map<Station, ReadonlySet<NodeId>>()

  constructor(world: World) {
    this.#world = world
  }

  get names(): ReadonlySet<string> {
    return new Set(this.#held.keys())
  }

  isFree(name: string): boolean {
    return !this.#held.has(name)
  }

  take(name: string, page: Station): Holding {
    const holding = { page }
    this.#held.set(name, holding)
    return holding
  }

  wait(name: string, waiting: Waiting): void {
    this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), waiting])
  }

  /** Calls once, when it is freed; takes nothing. */
  watch(name: string, look: () => void): void {
    this.#watching.set(name, [...(this.#watching.get(name) ?? []), look])
  }

  free(name: string, holding: Holding): void {
    if (this.#held.get(name) !== holding) return
    this.#held.delete(name)
    const watching = this.#watching.get(name) ?? []
    this.#watching.delete(name)
    for (const look of watching) look()
    const queue = (this.#waiting.get(name) ?? []).filter(({ isOff, page }) => !isOff && page.isAlive)
    const next = queue.shift()
    if (queue.length === 0) this.#waiting.delete(name)
    else this.#waiting.set(name, queue)
    next?.grant()
  }

  /** The browser notices that a page died. */
  freeAll(page: Station, delay: Millis): void {
    this.#hosts.delete(page)
    this.#world.after(delay, () => {
      for (const [name, holding] of this.#held) if (holding.page === page) this.free(name, holding)
    })
  }

  answerFor(page: Station, nodes: readonly NodeId[]): void {
    this.#hosts.set(page, new Set(nodes))
  }

  isHosted(node: NodeId): boolean {
    for (const [page, nodes] of this.#hosts) if (page.isAlive && !page.isFrozen && nodes.has(node)) return true
    return false
  }
}

export class SimLocks implements Locks {
  readonly #table: LockTable
  readonly #page: Station
  readonly #world: World

  constructor(table: LockTable, page: Station, world: World) {
    this.#table = table
    this.#page = page
    this.#world = world
  }

  take(name: string, patience: Millis): Promise<HeldLock | null> {
    this.#world.activity++
    return new Promise((resolve) => {
      const grant = (): void => {
        const holding = this.#table.take(name, this.#page)
        this.#page.answer(() => resolve({ release: () => this.#table.free(name, holding) }))
      }
      this.#world.after(0.2, () => {
        if (!this.#page.isAlive) return
        if (this.#table.isFree(name)) return grant()
        if (patience <= 0) return this.#page.answer(() => resolve(null))
        const waiting = { page: this.#page, grant, isOff: false }
        this.#table.wait(name, waiting)
        this.#world.after(patience, () => {
          waiting.isOff = true
          this.#page.answer(() => resolve(null))
        })
      })
    })
  }

  held(): Promise<ReadonlySet<string>> {
    return this.#later(0.3, () => this.#table.names)
  }

  whenFree(name: string, callback: () => void): () => void {
    let isStopped = false
    const look = (): void => {
      if (isStopped || !this.#page.isAlive) return
      if (this.#table.isFree(name)) return this.#page.deliver(() => (isStopped ? undefined : callback()))
      this.#table.watch(name, look)
    }
    this.#world.after(0.2, look)
    return () => {
      isStopped = true
    }
  }

  ask(node: NodeId): Promise<boolean> {
    this.#world.activity++
    return new Promise((resolve) => {
      this.#world.after(3, () => {
        if (this.#table.isHosted(node)) return this.#page.answer(() => resolve(true))
        this.#world.after(ANSWER_MS - 3, () => this.#page.answer(() => resolve(false)))
      })
    })
  }

  answerFor(nodes: readonly NodeId[]): void {
    this.#table.answerFor(this.#page, nodes)
  }

  #later<T>(delay: Millis, look: () => T): Promise<T> {
    this.#world.activity++
    return new Promise((resolve) => {
      this.#world.after(delay, () => {
        const seen = look()
        this.#page.answer(() => resolve(seen))
      })
    })
  }
}
