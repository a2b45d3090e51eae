/**
 * What one record of a journal holds (DESIGN 5): eight bytes of checksum, then [number, kind, version, ...] packed. The number
 * is inside, so a record under a wrong key is found out like a flipped bit.
 */
import { BrokenInvariant, unreachable } from '../raft/assert.ts'
import { LIMITS } from '../limits.ts'
import type { Entry, Index, MachineId, NodeId, Position, Term } from '../raft/types.ts'
import { packEntries, readEntries } from './entries.ts'
import {
  bytesUpTo,
  cluster,
  clusterBytes,
  fields,
  id,
  idOrNull,
  positive,
  reading,
  Refusal,
  refuse,
  text,
  uint,
  upTo,
  version,
  type ClusterId,
} from './fields.ts'
import { checksum, CHECKSUM_BYTES, recordSum } from './hash.ts'
import { packBriefly } from './msgpack.ts'
import { reject, type Result, type WireError } from './result.ts'
import { packCovered, readCovered, type Covered } from './snapshot.ts'

const RECORD_VERSION = 1
/** A save is one turn's, and a turn takes all that waits: far above what can come, below what would hang a page. */
const RECORD_BYTES_MAX = 64 * 1024 * 1024
const WHY_MAX = 200

interface Identity {
  readonly cluster: ClusterId
  readonly node: NodeId
  readonly machine: MachineId
  /** Wall clock of the birth. */
  readonly createdAt: number
  readonly incarnation: number
  readonly nonce: string
}

interface HardState {
  readonly term: Term
  readonly votedFor: NodeId | null
  /** A hint: may name an index that this journal does not hold yet. */
  readonly commitIndex: Index
}

/** Record 1. Entries begin at index 1; none for a node that joins. Its incarnation is always 1. */
export type Birth = { readonly kind: 'birth' } & Omit<Identity, 'incarnation'> & HardState & { readonly entries: readonly Entry[] }

/** A page load opened the journal: incarnation is one more than before. */
export interface Start {
  readonly kind: 'start'
  readonly incarnation: number
  readonly nonce: string
}

/** Everything before `from` stays, everything from there on is replaced. Without log change `from` is the last index + 1. */
export type Save = { readonly kind: 'save' } & HardState & { readonly from: Index; readonly entries: readonly Entry[] }

/** Written relaxed, alone, when only commitIndex moved. */
export interface Hint {
  readonly kind: 'hint'
  readonly commitIndex: Index
}

/**
 * A rewrite: stands for all records before it, and for the start that made it. Holds the log's first entries; saves with the
 * same term and vote follow at once, in the same transaction, until `lastIndex` is reached.
 */
export type Base = { readonly kind: 'base' } & Identity & HardState & { readonly lastIndex: Index; readonly entries: readonly Entry[] }

/**
 * A rewrite after a snapshot: as a base, and whatever lies before it in the journal is void, late writes too. The pieces of the
 * snapshot follow, then saves with the entries after `base`, all in the same transaction.
 */
export type Compacted = { readonly kind: 'compacted' } & Identity &
  HardState & {
    readonly lastIndex: Index
    readonly base: Position
    readonly covered: Covered
    /** Of the whole snapshot. */
    readonly size: number
    readonly hash: number
  }

/** The next bytes of a snapshot. */
export interface Piece {
  readonly kind: 'piece'
  readonly bytes: Uint8Array
}

/** The node was removed or found damaged; it never runs again. */
export interface Retired {
  readonly kind: 'retired'
  readonly why: string
}

export type RecordContent = Birth | Start | Save | Hint | Base | Retired | Compacted | Piece

/** On disk a kind is its place here: only ever add at the end. */
const KINDS = [
  'birth',
  'start',
  'save',
  'hint',
  'base',
  'retired',
  'compacted',
  'piece',
] as const satisfies readonly RecordContent['kind'][]

export type RecordError = WireError | { readonly type: 'checksum' }

/** The bytes for key `number` of a journal, in a buffer of their own. Throws rather than make durable what no start could read. */
export function encodeRecord(number: number, content: RecordContent): Uint8Array {
  const value = [number, KINDS.indexOf(content.kind), RECORD_VERSION, ...packContent(content)]
  assertReadable(value)
  const packed = packBriefly(value)
  const bytes = new Uint8Array(CHECKSUM_BYTES + packed.length)
  bytes.set(packed, CHECKSUM_BYTES)
  bytes.set(recordSum(packed), 0)
  return bytes
}

function assertReadable(value: unknown): void {
  try {
    readContent(value)
  } catch (error) {
    throw error instanceof Refusal ? new BrokenInvariant(`a record that cannot be read: ${JSON.stringify(error.reason)}`) : error
  }
}

function packContent(content: RecordContent): readonly unknown[] {
  switch (content.kind) {
    case 'birth':
      return [...packIdentity({ ...content, incarnation: 1 }), ...packHardState(content), packEntries(content.entries, 0)]
    case 'start':
      return [content.incarnation, content.nonce]
    case 'save':
      return [...packHardState(content), content.from, packEntries(content.entries, content.from - 1)]
    case 'hint':
      return [content.commitIndex]
    case 'base':
      return [...packIdentity(content), ...packHardState(content), content.lastIndex, packEntries(content.entries, 0)]
    case 'retired':
      return [content.why]
    case 'compacted':
      return packCompacted(content)
    case 'piece':
      return [content.bytes]
    default:
      return unreachable(content)
  }
}

function packCompacted(content: Compacted): readonly unknown[] {
  const { lastIndex, base, covered, size, hash } = content
  const hard = [...packIdentity(content), ...packHardState(content)]
  return [...hard, lastIndex, base.index, base.term, base.time, ...packCovered(covered), size, hash]
}

