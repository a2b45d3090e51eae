/**
 * The Transport over links between tabs: keeps one pair for every tab that the signaling server names or that calls, and
 * wakes them in time. Links outlive the signaling server; it is needed for introductions alone. Every count of what was
 * dropped or refused is in `counts`.
 */
import type { Clock, Millis, TabId, Transport, TransportListener } from '../../shared/host/ports.ts'
import { LIMITS } from '../../shared/limits.ts'
import type { IceServer, Joined } from '../../shared/signaling.ts'
import type { PairEvent, PairOwner, PairState } from './owner.ts'
import { Pair } from './pair.ts'
import type { Introduce, Introducer, OpenChannel } from './types.ts'

export interface MeshOptions {
  readonly tab: TabId
  readonly clock: Clock
  readonly openChannel: OpenChannel
  readonly introduce: Introduce
}

export type LinkState = PairState | 'gone' | 'refused'

/** Our own wake is late from here on: frames may be waiting behind it. */
const LATE: Millis = 125
/** Attempts under way at once; a renderer has only so many connections (FACTS 3.11). */
const ATTEMPTS_MAX = 16
/** Tabs that never get a link again; the oldest are forgotten, their pages are long gone. */
const CLOSED_MAX = 1_000
const PAIRS_MAX = 2 * LIMITS.roomTabs
const NO_MESSAGE = new Uint8Array(0)

export class Mesh implements Transport {
  readonly #options: MeshOptions
  readonly #owner: PairOwner
  readonly #pairs = new Map<TabId, Pair>()
  readonly #closed = new Map<TabId, 'gone' | 'refused'>()
  readonly #counts = new Map<string, number>()
  #cut: ReadonlySet<TabId> = new Set()
  #hello: Uint8Array | null = null
  #listener: TransportListener | null = null
  #introducer: Introducer | null = null
  #ice: readonly IceServer[] = []
  #isIntroduced = false
  #epoch = 0
  #wake: { readonly at: Millis; readonly cancel: () => void } | null = null
  #isClosed = false

  constructor(options: MeshOptions) {
    this.#options = options
    this.#owner = {
      tab: options.tab,
      openChannel: options.openChannel,
      now: () => options.clock.now(),
      random: () => options.clock.random(),
      hello: () => this.#hello!,
      isCut: (tab) => this.#cut.has(tab),
      ice: () => this.#ice,
      canStart: () => this.#isIntroduced && this.#connecting() < ATTEMPTS_MAX,
      nextEpoch: () => (this.#epoch += 1),
      signal: (to, bytes) => this.#introducer?.signal(to, bytes),
      count: (what) => this.#count(what),
      tell: (tab, event) => this.#tell(tab, event),
      replan: () => this.#plan(),
    }
  }

