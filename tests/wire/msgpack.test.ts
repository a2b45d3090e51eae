import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pack, unpack } from '../../shared/wire/msgpack.ts'

const LIMIT = 1024 * 1024
const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const why = (bytes: Uint8Array): string => {
  const result = unpack(bytes, LIMIT)
  if (result.ok) return `accepted ${JSON.stringify(result.value)}`
  return result.error.type === 'malformed' ? result.error.why : result.error.type
}

/** Any value that we may send: well-formed text, whole numbers and fractions, bytes, arrays, objects. */
const plainValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 8 },
    fc.constantFrom(null, true, false),
    fc.integer(),
    fc.maxSafeInteger(),
    // The library sends -0 as 0.
    fc.double({ noNaN: true }).map((number) => number + 0),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(
      fc.string({ unit: 'binary', maxLength: 40 }).filter((key) => key !== '__proto__'),
      tie('value'),
      { noNullPrototype: true },
    ),
  ),
})).value

describe('MessagePack: what we send arrives', () => {
  test('any plain value comes back as it was', () => {
    fc.assert(
      fc.property(plainValue, (value) => {
        expect(unpack(pack(value), LIMIT)).toEqual({ ok: true, value })
      }),
      { numRuns: 2_000, seed: 1 },
    )
  })

  test.each([0, 1, 100, 197, 198, 200, 252, 253, 300, 70_000])('a byte order mark before %i characters stays', (length) => {
    const text = `\u{feff}${'x'.repeat(length)}`
    const value = [text, { [text]: text }, `\u{feff}${text}`, 'tail']
    expect(unpack(pack(value), LIMIT)).toEqual({ ok: true, value })
  })

  test('bytes out of a Buffer are plain bytes', () => {
    const result = unpack(Buffer.from(pack([Uint8Array.of(1, 2)])), LIMIT)
    expect(result).toStrictEqual({ ok: true, value: [Uint8Array.of(1, 2)] })
  })

  test('what was packed before is not touched by packing again', () => {
    const first = pack('first')
    pack('other')
    expect(unpack(first, LIMIT)).toEqual({ ok: true, value: 'first' })
  })
})

describe('MessagePack: what we refuse', () => {
  test.each([
    ['nothing', ''],
    ['an array without its items', '93 01 02'],
    ['a map without its last value', '81 a1 61'],
    ['half a number', 'cf 00 00'],
    ['half a float', 'cb 00'],
    ['a string beyond the end', 'a5 61 62'],
    ['a length that is cut', 'c6 00 00'],
    ['an array of four billion', 'dd ff ff ff ff 01'],
    ['a map of four billion', 'df ff ff ff ff a1 61 01'],
    ['a map of sixty thousand keys', 'de ff ff a1 61 01'],
    ['four gigabytes', 'c6 ff ff ff ff 00'],
    ['four gigabytes of text', 'db ff ff ff ff 00'],
  ])('%s is cut short', (_, bytes) => {
    expect(why(unhex(bytes))).toBe('cut short')
  })

  test.each([
    ['the byte that is nothing', 'c1'],
    ['an extension of one byte', 'd4 01 00'],
    ['a timestamp', 'd6 ff 00 00 00 00'],
    ['a long extension', 'c7 03 05 01 02 03'],
    ['an extension in an array', '91 d5 01 00 00'],
  ])('%s is not a plain value', (_, bytes) => {
    expect(why(unhex(bytes))).toBe('not a plain value')
  })

  test.each([
    ['a lone surrogate', 'a3 ed a0 80'],
    ['an overlong slash', 'a2 c0 af'],
    ['an overlong three', 'a3 e0 80 80'],
    ['an overlong four', 'a4 f0 80 80 80'],
    ['above U+10FFFF', 'a4 f4 90 80 80'],
    ['a lone continuation', 'a1 80'],
    ['a sequence cut by the end of the string', '92 a1 c3 a0'],
    ['ff', 'a1 ff'],
    ['in a key', '81 a1 ff 01'],
  ])('%s is not UTF-8', (_, bytes) => {
    expect(why(unhex(bytes))).toBe('text that is not UTF-8')
  })

  test.each([
    ['two values', '01 02'],
    ['a byte after a full array', '91 01 00'],
    ['a byte after an empty map', '80 00'],
  ])('%s have bytes left over', (_, bytes) => {
    expect(why(unhex(bytes))).toBe('bytes left over')
  })

  test.each([
    ['a number as key', '81 01 02'],
    ['an array as key', '81 90 02'],
    ['a second key', '82 a1 61 01 c0 02'],
    ['a key after an inner map', '82 a1 61 81 a1 62 01 c3 02'],
  ])('%s is not a string', (_, bytes) => {
    expect(why(unhex(bytes))).toBe('a key that is not a string')
  })

  test('__proto__ is no key', () => {
    expect(why(unhex('81 a9 5f5f70726f746f5f5f 81 a1 78 01'))).toBe('The key __proto__ is not allowed')
    expect(why(unhex('91 81 a9 5f5f70726f746f5f5f c0'))).toBe('The key __proto__ is not allowed')
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  test('more bytes than the limit are not looked at', () => {
    expect(unpack(new Uint8Array(11), 10)).toEqual({ ok: false, error: { type: 'too-large', bytes: 11, limit: 10 } })
    expect(unpack(pack('123456789'), 10).ok).toBe(true)
  })

  test('seventeen arrays in each other are too deep, sixteen are not', () => {
    const nested = (depth: number): Uint8Array => Uint8Array.from([...Array<number>(depth).fill(0x91), 0xc0])
    expect(why(nested(17))).toBe('nested too deep')
    expect(unpack(nested(16), LIMIT).ok).toBe(true)
  })

  test('a bomb of nested heads, each asking for sixty thousand places, reserves nothing', () => {
    const bomb = new Uint8Array(3 * 300_000)
    for (let at = 0; at < bomb.length; at += 3) bomb.set([0xdc, 0xff, 0xff], at)
    const before = process.memoryUsage().rss
    expect(why(bomb)).toBe('nested too deep')
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024)
  })
})
