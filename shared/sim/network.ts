/**
 * Links between tabs. A lane is up once hellos can go both ways; it is down after a second of silence, and comes up again
 * when the silence ends, as in the real mesh. Pings are not played: who would have heard one is worked out.
 */
import type { Millis, TabId } from '../host/ports.ts'
import type { Dice } from './dice.ts'
import type { NetworkProfile } from './profile.ts'
import { Signaling } from './signaling.ts'
import { fallSilent, laneBetween } from './transport.ts'
import type { Barrier, Lane, Medium, SimTransport, Station } from './transport.ts'
import { decodeHello } from '../wire/hello.ts'
import type { World } from './world.ts'

const LINK_LOST: Millis = 1_000
const PING: Millis = 250

/** Sees every frame that leaves a page. */
export type Sent = (from: Station, to: Station, message: Uint8Array) => void

export class Network implements Medium {
  readonly #world: World
  readonly #profile: () => NetworkProfile
  readonly #sent: Sent
  readonly #dice: Dice
  readonly #lastWords: Dice
  readonly #transports = new Set<SimTransport>()
  readonly #barriers = new Set<Barrier>()
  /** Added to the delay of what passes. */
  readonly #clogs = new Map<Barrier, Millis>()
  /** While it is down no new pair is introduced. */
  readonly #signaling: Signaling

  constructor(world: World, profile: () => NetworkProfile, sent: Sent) {
    this.#world = world
    this.#profile = profile
    this.#sent = sent
    this.#dice = world.dice('network')
    this.#lastWords = world.dice('farewells')
    this.#signaling = new Signaling(world, this.#transports)
  }

  join(transport: SimTransport): void {
    const { station } = transport
    for (const other of this.#transports) {
      if (other.isGone) continue
      const isNear = other.station.machine === station.machine
      const delay = isNear ? this.#dice.between(0.1, 1) : this.#dice.between(0.5, this.#profile().delayMax)
      this.#lay(laneBetween(other, transport, delay))
      this.#lay(laneBetween(transport, other, delay * this.#dice.between(0.8, 1.2)))
    }
    this.#transports.add(transport)
    this.#signaling.joined(transport)
    this.look()
  }

  block(barrier: Barrier): void {
    this.#barriers.add(barrier)
    this.look()
  }

  clog(barrier: Barrier, delay: Millis): void {
    this.#clogs.set(barrier, delay)
  }

  /** Takes a barrier or a clog away. */
  free(barrier: Barrier): void {
    this.#barriers.delete(barrier)
    this.#clogs.delete(barrier)
    this.look()
  }

  heal(): void {
    this.#barriers.clear()
    this.#clogs.clear()
    for (const transport of this.#transports) transport.cutOff = new Set()
    this.signaling(true)
  }

  signaling(isUp: boolean): void {
    this.#signaling.turn(isUp)
    this.look()
  }

  /** Something changed about who can reach whom. */
  look(): void {
    for (const transport of this.#transports) {
      if (transport.isGone) this.#gone(transport)
      else for (const lane of transport.incoming.values()) this.#lookAt(lane)
    }
  }

  send(from: SimTransport, tab: TabId, message: Uint8Array): void {
    const lane = from.outgoing.get(tab)
    if (lane === undefined || !from.incoming.get(tab)!.isUp) return
    this.#world.activity++
    this.#sent(from.station, lane.to.station, message)
    const { loss, reorder, duplicate } = this.#profile()
    if (this.#dice.chance(loss)) return
    const arrive = (): void => this.#arrive(lane, message)
    this.#put(lane, arrive, undefined, this.#dice.chance(reorder))
    if (this.#dice.chance(duplicate)) this.#put(lane, arrive, undefined, true)
  }

  /** A hello changed. */
  tell(from: SimTransport): void {
    for (const lane of from.outgoing.values()) if (lane.isGreeted) this.#tell(lane)
  }

  /** The last frames of a page: each arrives whole and the link goes down, or is lost and the link falls silent. */
  farewell(from: SimTransport, frames: ReadonlyMap<TabId, Uint8Array>): void {
    const leaving = this.#firstOf(from, frames)
    for (const [tab, lane] of from.outgoing) {
      if (this.#dice.chance(this.#profile().farewellLoss) || !leaving.has(tab)) continue
      const message = frames.get(tab)
      if (message !== undefined) this.#sent(from.station, lane.to.station, message)
      this.#put(lane, () => {
        if (message !== undefined) this.#arrive(lane, message)
        this.#down(lane)
      })
    }
  }

  /** Frames leave in the page's order, then the ends of its other links; it may die before the last (FACTS: Firefox). */
  #firstOf(from: SimTransport, frames: ReadonlyMap<TabId, Uint8Array>): ReadonlySet<TabId> {
    const order = new Set([...frames.keys(), ...from.outgoing.keys()])
    if (!this.#lastWords.chance(this.#profile().farewellCut)) return order
    const count = this.#lastWords.below(order.size)
    this.#world.trace(from.station.name, `is cut off after ${count} of ${order.size} farewells`)
    return new Set([...order].slice(0, count))
  }

  /** The pair never meets again. Who refuses is told at once, within its own call. */
  refuse(from: SimTransport, tab: TabId, reason: string): void {
    const lane = from.outgoing.get(tab)
    if (lane === undefined) return
    const back = from.incoming.get(tab)!
    if (this.#world.isTracing) this.#world.trace(from.station.name, `refuses ${lane.to.station.name}: ${reason}`)
    this.#put(lane, () => {
      lane.to.closed.add(from.station.tab)
      this.#down(lane)
      lane.to.hear((listener) => listener.refused(from.station.tab, reason))
    })
    from.closed.add(tab)
    const wasUp = back.isUp
    fallSilent(back)
    if (wasUp) from.hear((listener) => listener.down(tab))
  }

  #lay(lane: Lane): void {
    lane.to.incoming.set(lane.from.station.tab, lane)
    lane.from.outgoing.set(lane.to.station.tab, lane)
  }

