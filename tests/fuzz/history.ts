/** A journal as an honest node writes it, by dice, and what it adds up to: told by who wrote it, not by who reads it. */
import type { Entry, Index } from '../../shared/raft/types.ts'
import { encodeRecord, type Base, type Birth, type RecordContent } from '../../shared/wire/record.ts'
import { dice as diceOf, type Dice } from './dice.ts'
import { anyId, entriesAfter, times } from './values.ts'

export interface Written {
  readonly number: number
  readonly bytes: Uint8Array
}

export interface History {
  readonly contents: readonly RecordContent[]
  readonly records: readonly Written[]
  /** After all of them. */
  readonly state: {
    readonly incarnation: number
    readonly nonce: string
    readonly term: number
    readonly votedFor: string | null
    readonly commitIndex: Index
    readonly entries: readonly Entry[]
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export function anyHistory(dice: Dice): History {
  const contents: RecordContent[] = []
  const begun = begin(dice, contents)
  const { state } = begun
  for (let left = dice.below(6); left > 0; left--) contents.push(next(dice, state))
  const records = contents.map((content, k) => ({ number: begun.first + k, bytes: encodeRecord(begun.first + k, content) }))
  return { contents, records, state: { ...state, commitIndex: Math.min(state.commitIndex, state.entries.length) } }
}

/** So many of them, to lend each other records. */
export function histories(seed: number, count: number): readonly History[] {
  const dice = diceOf(seed)
  return times(count, () => anyHistory(dice))
}

/** A birth, or a rewrite in up to three records. */
function begin(dice: Dice, contents: RecordContent[]): { readonly first: number; readonly state: Mutable<History['state']> } {
  const term = dice.below(5)
  const entries = entriesAfter(dice, 0, 0, term, dice.below(5))
  const identity = {
    cluster: Buffer.from(dice.bytes(16)).toString('hex'),
    node: anyId(dice),
    machine: anyId(dice),
    createdAt: dice.below(1e9),
  }
  const state = { incarnation: 1, nonce: anyId(dice), term, votedFor: dice.below(2) === 0 ? anyId(dice) : null, commitIndex: 0, entries }
  state.commitIndex = dice.below(entries.length + 1)
  const { nonce, votedFor, commitIndex } = state
  const hard = { term, votedFor, commitIndex }
  if (dice.below(3) > 0) {
    contents.push({ kind: 'birth', ...identity, nonce, ...hard, entries } satisfies Birth)
    return { first: 1, state }
  }
  state.incarnation += dice.below(9)
  const held = dice.below(entries.length + 1)
  const { incarnation } = state
  const base = {
    kind: 'base',
    ...identity,
    nonce,
    incarnation,
    ...hard,
    lastIndex: entries.length,
    entries: entries.slice(0, held),
  } satisfies Base
  contents.push(base)
  if (held < entries.length) contents.push({ kind: 'save', ...hard, from: held + 1, entries: entries.slice(held) })
  return { first: 2 + dice.below(1_000), state }
}

function next(dice: Dice, state: Mutable<History['state']>): RecordContent {
  const kind = dice.below(6)
  if (kind === 0) {
    state.incarnation++
    state.nonce = anyId(dice)
    return { kind: 'start', incarnation: state.incarnation, nonce: state.nonce }
  }
  if (kind === 1) {
    state.commitIndex = Math.max(state.commitIndex, dice.below(state.entries.length + 1))
    return { kind: 'hint', commitIndex: state.commitIndex }
  }
  const rises = dice.below(3) === 0 ? 1 + dice.below(3) : 0
  state.term += rises
  if (rises > 0) state.votedFor = null
  state.votedFor ??= dice.below(2) === 0 ? anyId(dice) : null
  const { entries } = state
  // Anything not known committed may give way.
  const from =
    Math.min(state.commitIndex, entries.length) + 1 + dice.below(entries.length - Math.min(state.commitIndex, entries.length) + 1)
  const fresh = entriesAfter(dice, from - 1, entries[from - 2]?.term ?? 0, state.term, dice.below(3))
  state.entries = [...entries.slice(0, from - 1), ...fresh]
  // A leader that is ahead may have told of more than is here.
  state.commitIndex = Math.max(state.commitIndex, dice.below(state.entries.length + 1))
  const { term, votedFor, commitIndex } = state
  return { kind: 'save', term, votedFor, commitIndex, from, entries: fresh }
}
