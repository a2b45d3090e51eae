/** What a Disk is tried with: a storage that can be damaged, and the words of its scenes. */
import type { Disk, Journal, JournalRecord, JournalStart, NodeId, Result } from '../../shared/host/ports.ts'
import { check } from './scene.ts'

export interface DiskWorld {
  /** A Disk over the same storage, as another page of this browser has it. */
  readonly disk: () => Disk
  /** A node that nobody has used. */
  readonly node: () => NodeId
  /** Everything that the storage holds, whatever it is called. */
  readonly names: () => Promise<readonly string[]>
  /** Flips the lowest bit of the first byte of a stored record. */
  readonly flip: (node: NodeId, number: number) => Promise<void>
  /** Deletes the journal behind everybody's back; resolves when it is gone. */
  readonly destroy: (node: NodeId) => Promise<void>
  /** The next transaction that would commit aborts instead. */
  readonly abortNext?: () => void
  /** `tight`: room for a few hundred kilobytes more; `ample`: room again. Call it before anything is written. */
  readonly room?: (room: 'tight' | 'ample') => Promise<void>
}

export const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values)
export const BIRTH = bytes(98, 105, 114, 116, 104)

/** Nothing that a database could store in less. */
export function noise(length: number): Uint8Array {
  const content = new Uint8Array(length)
  for (let at = 0; at < length; at += 50_000) crypto.getRandomValues(content.subarray(at, at + 50_000))
  return content
}

export const record = (number: number, content: Uint8Array): JournalRecord => ({ number, bytes: content })

export async function created(disk: Disk, node: NodeId): Promise<Journal> {
  const outcome = await disk.create(node, BIRTH)
  check(outcome.ok, `create: ${JSON.stringify(outcome)}`)
  return outcome.value
}

export async function opened(disk: Disk, node: NodeId, start: JournalStart): Promise<{ readonly journal: Journal; readonly last: number }> {
  const outcome = await disk.open(node, () => ({ ok: true, value: start }))
  check(outcome.ok, `open: ${JSON.stringify(outcome)}`)
  return outcome.value
}

export async function saved(
  journal: Journal,
  number: number,
  content: Uint8Array,
  durability: 'strict' | 'relaxed' = 'strict',
): Promise<void> {
  const outcome = await journal.append(number, content, durability)
  check(outcome.ok, `append ${number}: ${JSON.stringify(outcome)}`)
}

/** Reads everything and writes nothing, by refusing. */
export async function stored({ disk }: Pick<DiskWorld, 'disk'>, node: NodeId): Promise<readonly JournalRecord[]> {
  const outcome = await disk().open(node, (records): Result<JournalStart, readonly JournalRecord[]> => ({ ok: false, error: records }))
  check(!outcome.ok && outcome.error.type === 'refused', `reading ${node}: ${JSON.stringify(outcome)}`)
  return outcome.error.error
}
