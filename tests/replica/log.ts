/** Logs for tests: commands of sessions as entries, and a machine that adds numbers up. */
import type { Hashing } from '../../shared/replica/checksum.ts'
import type { SessionLimits } from '../../shared/replica/sessions.ts'
import type { Applied, CommandContext, Machine, ReplicaBody, ReplicaEntry } from '../../shared/replica/machine.ts'

export function command(session: string, seq: number, bytes: readonly number[], settled = 0): ReplicaBody {
  return { type: 'command', command: { header: { session, seq, settled }, bytes: Uint8Array.from(bytes) } }
}

export function log(...bodies: readonly ReplicaBody[]): readonly ReplicaEntry[] {
  return bodies.map((body, at) => ({ index: at + 1, time: 1_000 + at, body }))
}

/** Of sessions: as many and as long as any of these logs has. */
export const ENDLESS: SessionLimits = { count: Infinity, idle: Infinity }

export const UNHASHED: Hashing = { every: Infinity, hash: () => new Uint8Array() }

/** Each command is one byte; its result is the sum so far. 255 is a command of a newer build. */
export class Adder implements Machine<number> {
  sum = 0
  readonly seen: (CommandContext & { readonly level: number })[] = []

  apply(level: number, [byte = 0]: Uint8Array, context: CommandContext): Applied<number> {
    if (byte === 255) return { known: false }
    this.seen.push({ ...context, level })
    this.sum += byte
    return { known: true, result: this.sum }
  }

  snapshot(): unknown {
    return this.sum
  }

  restore(value: unknown): boolean {
    if (typeof value !== 'number') return false
    this.sum = value
    return true
  }

  readResult(value: unknown): number | null {
    return typeof value === 'number' ? value : null
  }
}
