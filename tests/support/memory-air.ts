/**
 * Channels and a signaling server in memory, so that the mesh itself can be driven through virtual time: what it does
 * about silence, late clocks, stale signals and lost connections.
 */
import { Mesh } from '../../client/mesh/mesh.ts'
import type { Channel, ChannelEvents, ChannelSignal, IntroducerEvents } from '../../client/mesh/types.ts'
import type { Joined } from '../../shared/signaling.ts'
import type { Clock, Millis } from '../../shared/host/ports.ts'
import type { MemoryClock } from './memory-clock.ts'
import { Recorder } from './recorder.ts'

/** Passes as a description; the name of the end stands in the ufrag. */
const describe = (end: number): string =>
  [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${String(end).padStart(8, '0')}`,
    'a=ice-pwd:aaaaaaaaaaaaaaaaaaaaaaaa',
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AA').join(':')}`,
    'a=setup:actpass',
    'a=mid:0',
    '',
  ].join('\r\n')

const endOf = (sdp: string): number => Number(/a=ice-ufrag:(\d+)/.exec(sdp)![1])

export class MemoryAir {
  readonly ends: MemoryEnd[] = []
  readonly tabs = new Map<string, AirTab>()
  readonly #clock: MemoryClock
  /** No connection comes about while this is set. */
  isBlocked = false

  constructor(clock: MemoryClock) {
    this.#clock = clock
  }

  open(tab: string): AirTab {
    const opened = new AirTab(tab, this, this.#clock)
    this.tabs.set(tab, opened)
    return opened
  }

  /** Everything arrives a millisecond later. */
  later(action: () => void): void {
    this.#clock.wake(this.#clock.now() + 1, action)
  }
}

/** One tab: its mesh, and both hands on everything below it. */
export class AirTab {
  readonly tab: string
  readonly mesh: Mesh
  readonly recorder: Recorder
  readonly ends: MemoryEnd[] = []
  /** The signals it sent, in order. */
  readonly signals: { readonly to: string; readonly bytes: Uint8Array }[] = []
  readonly #air: MemoryAir
  readonly #clock: MemoryClock
  #events: IntroducerEvents | null = null
  #isThere = false
  #stalledUntil: Millis = 0

  constructor(tab: string, air: MemoryAir, clock: MemoryClock) {
    this.tab = tab
    this.#air = air
    this.#clock = clock
    this.mesh = new Mesh({
      tab,
      clock: this.#ownClock(),
      openChannel: ({ initiator }, events) => {
        const end = new MemoryEnd(air, initiator, events, this)
        air.ends.push(end)
        this.ends.push(end)
        return end
      },
      introduce: (events) => {
        this.#events = events
        air.later(() => this.arrive())
        return { signal: (to, bytes) => this.#signal(to, bytes), hurry: () => {}, close: () => this.leave() }
      },
    })
    this.recorder = new Recorder(this.mesh)
    this.mesh.setHello(new TextEncoder().encode(`hello of ${tab}`))
  }

  /** In words: `up b`, `down b`, `b says ...`. */
  get told(): readonly string[] {
    return this.recorder.sofar.flatMap((event) => {
      if (event.type === 'signaling') return []
      return event.type === 'message' ? [`${event.tab} says ${event.message}`] : [`${event.type} ${event.tab}`]
    })
  }

  /** The page does nothing for so long. Its overdue timer then goes first, before the frames that wait (FACTS 9). */
  stall(ms: Millis): void {
    this.#stalledUntil = this.#clock.now() + ms
  }

  /** Runs a frame's arrival when the page runs again. */
  arrival(action: () => void): void {
    if (this.#clock.now() >= this.#stalledUntil) action()
    else this.#clock.wake(this.#stalledUntil + 1, () => this.arrival(action))
  }

  #ownClock(): Clock {
    const clock = this.#clock
    const wake: Clock['wake'] = (at, callback) => {
      let cancel = clock.wake(at, () => {
        if (clock.now() < this.#stalledUntil) cancel = clock.wake(this.#stalledUntil, callback)
        else callback()
      })
      return () => cancel()
    }
    return { now: () => clock.now(), wall: () => clock.wall(), random: () => clock.random(), wake }
  }

  arrive(): void {
    const others = [...this.#air.tabs.values()].filter((other) => other !== this && other.#isThere)
    this.#isThere = true
    this.#events!.up({ tabs: others.map(({ tab }) => tab), ice: [] } satisfies Joined)
    for (const other of others) this.#air.later(() => other.#isThere && other.#events!.joined(this.tab))
  }

  leave(): void {
    if (!this.#isThere) return
    this.#isThere = false
    for (const other of this.#air.tabs.values()) if (other !== this && other.#isThere) other.#events!.left(this.tab)
    this.#events!.down()
  }

  /** A signal arrives that may be anybody's. */
  receive(from: string, bytes: Uint8Array): void {
    this.#events!.signal(from, bytes)
  }

  #signal(to: string, bytes: Uint8Array): void {
    this.signals.push({ to, bytes })
    const other = this.#air.tabs.get(to)
    if (this.#isThere && other !== undefined) this.#air.later(() => other.#isThere && other.receive(this.tab, bytes))
  }
}

/** One end of a connection. */
export class MemoryEnd implements Channel {
  readonly #air: MemoryAir
  readonly #events: ChannelEvents
  readonly #tab: AirTab
  readonly #number: number
  #other: MemoryEnd | null = null
  isOver = false
  /** Nothing that is sent arrives, and nobody hears of it: a machine without power. */
  isDead = false
  hasIce = true
  sent = 0
  /** What it says to have taken and not yet sent. */
  load = 0

  constructor(air: MemoryAir, initiator: boolean, events: ChannelEvents, tab: AirTab) {
    this.#tab = tab
    this.#air = air
    this.#events = events
    this.#number = air.ends.length
    if (initiator) air.later(() => !this.isOver && events.signal({ type: 'offer', sdp: describe(this.#number) }))
  }

  send(frame: Uint8Array): boolean {
    if (this.isOver || this.#other === null) return false
    this.sent += 1
    const copy = frame.slice()
    const other = this.#other
    const arrive = () => !this.isDead && !other.isDead && !other.isOver && other.#events.frame(copy)
    this.#air.later(() => other.#tab.arrival(arrive))
    return true
  }

  /** The other side sent this. */
  receive(frame: Uint8Array | null): void {
    this.#events.frame(frame)
  }

  drain(): void {
    this.load = 0
    this.#events.drained()
  }

  buffered(): number {
    return this.load
  }

  signal(signal: ChannelSignal): void {
    if (signal.type === 'candidate' || this.isOver) return
    const other = this.#air.ends[endOf(signal.sdp)]
    if (other === undefined) return
    if (signal.type === 'offer') this.#air.later(() => !this.isOver && this.#events.signal({ type: 'answer', sdp: describe(this.#number) }))
    else if (!this.#air.isBlocked) this.#join(other)
  }

  isConnected(): boolean {
    return this.#other !== null && this.hasIce
  }

  destroy(): void {
    if (this.isOver) return
    this.isOver = true
    const other = this.#other
    if (other !== null && !this.isDead) this.#air.later(() => other.close())
  }

  finish(): void {
    this.destroy()
  }

  /** The browser gives it up. */
  close(): void {
    if (this.isOver) return
    this.isOver = true
    this.#events.closed()
  }

  #join(other: MemoryEnd): void {
    this.#other = other
    other.#other = this
    for (const end of [this, other]) this.#air.later(() => !end.isOver && end.#events.opened())
  }
}
