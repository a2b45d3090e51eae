import { isDeepStrictEqual as same } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../shared/limits.ts'
import type { Entry } from '../../shared/raft/types.ts'
import { recordSum } from '../../shared/wire/hash.ts'
import { pack, unpack } from '../../shared/wire/msgpack.ts'
import { decodeRecord, encodeRecord, type RecordContent, type Save } from '../../shared/wire/record.ts'
import { beginStart, replay } from '../../shared/wire/replay.ts'
import { command, ENTRIES, entry, RECORDS } from './samples.ts'

const BIRTH = RECORDS['birth'] as Extract<RecordContent, { kind: 'birth' }>
const BASE = RECORDS['base'] as Extract<RecordContent, { kind: 'base' }>
const EMPTY: RecordContent = { ...BIRTH, term: 0, commitIndex: 0, entries: [] }

const journal = (contents: readonly RecordContent[], first = 1): { number: number; bytes: Uint8Array }[] =>
  contents.map((content, k) => ({ number: first + k, bytes: encodeRecord(first + k, content) }))

const save = (term: number, from: number, terms: readonly number[] = [], more: Partial<Save> = {}): Save => ({
  kind: 'save',
  term,
  votedFor: null,
  commitIndex: 0,
  from,
  entries: terms.map((one, k) => entry(from + k, one)),
  ...more,
})

/** The terms of the log, or why there is none. */
function terms(contents: readonly RecordContent[], first = 1): unknown {
  const result = replay(journal(contents, first))
  return result.ok ? result.value.entries.map((one) => one.term).join(' ') : result.error
}

describe('DESIGN 5: a journal adds up', () => {
  test('to what was saved last', () => {
    const result = replay(journal([BIRTH, RECORDS['start']!, RECORDS['save']!, RECORDS['hint']!]))
    const { cluster, node, machine, createdAt } = BIRTH
    const expected = {
      cluster,
      node,
      machine,
      createdAt,
      incarnation: 2,
      nonce: 'n2',
      term: 2,
      votedFor: 'b',
      commitIndex: 5,
      compaction: null,
      entries: ENTRIES,
    }
    expect(result).toEqual({ ok: true, value: { ...expected, records: 4, last: 4 } })
  })

  test('a birth alone is a first incarnation', () => {
    expect(replay(journal([BIRTH]))).toMatchObject({ ok: true, value: { incarnation: 1, nonce: 'n1', records: 1, last: 1 } })
  })

  test('a later `from` truncates', () => {
    expect(terms([EMPTY, save(1, 1, [1, 1, 1]), save(2, 2, [2]), save(2, 3, [2])])).toBe('1 2 2')
    expect(terms([EMPTY, save(1, 1, [1, 1, 1]), save(2, 1)])).toBe('')
  })

  test('commitIndex is clamped to the last index, and grows with the log again', () => {
    const contents = [EMPTY, save(1, 1, [1, 1], { commitIndex: 4 })]
    expect(replay(journal(contents))).toMatchObject({ value: { commitIndex: 2 } })
    expect(replay(journal([...contents, save(2, 3, [2, 2], { commitIndex: 2 })]))).toMatchObject({ value: { commitIndex: 2 } })
    expect(replay(journal([...contents, { kind: 'hint', commitIndex: 1 }]))).toMatchObject({ value: { commitIndex: 1 } })
  })

  test('committed entries may be written again as they were', () => {
    expect(terms([EMPTY, save(1, 1, [1, 1], { commitIndex: 2 }), save(2, 1, [1, 1, 2])])).toBe('1 1 2')
  })
})

