/** Whether the timers of this tab come late, as those of throttled and of overburdened pages do: measured, since being hidden says little (DESIGN 6). */
import { TIMES } from '../limits.ts'
import type { Clock, Millis } from './ports.ts'

const EVERY: Millis = 250
/** Three seconds of them. */
const SAMPLES = 12
/** Whoever was late counts as late for so long, so that nobody hands over back and forth. */
export const STAYS_LATE: Millis = 30_000

export class Punctuality {
  readonly #clock: Clock
  readonly #changed: () => void
  /** How late the last timers were. */
  #samples: readonly Millis[] = []
  #lateUntil: Millis = -Infinity
  #isLate = false

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock
    this.#changed = changed
    this.#listen()
  }

  get isLate(): boolean {
    return this.#isLate
  }

  #listen(): void {
    const at = this.#clock.now() + EVERY
    this.#clock.wake(at, () => {
      this.#note(this.#clock.now(), at)
      this.#listen()
    })
  }

  /** Half of them later than a heartbeat: one long stall is not yet a late tab. */
  #note(now: Millis, at: Millis): void {
    this.#samples = [...this.#samples.slice(1 - SAMPLES), now - at]
    const late = this.#samples.filter((sample) => sample > TIMES.heartbeat).length
    if (late > SAMPLES / 2) this.#lateUntil = now + STAYS_LATE
    const isLate = now < this.#lateUntil
    if (isLate === this.#isLate) return
    this.#isLate = isLate
    this.#changed()
  }
}
