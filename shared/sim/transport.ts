/** The Transport port over the simulated network: one for a page, with a lane to and from every other. */
import type { Millis, TabId, Transport, TransportListener } from '../host/ports.ts'
import type { Planned } from './agenda.ts'

/** A page as the network sees it. */
export interface Station {
  readonly tab: TabId
  readonly name: string
  readonly machine: number
  readonly isAlive: boolean
  readonly isFrozen: boolean
  /** Runs it when the page may run: at once, after a freeze, or never. */
  deliver(run: () => void): void
  /** The same for the settling of a promise that a port gave away. */
  answer(resolve: () => void): void
}

/** Stands between two stations while it is up. */
export type Barrier = (from: Station, to: Station) => boolean

export interface Lane {
  readonly from: SimTransport
  readonly to: SimTransport
  readonly delay: Millis
  isUp: boolean
  /** The other side's hello is on its way; what it tells after that follows it. */
  isGreeted: boolean
  /** They have met, so the signaling server is no longer needed. */
  hasMet: boolean
  /** The newest hello of the other side that arrived, or is on its way. */
  told: Uint8Array | null
  /** Frames of an older one are lost. */
  generation: number
  /** When the last frame in order arrives. */
  lastAt: Millis
  greeting: Planned | null
  silence: Planned | null
}

/** What a transport asks of the network. */
export interface Medium {
  join(transport: SimTransport): void
  send(from: SimTransport, tab: TabId, message: Uint8Array): void
  tell(from: SimTransport): void
  farewell(from: SimTransport, frames: ReadonlyMap<TabId, Uint8Array>): void
  refuse(from: SimTransport, tab: TabId, reason: string): void
  look(): void
}

export class SimTransport implements Transport {
  readonly station: Station
  /** What this page hears, and what is heard of it, by the other's tab. */
  readonly incoming = new Map<TabId, Lane>()
  readonly outgoing = new Map<TabId, Lane>()
  /** Refused, or refused by them: no link any more. */
  readonly closed = new Set<TabId>()
  cutOff: ReadonlySet<TabId> = new Set()
  hello: Uint8Array = new Uint8Array(0)
  readonly #network: Medium
  #listener: TransportListener | null = null
  #isClosed = false

  constructor(station: Station, network: Medium) {
    this.station = station
    this.#network = network
  }

  /** It runs and answers pings. */
  get isSpeaking(): boolean {
    return this.#listener !== null && !this.#isClosed && this.station.isAlive && !this.station.isFrozen
  }

  get isGone(): boolean {
    return this.#isClosed || !this.station.isAlive
  }

  setHello(hello: Uint8Array): void {
    this.hello = hello.slice()
    if (this.#listener !== null) this.#network.tell(this)
  }

  send(tab: TabId, message: Uint8Array): void {
    if (!this.isGone) this.#network.send(this, tab, message)
  }

  farewell(frames: readonly { readonly tab: TabId; readonly message: Uint8Array }[]): void {
    this.#network.farewell(this, new Map(frames.map(({ tab, message }) => [tab, message])))
    this.#isClosed = true
    this.#network.look()
  }

  refuse(tab: TabId, reason: string): void {
    if (!this.isGone) this.#network.refuse(this, tab, reason)
  }

  listen(listener: TransportListener): void {
    this.#listener = listener
    this.#network.join(this)
  }

  cut(tabs: readonly TabId[]): void {
    this.cutOff = new Set([...this.cutOff, ...tabs])
    this.#network.look()
  }

  heal(): void {
    this.cutOff = new Set()
    this.#network.look()
  }

  close(): void {
    this.farewell([])
  }

  /** Code under test is called from here only. */
  hear(tell: (listener: TransportListener) => void): void {
    if (this.#listener !== null && !this.isGone) tell(this.#listener)
  }
}

export function laneBetween(from: SimTransport, to: SimTransport, delay: Millis): Lane {
  return {
    from,
    to,
    delay,
    isUp: false,
    isGreeted: false,
    hasMet: false,
    told: null,
    generation: 0,
    lastAt: 0,
    greeting: null,
    silence: null,
  }
}

/** Nothing under way arrives any more. */
export function fallSilent(lane: Lane): void {
  lane.isUp = false
  lane.isGreeted = false
  lane.generation++
  if (lane.greeting !== null) lane.greeting.run = null
  if (lane.silence !== null) lane.silence.run = null
  lane.greeting = lane.silence = null
}