function packIdentity({ cluster, node, machine, createdAt, incarnation, nonce }: Identity): readonly unknown[] {
  return [clusterBytes(cluster), node, machine, createdAt, incarnation, nonce]
}

function packHardState({ term, votedFor, commitIndex }: HardState): readonly unknown[] {
  return [term, votedFor, commitIndex]
}

/** Never throws. Byte strings in entries are views of `bytes`. */
export function decodeRecord(number: number, bytes: Uint8Array): Result<RecordContent, RecordError> {
  const packed = bytes.subarray(CHECKSUM_BYTES)
  if (!isSound(bytes, packed)) return reject({ type: 'checksum' })
  const read = reading(packed, RECORD_BYTES_MAX, readContent)
  if (read.ok && read.value.number !== number) return reject({ type: 'bad-field', field: 'number', why: `is ${read.value.number}` })
  return read.ok ? { ok: true, value: read.value.content } : read
}

function isSound(bytes: Uint8Array, packed: Uint8Array): boolean {
  if (bytes.length < CHECKSUM_BYTES) return false
  // The first builds wrote SHA-256.
  return beginsWith(bytes, recordSum(packed)) || beginsWith(bytes, checksum(packed))
}

function beginsWith(bytes: Uint8Array, sum: Uint8Array): boolean {
  for (let k = 0; k < CHECKSUM_BYTES; k++) if (sum[k] !== bytes[k]) return false
  return true
}

function readContent(value: unknown): { readonly number: number; readonly content: RecordContent } {
  if (!Array.isArray(value)) refuse('record', 'not an array')
  const number = positive(value[0], 'number')
  const kind = KINDS[uint(value[1], 'kind')]
  if (kind === undefined) throw new Refusal({ type: 'unknown', what: 'record', got: uint(value[1], 'kind') })
  version(value[2], RECORD_VERSION)
  return { number, content: readKind(kind, value) }
}

function readKind(kind: RecordContent['kind'], value: readonly unknown[]): RecordContent {
  switch (kind) {
    case 'birth':
      return readBirth(fields(value, kind, 13))
    case 'start': {
      const all = fields(value, kind, 5)
      return { kind, incarnation: positive(all[3], 'incarnation'), nonce: id(all[4], 'nonce') }
    }
    case 'save':
      return readSave(fields(value, kind, 8))
    case 'hint':
      return { kind, commitIndex: uint(fields(value, kind, 4)[3], 'commitIndex') }
    case 'base':
      return readBase(fields(value, kind, 14))
    case 'compacted':
      return readCompacted(fields(value, kind, COMPACTED_FIELDS))
    case 'piece':
      return { kind, bytes: bytesUpTo(fields(value, kind, 4)[3], 'bytes', LIMITS.snapshotBytes) }
    case 'retired':
      return { kind, why: text(fields(value, kind, 4)[3], 'why', WHY_MAX) }
    default:
      return unreachable(kind)
  }
}

function readBirth(all: readonly unknown[]): Birth {
  const { incarnation, ...identity } = readIdentity(all)
  if (incarnation !== 1) refuse('incarnation', 'of a birth is 1')
  const hard = readHardState(all, 9)
  return { kind: 'birth', ...identity, ...hard, entries: readEntries(all[12], 0, 0, hard.term) }
}

function readSave(all: readonly unknown[]): Save {
  const hard = readHardState(all, 3)
  const from = positive(all[6], 'from')
  return { kind: 'save', ...hard, from, entries: readEntries(all[7], from - 1, 0, hard.term) }
}

function readBase(all: readonly unknown[]): Base {
  const hard = readHardState(all, 9)
  const entries = readEntries(all[13], 0, 0, hard.term)
  const lastIndex = uint(all[12], 'lastIndex')
  if (lastIndex < entries.length) refuse('lastIndex', 'below its own entries')
  return { kind: 'base', ...readIdentity(all), ...hard, lastIndex, entries }
}

function readCompacted(all: readonly unknown[]): Compacted {
  const covered = readCovered(all, 16)
  const base = {
    index: upTo(all[13], 'base.index', covered.index),
    term: upTo(all[14], 'base.term', covered.term),
    time: uint(all[15], 'base.time'),
  }
  const lastIndex = uint(all[12], 'lastIndex')
  if (lastIndex < covered.index) refuse('lastIndex', 'before the end of the snapshot')
  const hard = readHardState(all, 9)
  if (all[21] === 0) refuse('size', 'zero')
  if (covered.term > hard.term) refuse('snapshot.term', 'of the future')
  const size = upTo(all[21], 'size', LIMITS.snapshotBytes)
  return { kind: 'compacted', ...readIdentity(all), ...hard, lastIndex, base, covered, size, hash: uint(all[22], 'hash') }
}

function readIdentity(all: readonly unknown[]): Identity {
  return {
    cluster: cluster(all[3], 'cluster'),
    node: id(all[4], 'node'),
    machine: id(all[5], 'machine'),
    createdAt: uint(all[6], 'createdAt'),
    incarnation: positive(all[7], 'incarnation'),
    nonce: id(all[8], 'nonce'),
  }
}

function readHardState(all: readonly unknown[], at: number): HardState {
  return { term: uint(all[at], 'term'), votedFor: idOrNull(all[at + 1], 'votedFor'), commitIndex: uint(all[at + 2], 'commitIndex') }
}

/** Does this record say that the journal begins anew with it? Only a look: `decodeRecord` judges. */
export function saysCompacted(bytes: Uint8Array): boolean {
  const at = CHECKSUM_BYTES
  // The only kind with more than 15 fields, so the only one whose array has a long head.
  return bytes[at] === 0xdc && bytes[at + 1] === 0 && bytes[at + 2] === COMPACTED_FIELDS
}

const COMPACTED_FIELDS = 23
