/** What one browser profile keeps: journals, the registry, the outbox. It outlives every page. */
import type { Millis, NodeId } from '../host/ports.ts'
import type { ListRecord, NodeRecord } from '../life/ports.ts'

export type Records = Map<number, Uint8Array>

interface Session {
  settled: number
  readonly commands: Map<number, Uint8Array>
}

export class Storage {
  readonly journals = new Map<NodeId, Records>()
  readonly lists = new Map<string, ListRecord>()
  readonly nodes = new Map<NodeId, NodeRecord>()
  readonly sessions = new Map<string, Session>()

  /** Commands in the outbox whose results nobody knows. */
  get unsettled(): number {
    return [...this.sessions.values()].reduce((sum, { commands }) => sum + commands.size, 0)
  }

  /** Tells the disk of a copy from that of its original; empty for all others. */
  readonly mark: string
  readonly #busy = new Map<string, Millis>()

  constructor(mark = '') {
    this.mark = mark
  }

  /** What this node's journal here is known by. */
  placeOf(node: NodeId): string {
    return node + this.mark
  }

  /** As it is on the disk now. */
  copy(mark: string): Storage {
    const copy = new Storage(mark)
    for (const [node, records] of this.journals) copy.journals.set(node, new Map(records))
    for (const [room, list] of this.lists) copy.lists.set(room, list)
    for (const [node, record] of this.nodes) copy.nodes.set(node, record)
    for (const [name, { settled, commands }] of this.sessions) copy.sessions.set(name, { settled, commands: new Map(commands) })
    return copy
  }

  /** Writes to one place happen in the order in which they were asked for. */
  queue(place: string, at: Millis): Millis {
    const due = Math.max(at, this.#busy.get(place) ?? 0)
    this.#busy.set(place, due)
    return due
  }

  session(name: string): Session {
    const known = this.sessions.get(name) ?? { settled: 0, commands: new Map<number, Uint8Array>() }
    this.sessions.set(name, known)
    return known
  }
}
