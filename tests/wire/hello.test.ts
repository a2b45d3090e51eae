import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../shared/limits.ts'
import { decodeHello, encodeHello, mainNode, type Hello } from '../../shared/wire/hello.ts'
import { pack, unpack } from '../../shared/wire/msgpack.ts'
import { decodeReport, encodeReport } from '../../shared/wire/report.ts'
import { HELLO, REPORT } from './samples.ts'

/** HELLO with one packed field changed. */
function changed(field: number, value: unknown): unknown {
  const packed = unpack(encodeHello(HELLO), LIMITS.helloBytes)
  if (!packed.ok) throw new Error('the sample is broken')
  const result = decodeHello(pack((packed.value as unknown[]).with(field, value)))
  if (result.ok) return 'accepted'
  return result.error.type === 'bad-field' ? `${result.error.field}: ${result.error.why}` : result.error
}

describe('HELLO', () => {
  test('names the main node first', () => {
    expect(mainNode(HELLO)).toBe('a')
    expect(mainNode({ ...HELLO, hosted: [] })).toBe(null)
  })

  test('of a tab that looks for its cluster', () => {
    const hello: Hello = { ...HELLO, cluster: null, hosted: [] }
    expect(decodeHello(encodeHello(hello))).toEqual({ ok: true, value: hello })
  })

  test('of a build that does not say whether it is late is read as of one that is not', () => {
    const packed = unpack(encodeHello({ ...HELLO, late: true }), LIMITS.helloBytes)
    const all = packed.ok ? (packed.value as unknown[]) : []
    expect(decodeHello(pack(all))).toEqual({ ok: true, value: { ...HELLO, late: true } })
    expect(decodeHello(pack(all.slice(0, -1)))).toEqual({ ok: true, value: HELLO })
  })

  test('with fields of a newer build is read', () => {
    const packed = unpack(encodeHello(HELLO), LIMITS.helloBytes)
    expect(packed.ok && decodeHello(pack([...(packed.value as unknown[]), 'more']))).toEqual({ ok: true, value: HELLO })
  })

  test('of the longest name and 64 hosted nodes fits LIMITS.helloBytes', () => {
    const id = (k: number): string => String(k).padStart(32, 'n')
    const hosted = Array.from({ length: LIMITS.membersMax }, (_, k) => ({ node: id(k), incarnation: 1_000_000, nonce: id(k) }))
    const hello: Hello = { ...HELLO, tab: id(1), machine: id(2), person: { id: id(3), name: 'ﷺ'.repeat(LIMITS.listName) }, hosted }
    const bytes = encodeHello(hello)
    expect(bytes.length).toBeLessThanOrEqual(LIMITS.helloBytes)
    expect(decodeHello(bytes)).toEqual({ ok: true, value: hello })
  })

  test.each<[string, number, unknown, unknown]>([
    ['a newer version', 0, 2, { type: 'version', got: 2 }],
    ['protocols upside down', 1, 2, 'levels: upside down'],
    ['a build that is a book', 3, 'x'.repeat(65), 'build: longer than 64'],
    ['a cluster of 15 bytes', 4, new Uint8Array(15), 'cluster: not a cluster id'],
    ['a cluster that is text', 4, '00', 'cluster: not a cluster id'],
    ['no tab', 5, null, 'tab: not an id'],
    ['a name that is too long', 8, 'x'.repeat(201), 'person.name: longer than 200'],
    ['votes that are words', 9, 'yes', 'votes: not a boolean'],
    ['late at times', 13, 'at times', 'late: not a boolean'],
    ['level zero', 10, 0, 'levels.min: zero'],
    [
      'a node twice',
      12,
      [
        ['a', 1, 'n'],
        ['a', 2, 'n'],
      ],
      'hosted: names a node twice',
    ],
    ['a node that never started', 12, [['a', 0, 'n']], 'hosted.incarnation: zero'],
    ['65 nodes', 12, Array.from({ length: 65 }, (_, k) => [`n${k}`, 1, 'n']), 'hosted: has 65 items, at most 64 may be'],
  ])('%s is refused', (_, field, value, expected) => {
    expect(changed(field, value)).toEqual(expected)
  })

  test.each([
    ['no array', 'hello', 'not an array'],
    ['too few fields', [1, 1, 1], 'has 3 fields, not 13'],
  ])('%s is refused', (_, value, why) => {
    expect(decodeHello(pack(value))).toEqual({ ok: false, error: { type: 'bad-field', field: 'hello', why } })
  })
})

describe('a report', () => {
  test('with an unknown role, a newer version or too many bytes is refused', () => {
    const packed = unpack(encodeReport(REPORT).subarray(1), LIMITS.frameBytes)
    if (!packed.ok) throw new Error('the sample is broken')
    const report = (value: unknown): unknown => decodeReport(Uint8Array.of(1, ...pack(value)))
    const [version, cluster] = packed.value as unknown[]
    expect(report([version, cluster, [['a', 4, 1, null, 0, 0]]])).toMatchObject({ ok: false, error: { field: 'role' } })
    expect(report([version, cluster])).toMatchObject({ ok: false, error: { field: 'report' } })
    expect(report([2])).toEqual({ ok: false, error: { type: 'version', got: 2 } })
    expect(decodeReport(Uint8Array.of(1, ...new Uint8Array(LIMITS.frameBytes + 1)))).toMatchObject({
      ok: false,
      error: { type: 'too-large' },
    })
    expect(decodeReport(new Uint8Array(0))).toMatchObject({ ok: false, error: { type: 'unknown' } })
  })
})
