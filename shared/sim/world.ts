/** Virtual time: one thing after the other, and between two of them everything that was promised is done. */
import type { Millis } from '../host/ports.ts'
import { Agenda } from './agenda.ts'
import type { Planned } from './agenda.ts'
import { Dice } from './dice.ts'

/** What went wrong, in words; the seed brings it back. */
export interface Violation {
  readonly at: Millis
  readonly law: string
  readonly detail: string
}

/** Takes lines of a trace: virtual time, tab and node, event. */
export type Trace = (line: string) => void

export interface WorldOptions {
  readonly seed: number
  /** Steps of nodes; a cluster that is busy for ever with nothing is a failure, not a hang. */
  readonly budget: number
  readonly trace: Trace | null
  /** How to let all promises finish; without it, as `drain` does. The tests give one that cannot stop too early. */
  readonly drain?: () => Promise<void>
}

/**
 * So many turns of the promise queue without a word to any port: then nothing is under way. After an answer of a port the longest
 * chain of ours has 7; what begins with a frame or a timer goes to a port at once, or is a turn of a node, which asks the clock.
 */
const QUIET = 16
const QUIET_WITHOUT_ANSWER = 4
/** Far more than happens at once, and few enough that nobody waits long to be told. */
const MOMENT_MAX = 100_000
const nothing = Promise.resolve()

export class World {
  readonly options: WorldOptions
  now: Millis = 0
  /** Steps of nodes so far. */
  steps = 0
  /** Goes up whenever code under test speaks to a port. */
  activity = 0
  violation: Violation | null = null
  /** The first of the suspended laws that did not hold. */
  tolerated: Violation | null = null
  readonly #suspended = new Set<string>()
  readonly #agenda = new Agenda()
  #isTouched = false
  /** A promise that a port gave away was settled. */
  #isAnswered = false
  #minted = 0
  /** Since time last moved. */
  #events = 0

  constructor(options: WorldOptions) {
    this.options = options
  }

  dice(stream: string): Dice {
    return new Dice(this.options.seed, stream)
  }

  /** Never the same twice. Short: most of a message is ids. */
  mintId(): string {
    return `i${++this.#minted}`
  }

  at(time: Millis, run: () => void): Planned {
    return this.#agenda.add(Math.max(time, this.now), run)
  }

  after(delay: Millis, run: () => void): Planned {
    return this.at(this.now + delay, run)
  }

  /** Code under test has been called: let it finish before time goes on. */
  touch(): void {
    this.#isTouched = true
    this.activity++
  }

  /** A port answered code under test. */
  answered(): void {
    this.touch()
    this.#isAnswered = true
  }

  get isTracing(): boolean {
    return this.options.trace !== null
  }

  trace(who: string, what: string): void {
    this.options.trace?.(`${this.now.toFixed(3).padStart(10)} ${who.padEnd(8)} ${what}`)
  }

  /** From now on nothing promises these laws. */
  suspend(laws: readonly string[]): void {
    for (const law of laws) this.#suspended.add(law)
  }

  /** The first violation ends the run. */
  fail(law: string, detail: string): void {
    if (this.violation !== null) return
    const violation = { at: this.now, law, detail }
    if (this.#suspended.has(law)) {
      if (this.tolerated === null) this.trace('law', `not asked for: ${law}: ${detail}`)
      this.tolerated ??= violation
      return
    }
    this.violation = violation
    this.trace('law', `BROKEN ${law}: ${detail}`)
  }

  /** Until `end`, the first violation, or `isDone` (asked after every event). */
  async run(end: Millis, isDone: () => boolean = () => false): Promise<void> {
    while (this.violation === null && !isDone()) {
      const next = this.#agenda.peek()
      if (next === null || next.at > end) break
      this.#agenda.take()
      this.#events = next.at > this.now ? 0 : this.#events + 1
      this.now = next.at
      try {
        next.run!()
      } catch (error) {
        this.fail('nothing throws', String(error instanceof Error ? error.stack : error))
      }
      if (this.#isTouched) await this.#settle()
      if (this.steps > this.options.budget) this.fail('no livelock', `more than ${this.options.budget} steps`)
      if (this.#events > MOMENT_MAX) this.fail('no livelock', `more than ${MOMENT_MAX} events at one moment`)
    }
    if (this.violation === null && !isDone()) this.now = Math.max(this.now, end)
  }

  async #settle(): Promise<void> {
    this.#isTouched = false
    if (this.options.drain !== undefined) return this.options.drain()
    let seen = this.activity
    let quiet = 0
    while (quiet < (this.#isAnswered ? QUIET : QUIET_WITHOUT_ANSWER)) {
      await nothing
      quiet++
      if (this.activity === seen) continue
      seen = this.activity
      quiet = 0
    }
    this.#isAnswered = false
  }
}
