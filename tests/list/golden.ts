/** A golden log: rows that stand for entries, and what must come of them for ever at one level. */
import { createHash } from 'node:crypto'
import { SESSIONS } from '../../shared/limits.ts'
import { ListMachine } from '../../shared/list/machine.ts'
import type { CommandResult } from '../../shared/list/commands.ts'
import type { ReplicaBody } from '../../shared/replica/machine.ts'
import { Replica } from '../../shared/replica/replica.ts'
import type { Outcome } from '../../shared/replica/replica.ts'
import { sessionName } from '../../shared/replica/session-name.ts'

export type Row =
  /** session, seq, settled, command. */
  | readonly [string, number, number, unknown]
  | readonly ['level', number]
  | readonly ['noop']
  /** So many commands of a session of their own, which adds `<n>` at the end, or deletes those that such a session added. */
  | readonly ['add', { readonly session: string; readonly count: number }]
  /** So many milliseconds of log time pass. */
  | readonly ['wait', number]
  /** So many sessions, born now, with a command each. */
  | readonly ['crowd', number]
  | readonly ['delete', { readonly session: string; readonly count: number; readonly of: string }]

export interface Golden {
  readonly level: number
  /** [rows applied, sha-256 in hex of the JSON of the snapshot and of every outcome since the hash before]. */
  readonly hashes: readonly (readonly [number, string])[]
  readonly rows: readonly Row[]
}

const UNHASHED = { every: Infinity, hash: () => new Uint8Array() }
const pack = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const unpack = (bytes: Uint8Array) => ({ ok: true, value: JSON.parse(new TextDecoder().decode(bytes)) as unknown }) as const

/** The hashes of these rows, taken after each of these counts of rows. */
export function hash(level: number, rows: readonly Row[], counts: readonly number[]): Golden['hashes'] {
  const hashes: (readonly [number, string])[] = []
  let outcomes: unknown[] = []
  play(level, rows, (replica, outcome, at) => {
    if (outcome !== null) outcomes.push(outcome)
    if (outcome !== null || !counts.includes(at + 1)) return
    const snapshot = replica.snapshot()
    const text = JSON.stringify({ snapshot: level === 1 ? asOfLevel1(snapshot) : snapshot, outcomes })
    hashes.push([at + 1, createHash('sha256').update(text).digest('hex')])
    outcomes = []
  })
  return hashes
}

/** As it was when the first hashes were made: sessions did not say when they were last used. */
function asOfLevel1(value: unknown): unknown {
  const snapshot = value as { readonly sessions: readonly (readonly unknown[])[] }
  return { ...snapshot, sessions: snapshot.sessions.map(([name, last, settled, , results]) => [name, last, settled, results]) }
}

/** How many outcomes of each kind, and of each refusal, these rows have: a golden log that meets no rule guards none. */
export function tally(level: number, rows: readonly Row[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  play(level, rows, (_, outcome) => {
    if (outcome === null) return
    const name = outcome.type === 'applied' ? (outcome.result.ok ? 'ok' : outcome.result.reason) : outcome.type
    counts.set(name, (counts.get(name) ?? 0) + 1)
  })
  return counts
}

type Played = Replica<CommandResult>

/** `heard` is told each outcome, and null at the end of each row. */
function play(
  level: number,
  rows: readonly Row[],
  heard: (replica: Played, outcome: Outcome<CommandResult> | null, at: number) => void,
): void {
  const replica: Played = new Replica(new ListMachine(unpack), { min: level, max: level }, UNHASHED, SESSIONS)
  let waited = 0
  rows.forEach((row, at) => {
    if (row[0] === 'wait') waited += row[1]
    for (const body of bodies(row, replica.time)) {
      const index = replica.lastApplied + 1
      heard(replica, replica.applyEntry({ index, time: 1_700_000_000_000 + waited + index * 7, body }), at)
    }
    heard(replica, null, at)
  })
}

function* bodies(row: Row, time: number): Generator<ReplicaBody> {
  switch (row[0]) {
    case 'level':
      return yield { type: 'level', level: row[1] }
    case 'noop':
    case 'wait':
      return yield { type: 'noop' }
    case 'crowd':
      for (let n = 1; n <= row[1]; n += 1) yield command(sessionName(time, `crowd-${n}`), 1, 0, { type: 'rename', name: `${n}` })
      return
    case 'add':
    case 'delete': {
      const { session, count, of } = row[1] as { session: string; count: number; of?: string }
      for (let n = 1; n <= count; n += 1) {
        const value = of === undefined ? { type: 'add', after: 'end', text: `${n}` } : { type: 'delete', id: `${of}.${n}` }
        yield command(session, n, n - 1, value)
      }
      return
    }
    default: {
      const [session, seq, settled, value] = row as readonly [string, number, number, unknown]
      yield command(session, seq, settled, value)
    }
  }
}

function command(session: string, seq: number, settled: number, value: unknown): ReplicaBody {
  return { type: 'command', command: { header: { session, seq, settled }, bytes: pack(value) } }
}
