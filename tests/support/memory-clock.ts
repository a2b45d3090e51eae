/** Time that passes only when told to. */
import type { Clock, Millis } from '../../shared/host/ports.ts'

interface Wake {
  readonly at: Millis
  readonly callback: () => void
}

export class MemoryClock implements Clock {
  readonly #wakes = new Set<Wake>()
  readonly #wallOrigin: Millis
  #now: Millis = 0
  #seed: number

  constructor(seed = 1, wallOrigin: Millis = 1_700_000_000_000) {
    this.#seed = seed
    this.#wallOrigin = wallOrigin
  }

  now(): Millis {
    return this.#now
  }

  /** In whole milliseconds, as that of a browser. */
  wall(): Millis {
    return this.#wallOrigin + Math.floor(this.#now)
  }

  wake(at: Millis, callback: () => void): () => void {
    const wake = { at, callback }
    this.#wakes.add(wake)
    return () => {
      this.#wakes.delete(wake)
    }
  }

  /** mulberry32. */
  random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0
    let bits = Math.imul(this.#seed ^ (this.#seed >>> 15), this.#seed | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }

  /** Lets time pass, wake by wake; between two wakes everything that was promised is done. */
  async pass(ms: Millis): Promise<void> {
    const end = this.#now + ms
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at)
      this.#wakes.delete(next)
      next.callback()
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#now = end
  }

  /** Nobody was woken meanwhile. */
  jump(ms: Millis): void {
    this.#now += ms
  }

  #next(end: Millis): Wake | undefined {
    return [...this.#wakes].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  }
}
