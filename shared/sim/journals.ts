/** What is on the disks, read record by record as it lands: the truth about durability, known to nobody else. */
import type { NodeId } from '../host/ports.ts'
import { configurationsIn } from '../raft/node.ts'
import type { PlacedConfiguration } from '../raft/node.ts'
import type { Entry, Index, Term } from '../raft/types.ts'
import { decodeRecord } from '../wire/record.ts'
import type { World } from './world.ts'

export interface OnDisk {
  term: Term
  votedFor: NodeId | null
  /** Terms of the entries, from index 1. */
  readonly terms: Term[]
  /** In those entries, oldest first. */
  configurations: readonly PlacedConfiguration[]
}

type Landed = (node: NodeId, disk: OnDisk) => void

export class Journals {
  readonly #world: World
  readonly #landed: Landed
  readonly #disks = new Map<NodeId, OnDisk>()

  constructor(world: World, landed: Landed) {
    this.#world = world
    this.#landed = landed
  }

  of(node: NodeId): OnDisk | null {
    return this.#disks.get(node) ?? null
  }

  /** `replaces`: everything before it is gone. */
  landed(node: NodeId, number: number, record: Uint8Array, replaces: boolean): void {
    const read = decodeRecord(number, record)
    if (!read.ok) return this.#world.fail('records can be read', JSON.stringify(read.error))
    const content = read.value
    if (this.#world.isTracing) this.#world.trace('disk', `${node} record ${number} ${content.kind}`)
    if (content.kind !== 'save' && content.kind !== 'birth' && content.kind !== 'base') return
    const before = replaces ? undefined : this.#disks.get(node)
    const disk: OnDisk = before ?? { term: 0, votedFor: null, terms: [], configurations: [] }
    if (content.term < disk.term) this.#world.fail('terms on disk never fall', node)
    disk.term = content.term
    disk.votedFor = content.votedFor
    const from = content.kind === 'save' ? content.from : 1
    disk.terms.length = Math.min(from - 1, disk.terms.length)
    for (const { term } of content.entries) disk.terms.push(term)
    disk.configurations = [...disk.configurations.filter(({ index }) => index < from), ...configurationsIn(content.entries)]
    this.#disks.set(node, disk)
    this.#landed(node, disk)
  }

  /** Does this node have the entry on disk? */
  has(node: NodeId, { index, term }: Pick<Entry, 'index' | 'term'>): boolean {
    return this.#disks.get(node)?.terms[index - 1] === term
  }

  lastIndex(node: NodeId): Index {
    return this.#disks.get(node)?.terms.length ?? 0
  }
}
