/** The Clock of one page: its own zero and rate, rounded, and late when the page is throttled. */
import type { Clock, Millis } from '../host/ports.ts'
import type { Dice } from './dice.ts'
import type { Station } from './transport.ts'
import type { World } from './world.ts'

/** Virtual time begins in November 2023. */
const WALL_ORIGIN: Millis = 1_700_000_000_000

export interface ClockWish {
  readonly rate: number
  readonly rounding: Millis
  /** Of the wall clock, against the others. */
  readonly wallOffset: Millis
}

export class SimClock implements Clock {
  readonly #world: World
  readonly #page: Station
  readonly #wish: ClockWish
  readonly #dice: Dice
  readonly #bornAt: Millis
  /** What it jumped forward in all. */
  #jumped: Millis = 0
  /** Wakes come at multiples of this. */
  #throttle: Millis = 0

  constructor(world: World, page: Station, wish: ClockWish, dice: Dice) {
    this.#world = world
    this.#page = page
    this.#wish = wish
    this.#dice = dice
    this.#bornAt = world.now
  }

  now(): Millis {
    this.#world.activity++
    const { rounding } = this.#wish
    const exact = this.#exact(this.#world.now)
    return rounding === 0 ? exact : Math.floor(exact / rounding) * rounding
  }

  wall(): Millis {
    return Math.floor(WALL_ORIGIN + this.#wish.wallOffset + this.#world.now + this.#jumped)
  }

  wake(at: Millis, callback: () => void): () => void {
    const { rate, rounding } = this.#wish
    const from = rounding === 0 ? at : Math.ceil(at / rounding) * rounding
    let due = Math.max(this.#bornAt + (from - this.#jumped) / rate, this.#world.now)
    if (this.#throttle > 0) due = Math.ceil(due / this.#throttle) * this.#throttle
    let isOn = true
    const ring = (): void => {
      if (!isOn) return
      // Division may have cut a hair off.
      if (this.now() < at) return void this.#world.after(Math.max(rounding, 0.001), () => this.#page.deliver(ring))
      isOn = false
      callback()
    }
    const planned = this.#world.at(due, () => this.#page.deliver(ring))
    return () => {
      isOn = false
      planned.run = null
    }
  }

  /** Every turn of a node asks once: so this counts steps. */
  random(): number {
    this.#world.steps++
    return this.#dice.next()
  }

  jump(ms: Millis): void {
    this.#jumped += ms
  }

  throttle(ms: Millis): void {
    this.#throttle = ms
  }

  #exact(time: Millis): Millis {
    return (time - this.#bornAt) * this.#wish.rate + this.#jumped
  }
}