describe('DESIGN 5: damage is told, never passed over', () => {
  test('nothing at all', () => {
    expect(replay([])).toEqual({ ok: false, error: { type: 'empty' } })
  })

  test('a record missing between others', () => {
    const [a, b, c] = journal([EMPTY, save(1, 1, [1]), save(1, 2, [1])])
    expect(replay([a!, c!])).toEqual({ ok: false, error: { type: 'gap', expected: 2, got: 3 } })
    expect(replay([b!, c!])).toEqual({ ok: false, error: { type: 'gap', expected: 1, got: 2 } })
    expect(replay([a!, b!, b!])).toEqual({ ok: false, error: { type: 'gap', expected: 3, got: 2 } })
  })

  test('any bit of any record flipped', () => {
    for (const [name, content] of Object.entries(RECORDS)) {
      const bytes = encodeRecord(1, content)
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)))
        const result = decodeRecord(1, flipped)
        if (result.ok || result.error.type !== 'checksum') throw new Error(`bit ${bit} of ${name} passes`)
      }
    }
  })

  test('any record cut anywhere', () => {
    for (const content of Object.values(RECORDS)) {
      const bytes = encodeRecord(1, content)
      for (let length = 0; length < bytes.length; length++) {
        expect(decodeRecord(1, bytes.subarray(0, length))).toEqual({ ok: false, error: { type: 'checksum' } })
      }
    }
  })

  test('a record under another number', () => {
    const [a, b] = journal([EMPTY, save(1, 1, [1])])
    const error = { type: 'bad-field', field: 'number', why: 'is 2' }
    expect(replay([a!, b!, { number: 3, bytes: b!.bytes }])).toEqual({ ok: false, error: { type: 'unreadable', number: 3, error } })
  })

  test.each<[string, readonly RecordContent[], string]>([
    ['a term that falls', [EMPTY, save(2, 1), save(1, 1)], 'the term falls'],
    ['two votes in one term', [EMPTY, save(2, 1, [], { votedFor: 'a' }), save(2, 1, [], { votedFor: 'b' })], 'two votes in one term'],
    ['a vote taken back', [EMPTY, save(2, 1, [], { votedFor: 'a' }), save(2, 1)], 'two votes in one term'],
    ['entries that are missing', [EMPTY, save(1, 2, [1])], 'entries are missing'],
    ['terms that fall from record to record', [EMPTY, save(2, 1, [2]), save(2, 2, [1])], 'a term in the log falls'],
    ['a committed entry dropped', [EMPTY, save(1, 1, [1, 1], { commitIndex: 2 }), save(2, 2)], 'a committed entry is dropped'],
    ['a committed entry replaced', [EMPTY, save(1, 1, [1, 1], { commitIndex: 2 }), save(2, 2, [2])], 'a committed entry is replaced'],
    ['a second birth', [EMPTY, EMPTY], 'a birth after other records'],
    ['a rewrite after other records', [EMPTY, BASE], 'a base after other records'],
    ['an incarnation skipped', [EMPTY, { kind: 'start', incarnation: 3, nonce: 'n' }], 'an incarnation that does not follow'],
    ['an incarnation again', [EMPTY, { kind: 'start', incarnation: 1, nonce: 'n' }], 'an incarnation that does not follow'],
    ['a rewrite without its end', [BASE], 'a rewrite without its end'],
    ['a rewrite cut by a start', [BASE, { kind: 'start', incarnation: 4, nonce: 'n' }], 'a rewrite without its end'],
    ['a rewrite that goes on elsewhere', [BASE, save(2, 5, [2], { votedFor: 'b' })], 'a rewrite without its end'],
  ])('%s', (_, contents, why) => {
    expect(terms(contents)).toEqual({ type: 'contradiction', number: contents.length, why })
  })

  test('a rewrite interrupted, or begun again in the middle, though its end comes', () => {
    const base = { ...BASE, lastIndex: 6 }
    const rest = { votedFor: 'b', commitIndex: 5 }
    const refused = { type: 'contradiction', number: 2, why: 'a rewrite without its end' }
    expect(terms([base, save(2, 6, [2], rest)])).toBe('1 1 1 2 2 2')
    expect(terms([base, { kind: 'start', incarnation: 4, nonce: 'n' }, save(2, 6, [2], rest)])).toEqual(refused)
    expect(terms([base, save(2, 5, [2, 2], rest)])).toEqual(refused)
  })

  test('but not a log that is cut shorter after a rewrite was whole', () => {
    const cut = save(3, 4, [], { votedFor: 'c', commitIndex: 3 })
    expect(terms([{ ...BASE, lastIndex: 5, commitIndex: 3 }, cut], 4)).toBe('1 1 1')
    expect(terms([{ ...BASE, lastIndex: 5, commitIndex: 3 }, cut, RECORDS['hint']!, save(3, 4, [3], { votedFor: 'c' })], 4)).toBe('1 1 1 3')
    const inTwo = [{ ...BASE, lastIndex: 6, commitIndex: 3 }, save(2, 6, [2], { votedFor: 'b', commitIndex: 3 }), cut, cut]
    expect(terms(inTwo, 4)).toBe('1 1 1')
  })

  test('a birth that is not the first record', () => {
    expect(terms([EMPTY], 2)).toEqual({ type: 'contradiction', number: 2, why: 'a birth that is not the first record' })
  })

  test('a retired node does not come back', () => {
    expect(terms([EMPTY, RECORDS['retired']!])).toEqual({ type: 'retired', number: 2, why: 'removed' })
    expect(terms([RECORDS['retired']!])).toEqual({ type: 'retired', number: 1, why: 'removed' })
    expect(beginStart('n')(journal([EMPTY, RECORDS['retired']!]))).toMatchObject({ ok: false, error: { type: 'retired' } })
  })

  test('a birth of another incarnation than the first', () => {
    const packed = unpack(encodeRecord(1, BIRTH).subarray(8), 10_000)
    if (!packed.ok) throw new Error('the sample is broken')
    const changed = pack((packed.value as unknown[]).with(7, 2))
    const bytes = Uint8Array.from([...recordSum(changed), ...changed])
    expect(decodeRecord(1, bytes)).toEqual({ ok: false, error: { type: 'bad-field', field: 'incarnation', why: 'of a birth is 1' } })
  })

  test('what no start could read is not written', () => {
    expect(() => encodeRecord(1, save(1, 1, [2]))).toThrow('a term of the future')
    expect(() => encodeRecord(1, save(1, 1, [1], { votedFor: 'NODE' }))).toThrow('votedFor')
    expect(() => encodeRecord(1, { ...save(1, 1), entries: [{ ...entry(1, 1), time: 0.5 }] })).toThrow('entry.time')
    expect(() => encodeRecord(1, { ...BASE, lastIndex: 4 })).toThrow('below its own entries')
    const large = entry(1, 1, command(1, new Uint8Array(LIMITS.entryBytes + 1)))
    expect(() => encodeRecord(1, { ...save(1, 1), entries: [large] })).toThrow('command.bytes')
  })
})

