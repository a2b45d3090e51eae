/** One scene being played: a cluster, and the lines that tell what each step of it changed. */
import type { Message } from '../../shared/raft/messages.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import type { Index, NodeId } from '../../shared/raft/types.ts'
import { Cluster } from '../support/cluster.ts'
import type { Filter } from '../support/cluster-network.ts'
import { Roads } from '../support/cluster-roads.ts'
import { entryText, messageLine, nodeLine, saveLine } from './trace.ts'

const DELIVERIES_MAX = 2_000

type Answers = ReadonlyMap<number, Index | null>

interface Seen {
  readonly lines: ReadonlyMap<NodeId, string>
  readonly applied: ReadonlyMap<NodeId, number>
  readonly refused: ReadonlyMap<NodeId, number>
  readonly answered: ReadonlyMap<NodeId, Answers>
  readonly sent: number
  readonly saves: number
}

const NOTHING: Seen = { lines: new Map(), applied: new Map(), refused: new Map(), answered: new Map(), sent: 0, saves: 0 }

export class Stage {
  readonly cluster: Cluster
  readonly #slow = new Set<NodeId>()
  #seen: Seen = NOTHING
  #told: string[] = []
  #reads = 0
  /** What is sent is told when it arrives. */
  #settles = false

  constructor(cluster: Cluster) {
    this.cluster = cluster
    this.#look()
  }

  /** What was told since it was last asked for. */
  take(): readonly string[] {
    this.#look()
    const told = this.#told
    this.#told = []
    return told
  }

  deliver(filter: Filter): void {
    const chosen = this.cluster.messages(filter)
    if (chosen.length === 0) throw new Error('nothing like that is under way')
    this.cluster.drop(filter)
    for (const message of chosen) this.#arrives(message)
  }

  repeat(filter: Filter): void {
    for (const message of this.cluster.messages(filter)) this.#arrives(message)
  }

  drop(filter: Filter): void {
    for (const message of this.cluster.messages(filter)) this.#told.push(`lost: ${messageLine(message)}`)
    this.cluster.drop(filter)
  }

  settle(among: readonly NodeId[]): void {
    const { network } = this.cluster
    this.#settles = true
    let lost = 0
    for (let count = 0; network.queue.length > 0; count++) {
      if (count > DELIVERIES_MAX) throw new Error('the cluster never settles')
      const message = network.take(0)
      if (among.length === 0 || (among.includes(message.from) && among.includes(message.to))) this.#arrives(message)
      else lost++
    }
    this.#settles = false
    if (lost > 0) this.#told.push(`lost: ${lost} to or from others`)
  }

  /** As if nothing had ever happened: wins, and everybody has heard of it. */
  leads(id: NodeId): void {
    this.#briefly(() => this.cluster.timeout(id).settle().heartbeat(id).settle())
  }

  /** Messages arrive at once, or take so long. */
  pass(ms: number, way = 0): void {
    const terms = new Map(this.cluster.ids.map((id) => [id, this.cluster.node(id).currentTerm]))
    this.#briefly(() => (way === 0 ? this.cluster.pass(ms) : new Roads(this.cluster, () => way).pass(ms)))
    if (this.cluster.ids.every((id) => this.cluster.node(id).currentTerm === terms.get(id))) this.#told.push('  no term has changed')
  }

  reads(id: NodeId): void {
    this.cluster.act(id, { type: 'read', id: ++this.#reads })
  }

  slow(id: NodeId): void {
    this.#slow.add(id)
    this.cluster.slow(id)
  }

  fast(id: NodeId): void {
    this.#slow.delete(id)
    this.cluster.fast(id)
  }

  all(): void {
    for (const id of this.cluster.ids) this.#told.push(this.#line(id))
  }

  /** Tells what came of it in the end, and not how. */
  #briefly(deed: () => unknown): void {
    deed()
    const { lines } = this.#seen
    this.#seen = this.#now()
    for (const [id, line] of this.#seen.lines) if (line !== lines.get(id)) this.#tell(line)
  }

  #arrives(message: Message): void {
    this.#look()
    if (this.cluster.isDown(message.to)) {
      this.#told.push(`lost: ${messageLine(message)}`)
      return
    }
    this.#told.push(messageLine(message))
    this.cluster.receive(message)
    this.#look()
  }

  /** Tells what is other than it was. */
  #look(): void {
    const { cluster } = this
    const now = this.#now()
    const before = this.#seen
    this.#seen = now
    if (before === NOTHING) return
    for (const [id, line] of now.lines) if (line !== before.lines.get(id)) this.#tell(line)
    for (const { id, save } of cluster.saves.slice(before.saves)) if (this.#slow.has(id)) this.#tell(saveLine(id, save))
    for (const id of cluster.ids) this.#tellClients(id, before)
    for (const message of cluster.network.sent.slice(before.sent)) {
      if (!cluster.network.queue.includes(message)) this.#tell(`cut off: ${messageLine(message)}`)
      else if (!this.#settles) this.#tell(`sends ${messageLine(message)}`)
    }
  }

  #now(): Seen {
    const { cluster } = this
    return {
      lines: new Map(cluster.ids.map((id) => [id, this.#line(id)])),
      applied: new Map(cluster.ids.map((id) => [id, cluster.appliedEntries(id).length])),
      refused: new Map(cluster.ids.map((id) => [id, cluster.refused(id).length])),
      answered: new Map(cluster.ids.map((id) => [id, new Map(cluster.reads(id))])),
      sent: cluster.network.sent.length,
      saves: cluster.saves.length,
    }
  }

  #tellClients(id: NodeId, before: Seen): void {
    const applied = this.cluster.appliedEntries(id).slice(before.applied.get(id))
    if (applied.length > 0) this.#tell(`${id} applies ${applied.map(entryText).join(', ')}`)
    for (const { seq, reason } of this.cluster.refused(id).slice(before.refused.get(id))) this.#tell(`${id} refuses its ${seq}: ${reason}`)
    const known = before.answered.get(id) ?? new Map<number, Index | null>()
    for (const [read, index] of this.cluster.reads(id)) {
      if (known.get(read) !== index)
        this.#tell(index === null ? `${id} serves read ${read} not now` : `${id} answers read ${read} as of ${index}`)
    }
  }

  #tell(line: string): void {
    this.#told.push(`  ${line}`)
  }

  #line(id: NodeId): string {
    const node: RaftNode = this.cluster.node(id)
    return nodeLine(node, this.cluster.isDown(id))
  }
}
