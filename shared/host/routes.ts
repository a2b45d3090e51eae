/** Which tab hosts which node, as the tabs themselves say in HELLO; the newest incarnation wins (DESIGN 8, 10). */
import type { Message } from '../raft/messages.ts'
import type { Enveloped } from '../wire/envelope.ts'
import type { Hello, HostedNode } from '../wire/hello.ts'
import { inProtocol } from '../wire/protocol.ts'
import { PROTOCOL } from '../limits.ts'
import type { Millis, NodeId, TabId } from './ports.ts'

export interface PeerTab {
  readonly tab: TabId
  readonly hello: Hello
  /** Since when it has been seen hosting what it hosts now. */
  readonly since: Millis
}

interface Seen {
  readonly incarnation: number
  readonly nonce: string
  /** Who hosts it now; null since that link went down. */
  readonly tab: TabId | null
}

export class Routes {
  readonly #peers = new Map<TabId, PeerTab>()
  readonly #seen = new Map<NodeId, Seen>()

  /** Tabs with a link that is up and a HELLO of this cluster, or of none yet. */
  get peers(): readonly PeerTab[] {
    return [...this.#peers.values()]
  }

  peer(tab: TabId): PeerTab | null {
    return this.#peers.get(tab) ?? null
  }

  /** The tab to which messages for a node go; null when nobody in touch hosts it. */
  tabOf(node: NodeId): TabId | null {
    return this.#seen.get(node)?.tab ?? null
  }

  /** Nodes to which messages go by this tab. */
  hostedBy(tab: TabId): readonly NodeId[] {
    const hosted = this.#peers.get(tab)?.hello.hosted ?? []
    return hosted.map(({ node }) => node).filter((node) => this.tabOf(node) === tab)
  }

  /** Messages by the tab that they go to, as a frame takes them; those for nodes that nobody in touch hosts are lost. */
  envelop(messages: readonly Message[]): ReadonlyMap<TabId, readonly Enveloped[]> {
    const byTab = new Map<TabId, Enveloped[]>()
    for (const message of messages) {
      const tab = this.tabOf(message.to)
      if (tab === null) continue
      const enveloped = { hops: 0, message: this.readable(message, tab) }
      const waiting = byTab.get(tab)
      if (waiting === undefined) byTab.set(tab, [enveloped])
      else waiting.push(enveloped)
    }
    return byTab
  }

  /** As this tab's build can read it. */
  readable<M extends Message>(message: M, tab: TabId): M {
    return inProtocol(message, this.#peers.get(tab)?.hello.protocol.max ?? PROTOCOL.min)
  }

  incarnationOf(node: NodeId): number {
    return this.#seen.get(node)?.incarnation ?? 0
  }

  /** Notes what this tab itself hosts, so that a copy elsewhere is found out. */
  own(hosted: HostedNode): void {
    this.#seen.set(hosted.node, { incarnation: hosted.incarnation, nonce: hosted.nonce, tab: null })
  }

  /**
   * Takes in a HELLO. Returns the nodes in it that are copies: their incarnation was overtaken, or is claimed twice with another
   * nonce (a restored or copied profile). Those get no route.
   */
  hello(tab: TabId, hello: Hello, now: Millis): readonly NodeId[] {
    const before = this.#peers.get(tab)
    const isSame = before !== undefined && sameHosting(before.hello, hello)
    this.#release(tab)
    this.#peers.set(tab, { tab, hello, since: isSame ? before.since : now })
    for (const hosted of hello.hosted) {
      const { node, incarnation, nonce } = hosted
      if (!this.#isCopy(hosted)) this.#seen.set(node, { incarnation, nonce, tab })
    }
    return this.copiesOf(tab)
  }

  /** Nodes that this tab says it hosts and that are copies, by what is known now. */
  copiesOf(tab: TabId): readonly NodeId[] {
    const hosted = this.#peers.get(tab)?.hello.hosted ?? []
    return hosted.filter((one) => this.#isCopy(one)).map(({ node }) => node)
  }

  /** The link is down. What was seen of its nodes stays known. */
  down(tab: TabId): void {
    this.#release(tab)
    this.#peers.delete(tab)
  }

  #isCopy({ node, incarnation, nonce }: HostedNode): boolean {
    const seen = this.#seen.get(node)
    return seen !== undefined && (incarnation < seen.incarnation || (incarnation === seen.incarnation && nonce !== seen.nonce))
  }

  #release(tab: TabId): void {
    for (const [node, seen] of this.#seen) if (seen.tab === tab) this.#seen.set(node, { ...seen, tab: null })
  }
}

function sameHosting(a: Hello, b: Hello): boolean {
  const text = ({ hosted }: Hello): string => hosted.map(({ node, incarnation }) => `${node}.${incarnation}`).join()
  return text(a) === text(b)
}