describe('DESIGN 5: a start', () => {
  test('adds the next incarnation under the next number', () => {
    const found = journal([EMPTY, save(1, 1, [1])])
    const started = beginStart('fresh')(found)
    if (!started.ok) throw new Error(started.error.type)
    const { records, replace, state } = started.value
    expect({ replace, records: records.length }).toEqual({ replace: false, records: 1 })
    expect(decodeRecord(3, records[0]!)).toEqual({ ok: true, value: { kind: 'start', incarnation: 2, nonce: 'fresh' } })
    expect(replay([...found, { number: 3, bytes: records[0]! }])).toEqual({ ok: true, value: state })
  })

  test('of a damaged journal adds nothing', () => {
    expect(beginStart('fresh', 2)(journal([EMPTY]))).toEqual({ ok: false, error: { type: 'rolled-back', incarnation: 1, remembered: 2 } })
    expect(beginStart('fresh', 1)(journal([EMPTY])).ok).toBe(true)
    expect(beginStart('fresh')([])).toEqual({ ok: false, error: { type: 'empty' } })
  })

  test('after more than LIMITS.journalRecordsBeforeRewrite records, and not before, writes the journal anew', () => {
    const saves = Array.from({ length: LIMITS.journalRecordsBeforeRewrite }, (_, k) => save(1, k + 1, [1]))
    const found = journal([EMPTY, ...saves])
    expect(beginStart('n')(found.slice(0, -1))).toMatchObject({ ok: true, value: { replace: false } })
    expect(beginStart('n')(found)).toMatchObject({ ok: true, value: { replace: true, state: { incarnation: 2, nonce: 'n' } } })
  })

  test('a rewrite of large entries takes several records below 1 MiB, and adds up to the same', () => {
    const saves = Array.from({ length: 1_000 }, (_, k): Save => {
      const large = entry(k + 1, 1, command(k + 1, new Uint8Array(k % 10 === 0 ? LIMITS.entryBytes : 10)))
      return { ...save(1, k + 1), votedFor: 'b', commitIndex: k, entries: [large] }
    })
    const found = journal([EMPTY, ...saves])
    const [before, started] = [replay(found), beginStart('n')(found)]
    if (!before.ok || !started.ok) throw new Error('damaged')
    const { records, state } = started.value
    expect(records.length).toBeGreaterThan(2)
    expect(Math.max(...records.map((bytes) => bytes.length))).toBeLessThan(1024 * 1024)
    const written = records.map((bytes, k) => ({ number: 1_002 + k, bytes }))
    expect(same(replay(written), { ok: true, value: state })).toBe(true)
    expect(same(state, { ...before.value, incarnation: 2, nonce: 'n', records: records.length, last: 1_001 + records.length })).toBe(true)
    for (let kept = 0; kept < records.length; kept++) expect(replay(written.slice(0, kept)).ok).toBe(false)
  })
})

