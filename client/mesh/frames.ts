/**
 * What travels over one data channel: frames of at most 16 KiB. Pure: any bytes end in a frame or a typed refusal.
 * One byte of type, then: ask, answer, tell: a hello · ping: nothing · whole: a message · part: u32 message number, u16
 * index, u16 count, a piece · refuse: a reason in UTF-8 · bye: a last message, perhaps empty.
 */
import type { Result } from '../../shared/host/ports.ts'
import { LIMITS } from '../../shared/limits.ts'

export type Frame =
  /** Hello, and please say yours: proves the way there once answered. */
  | { readonly type: 'ask'; readonly hello: Uint8Array }
  | { readonly type: 'answer'; readonly hello: Uint8Array }
  /** Hello has changed. */
  | { readonly type: 'tell'; readonly hello: Uint8Array }
  | { readonly type: 'ping' }
  | { readonly type: 'whole'; readonly message: Uint8Array }
  | Part
  | { readonly type: 'refuse'; readonly reason: string }
  | { readonly type: 'bye'; readonly message: Uint8Array }

export interface Part {
  readonly type: 'part'
  readonly number: number
  readonly index: number
  readonly count: number
  readonly piece: Uint8Array
}

export type FrameRefusal =
  | 'not-binary'
  | 'empty'
  | 'too-long'
  | 'unknown-type'
  | 'bad-ping'
  | 'bad-hello'
  | 'bad-part'
  | 'bad-reason'
  | 'bad-bye'

const CODES = { ask: 1, answer: 2, tell: 3, ping: 4, whole: 5, part: 6, refuse: 7, bye: 8 } as const
const TYPES = new Map<number, Frame['type']>(Object.entries(CODES).map(([type, code]) => [code, type as Frame['type']]))

const PART_HEADER = 9
const PIECE_BYTES = LIMITS.frameBytes - PART_HEADER
const PARTS_MAX = Math.ceil(LIMITS.messageBytes / PIECE_BYTES)
const REASON_BYTES = 1024
const NOTHING = new Uint8Array(0)

export function encodeFrame(frame: Frame): Uint8Array {
  if (frame.type === 'part') return encodePart(frame)
  const body = bodyOf(frame)
  const bytes = new Uint8Array(1 + body.byteLength)
  bytes[0] = CODES[frame.type]
  bytes.set(body, 1)
  return bytes
}

function bodyOf(frame: Exclude<Frame, Part>): Uint8Array {
  switch (frame.type) {
    case 'ask':
    case 'answer':
    case 'tell':
      return frame.hello
    case 'ping':
      return NOTHING
    case 'whole':
    case 'bye':
      return frame.message
    case 'refuse':
      return new TextEncoder().encode(frame.reason).subarray(0, REASON_BYTES)
  }
}

function encodePart({ number, index, count, piece }: Part): Uint8Array {
  const bytes = new Uint8Array(PART_HEADER + piece.byteLength)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, CODES.part)
  view.setUint32(1, number)
  view.setUint16(5, index)
  view.setUint16(7, count)
  bytes.set(piece, PART_HEADER)
  return bytes
}

/** Pieces of the result share the memory of `bytes`. */
export function decodeFrame(bytes: unknown): Result<Frame, FrameRefusal> {
  if (!(bytes instanceof Uint8Array)) return refused('not-binary')
  if (bytes.byteLength === 0) return refused('empty')
  if (bytes.byteLength > LIMITS.frameBytes) return refused('too-long')
  const body = bytes.subarray(1)
  const type = TYPES.get(bytes[0]!)
  switch (type) {
    case undefined:
      return refused('unknown-type')
    case 'ask':
    case 'answer':
    case 'tell':
      return body.byteLength > LIMITS.helloBytes ? refused('bad-hello') : { ok: true, value: { type, hello: body } }
    case 'ping':
      return body.byteLength > 0 ? refused('bad-ping') : { ok: true, value: { type } }
    case 'whole':
      return { ok: true, value: { type, message: body } }
    case 'part':
      return decodePart(bytes)
    case 'refuse':
      return body.byteLength > REASON_BYTES ? refused('bad-reason') : { ok: true, value: { type, reason: new TextDecoder().decode(body) } }
    case 'bye':
      return body.byteLength > LIMITS.farewellBytes ? refused('bad-bye') : { ok: true, value: { type, message: body } }
  }
}

function decodePart(bytes: Uint8Array): Result<Frame, FrameRefusal> {
  if (bytes.byteLength <= PART_HEADER) return refused('bad-part')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [number, index, count] = [view.getUint32(1), view.getUint16(5), view.getUint16(7)]
  if (count < 2 || count > PARTS_MAX || index >= count) return refused('bad-part')
  return { ok: true, value: { type: 'part', number, index, count, piece: bytes.subarray(PART_HEADER) } }
}

const refused = (error: FrameRefusal): Result<Frame, FrameRefusal> => ({ ok: false, error })

/** True when a message fits in one frame: then it never waits behind one that does not. */
export const fitsFrame = (message: Uint8Array): boolean => message.byteLength < LIMITS.frameBytes

export const partCount = (message: Uint8Array): number => Math.ceil(message.byteLength / PIECE_BYTES)

export function partOf(message: Uint8Array, number: number, index: number): Part {
  const piece = message.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES)
  return { type: 'part', number, index, count: partCount(message), piece }
}

/** The message under assembly: a link carries one at a time, in order, so anything else is a gap. */
export interface Assembly {
  readonly number: number
  readonly count: number
  readonly pieces: readonly Uint8Array[]
  readonly bytes: number
}

export type Assembled =
  | { readonly type: 'incomplete'; readonly assembly: Assembly }
  | { readonly type: 'complete'; readonly message: Uint8Array }
  /** The part does not continue what was there; both are dropped. */
  | { readonly type: 'gap' }

/** Memory is bounded by messageBytes: only pieces that have arrived are held, and they are counted. */
export function assemble(before: Assembly | null, part: Part): Assembled {
  const assembly = part.index === 0 ? { number: part.number, count: part.count, pieces: [], bytes: 0 } : before
  if (assembly === null || assembly.number !== part.number || assembly.count !== part.count) return { type: 'gap' }
  if (assembly.pieces.length !== part.index) return { type: 'gap' }
  const bytes = assembly.bytes + part.piece.byteLength
  if (bytes > LIMITS.messageBytes) return { type: 'gap' }
  const pieces = [...assembly.pieces, part.piece]
  if (pieces.length < part.count) return { type: 'incomplete', assembly: { ...assembly, pieces, bytes } }
  return { type: 'complete', message: concat(pieces, bytes) }
}

function concat(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}
