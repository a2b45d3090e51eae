/** Reads a whole journal back into a node's durable state, and writes down a start (DESIGN 5). Pure and synchronous. */
import { LIMITS } from '../limits.ts'
import { unreachable } from '../raft/assert.ts'
import { hashOf } from '../raft/hash.ts'
import { BEGINNING } from '../raft/log.ts'
import type { Entry, Index, MachineId, NodeId, Position, Term } from '../raft/types.ts'
import type { ClusterId } from './fields.ts'
import { decodeRecord, encodeRecord, saysCompacted, type Base, type Birth, type Compacted, type RecordError, type Save } from './record.ts'
import { accept, reject, type Result } from './result.ts'
import { rewrite, type Whole } from './rewrite.ts'

interface RawRecord {
  readonly number: number
  readonly bytes: Uint8Array
}

/** What a journal adds up to. Its commitIndex is at most the last index. */
export interface Replayed extends Whole {
  /** How many records were read. */
  readonly records: number
  /** The number of the last one. */
  readonly last: number
}

/** Why a journal cannot be trusted. The node's id is then retired; it never starts again from nothing under the same id. */
export type Damage =
  | { readonly type: 'empty' }
  /** A record is missing between others, or the first one is neither a birth nor a rewrite. */
  | { readonly type: 'gap'; readonly expected: number; readonly got: number }
  | { readonly type: 'unreadable'; readonly number: number; readonly error: RecordError }
  /** Each record is sound, but no node that keeps the rules writes one after the other. */
  | { readonly type: 'contradiction'; readonly number: number; readonly why: string }
  /** Sound, but older than a start of it that the browser remembers: what it promised since is forgotten. */
  | { readonly type: 'rolled-back'; readonly incarnation: number; readonly remembered: number }
  /** On purpose: the node was removed for good. */
  | { readonly type: 'retired'; readonly number: number; readonly why: string }

/**
 * Records in order of number. Takes about 10 microseconds for a record of one entry. What lies before the newest compaction was
 * deleted with it: whatever is there now is void, the first record of its own start or what a dead host wrote late.
 */
export function replay(found: readonly RawRecord[]): Result<Replayed, Damage> {
  const records = found.slice(
    Math.max(
      found.findLastIndex(({ bytes }) => saysCompacted(bytes)),
      0,
    ),
  )
  const [first] = records
  if (first === undefined) return reject({ type: 'empty' })
  const opened = open(first)
  if (!opened.ok) return opened
  const state = opened.value
  for (let k = 1; k < records.length; k++) {
    const { number, bytes } = records[k]!
    if (number !== first.number + k) return reject({ type: 'gap', expected: first.number + k, got: number })
    const damage = advance(state, number, bytes)
    if (damage !== null) return reject(damage)
  }
  const last = first.number + records.length - 1
  if (isOwing(state)) return reject({ type: 'contradiction', number: last, why: 'a rewrite without its end' })
  const { owed: _, base: __, installing: ___, ...rest } = state
  const commitIndex = Math.max(Math.min(state.commitIndex, lastIndex(state)), state.compaction?.snapshot.index ?? 0)
  return accept({ ...rest, commitIndex, records: records.length, last })
}

/** What replay carries along. Its entries grow and shrink in place; all else is replaced. */
interface State {
  readonly cluster: ClusterId
  readonly node: NodeId
  readonly machine: MachineId
  readonly createdAt: number
  incarnation: number
  nonce: string
  term: Term
  votedFor: NodeId | null
  commitIndex: Index
  /** The entries come after this. */
  readonly base: Position
  /** Null until all of its bytes came. */
  compaction: Whole['compaction']
  readonly installing: Installing | null
  readonly entries: Entry[]
  /**
   * The last index that a rewrite promised; its saves must bring the log there before anything else happens. 0 once they did:
   * from then on the log may be cut shorter like any.
   */
  owed: Index
}

interface Installing {
  readonly record: Compacted
  readonly bytes: Uint8Array
  filled: number
}

function lastIndex({ base, entries }: State): Index {
  return base.index + entries.length
}

/** Is a rewrite not at its end yet? */
function isOwing(state: State): boolean {
  return lastIndex(state) < state.owed || isFilling(state)
}

function isFilling({ installing, compaction }: State): boolean {
  return installing !== null && compaction === null
}

function open({ number, bytes }: RawRecord): Result<State, Damage> {
  const read = decodeRecord(number, bytes)
  if (!read.ok) return reject({ type: 'unreadable', number, error: read.error })
  const content = read.value
  switch (content.kind) {
    case 'birth':
      return number === 1
        ? accept(stateOf(content, 1, 0))
        : reject({ type: 'contradiction', number, why: 'a birth that is not the first record' })
    case 'base':
      return accept(stateOf(content, content.incarnation, content.lastIndex))
    case 'compacted':
      return accept(stateOf(content, content.incarnation, content.lastIndex))
    case 'retired':
      return reject({ type: 'retired', number, why: content.why })
    case 'piece':
    case 'start':
    case 'save':
    case 'hint':
      return reject({ type: 'gap', expected: 1, got: number })
    default:
      return unreachable(content)
  }
}

