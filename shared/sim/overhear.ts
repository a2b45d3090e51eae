/** Reads what pages say to each other, without reading most of it. */
import type { Message } from '../raft/messages.ts'
import { decodeFrame, frameKind } from '../wire/envelope.ts'

const HEAD_BYTES = 18
const MESSAGE_HEAD_BYTES = 5
/** An array of ten, then the code of AppendEntries (docs/formats.md). */
const APPEND_ENTRIES = [0x9a, 0x02] as const

/**
 * The messages of a frame; none of those of AppendEntries alone, unless `all`: they are most of the bytes, and what they claim is
 * seen in their sender's state as well. That the short cut hits nothing else is proved by what `tests/sim/teeth.test.ts` catches.
 */
export function overhear(bytes: Uint8Array, all: boolean): readonly Message[] {
  if (frameKind(bytes) !== 'messages' || (!all && isAppendEntriesOnly(bytes))) return []
  const frame = decodeFrame(bytes)
  return frame.ok ? frame.value.messages.map(({ message }) => message) : []
}

function isAppendEntriesOnly(bytes: Uint8Array): boolean {
  let at = HEAD_BYTES
  while (at + MESSAGE_HEAD_BYTES + 1 < bytes.length) {
    const start = at + MESSAGE_HEAD_BYTES
    if (bytes[start] !== APPEND_ENTRIES[0] || bytes[start + 1] !== APPEND_ENTRIES[1]) return false
    at = start + (bytes[at + 1]! * 2 ** 24 + (bytes[at + 2]! << 16) + (bytes[at + 3]! << 8) + bytes[at + 4]!)
  }
  return true
}
