/**
 * A node's journal in a small world: what it adds up to, and in worlds with late writes its records too. The start is the
 * product's own (wire/replay); `add` stands for IndexedDB's, which refuses a number that is taken.
 */
import type { Durable } from '../../shared/raft/node.ts'
import type { Save } from '../../shared/raft/saves.ts'
import type { Entry, Index, NodeId } from '../../shared/raft/types.ts'
import { decodeRecord, encodeRecord } from '../../shared/wire/record.ts'
import type { Birth, Save as SaveRecord, Start } from '../../shared/wire/record.ts'
import { beginStart } from '../../shared/wire/replay.ts'
import type { Place } from './state.ts'

type Record = Birth | Start | SaveRecord

export interface Journal {
  readonly durable: Durable
  /** Record k at k - 1; empty where no write comes late. */
  readonly records: readonly Record[]
  /** Writes of dead hosts that the browser has not yet made or refused. */
  readonly late: readonly { readonly number: number; readonly save: Save }[]
  /** One of them was refused. */
  readonly hasCollided: boolean
}

const CLUSTER = '000102030405060708090a0b0c0d0e0f'

export function birth(node: NodeId, entries: readonly Entry[], keepsRecords: boolean): Journal {
  const durable: Durable = { currentTerm: 0, votedFor: null, entries, commitIndex: 1 }
  const { currentTerm: term, votedFor, commitIndex } = durable
  const first: Birth = {
    kind: 'birth',
    cluster: CLUSTER,
    node,
    machine: 'm',
    createdAt: 0,
    nonce: 'a',
    term,
    votedFor,
    commitIndex,
    entries,
  }
  return { durable, records: keepsRecords ? [first] : [], late: [], hasCollided: false }
}

/** Null where the number is taken: the transaction aborts as a whole. */
export function add(journal: Journal, number: number, save: Save): Journal | null {
  if (journal.records.length === 0) return { ...journal, durable: taken(journal.durable, save) }
  if (number <= journal.records.length) return null
  const { number: _, ...content } = save
  return { ...journal, durable: taken(journal.durable, save), records: [...journal.records, { kind: 'save', ...content }] }
}

/** As the host does it: a record that carries commitIndex alone, never beside a save. */
export function isHintDue({ core, save, disk }: Place): boolean {
  return core !== null && save === null && core.commitIndex > disk.durable.commitIndex
}

export function hinted(journal: Journal, commitIndex: Index): Journal {
  return { ...journal, durable: { ...journal.durable, commitIndex } }
}

/** The journal after a start has read it and taken its number; null if it was found damaged. */
export function open(journal: Journal): Journal | null {
  if (journal.durable.commitIndex > journal.durable.entries.length) return null
  if (journal.records.length === 0) return journal
  const raw = journal.records.map((record, k) => ({ number: k + 1, bytes: encodeRecord(k + 1, record) }))
  const started = beginStart('a')(raw)
  if (!started.ok) return null
  const { records, state } = started.value
  const added = records.map((bytes, k) => {
    const read = decodeRecord(journal.records.length + k + 1, bytes)
    if (!read.ok) throw new Error('a start writes what can be read')
    return read.value as Start
  })
  const { term: currentTerm, votedFor, entries, commitIndex } = state
  return { ...journal, durable: { currentTerm, votedFor, entries, commitIndex }, records: [...journal.records, ...added] }
}

function taken(durable: Durable, { term, votedFor, commitIndex, from, entries }: Save): Durable {
  return { currentTerm: term, votedFor, commitIndex, entries: [...durable.entries.slice(0, from - 1), ...entries] }
}
