/** How a node comes to be: minted for a new list, minted to join one, or opened from what it stored. Three functions, never one. */
import type { Disk, Journal, MachineId, NodeId, OpenError, Result, SaveError } from '../host/ports.ts'
import { LEVELS } from '../limits.ts'
import type { Body, Entry, Member } from '../raft/types.ts'
import { packCommand } from '../wire/commands.ts'
import type { ClusterId } from '../wire/envelope.ts'
import { encodeRecord } from '../wire/record.ts'
import { beginStart, replay } from '../wire/replay.ts'
import type { Damage, Replayed } from '../wire/replay.ts'

export interface Alive {
  readonly saved: Replayed
  readonly journal: Journal
}

export interface Minting {
  readonly node: NodeId
  readonly machine: MachineId
  readonly cluster: ClusterId
  readonly nonce: string
  /** Wall clock. */
  readonly at: number
}

/** Only "New list" does this: a cluster of one, durable in one record before its link is shown (DESIGN 8). */
export function found(disk: Disk, minting: Minting, name: string, session: string): Promise<Result<Alive, SaveError>> {
  const founder: Member = { node: minting.node, machine: minting.machine, levels: LEVELS, votes: true }
  const naming = { header: { session, seq: 1, settled: 0 }, bytes: packCommand({ type: 'rename', name }), signature: null }
  const bodies: readonly Body[] = [
    { type: 'configuration', configuration: { voters: [founder], learners: [] } },
    { type: 'level', level: LEVELS.min },
    { type: 'command', command: naming },
  ]
  const entries = bodies.map((body, offset): Entry => ({ index: offset + 1, term: 1, time: minting.at, body }))
  // It is the only voter, and this record is durable before anybody hears of it: so it is committed.
  return create(disk, minting, { term: 1, votedFor: minting.node, commitIndex: entries.length, entries })
}

/** A new node with nothing, to become a learner of a cluster that others run. */
export function mint(disk: Disk, minting: Minting): Promise<Result<Alive, SaveError>> {
  return create(disk, minting, { term: 0, votedFor: null, commitIndex: 0, entries: [] })
}

/** Goes on where a journal ends, as a new incarnation. Under the node's lock only. `remembered`: the newest start that is known. */
export async function reopen(disk: Disk, node: NodeId, nonce: string, remembered: number): Promise<Result<Alive, OpenError<Damage>>> {
  let saved: Replayed | null = null
  const opened = await disk.open(node, (records) => {
    const started = beginStart(nonce, remembered)(records)
    if (started.ok) saved = started.value.state
    return started
  })
  if (!opened.ok) return opened
  return { ok: true, value: { saved: saved!, journal: opened.value.journal } }
}

type Born = Pick<Replayed, 'term' | 'votedFor' | 'commitIndex' | 'entries'>

async function create(disk: Disk, minting: Minting, born: Born): Promise<Result<Alive, SaveError>> {
  const { node, machine, cluster, nonce, at: createdAt } = minting
  const bytes = encodeRecord(1, { kind: 'birth', node, machine, cluster, nonce, createdAt, ...born })
  const created = await disk.create(node, bytes)
  if (!created.ok) return created
  const replayed = replay([{ number: 1, bytes }])
  if (!replayed.ok) throw new Error(`a birth that cannot be read: ${JSON.stringify(replayed.error)}`)
  return { ok: true, value: { saved: replayed.value, journal: created.value } }
}
