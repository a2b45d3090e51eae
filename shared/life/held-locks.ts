/** The locks that this tab holds, by name. */
import type { Millis } from '../host/ports.ts'
import type { HeldLock, Locks } from './ports.ts'

export class HeldLocks {
  /** Null for a guest, who can hold none. */
  readonly locks: Locks | null
  readonly #held = new Map<string, HeldLock>()
  #isOver = false

  constructor(locks: Locks | null) {
    this.locks = locks
  }

  has(name: string): boolean {
    return this.#held.has(name)
  }

  /** False if somebody else holds it for longer than `patience`, or if this tab has left meanwhile. */
  async take(name: string, patience: Millis): Promise<boolean> {
    const lock = (await this.locks?.take(name, patience)) ?? null
    if (lock === null) return false
    if (this.#isOver) lock.release()
    else this.#held.set(name, lock)
    return !this.#isOver
  }

  release(name: string): void {
    this.#held.get(name)?.release()
    this.#held.delete(name)
  }

  /** At once and for good. */
  releaseAll(): void {
    this.#isOver = true
    for (const lock of this.#held.values()) lock.release()
    this.#held.clear()
  }
}
