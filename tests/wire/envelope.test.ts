import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../shared/limits.ts'
import type { Message, Propose } from '../../shared/raft/messages.ts'
import { decodeFrame, encodeFrame, encodeFrames, frameKind } from '../../shared/wire/envelope.ts'
import { encodeMessage } from '../../shared/wire/messages.ts'
import { decodeReport, encodeReport } from '../../shared/wire/report.ts'
import { APPEND, CLUSTER, command, entry, MESSAGES, REPORT } from './samples.ts'

const all = Object.values(MESSAGES).map((message, k) => ({ hops: k % 2, message }))
// Compared by isDeepStrictEqual: toEqual takes minutes for megabytes.
const size = LIMITS.entryBytes - 100

/** What arrives of frames sent one after the other. */
function arrive(frames: readonly Uint8Array[]): Message[] {
  return frames.flatMap((bytes) => {
    expect(bytes.length).toBeLessThanOrEqual(LIMITS.messageBytes)
    const frame = decodeFrame(bytes)
    if (!frame.ok) throw new Error(JSON.stringify(frame.error))
    expect(frame.value).toMatchObject({ cluster: CLUSTER, refused: [] })
    return frame.value.messages.map(({ message }) => message)
  })
}

describe('a frame', () => {
  test('carries several messages in order, each with its hops', () => {
    const [frame, ...more] = encodeFrames(CLUSTER, all)
    expect(more).toEqual([])
    expect(decodeFrame(frame!)).toEqual({ ok: true, value: { cluster: CLUSTER, messages: all, refused: [] } })
    expect(frame).toEqual(encodeFrame(CLUSTER, all))
  })

  test('is not made of nothing', () => {
    expect(encodeFrames(CLUSTER, [])).toEqual([])
  })

  test('more than LIMITS.messageBytes go in several frames, in order', () => {
    const appends = Array.from({ length: 600 }, (_, k) => {
      return { hops: 0, message: { ...APPEND, entries: [entry(1, 1, command(1, new Uint8Array(size)))], leaderCommit: k } }
    })
    const frames = encodeFrames(CLUSTER, appends)
    expect(frames.length).toBe(3)
    expect(
      isDeepStrictEqual(
        arrive(frames),
        appends.map(({ message }) => message),
      ),
    ).toBe(true)
  })

  test('a full outbox in one Propose arrives as several, in order of seq', () => {
    const propose: Propose = {
      type: 'Propose',
      from: 'a',
      to: 'b',
      term: 3,
      commands: Array.from({ length: LIMITS.proposalsInFlight }, (_, k) => command(k + 1, new Uint8Array(size)).command),
    }
    const arrived = arrive(encodeFrames(CLUSTER, [{ hops: 0, message: propose }]))
    expect(arrived.length).toBeGreaterThan(1)
    const commands = arrived.flatMap((message) => (message.type === 'Propose' ? message.commands : []))
    expect(isDeepStrictEqual(commands, propose.commands)).toBe(true)
  })

  test('a message that nobody here knows takes no other with it', () => {
    const strange = encodeMessage(MESSAGES['TimeoutNow']!)
    strange[1] = 99
    const frame = encodeFrame(CLUSTER, [
      { hops: 0, message: MESSAGES['RequestVoteReply']! },
      { hops: 0, message: MESSAGES['TimeoutNow']! },
      { hops: 1, message: APPEND },
    ])
    const at = Buffer.from(frame).indexOf(Buffer.from(encodeMessage(MESSAGES['TimeoutNow']!)))
    frame.set(strange, at)
    expect(decodeFrame(frame)).toMatchObject({
      ok: true,
      value: {
        messages: [{ message: { type: 'RequestVoteReply' } }, { message: { type: 'AppendEntries' } }],
        refused: [{ type: 'unknown', what: 'message', got: 99 }],
      },
    })
  })

  test.each<[string, (frame: Uint8Array) => Uint8Array, unknown]>([
    ['of no bytes', () => new Uint8Array(0), { type: 'malformed', why: 'cut short' }],
    ['that is cut in its head', (frame) => frame.subarray(0, 17), { type: 'malformed', why: 'cut short' }],
    ['that is cut in a message', (frame) => frame.subarray(0, -1), { type: 'malformed', why: 'cut short' }],
    ['that is cut in a length', (frame) => frame.subarray(0, 21), { type: 'malformed', why: 'cut short' }],
    ['of a report', (frame) => frame.with(0, 1), { type: 'unknown', what: 'frame', got: 1 }],
    ['of an unknown kind', (frame) => frame.with(0, 2), { type: 'unknown', what: 'frame', got: 2 }],
    ['of a newer version', (frame) => frame.with(1, 2), { type: 'version', got: 2 }],
    ['relayed twice', (frame) => frame.with(18, 2), { type: 'bad-field', field: 'hops', why: 'too many' }],
    ['with a message of four gigabytes', (frame) => frame.with(19, 255), { type: 'malformed', why: 'cut short' }],
    [
      'above LIMITS.messageBytes',
      () => new Uint8Array(LIMITS.messageBytes + 1),
      { type: 'too-large', bytes: LIMITS.messageBytes + 1, limit: LIMITS.messageBytes },
    ],
  ])('%s is refused', (_, change, error) => {
    expect(decodeFrame(change(encodeFrame(CLUSTER, [{ hops: 0, message: APPEND }])))).toEqual({ ok: false, error })
  })

  test('of messages that cannot be read is refused before all of them are looked at', () => {
    const head = encodeFrame(CLUSTER, [])
    const empty = (count: number): Uint8Array => Uint8Array.from([...head, ...new Uint8Array(5 * count)])
    const allowed = decodeFrame(empty(64))
    expect(allowed.ok && allowed.value.refused.length).toBe(64)
    expect(decodeFrame(empty(65))).toEqual({ ok: false, error: { type: 'malformed', why: 'little that can be read' } })
  })

  test('is told from a report by its first byte', () => {
    expect(frameKind(encodeFrame(CLUSTER, all))).toBe('messages')
    expect(frameKind(encodeReport(REPORT))).toBe('report')
    expect(frameKind(Uint8Array.of(2))).toBe(null)
    expect(frameKind(new Uint8Array(0))).toBe(null)
    expect(decodeReport(encodeFrame(CLUSTER, all))).toEqual({ ok: false, error: { type: 'unknown', what: 'frame', got: 0 } })
  })

  test('of a cluster whose id is no id is not made', () => {
    expect(() => encodeFrame('00', all)).toThrow('32 hexadecimal digits')
    expect(() => encodeFrame('G'.repeat(32), all)).toThrow('lower case hexadecimal')
  })
})
