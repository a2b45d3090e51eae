/** The Clock adapter: monotonic time that counts suspensions, and wakes that a hidden page still gets. */
import type { Clock, Millis } from '../../shared/host/ports.ts'

/** Two clocks read one after the other differ by rounding; a wall clock that gained more than this on us means a suspension. */
const GAP_MS = 100
const TIMER_MAX_MS = 2 ** 31 - 1

/** Where the time comes from; replaced in tests. */
export interface TimeSources {
  readonly monotonic: () => Millis
  readonly wall: () => Millis
  readonly alarm: (ring: () => void) => Alarm
  /** Returns what asks for `run` to be called in a task of its own, in a hidden page too. */
  readonly tasks: (run: () => void) => Tasks
}

/** Rings once, `delay` after the last set(). */
export interface Alarm {
  set(delay: Millis): void
  close(): void
}

export interface Tasks {
  ask(): void
  close(): void
}

interface Wake {
  readonly at: Millis
  readonly callback: () => void
}

export class TabClock implements Clock {
  readonly #sources: TimeSources
  readonly #alarm: Alarm
  readonly #tasks: Tasks
  readonly #wakes = new Set<Wake>()
  /** Due when they were asked for: these need no alarm. */
  readonly #due = new Set<Wake>()
  #isTaskAsked = false
  /** What the alarm is set to; null: not set. */
  #alarmAt: Millis | null = null
  #lastMonotonic: Millis
  #lastWall: Millis
  /** Time that performance.now() slept through. */
  #suspended: Millis = 0
  #lateness: Millis = 0
  readonly #bits = new Uint32Array(256)
  #drawn = this.#bits.length

  constructor(sources: TimeSources = browserSources) {
    this.#sources = sources
    this.#lastMonotonic = sources.monotonic()
    this.#lastWall = sources.wall()
    this.#alarm = sources.alarm(() => this.#ring())
    this.#tasks = sources.tasks(() => {
      this.#isTaskAsked = false
      this.#call([...this.#due], this.#due)
    })
  }

  /**
   * performance.now() stands still during a suspension in some browsers, Date.now() is set by people: so the larger gap
   * of the two counts, once it is more than rounding. Always the larger one would run fast, a rounded-up millisecond a call.
   * The wall clock is read between two readings of the other, so that a stall amid them is not taken for a suspension.
   */
  now(): Millis {
    const before = this.#sources.monotonic()
    const wall = this.#sources.wall()
    const after = this.#sources.monotonic()
    const missed = wall - this.#lastWall - (after - this.#lastMonotonic)
    if (missed > GAP_MS) this.#suspended += missed
    this.#lastMonotonic = before
    this.#lastWall = wall
    return after + this.#suspended
  }

  wall(): Millis {
    return this.#sources.wall()
  }

  wake(at: Millis, callback: () => void): () => void {
    const wake = { at, callback }
    const isDue = at <= this.now()
    const wakes = isDue ? this.#due : this.#wakes
    wakes.add(wake)
    if (isDue) this.#askTask()
    else this.#arm()
    return () => {
      wakes.delete(wake)
    }
  }

  /** Drawn many at a time: one is wanted every turn. */
  random(): number {
    if (this.#drawn === this.#bits.length) {
      crypto.getRandomValues(this.#bits)
      this.#drawn = 0
    }
    return this.#bits[this.#drawn++]! / 2 ** 32
  }

  /** How late the last wake came: a leader whose wakes come late for seconds hands over (DESIGN 6). */
  get lateness(): Millis {
    return this.#lateness
  }

  close(): void {
    this.#wakes.clear()
    this.#due.clear()
    this.#alarm.close()
    this.#tasks.close()
  }

  /**
   * The alarm is only ever moved forward. Deadlines that are put off again and again, as every heartbeat does, then cost
   * one ring too many now and then, instead of two messages to the Worker each.
   */
  #arm(): void {
    let next = Infinity
    for (const { at } of this.#wakes) next = Math.min(next, at)
    if (next === Infinity || (this.#alarmAt !== null && this.#alarmAt <= next)) return
    this.#alarmAt = next
    this.#alarm.set(Math.min(Math.max(Math.ceil(next - this.now()), 0), TIMER_MAX_MS))
  }

  #askTask(): void {
    if (this.#isTaskAsked) return
    this.#isTaskAsked = true
    this.#tasks.ask()
  }

  #ring(): void {
    this.#alarmAt = null
    const now = this.now()
    const due = [...this.#wakes].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)
    if (due[0] !== undefined) this.#lateness = now - due[0].at
    this.#call(due, this.#wakes)
    this.#arm()
  }

  #call(due: readonly Wake[], wakes: Set<Wake>): void {
    for (const wake of due) {
      // Still wanted? An earlier callback may have cancelled it.
      if (!wakes.delete(wake)) continue
      try {
        wake.callback()
      } catch (error) {
        reportError(error) // Its own trouble; the others wake all the same.
      }
    }
  }
}

const browserSources: TimeSources = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  alarm: workerAlarm,
  tasks: messageTasks,
}

/** Falls back to a timer of the page where Workers fail: then hidden tabs wake once a second. */
function workerAlarm(ring: () => void): Alarm {
  const fallback = timerAlarm(ring)
  let worker: Worker
  try {
    worker = new Worker(new URL('./clock-worker.ts', import.meta.url), { type: 'module' })
  } catch {
    return fallback
  }
  let due: Millis | null = null
  let works = true
  worker.addEventListener('message', () => {
    due = null
    if (works) ring()
  })
  // The script did not load, or broke: what it was set to is set again here.
  worker.addEventListener('error', (event) => {
    event.preventDefault()
    works = false
    worker.terminate()
    if (due !== null) fallback.set(Math.max(due - performance.now(), 0))
  })
  return {
    set(delay) {
      if (!works) return fallback.set(delay)
      due = performance.now() + delay
      worker.postMessage(delay, [])
    },
    close() {
      worker.terminate()
      fallback.close()
    },
  }
}

/** A message comes before any timer could, and is throttled nowhere. */
export function messageTasks(run: () => void): Tasks {
  const { port1, port2 } = new MessageChannel()
  port1.addEventListener('message', run)
  port1.start()
  return {
    ask: () => port2.postMessage(null),
    close: () => port1.close(),
  }
}

export function timerAlarm(ring: () => void): Alarm {
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    set(delay) {
      clearTimeout(timer)
      timer = setTimeout(ring, delay)
    },
    close() {
      clearTimeout(timer)
    },
  }
}
