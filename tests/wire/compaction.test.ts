/** Journals that begin anew with a snapshot (docs/formats.md). */
import { isDeepStrictEqual as same } from 'node:util'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../shared/limits.ts'
import { hashOf } from '../../shared/raft/hash.ts'
import type { Compaction, Entry } from '../../shared/raft/types.ts'
import { encodeRecord, type RecordContent } from '../../shared/wire/record.ts'
import { beginStart, replay } from '../../shared/wire/replay.ts'
import { rewrite, type Whole } from '../../shared/wire/rewrite.ts'
import { CLUSTER, entry, member } from './samples.ts'

const STATE = Uint8Array.from({ length: 1_200_000 }, (_, k) => (k * k) % 251)
const configuration = { index: 2, configuration: { voters: [member('a')], learners: [] } }

function compaction(bytes = STATE): Compaction {
  return { snapshot: { index: 10, term: 3, time: 70, configuration, bytes, hash: hashOf(bytes) }, base: { index: 8, term: 2, time: 60 } }
}

const TAIL: readonly Entry[] = [entry(9, 3), entry(10, 3), entry(11, 4)]

const WHOLE: Whole = {
  cluster: CLUSTER,
  node: 'a',
  machine: 'm',
  createdAt: 5,
  incarnation: 3,
  nonce: 'n',
  term: 4,
  votedFor: 'a',
  commitIndex: 10,
  compaction: compaction(),
  entries: TAIL,
}

interface Raw {
  readonly number: number
  readonly bytes: Uint8Array
}

const raw = (records: readonly Uint8Array[], first: number): Raw[] => records.map((bytes, k) => ({ number: first + k, bytes }))
const contents = (all: readonly RecordContent[], first: number): Raw[] =>
  all.map((content, k) => ({ number: first + k, bytes: encodeRecord(first + k, content) }))
const save = (from: number, more: Partial<Extract<RecordContent, { kind: 'save' }>> = {}): RecordContent => {
  return { kind: 'save', term: 4, votedFor: 'a', commitIndex: 10, from, entries: [], ...more }
}
const why = (records: readonly Raw[]): unknown => {
  const result = replay(records)
  return result.ok ? 'accepted' : 'why' in result.error ? result.error.why : result.error.type
}

describe('J7: a journal that begins anew with a snapshot', () => {
  const records = rewrite(WHOLE, 20)

  test('adds up to what it was written from, snapshot and tail', () => {
    expect(records.length).toBe(5)
    const result = replay(raw(records, 20))
    expect(same(result, { ok: true, value: { ...WHOLE, records: 5, last: 24 } })).toBe(true)
  })

  test('goes on with saves, hints and starts as any', () => {
    const more = contents(
      [
        save(11, { entries: [entry(11, 4), entry(12, 4)] }),
        { kind: 'hint', commitIndex: 12 },
        { kind: 'start', incarnation: 4, nonce: 'o' },
      ],
      25,
    )
    const result = replay([...raw(records, 20), ...more])
    if (!result.ok) throw new Error(result.error.type)
    expect(result.value.entries.map(({ index }) => index)).toEqual([9, 10, 11, 12])
    const { commitIndex, incarnation, last } = result.value
    expect({ commitIndex, incarnation, last }).toEqual({ commitIndex: 12, incarnation: 4, last: 27 })
  })

  test('makes everything before it void, whether it was kept or written late', () => {
    const kept = contents([{ kind: 'start', incarnation: 3, nonce: 'n' }], 12)
    const late = contents([save(1, { term: 9, votedFor: 'z' })], 14)
    const lateAnew = raw(rewrite({ ...WHOLE, term: 9, compaction: compaction(STATE.slice(0, 10)) }, 16), 16)
    const whole = { ok: true, value: { ...WHOLE, records: 5, last: 24 } }
    for (const before of [kept, late, lateAnew, [...kept, ...late, ...lateAnew]])
      expect(same(replay([...before, ...raw(records, 20)]), whole)).toBe(true)
  })

  test('is refused unless it is whole', () => {
    const all = raw(records, 20)
    for (let length = 1; length < all.length; length++) expect(why(all.slice(0, length)), `${length}`).toBe('a rewrite without its end')
    expect(why([...all.slice(0, 2), ...contents([{ kind: 'hint', commitIndex: 3 }], 22)])).toBe('a rewrite without its end')
    expect(why([...all.slice(0, 3), all[4]!])).toBe('gap')
    const [first, one, two, three] = all as [Raw, Raw, Raw, Raw]
    const moved = [one, three, two].map(({ bytes }, k) => ({ number: 21 + k, bytes }))
    expect(why([first, ...moved])).toBe('unreadable')
  })

  test('is refused where its snapshot is not the one that it names', () => {
    const [first] = rewrite(WHOLE, 1)
    const pieces = (bytes: Uint8Array): Raw[] => contents([{ kind: 'piece', bytes }], 2)
    const wrong = STATE.slice()
    wrong[7]! ^= 1
    expect(why([...raw([first!], 1), ...pieces(wrong)])).toBe('a snapshot of another hash')
    expect(why([...raw([first!], 1), ...pieces(new Uint8Array(STATE.length + 1))])).toBe('a snapshot of another size')
    expect(why([...raw([first!], 1), ...pieces(new Uint8Array(0))])).toBe('a snapshot of another size')
    expect(why([...raw(records, 20), ...contents([{ kind: 'piece', bytes: STATE.slice(0, 3) }], 25)])).toBe('a piece of no snapshot')
  })

  test('takes back nothing that the snapshot holds', () => {
    expect(why([...raw(records, 20), ...contents([save(8, { entries: [entry(8, 2)] })], 25)])).toBe('entries from before the snapshot')
    expect(why([...raw(records, 20), ...contents([save(9)], 25)])).toBe('a committed entry is dropped')
    expect(why([...raw(records, 20), ...contents([save(9, { entries: [entry(9, 1), entry(10, 3)] })], 25)])).toBe('a term in the log falls')
    const hinted = replay([...raw(records, 20), ...contents([{ kind: 'hint', commitIndex: 1 }], 25)])
    expect(hinted.ok && hinted.value.commitIndex).toBe(10)
  })

  test('is written anew by a start that finds too many records, with its snapshot', () => {
    const hints = Array.from({ length: LIMITS.journalRecordsBeforeRewrite }, (): RecordContent => ({ kind: 'hint', commitIndex: 11 }))
    const started = beginStart('fresh')([...raw(records, 20), ...contents(hints, 25)])
    if (!started.ok) throw new Error(started.error.type)
    const { replace, records: anew, state } = started.value
    expect([replace, anew.length, state.records]).toEqual([true, 5, 5])
    expect(same(state.compaction, WHOLE.compaction)).toBe(true)
    const again = replay(raw(anew, 25 + hints.length))
    if (!again.ok) throw new Error(again.error.type)
    const { incarnation, nonce, entries } = again.value
    expect({ incarnation, nonce, entries }).toEqual({ incarnation: 4, nonce: 'fresh', entries: TAIL })
  })
})
