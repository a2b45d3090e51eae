/**
 * A frame: what one tab sends another over a link in one go. A kind byte, a version byte, the cluster's 16 bytes, and then
 * messages one after the other, each a byte of hops, four bytes of length (big endian) and the message itself. Laid out by
 * hand, so that a message that cannot be read takes no other with it, and so that a relay need not read what it passes on.
 */
import { LIMITS } from '../limits.ts'
import type { Message } from '../raft/messages.ts'
import { clusterBytes, clusterText, type ClusterId } from './fields.ts'
import { decodeMessage, encodeMessageBriefly } from './messages.ts'
import { accept, reject, type Result, type WireError } from './result.ts'

export type { ClusterId }

const FRAME_KINDS = ['messages', 'report'] as const
export type FrameKind = (typeof FRAME_KINDS)[number]
const FRAME_VERSION = 1
const HEAD_BYTES = 2 + 16
const MESSAGE_HEAD_BYTES = 1 + 4
/** A message goes straight, or over one tab in between. */
const HOPS_MAX = 1
/** A frame with more messages than this that cannot be read is refused whole: 4 MiB of nothing must not cost seconds. */
const REFUSED_MAX = 64

export interface Enveloped {
  /** 0 from the sender's own tab, 1 from a tab that relays. Who it is from and for stands in the message. */
  readonly hops: number
  readonly message: Message
}

export interface Frame {
  readonly cluster: ClusterId
  readonly messages: readonly Enveloped[]
  /** Messages of this frame that could not be read: to be counted. The others are good. */
  readonly refused: readonly WireError[]
}

/** What a frame holds, by its first byte; null for one that nobody here can read. */
export function frameKind(bytes: Uint8Array): FrameKind | null {
  return FRAME_KINDS[bytes[0] ?? -1] ?? null
}

/** All of it in as few frames as LIMITS.messageBytes allows, in order. None for no messages. */
export function encodeFrames(cluster: ClusterId, messages: readonly Enveloped[]): Uint8Array[] {
  const frames: Uint8Array[] = []
  let end = HEAD_BYTES
  const put = ({ hops, message }: Enveloped): void => {
    const bytes = encodeMessageBriefly(message)
    const more = MESSAGE_HEAD_BYTES + bytes.length
    if (HEAD_BYTES + more > LIMITS.messageBytes) return halves(message, bytes.length).forEach((half) => put({ hops, message: half }))
    if (end + more > LIMITS.messageBytes) {
      frames.push(cutOut(cluster, end))
      end = HEAD_BYTES
    }
    lay(end, hops, bytes)
    end += more
  }
  messages.forEach(put)
  if (end > HEAD_BYTES) frames.push(cutOut(cluster, end))
  return frames
}

/** For what surely fits one frame. */
export function encodeFrame(cluster: ClusterId, messages: readonly Enveloped[]): Uint8Array {
  const frames = encodeFrames(cluster, messages)
  if (frames.length > 1) throw new Error(`one frame of ${frames.length}`)
  return frames[0] ?? cutOut(cluster, HEAD_BYTES)
}

/** The only message without a bound of its own is a Propose of a full outbox: halves say the same, in the same order. */
function halves(message: Message, bytes: number): readonly Message[] {
  if (message.type !== 'Propose' || message.commands.length < 2) throw new Error(`a ${message.type} of ${bytes} bytes`)
  const half = message.commands.length >> 1
  return [message.commands.slice(0, half), message.commands.slice(half)].map((commands) => ({ ...message, commands }))
}

/** Where the frame under way is laid out. Buffers are dear, so a frame gets one of its own only once it is whole. */
let sheet = new Uint8Array(64 * 1024)

function lay(at: number, hops: number, bytes: Uint8Array): void {
  const { length } = bytes
  const end = at + MESSAGE_HEAD_BYTES + length
  if (end > sheet.length) {
    const larger = new Uint8Array(2 * end)
    larger.set(sheet.subarray(0, at))
    sheet = larger
  }
  sheet[at] = hops
  sheet[at + 1] = length >>> 24
  sheet[at + 2] = length >>> 16
  sheet[at + 3] = length >>> 8
  sheet[at + 4] = length
  sheet.set(bytes, at + MESSAGE_HEAD_BYTES)
}

function cutOut(cluster: ClusterId, end: number): Uint8Array {
  sheet[0] = FRAME_KINDS.indexOf('messages')
  sheet[1] = FRAME_VERSION
  sheet.set(clusterBytes(cluster), 2)
  return sheet.slice(0, end)
}

/**
 * Never throws. An error means that the frame itself is not one; messages in it that cannot be read are in `refused`. Byte
 * strings in the messages are views of `bytes`, which therefore must not be written to again.
 */
export function decodeFrame(bytes: Uint8Array): Result<Frame, WireError> {
  if (bytes.length > LIMITS.messageBytes) return reject({ type: 'too-large', bytes: bytes.length, limit: LIMITS.messageBytes })
  if (bytes.length < HEAD_BYTES) return reject({ type: 'malformed', why: 'cut short' })
  if (frameKind(bytes) !== 'messages') return reject({ type: 'unknown', what: 'frame', got: bytes[0]! })
  if (bytes[1] !== FRAME_VERSION) return reject({ type: 'version', got: bytes[1]! })
  const messages: Enveloped[] = []
  const refused: WireError[] = []
  let at = HEAD_BYTES
  while (at < bytes.length) {
    const start = at + MESSAGE_HEAD_BYTES
    if (start > bytes.length) return reject({ type: 'malformed', why: 'cut short' })
    const hops = bytes[at]!
    const end = start + (bytes[at + 1]! * 2 ** 24 + (bytes[at + 2]! << 16) + (bytes[at + 3]! << 8) + bytes[at + 4]!)
    if (end > bytes.length) return reject({ type: 'malformed', why: 'cut short' })
    if (hops > HOPS_MAX) return reject({ type: 'bad-field', field: 'hops', why: 'too many' })
    const message = decodeMessage(bytes.subarray(start, end))
    if (message.ok) messages.push({ hops, message: message.value })
    else refused.push(message.error)
    if (refused.length > REFUSED_MAX) return reject({ type: 'malformed', why: 'little that can be read' })
    at = end
  }
  return accept({ cluster: clusterText(bytes.subarray(2, HEAD_BYTES)), messages, refused })
}