function stateOf(content: Birth | Base | Compacted, incarnation: number, owed: Index): State {
  const { cluster, node, machine, createdAt, nonce, term, votedFor, commitIndex } = content
  const isCompacted = content.kind === 'compacted'
  const base = isCompacted ? content.base : BEGINNING
  const installing = isCompacted ? { record: content, bytes: new Uint8Array(content.size), filled: 0 } : null
  const entries = isCompacted ? [] : [...content.entries]
  const identity = { cluster, node, machine, createdAt, incarnation, nonce }
  const state = { ...identity, term, votedFor, commitIndex, base, compaction: null, installing, entries, owed }
  payOff(state)
  return state
}

function advance(state: State, number: number, bytes: Uint8Array): Damage | null {
  const read = decodeRecord(number, bytes)
  if (!read.ok) return { type: 'unreadable', number, error: read.error }
  const content = read.value
  const isNext = content.kind === (isFilling(state) ? 'piece' : 'save')
  if (isOwing(state) && !isNext) return { type: 'contradiction', number, why: 'a rewrite without its end' }
  switch (content.kind) {
    case 'piece': {
      const wrong = fill(state, content.bytes)
      return wrong === null ? null : { type: 'contradiction', number, why: wrong }
    }
    case 'birth':
    case 'base':
    case 'compacted':
      return { type: 'contradiction', number, why: `a ${content.kind} after other records` }
    case 'start':
      if (content.incarnation !== state.incarnation + 1)
        return { type: 'contradiction', number, why: 'an incarnation that does not follow' }
      state.incarnation = content.incarnation
      state.nonce = content.nonce
      return null
    case 'hint':
      state.commitIndex = content.commitIndex
      return null
    case 'retired':
      return { type: 'retired', number, why: content.why }
    case 'save': {
      const wrong = whatIsWrong(state, content)
      if (wrong !== null) return { type: 'contradiction', number, why: wrong }
      take(state, content)
      return null
    }
    default:
      return unreachable(content)
  }
}

function whatIsWrong(state: State, save: Save): string | null {
  const { entries, base } = state
  if (save.term < state.term) return 'the term falls'
  if (save.term === state.term && state.votedFor !== null && save.votedFor !== state.votedFor) return 'two votes in one term'
  if (save.from > lastIndex(state) + 1) return 'entries are missing'
  if (save.from <= base.index) return 'entries from before the snapshot'
  if (isOwing(state) && save.from !== lastIndex(state) + 1) return 'a rewrite without its end'
  const before = save.from === base.index + 1 ? base : entries[save.from - base.index - 2]
  const first = save.entries[0]
  if (before !== undefined && first !== undefined && first.term < before.term) return 'a term in the log falls'
  // What was known committed is never replaced. The same entries may be written again.
  const committed = Math.min(state.commitIndex, lastIndex(state))
  if (save.from + save.entries.length - 1 < committed) return 'a committed entry is dropped'
  for (let index = save.from; index <= committed; index++) {
    if (save.entries[index - save.from]!.term !== entries[index - base.index - 1]!.term) return 'a committed entry is replaced'
  }
  return null
}

function take(state: State, save: Save): void {
  state.term = save.term
  state.votedFor = save.votedFor
  state.commitIndex = save.commitIndex
  state.entries.length = save.from - state.base.index - 1
  for (const entry of save.entries) state.entries.push(entry)
  payOff(state)
}

function payOff(state: State): void {
  if (lastIndex(state) >= state.owed) state.owed = 0
}

/** The next bytes of the snapshot; what is wrong with them, or null. */
function fill(state: State, piece: Uint8Array): string | null {
  const { installing } = state
  if (installing === null || state.compaction !== null) return 'a piece of no snapshot'
  const { record, bytes } = installing
  if (piece.length === 0 || installing.filled + piece.length > bytes.length) return 'a snapshot of another size'
  bytes.set(piece, installing.filled)
  installing.filled += piece.length
  if (installing.filled < bytes.length) return null
  if (hashOf(bytes) !== record.hash) return 'a snapshot of another hash'
  state.compaction = { snapshot: { ...record.covered, bytes, hash: record.hash }, base: record.base }
  return null
}

/** What a start adds to the journal (a `JournalStart` of the Disk port) and the state that the node then begins with. */
export interface Started {
  readonly records: readonly Uint8Array[]
  readonly replace: boolean
  readonly state: Replayed
}

/**
 * For `Disk.open`: replays, and adds incarnation + 1 with this nonce under the next number. After more than
 * LIMITS.journalRecordsBeforeRewrite records it writes the whole journal anew instead.
 */
export function beginStart(nonce: string, remembered = 0): (records: readonly RawRecord[]) => Result<Started, Damage> {
  return (found) => {
    const replayed = replay(found)
    if (!replayed.ok) return replayed
    // Before anything is written: a start would hide that starts are missing.
    const { incarnation } = replayed.value
    if (incarnation < remembered) return reject({ type: 'rolled-back', incarnation, remembered })
    const state = { ...replayed.value, incarnation: incarnation + 1, nonce }
    const number = state.last + 1
    const replace = state.records > LIMITS.journalRecordsBeforeRewrite
    const records = replace ? rewrite(state, number) : [encodeRecord(number, { kind: 'start', incarnation: state.incarnation, nonce })]
    return accept({
      records,
      replace,
      state: { ...state, records: replace ? records.length : found.length + 1, last: state.last + records.length },
    })
  }
}
