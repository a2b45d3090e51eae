/** What the bytes of a command hold: [version, value]. The value is the list's own affair, and so is its validation. */
import { LIMITS } from '../limits.ts'
import { fields, reading, version } from './fields.ts'
import { pack } from './msgpack.ts'
import type { Result, WireError } from './result.ts'

const COMMAND_VERSION = 1

/** Strings must be well-formed. The caller keeps the result within LIMITS.entryBytes; a larger one is refused by every reader. */
export function packCommand(value: unknown): Uint8Array {
  return pack([COMMAND_VERSION, value])
}

/** Never throws. */
export function unpackCommand(bytes: Uint8Array): Result<unknown, WireError> {
  return reading(bytes, LIMITS.entryBytes, readCommand)
}

function readCommand(value: unknown): unknown {
  version(Array.isArray(value) ? value[0] : null, COMMAND_VERSION)
  return fields(value, 'command', 2)[1]
}
