/** What a snapshot covers, alike in messages and in the journal, and the state of the replica as the bytes that it holds. */
import { LIMITS } from '../limits.ts'
import type { PlacedConfiguration, Position } from '../raft/types.ts'
import { packConfiguration, readConfiguration } from './entries.ts'
import { fields, positive, reading, uint, upTo, version } from './fields.ts'
import { pack } from './msgpack.ts'
import type { Result, WireError } from './result.ts'

const SNAPSHOT_VERSION = 1

/** Up to which entry, and the configuration in force there. */
export interface Covered extends Position {
  readonly configuration: PlacedConfiguration
}

/** [index, term, time, configuration index, configuration]. */
export function packCovered({ index, term, time, configuration: placed }: Covered): readonly unknown[] {
  return [index, term, time, placed.index, packConfiguration(placed.configuration)]
}

/** Reads those five from place `at` on. */
export function readCovered(all: readonly unknown[], at: number): Covered {
  const index = positive(all[at], 'snapshot.index')
  const term = uint(all[at + 1], 'snapshot.term')
  const placedAt = upTo(all[at + 3], 'snapshot.configuration.index', index)
  const configuration = { index: placedAt, configuration: readConfiguration(all[at + 4]) }
  return { index, term, time: uint(all[at + 2], 'snapshot.time'), configuration }
}

/** Plain values as bytes: what a replica gives as its snapshot. */
export function packState(value: unknown): Uint8Array {
  const bytes = pack([SNAPSHOT_VERSION, value])
  if (bytes.length > LIMITS.snapshotBytes) throw new Error(`a snapshot of ${bytes.length} bytes`)
  return bytes
}

/** Never throws. The value is the replica's own affair, and so is its validation. */
export function unpackState(bytes: Uint8Array): Result<unknown, WireError> {
  return reading(bytes, LIMITS.snapshotBytes, (value) => {
    version(Array.isArray(value) ? value[0] : null, SNAPSHOT_VERSION)
    return fields(value, 'snapshot', 2)[1]
  })
}
