/** What is on the disks, read record by record as it lands: the truth about durability, known to nobody else. */
import type { NodeId } from '../host/ports.ts'
import { configurationsIn } from '../raft/node.ts'
import type { Save } from '../raft/saves.ts'
import type { PlacedConfiguration } from '../raft/types.ts'
import type { Entry, Index, Term } from '../raft/types.ts'
import { decodeRecord } from '../wire/record.ts'
import type { Compacted } from '../wire/record.ts'
import type { World } from './world.ts'

export interface OnDisk {
  term: Term
  votedFor: NodeId | null
  /** Terms of the entries, from index 1; those before a snapshot's base say nothing. */
  readonly terms: Term[]
  /** In those entries, oldest first. */
  configurations: readonly PlacedConfiguration[]
  /** Up to here a snapshot holds what is committed. */
  covered: Index
}

/** What a record says is stored from now on. */
type Stored = Pick<Save, 'term' | 'votedFor' | 'from' | 'entries'>

/** `place`: a node, and which disk of it where there are two. */
type Landed = (place: string, disk: OnDisk) => void

export class Journals {
  readonly #world: World
  readonly #landed: Landed
  readonly #born: (entries: readonly Entry[]) => void
  /** Further disks of a node whose profile was copied. */
  readonly #copies = new Map<NodeId, readonly string[]>()
  readonly #disks = new Map<string, OnDisk>()

  /** `born`: a list was founded with these entries, committed as they are durable. */
  constructor(world: World, landed: Landed, born: (entries: readonly Entry[]) => void) {
    this.#world = world
    this.#landed = landed
    this.#born = born
  }

  of(place: string): OnDisk | null {
    return this.#disks.get(place) ?? null
  }

  /** A second disk begins with what is on this one. */
  copied(from: string, to: string): void {
    const disk = this.of(from)
    if (disk !== null) this.#disks.set(to, { ...disk, terms: [...disk.terms] })
    this.#copies.set(from, [...(this.#copies.get(from) ?? []), to])
  }

  /** `replaces`: everything before it is gone. */
  landed(place: string, number: number, record: Uint8Array, replaces: boolean): void {
    const read = decodeRecord(number, record)
    if (!read.ok) return this.#world.fail('records can be read', JSON.stringify(read.error))
    const content = read.value
    if (this.#world.isTracing) this.#world.trace('disk', `${place} record ${number} ${content.kind}`)
    if (content.kind === 'save') return this.saved(place, content, replaces)
    if (content.kind === 'compacted') return this.compacted(place, content)
    if (content.kind !== 'birth' && content.kind !== 'base') return
    if (content.kind === 'birth') this.#born(content.entries)
    this.saved(place, { ...content, from: 1 }, replaces)
  }

  saved(place: string, { term, votedFor, from, entries }: Stored, replaces = false): void {
    const before = replaces ? undefined : this.#disks.get(place)
    const disk: OnDisk = before ?? { term: 0, votedFor: null, terms: [], configurations: [], covered: 0 }
    if (term < disk.term) this.#world.fail('terms on disk never fall', place)
    if (from > disk.terms.length + 1) this.#world.fail('no gaps on disk', `${place} from ${from} after ${disk.terms.length}`)
    disk.term = term
    disk.votedFor = votedFor
    disk.terms.length = Math.min(from - 1, disk.terms.length)
    for (const entry of entries) disk.terms.push(entry.term)
    const fresh = configurationsIn(entries).filter(({ index }) => index > disk.covered)
    disk.configurations = [...disk.configurations.filter(({ index }) => index < from || index <= disk.covered), ...fresh]
    this.#disks.set(place, disk)
    this.#landed(place, disk)
  }

  /** What it held before is gone; the entries that are left follow in the same transaction. */
  compacted(place: string, { term, votedFor, base, covered }: Pick<Compacted, 'term' | 'votedFor' | 'base' | 'covered'>): void {
    const before = this.#disks.get(place)
    if (before !== undefined && term < before.term) this.#world.fail('terms on disk never fall', place)
    // What they were before the base nobody asks any more.
    const terms = before?.terms ?? []
    terms.length = Math.min(terms.length, base.index)
    while (terms.length < base.index) terms.push(base.term)
    if (base.index > 0) terms[base.index - 1] = base.term
    const disk = { term, votedFor, terms, configurations: [covered.configuration], covered: covered.index }
    this.#disks.set(place, disk)
    this.#landed(place, disk)
  }

  /** Does this node have the entry on disk? */
  has(node: NodeId, { index, term }: Pick<Entry, 'index' | 'term'>): boolean {
    const isOn = (place: string): boolean => {
      const disk = this.#disks.get(place)
      return disk !== undefined && (index <= disk.covered || disk.terms[index - 1] === term)
    }
    return isOn(node) || (this.#copies.get(node) ?? []).some(isOn)
  }

  lastIndex(node: NodeId): Index {
    return this.#disks.get(node)?.terms.length ?? 0
  }
}
