/** The Transport in memory: every tab of a net is linked to every other, and every call arrives a turn later. */
import type { TabId, Transport, TransportListener } from '../../shared/host/ports.ts'
import { LIMITS } from '../../shared/limits.ts'

export class MemoryNet {
  readonly #tabs = new Map<TabId, MemoryTransport>()
  readonly #refused = new Set<string>()
  readonly #silence: number

  /** `silence`: milliseconds until a cut shows as down. */
  constructor(silence = 5) {
    this.#silence = silence
  }

  open(tab: TabId): MemoryTransport {
    const transport = new MemoryTransport(tab, this)
    this.#tabs.set(tab, transport)
    return transport
  }

  /** The tab is gone without a word. */
  crash(tab: TabId): void {
    const transport = this.#tabs.get(tab)
    this.#tabs.delete(tab)
    for (const other of this.#tabs.values()) if (transport !== undefined) setTimeout(() => other.lose(tab), this.#silence)
  }

  get(tab: TabId): MemoryTransport | undefined {
    return this.#tabs.get(tab)
  }

  /** Links everybody who can be linked and is not, and unlinks who is cut. */
  settle(): void {
    const tabs = [...this.#tabs.values()].filter((tab) => tab.isReady)
    for (const one of tabs) {
      for (const other of tabs) {
        if (one.tab >= other.tab || this.#refused.has(pairOf(one.tab, other.tab))) continue
        if (one.isCut(other.tab) || other.isCut(one.tab)) setTimeout(() => this.#silent(one, other), this.#silence)
        else setTimeout(() => this.#meet(one, other))
      }
    }
  }

  refuse(from: TabId, to: TabId, reason: string): void {
    this.#refused.add(pairOf(from, to))
    setTimeout(() => this.#tabs.get(to)?.refusedBy(from, reason))
  }

  #meet(one: MemoryTransport, other: MemoryTransport): void {
    const isOpen = this.#tabs.get(one.tab) === one && this.#tabs.get(other.tab) === other
    if (!isOpen || one.isCut(other.tab) || other.isCut(one.tab) || this.#refused.has(pairOf(one.tab, other.tab))) return
    one.meet(other)
    other.meet(one)
  }

  #silent(one: MemoryTransport, other: MemoryTransport): void {
    if (!one.isCut(other.tab) && !other.isCut(one.tab)) return
    one.lose(other.tab)
    other.lose(one.tab)
  }
}

const pairOf = (one: TabId, other: TabId): string => [one, other].sort().join(' ')

class MemoryTransport implements Transport {
  readonly tab: TabId
  readonly #net: MemoryNet
  readonly #links = new Set<TabId>()
  #cut: ReadonlySet<TabId> = new Set()
  #hello: Uint8Array | null = null
  #listener: TransportListener | null = null

  constructor(tab: TabId, net: MemoryNet) {
    this.tab = tab
    this.#net = net
  }

  get isReady(): boolean {
    return this.#hello !== null && this.#listener !== null
  }

  isCut(tab: TabId): boolean {
    return this.#cut.has(tab)
  }

  setHello(hello: Uint8Array): void {
    this.#hello = hello
    for (const tab of this.#links) this.#tell(tab, (peer) => peer.#listener?.hello(this.tab, hello))
    this.#net.settle()
  }

  send(tab: TabId, message: Uint8Array): void {
    if (message.byteLength <= LIMITS.messageBytes) this.#tell(tab, (peer) => peer.#listener?.message(this.tab, message))
  }

  farewell(frames: readonly { readonly tab: TabId; readonly message: Uint8Array }[]): void {
    for (const { tab, message } of frames) this.#tell(tab, (peer) => peer.#listener?.message(this.tab, message))
    for (const tab of this.#links) this.#tell(tab, (peer) => peer.lose(this.tab))
    this.#links.clear()
    this.#listener = null
  }

  refuse(tab: TabId, reason: string): void {
    this.#net.refuse(this.tab, tab, reason)
    this.lose(tab)
  }

  listen(listener: TransportListener): void {
    this.#listener = listener
    this.#net.settle()
  }

  cut(tabs: readonly TabId[]): void {
    this.#cut = new Set([...this.#cut, ...tabs])
    this.#net.settle()
  }

  heal(): void {
    this.#cut = new Set()
    this.#net.settle()
  }

  close(): void {
    this.farewell([])
  }

  meet(peer: MemoryTransport): void {
    if (this.#links.has(peer.tab)) return
    this.#links.add(peer.tab)
    this.#listener?.up(peer.tab, peer.#hello!)
  }

  lose(tab: TabId): void {
    if (this.#links.delete(tab)) this.#listener?.down(tab)
  }

  refusedBy(tab: TabId, reason: string): void {
    const wasUp = this.#links.delete(tab)
    if (wasUp) this.#listener?.down(tab)
    this.#listener?.refused(tab, reason)
  }

  /** A turn later, over the link as it is then. */
  #tell(tab: TabId, deliver: (peer: MemoryTransport) => void): void {
    if (!this.#links.has(tab) || this.#cut.has(tab)) return
    setTimeout(() => {
      const peer = this.#net.get(tab)
      if (peer !== undefined && peer.#links.has(this.tab) && !peer.#cut.has(this.tab)) deliver(peer)
    })
  }
}
