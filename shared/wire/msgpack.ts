/** MessagePack. The library packs, and this is the one file that knows it; bytes from outside we read ourselves (reader.ts), more strictly. */
import { Encoder } from '@msgpack/msgpack'
import { DEPTH_MAX, Malformed, readValue } from './reader.ts'
import { accept, reject, type Result, type WireError } from './result.ts'

/** No extensions either way; the library's own would turn a Date into a timestamp and back. */
const PLAIN = {
  tryToEncode: () => null,
  decode: () => {
    throw new Error('extensions are not spoken here')
  },
}

const encoder = new Encoder({ extensionCodec: PLAIN, maxDepth: DEPTH_MAX + 1, initialBufferSize: 64 * 1024 })

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

/**
 * One value from bytes of anybody. Never throws. Byte strings in the result are views of `bytes`: whoever gave them must not
 * write to them again.
 */
export function unpack(bytes: Uint8Array, maxBytes: number): Result<unknown, WireError> {
  if (bytes.length > maxBytes) return reject({ type: 'too-large', bytes: bytes.length, limit: maxBytes })
  try {
    return accept(readValue(bytes))
  } catch (error) {
    if (error instanceof Malformed) return reject({ type: 'malformed', why: error.message })
    throw error
  }
}