  /** How often frames were dropped (`dropped:…`) or refused (`refused:…`), attempts made or failed (`attempt:…`), and the signaling server refused (`signaling:…`). */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  /** Every tab this page knows of. */
  links(): readonly { readonly tab: TabId; readonly state: LinkState }[] {
    const closed = [...this.#closed].map(([tab, state]) => ({ tab, state }))
    return [...[...this.#pairs.values()].map((pair) => ({ tab: pair.tab, state: pair.state })), ...closed]
  }

  /** With a hello and a listener the mesh begins: before, it meets nobody. */
  setHello(hello: Uint8Array): void {
    this.#hello = hello.slice()
    for (const pair of this.#pairs.values()) pair.line?.announce()
    this.#begin()
  }

  listen(listener: TransportListener): void {
    this.#listener = listener
    this.#begin()
  }

  send(tab: TabId, message: Uint8Array): void {
    const line = this.#pairs.get(tab)?.line ?? null
    if (line === null) return this.#count('dropped:down')
    return line.send(message)
  }

  farewell(frames: readonly { readonly tab: TabId; readonly message: Uint8Array }[]): void {
    for (const { tab, message } of frames) {
      this.#pairs.get(tab)?.end({ type: 'bye', message: message.byteLength > LIMITS.farewellBytes ? NO_MESSAGE : message })
      this.#pairs.delete(tab)
    }
    for (const pair of this.#pairs.values()) pair.end({ type: 'bye', message: NO_MESSAGE })
    this.#end()
  }

  refuse(tab: TabId, reason: string): void {
    const pair = this.#pairs.get(tab)
    const wasUp = pair?.state === 'up'
    pair?.end({ type: 'refuse', reason })
    this.#forget(tab, 'refused')
    if (wasUp) this.#listener?.down(tab)
  }

  cut(tabs: readonly TabId[]): void {
    this.#cut = new Set([...this.#cut, ...tabs])
  }

  heal(): void {
    const healed = this.#cut
    this.#cut = new Set()
    for (const tab of healed) this.#pairs.get(tab)?.hurry()
    this.#plan()
  }

  /** The network or the page came back: try everything that waits. */
  hurry(): void {
    this.#introducer?.hurry()
    for (const pair of this.#pairs.values()) pair.hurry()
    this.#plan()
  }

  close(): void {
    this.farewell([])
  }

  #begin(): void {
    if (this.#introducer !== null || this.#hello === null || this.#listener === null || this.#isClosed) return
    this.#introducer = this.#options.introduce({
      up: (joined) => this.#introduced(joined),
      down: () => this.#alone(),
      joined: (tab) => this.#present(tab),
      left: (tab) => this.#absent(tab),
      signal: (from, bytes) => this.#signaled(from, bytes),
      count: (what) => this.#count(what),
    })
  }

  #introduced({ tabs, ice }: Joined): void {
    this.#ice = ice
    this.#isIntroduced = true
    const present = new Set(tabs)
    for (const tab of this.#pairs.keys()) if (!present.has(tab)) this.#absent(tab)
    for (const tab of present) this.#present(tab)
    this.#listener?.signaling('up')
  }

  #alone(): void {
    if (!this.#isIntroduced) return
    this.#isIntroduced = false
    this.#listener?.signaling('down')
  }

  #present(tab: TabId): void {
    this.#pairOf(tab)?.present(true)
    this.#plan()
  }

  /** Its link, if there is one, stays: only the signaling server has lost it. */
  #absent(tab: TabId): void {
    const pair = this.#pairs.get(tab)
    pair?.present(false)
    if (pair?.state === 'up') this.#listener?.left(tab)
    this.#prune(tab)
  }

  #signaled(from: TabId, bytes: Uint8Array): void {
    const pair = this.#pairOf(from)
    if (pair === null) return this.#count('refused:stranger')
    pair.receive(bytes)
    return this.#prune(from)
  }

  /** Null for this tab itself, for tabs that never get a link again, and when somebody makes up tabs without end. */
  #pairOf(tab: TabId): Pair | null {
    const known = this.#pairs.get(tab)
    if (known !== undefined) return known
    if (tab === this.#options.tab || this.#closed.has(tab) || this.#isClosed || this.#pairs.size >= PAIRS_MAX) return null
    const pair = new Pair(tab, this.#owner)
    this.#pairs.set(tab, pair)
    return pair
  }

  #prune(tab: TabId): void {
    if (this.#pairs.get(tab)?.isIdle === true) this.#pairs.delete(tab)
  }

  #tell(tab: TabId, event: PairEvent): void {
    const listener = this.#listener
    switch (event.type) {
      case 'up':
        this.#plan()
        return listener?.up(tab, event.hello)
      case 'hello':
        return listener?.hello(tab, event.hello)
      case 'down':
        return listener?.down(tab)
      case 'message':
        return listener?.message(tab, event.message)
      case 'gone':
        return this.#forget(tab, 'gone')
      case 'refused':
        this.#forget(tab, 'refused')
        return listener?.refused(tab, event.reason)
    }
  }

  #forget(tab: TabId, why: 'gone' | 'refused'): void {
    this.#pairs.get(tab)?.destroy()
    this.#pairs.delete(tab)
    this.#closed.set(tab, why)
    const oldest = this.#closed.keys().next()
    if (this.#closed.size > CLOSED_MAX && oldest.done !== true) this.#closed.delete(oldest.value)
    this.#plan()
  }

  #end(): void {
    this.#isClosed = true
    this.#isIntroduced = false
    this.#pairs.clear()
    this.#introducer?.close()
    this.#wake?.cancel()
    this.#wake = null
  }

  #connecting(): number {
    let count = 0
    for (const pair of this.#pairs.values()) if (pair.state === 'connecting') count += 1
    return count
  }

  #plan(): void {
    let at = Infinity
    for (const pair of this.#pairs.values()) at = Math.min(at, pair.dueAt)
    if (this.#isClosed || at === Infinity || (this.#wake !== null && this.#wake.at <= at)) return
    this.#wake?.cancel()
    this.#wake = { at, cancel: this.#options.clock.wake(at, () => this.#pass(at)) }
  }

  #pass(at: Millis): void {
    this.#wake = null
    const now = this.#options.clock.now()
    for (const pair of this.#pairs.values()) {
      pair.pass(now, now - Math.max(at, 0) >= LATE)
      this.#prune(pair.tab)
    }
    this.#plan()
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }
}
