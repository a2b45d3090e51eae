/** The signaling server as pages see it: it introduces them while it is up, and says who left, by what it can know. */
import type { Millis } from '../host/ports.ts'
import type { Dice } from './dice.ts'
import type { SimTransport } from './transport.ts'
import type { World } from './world.ts'

const NEWS: readonly [Millis, Millis] = [1, 20]
/** Of pages that are back after it was down: how often others are back before it, and find it gone. */
const BEHIND = 0.3

export class Signaling {
  isUp = true
  readonly #world: World
  readonly #transports: ReadonlySet<SimTransport>
  readonly #dice: Dice

  constructor(world: World, transports: ReadonlySet<SimTransport>) {
    this.#world = world
    this.#transports = transports
    this.#dice = world.dice('signaling')
  }

  joined(transport: SimTransport): void {
    if (this.isUp) this.#tell(transport)
  }

  turn(isUp: boolean): void {
    this.isUp = isUp
    for (const transport of this.#transports) {
      this.#tell(transport)
      if (isUp && this.#dice.chance(BEHIND)) this.left(transport)
    }
  }

  /** Its connection ended, and so perhaps did the page. */
  left({ station: { tab } }: SimTransport): void {
    if (!this.isUp) return
    for (const other of this.#transports) {
      if (other.station.tab === tab) continue
      this.#news(other, () => {
        if (other.incoming.get(tab)?.isUp === true) other.hear((listener) => listener.left(tab))
      })
    }
  }

  #tell(transport: SimTransport): void {
    const state = this.isUp ? 'up' : 'down'
    this.#news(transport, () => transport.hear((listener) => listener.signaling(state)))
  }

  #news(to: SimTransport, hear: () => void): void {
    this.#world.after(this.#dice.between(...NEWS), () => to.station.deliver(hear))
  }
}
