import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packCommand, unpackCommand } from '../../shared/wire/commands.ts'
import { decodeHello, encodeHello } from '../../shared/wire/hello.ts'
import { decodeMessage, encodeMessage } from '../../shared/wire/messages.ts'
import { decodeRecord, encodeRecord } from '../../shared/wire/record.ts'
import { decodeReport, encodeReport } from '../../shared/wire/report.ts'
import { anyHello, anyMessage, anyRecord, anyReport } from './arbitraries.ts'

const RUNS = { numRuns: 1_000, seed: 1 }

test('any message arrives as it was sent', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      expect(decodeMessage(encodeMessage(message))).toEqual({ ok: true, value: message })
    }),
    RUNS,
  )
})

test('any HELLO arrives as it was sent', () => {
  fc.assert(
    fc.property(anyHello, (hello) => {
      expect(decodeHello(encodeHello(hello))).toEqual({ ok: true, value: hello })
    }),
    RUNS,
  )
})

test('any report arrives as it was sent', () => {
  fc.assert(
    fc.property(anyReport, (report) => {
      expect(decodeReport(encodeReport(report))).toEqual({ ok: true, value: report })
    }),
    RUNS,
  )
})

test('any record is read as it was written, under its own number only', () => {
  fc.assert(
    fc.property(anyRecord, fc.nat({ max: 10_000 }), (content, before) => {
      const bytes = encodeRecord(before + 1, content)
      expect(decodeRecord(before + 1, bytes)).toEqual({ ok: true, value: content })
      expect(decodeRecord(before + 2, bytes)).toMatchObject({ ok: false, error: { field: 'number' } })
      expect(bytes.byteOffset).toBe(0)
      expect(bytes.buffer.byteLength).toBe(bytes.length)
    }),
    RUNS,
  )
})

test('the value of a command arrives as it was', () => {
  const value = { do: 'add', text: '\u{feff}æ 🐚', after: null, at: [1, -1, 0.5] }
  expect(unpackCommand(packCommand(value))).toEqual({ ok: true, value })
  expect(unpackCommand(Uint8Array.of(0x92, 2, 0xc0))).toEqual({ ok: false, error: { type: 'version', got: 2 } })
  expect(unpackCommand(Uint8Array.of(0x91, 1))).toMatchObject({ ok: false, error: { field: 'command' } })
  expect(unpackCommand(new Uint8Array(16 * 1024 + 1))).toMatchObject({ ok: false, error: { type: 'too-large' } })
})
