/** The way between nodes takes time, and the clock goes on with what arrives and with whoever wants to be woken. */
import { LIMITS } from '../../shared/limits.ts'
import type { Message } from '../../shared/raft/messages.ts'
import { wakeAt } from '../../shared/raft/pace.ts'
import type { Millis, NodeId } from '../../shared/raft/types.ts'
import type { Cluster } from './cluster.ts'

/** How long a message takes; null if it is lost. */
export type Way = (message: Message) => Millis | null

const EVENTS_MAX = 100_000

/** Of links that take so many bytes a millisecond and keep the order: what is sent waits for what was sent there before. */
export function narrow(cluster: Cluster, bytesPerMs: number, oneWay: Millis): Way {
  const freeAt = new Map<string, Millis>()
  return (message) => {
    const link = `${message.from} ${message.to}`
    const end = Math.max(cluster.now, freeAt.get(link) ?? 0) + sizeOf(message) / bytesPerMs
    freeAt.set(link, end)
    return end - cluster.now + oneWay
  }
}

/** The same, but what fits into one frame waits for nothing that does not: as links of tabs are. */
export function twoLanes(cluster: Cluster, bytesPerMs: number, oneWay: Millis): Way {
  const large = narrow(cluster, bytesPerMs, oneWay)
  const small = narrow(cluster, bytesPerMs, oneWay)
  return (message) => (sizeOf(message) < LIMITS.frameBytes ? small(message) : large(message))
}

/** About. */
function sizeOf(message: Message): number {
  if (message.type === 'InstallSnapshot') return 100 + message.bytes.length
  if (message.type !== 'AppendEntries') return 100
  return message.entries.reduce((size, { body }) => size + 50 + (body.type === 'command' ? body.command.bytes.length : 0), 100)
}

export class Roads {
  way: Way
  /** How late somebody's timers are. */
  late: (id: NodeId) => Millis = () => 0
  readonly #cluster: Cluster
  #underWay: { readonly message: Message; readonly at: Millis }[] = []

  constructor(cluster: Cluster, way: Way) {
    this.#cluster = cluster
    this.way = way
  }

  pass(ms: Millis): this {
    const cluster = this.#cluster
    const end = cluster.now + ms
    for (let count = 0; ; count++) {
      if (count > EVENTS_MAX) throw new Error('something goes on all the time')
      this.#depart()
      const arrival = this.#underWay.toSorted((a, b) => a.at - b.at)[0]
      const waker = cluster.ids.filter((id) => !cluster.isDown(id)).toSorted((a, b) => this.#wakes(a) - this.#wakes(b))[0]!
      const next = Math.min(arrival?.at ?? Infinity, this.#wakes(waker))
      if (next > end) break
      cluster.now = Math.max(cluster.now, next)
      if (arrival?.at === next) {
        this.#underWay = this.#underWay.filter((one) => one !== arrival)
        cluster.receive(arrival.message)
      } else cluster.act(waker, { type: 'wake' })
    }
    cluster.now = end
    return this
  }

  #wakes(id: NodeId): Millis {
    return wakeAt(this.#cluster.node(id)) + this.late(id)
  }

  #depart(): void {
    const { network, now } = this.#cluster
    while (network.queue.length > 0) {
      const message = network.take(0)
      const takes = this.way(message)
      if (takes !== null) this.#underWay.push({ message, at: now + takes })
    }
  }
}
