import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assemble, decodeFrame, encodeFrame, partCount, partOf, type Assembly, type Frame } from '../../client/mesh/frames.ts'
import { LIMITS } from '../../shared/limits.ts'

const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ type: fc.constantFrom('ask' as const, 'answer' as const, 'tell' as const), hello: bytes(200) }),
  fc.record({ type: fc.constant('ping' as const) }),
  fc.record({ type: fc.constantFrom('whole' as const, 'bye' as const), message: bytes(200) }),
  fc.record({ type: fc.constant('refuse' as const), reason: fc.string({ maxLength: 200 }) }),
  fc
    .record({ number: fc.nat(0xffffffff), count: fc.integer({ min: 2, max: 257 }), piece: fc.uint8Array({ minLength: 1, maxLength: 200 }) })
    .chain((part) => fc.nat(part.count - 1).map((index) => ({ type: 'part' as const, ...part, index }))),
)

describe('Frames', () => {
  test('every frame is read as it was written', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        expect(decodeFrame(encodeFrame(frame))).toEqual({ ok: true, value: frame })
      }),
    )
  })

  test('any bytes end in a frame or a typed refusal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.anything()), (input) => {
        const decoded = decodeFrame(input)
        expect(decoded.ok || typeof decoded.error === 'string').toBe(true)
      }),
      { numRuns: 5_000 },
    )
  })

  test.each<[string, Uint8Array | null, string]>([
    ['nothing', new Uint8Array(0), 'empty'],
    ['text', null, 'not-binary'],
    ['more than a frame', new Uint8Array(LIMITS.frameBytes + 1).fill(5), 'too-long'],
    ['a type of tomorrow', new Uint8Array([99]), 'unknown-type'],
    ['a hello too long', new Uint8Array(LIMITS.helloBytes + 2).fill(1), 'bad-hello'],
    ['a ping with cargo', new Uint8Array([4, 0]), 'bad-ping'],
    ['a farewell too long', new Uint8Array(LIMITS.farewellBytes + 2).fill(8), 'bad-bye'],
    ['a part without a piece', new Uint8Array([6, 0, 0, 0, 1, 0, 0, 0, 2]), 'bad-part'],
    ['a part beyond its count', new Uint8Array([6, 0, 0, 0, 1, 0, 2, 0, 2, 1]), 'bad-part'],
    ['a count beyond the largest message', new Uint8Array([6, 0, 0, 0, 1, 0, 0, 1, 2, 1]), 'bad-part'],
  ])('%s is refused', (_, input, error) => expect(decodeFrame(input)).toEqual({ ok: false, error }))
})

describe('Parts', () => {
  const take = (message: Uint8Array, number: number): readonly Uint8Array[] =>
    Array.from({ length: partCount(message) }, (_, index) => encodeFrame(partOf(message, number, index)))

  test('no frame is longer than the limit, and the largest message comes together again', () => {
    const message = Uint8Array.from({ length: LIMITS.messageBytes }, (_, at) => at % 251)
    let assembly: Assembly | null = null
    let whole: Uint8Array | null = null
    for (const frame of take(message, 7)) {
      expect(frame.byteLength).toBeLessThanOrEqual(LIMITS.frameBytes)
      const decoded = decodeFrame(frame)
      if (!decoded.ok || decoded.value.type !== 'part') throw new Error('not a part')
      const assembled = assemble(assembly, decoded.value)
      assembly = assembled.type === 'incomplete' ? assembled.assembly : null
      if (assembled.type === 'complete') whole = assembled.message
    }
    expect(whole !== null && Buffer.compare(whole, message)).toBe(0)
  })

  test('whatever is missing, repeated or mixed, only whole messages come out, and memory stays bounded', () => {
    const messages = [0, 1, 2].map((at) => new Uint8Array(50_000).fill(at + 1))
    const parts = messages.flatMap((message, number) =>
      Array.from({ length: partCount(message) }, (_, index) => partOf(message, number, index)),
    )
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 40 }), (sequence) => {
        let assembly: Assembly | null = null
        for (const part of sequence) {
          const assembled = assemble(assembly, part)
          assembly = assembled.type === 'incomplete' ? assembled.assembly : null
          expect(assembly === null || assembly.bytes <= LIMITS.messageBytes).toBe(true)
          if (assembled.type === 'complete') expect(messages.some((message) => Buffer.compare(message, assembled.message) === 0)).toBe(true)
        }
      }),
    )
  })

  test('pieces that add up to more than a message are dropped', () => {
    const piece = new Uint8Array(LIMITS.frameBytes)
    let assembly: Assembly | null = null
    for (let index = 0; index < 256; index += 1) {
      const assembled = assemble(assembly, { type: 'part', number: 1, index, count: 257, piece })
      assembly = assembled.type === 'incomplete' ? assembled.assembly : null
      expect(assembled.type).toBe('incomplete')
    }
    expect(assemble(assembly, { type: 'part', number: 1, index: 256, count: 257, piece })).toEqual({ type: 'gap' })
  })
})