  #gone(transport: SimTransport): void {
    this.#transports.delete(transport)
    this.#signaling.left(transport)
  }

  #lookAt(lane: Lane): void {
    if (lane.to.isGone) return
    const isHeard = this.#isHeard(lane)
    if (lane.isUp) {
      if (isHeard && lane.told !== lane.from.hello) this.#tell(lane)
      if (isHeard && lane.silence !== null) lane.silence = off(lane.silence)
      else if (!isHeard) lane.silence ??= this.#world.after(LINK_LOST + this.#dice.between(0, PING), () => this.#silent(lane))
      return
    }
    if (lane.isGreeted) return
    if (!isHeard || !this.#isHeard(backOf(lane)) || !(lane.hasMet || this.#signaling.isUp)) {
      if (lane.greeting !== null) lane.greeting = off(lane.greeting)
      return
    }
    const delay = lane.hasMet ? this.#dice.between(1, PING) : this.#dice.between(...this.#profile().handshake)
    lane.greeting ??= this.#world.after(delay, () => this.#greet(lane))
  }

  /** It heard us ask: its hello goes out, and what it tells after that follows. */
  #greet(lane: Lane): void {
    const { from, to } = lane
    const { hello } = from
    lane.greeting = null
    lane.isGreeted = true
    lane.told = null
    this.#put(lane, () => {
      if (lane.isUp) return
      lane.isUp = lane.hasMet = true
      lane.told ??= hello
      this.#describe(lane, 'meets', hello)
      to.hear((listener) => listener.up(from.station.tab, hello))
      this.#lookAt(lane)
    })
    this.#askAgain(lane, lane.generation)
  }

  /** A hello that was lost on the way is asked for again. */
  #askAgain(lane: Lane, generation: number): void {
    this.#world.at(Math.max(lane.lastAt, this.#world.now) + PING, () => {
      if (lane.isUp || lane.generation !== generation || lane.to.isGone) return
      if (lane.to.station.isFrozen) return this.#askAgain(lane, generation)
      fallSilent(lane)
      this.#lookAt(lane)
    })
  }

  /** The port's promise: a hello that changes while the link is up arrives, late where frames are lost. */
  #tell(lane: Lane): void {
    const { hello, station } = lane.from
    if (!this.#passes(lane)) return
    lane.told = hello
    this.#put(
      lane,
      () => {
        if (!lane.isUp) return
        this.#describe(lane, 'hears anew of', hello)
        lane.to.hear((listener) => listener.hello(station.tab, hello))
      },
      () => {
        lane.told = null
      },
    )
  }

  #silent(lane: Lane): void {
    lane.to.station.deliver(() => {
      if (!lane.isUp) return
      lane.silence = null
      // A page that slept finds first what came meanwhile.
      if (!this.#isHeard(lane)) this.#down(lane)
      this.#lookAt(lane)
    })
  }

  #down(lane: Lane): void {
    const { from, to, isUp } = lane
    fallSilent(lane)
    if (from.isGone) {
      to.incoming.delete(from.station.tab)
      to.outgoing.delete(from.station.tab)
    }
    if (isUp && this.#world.isTracing) this.#world.trace(to.station.name, `loses ${from.station.name}`)
    if (isUp) to.hear((listener) => listener.down(from.station.tab))
  }

  #describe({ from, to }: Lane, what: string, hello: Uint8Array): void {
    if (!this.#world.isTracing) return
    const read = decodeHello(hello)
    const hosted = read.ok ? read.value.hosted.map(({ node, incarnation, nonce }) => `${node} for the ${incarnation}. time (${nonce})`) : []
    this.#world.trace(to.station.name, `${what} ${from.station.name} with ${hosted.join(', ') || 'nothing'}`)
  }

  #arrive(lane: Lane, message: Uint8Array): void {
    if (lane.isUp) lane.to.hear((listener) => listener.message(lane.from.station.tab, message))
  }

  /** In order with what was put before, unless it overtakes. */
  #put(lane: Lane, arrive: () => void, lost: () => void = () => {}, overtakes = false): void {
    if (!this.#passes(lane)) return lost()
    const { spike, spikeMax, reorderMax } = this.#profile()
    const { generation } = lane
    let at = this.#world.now + lane.delay * this.#dice.between(1, 1.5)
    if (this.#dice.chance(spike)) at += this.#dice.between(0, spikeMax)
    for (const [clog, delay] of this.#clogs) if (clog(lane.from.station, lane.to.station)) at += delay
    if (overtakes) at += this.#dice.between(0, reorderMax)
    else at = lane.lastAt = Math.max(lane.lastAt, at)
    this.#world.at(at, () => {
      if (!this.#passes(lane)) return lost()
      lane.to.station.deliver(() => {
        if (lane.generation === generation) arrive()
      })
    })
  }

  #isHeard(lane: Lane): boolean {
    return (
      lane.from.isSpeaking && this.#passes(lane) && !lane.to.closed.has(lane.from.station.tab) && !lane.from.closed.has(lane.to.station.tab)
    )
  }

  #passes({ from, to }: Lane): boolean {
    if (from.cutOff.has(to.station.tab) || to.cutOff.has(from.station.tab)) return false
    for (const barrier of this.#barriers) if (barrier(from.station, to.station)) return false
    return true
  }
}

function backOf(lane: Lane): Lane {
  return lane.from.incoming.get(lane.to.station.tab)!
}

function off(planned: { run: (() => void) | null }): null {
  planned.run = null
  return null
}