/** One thing a node or a page does to its journal. */
type Act =
  | { readonly do: 'save'; readonly up: number; readonly vote: boolean; readonly back: number; readonly add: number }
  | { readonly do: 'hint' }
  | { readonly do: 'start' }

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('save' as const),
      up: fc.nat({ max: 1 }),
      vote: fc.boolean(),
      back: fc.nat({ max: 3 }),
      add: fc.nat({ max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'hint' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'start' } as const) },
)

test('DESIGN 5: whatever a node saved, truncated and restarted, replay gives its last state', () => {
  fc.assert(
    fc.property(fc.array(anyAct, { maxLength: 40 }), (acts) => {
      let node = { term: 1, votedFor: null as string | null, commitIndex: 0, entries: [] as Entry[], incarnation: 1, nonce: 'n1' }
      const found = journal([{ ...EMPTY, term: 1 }])
      const write = (content: RecordContent): unknown =>
        found.push({ number: found.length + 1, bytes: encodeRecord(found.length + 1, content) })
      for (const act of acts) {
        if (act.do === 'start') {
          const started = beginStart(`n${found.length}`)(found)
          if (!started.ok) throw new Error(started.error.type)
          found.push({ number: found.length + 1, bytes: started.value.records[0]! })
          node = { ...node, incarnation: node.incarnation + 1, nonce: `n${found.length - 1}` }
        } else if (act.do === 'hint') {
          node = { ...node, commitIndex: node.entries.length >> 1 > node.commitIndex ? node.entries.length >> 1 : node.commitIndex }
          write({ kind: 'hint', commitIndex: node.commitIndex })
        } else {
          const term = node.term + act.up
          const kept = Math.max(node.commitIndex, node.entries.length - act.back)
          const added = Array.from({ length: act.add }, (_, k) => entry(kept + 1 + k, term))
          const votedFor = act.up === 1 ? (act.vote ? 'b' : null) : (node.votedFor ?? (act.vote ? 'a' : null))
          node = { ...node, term, votedFor, entries: [...node.entries.slice(0, kept), ...added] }
          write({ kind: 'save', term, votedFor, commitIndex: node.commitIndex, from: kept + 1, entries: added })
        }
      }
      expect(replay(found)).toMatchObject({ ok: true, value: { ...node, records: found.length, last: found.length } })
    }),
    { numRuns: 300, seed: 1 },
  )
})
