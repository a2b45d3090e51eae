/** Writes a journal anew: with everything that it adds up to, in few records. */
import { unreachable } from '../raft/assert.ts'
import type { Compaction, Entry, Index, MachineId, NodeId, Term } from '../raft/types.ts'
import type { ClusterId } from './fields.ts'
import { encodeRecord, type RecordContent } from './record.ts'

/** Keeps a record of a rewrite well below 1 MiB: one larger structured clone would stall a page. */
const CHUNK_BYTES = 512 * 1024

/** Everything that a journal adds up to. */
export interface Whole {
  readonly cluster: ClusterId
  readonly node: NodeId
  readonly machine: MachineId
  readonly createdAt: number
  readonly incarnation: number
  readonly nonce: string
  readonly term: Term
  readonly votedFor: NodeId | null
  readonly commitIndex: Index
  /** What took the place of the first entries; null if they are all there. */
  readonly compaction: Compaction | null
  /** After the base of the compaction. */
  readonly entries: readonly Entry[]
}

/** The records of a journal that begins anew under this number. They are good only together. */
export function rewrite(state: Whole, number: number): readonly Uint8Array[] {
  const all = chunks(state.entries)
  const { term, votedFor, commitIndex } = state
  const begun = state.compaction === null ? [beginWithout(state, all.shift() ?? [])] : beginWith(state, state.compaction)
  const saves = all.map((entries): RecordContent => ({ kind: 'save', term, votedFor, commitIndex, from: entries[0]!.index, entries }))
  return [...begun, ...saves].map((content, k) => encodeRecord(number + k, content))
}

function beginWithout(state: Whole, entries: readonly Entry[]): RecordContent {
  return { ...state, kind: 'base', lastIndex: state.entries.length, entries }
}

function beginWith(state: Whole, { snapshot, base }: Compaction): readonly RecordContent[] {
  const { bytes, hash, ...covered } = snapshot
  const lastIndex = base.index + state.entries.length
  const first: RecordContent = { ...state, kind: 'compacted', lastIndex, base, covered, size: bytes.length, hash }
  const pieces: RecordContent[] = []
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) pieces.push({ kind: 'piece', bytes: bytes.subarray(at, at + CHUNK_BYTES) })
  return [first, ...pieces]
}

function chunks(entries: readonly Entry[]): Entry[][] {
  const all: Entry[][] = []
  let bytes = CHUNK_BYTES
  for (const entry of entries) {
    const size = sizeOf(entry)
    if (bytes + size > CHUNK_BYTES) {
      all.push([])
      bytes = 0
    }
    bytes += size
    all.at(-1)!.push(entry)
  }
  return all
}

/** At least what the entry takes when packed. */
function sizeOf({ body }: Entry): number {
  switch (body.type) {
    case 'command':
      return 100 + body.command.bytes.length + (body.command.signature?.length ?? 0)
    case 'configuration':
      return 100 + 100 * (body.configuration.voters.length + body.configuration.learners.length)
    case 'noop':
    case 'level':
    case 'checksum':
      return 100
    default:
      return unreachable(body)
  }
}
