/** MessagePack, the one file that knows the library. Bytes from outside are walked first (scan.ts), then built. */
import { Decoder, Encoder } from '@msgpack/msgpack'
import { accept, reject, type Result, type WireError } from './result.ts'
import { DEPTH_MAX, feedBoms, scan } from './scan.ts'

/** No extensions either way; the library's own would turn a Date into a timestamp and back. */
const PLAIN = {
  tryToEncode: () => null,
  decode: () => {
    throw new Error('extensions are not spoken here')
  },
}

const encoder = new Encoder({ extensionCodec: PLAIN, maxDepth: DEPTH_MAX + 1, initialBufferSize: 64 * 1024 })
const LENGTH_MAX = 64 * 1024 * 1024
const decoder = new Decoder({
  extensionCodec: PLAIN,
  maxStrLength: LENGTH_MAX,
  maxBinLength: LENGTH_MAX,
  maxArrayLength: LENGTH_MAX,
  maxMapLength: LENGTH_MAX,
  maxExtLength: 0,
})

/**
 * One value as bytes of their own. Takes null, booleans, numbers, well-formed strings, bytes, arrays and plain objects, at
 * most 16 deep; `undefined` becomes null. Anything else (a function, a bigint, a cycle) is a mistake of the program and throws.
 */
export function pack(value: unknown): Uint8Array {
  return encoder.encode(value)
}

/** The same in the encoder's own buffer: to be copied before anything else is packed. */
export function packBriefly(value: unknown): Uint8Array {
  return encoder.encodeSharedRef(value)
}

const longBoms: number[] = []

/**
 * One value from bytes of anybody. Never throws. Byte strings in the result are views of `bytes`: whoever gave them must not
 * write to them again.
 */
export function unpack(bytes: Uint8Array, maxBytes: number): Result<unknown, WireError> {
  if (bytes.length > maxBytes) return reject({ type: 'too-large', bytes: bytes.length, limit: maxBytes })
  longBoms.length = 0
  const why = scan(bytes, longBoms)
  if (why !== null) return reject({ type: 'malformed', why })
  try {
    return accept(decoder.decode(longBoms.length === 0 ? plain(bytes) : feedBoms(bytes, longBoms)))
  } catch (error) {
    // `__proto__` as a key ends here, and whatever else the library refuses that the walk let pass.
    return reject({ type: 'malformed', why: error instanceof Error ? error.message : 'refused' })
  }
}

/** A Buffer gives Buffers for its parts, whose `slice` shares memory; a Uint8Array gives its own kind. */
function plain(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
