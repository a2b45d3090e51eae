/** What happens to the nodes of a tab, as it happens: one typed stream for whoever looks on. Nobody here acts on it. */
import type { Farewell, Message } from '../raft/messages.ts'
import { Log } from '../raft/log.ts'
import type { RaftNode } from '../raft/node.ts'
import type { Input, Output } from '../raft/step.ts'
import { LIMITS } from '../limits.ts'
import type { Entry, Index, NodeId, SaveNumber } from '../raft/types.ts'

interface Of {
  readonly node: NodeId
  readonly incarnation: number
}

export type Transition =
  /** From what its journal gave back. */
  | (Of & { readonly type: 'started'; readonly after: RaftNode })
  /** One turn of the core; messages that wait for no save leave with it. */
  | (Of & {
      readonly type: 'stepped'
      readonly before: RaftNode
      /** As the core saw them. */
      readonly inputs: readonly Input[]
      readonly output: Output
      readonly after: RaftNode
    })
  /** A save is durable, and what waited for it leaves. The core hears of it in a later turn. */
  | (Of & { readonly type: 'saved'; readonly number: SaveNumber; readonly sent: readonly Message[] })
  /** This node said farewell for all nodes of its tab: `stopped` follows for each. */
  | { readonly type: 'left'; readonly node: NodeId; readonly said: readonly Farewell[] }
  | (Of & { readonly type: 'stopped'; readonly why: 'left' | 'storage' | 'broken' | 'copied' | 'disagrees' })

/**
 * A value as JSON can hold it: bytes as hexadecimal text, those of a snapshot as their number, maps as pairs, sets as arrays, a log as its end, and what is infinite
 * as the largest number.
 */
export type Plain<T> = T extends Uint8Array
  ? string
  : T extends Log
    ? Pick<Log, 'lastIndex' | 'lastTerm'>
    : T extends ReadonlyMap<infer K, infer V>
      ? readonly (readonly [K, Plain<V>])[]
      : T extends ReadonlySet<infer V>
        ? readonly V[]
        : T extends object
          ? { readonly [K in keyof T]: Plain<T[K]> }
          : T

type WithLog<T extends { readonly after: RaftNode }> = Plain<Omit<T, 'before'>> & {
  /** The log after it: that before up to `from - 1`, then `entries`. */
  readonly log: { readonly from: Index; readonly entries: readonly Plain<Entry>[] }
}

/** A transition for other windows, files and tests: of a node it says the new state, and of its log what is new. */
export type PlainTransition =
  | WithLog<Extract<Transition, { type: 'started' }>>
  | WithLog<Extract<Transition, { type: 'stepped' }>>
  | Plain<Extract<Transition, { type: 'saved' | 'left' | 'stopped' }>>

export function plainTransition(transition: Transition): PlainTransition {
  if (transition.type !== 'started' && transition.type !== 'stepped') return plain(transition)
  const { log } = transition.after
  const from = transition.type === 'started' ? log.base.index + 1 : log.divergence(transition.before.log)
  const changed = { from, entries: plain(log.slice(from)) }
  if (transition.type === 'started') return { ...plain(transition), log: changed }
  const { before: _, ...rest } = transition
  return { ...plain(rest), log: changed }
}

/** What this turn put into the log, perhaps in the place of other entries. */
export function entriesTaken(transition: Transition): readonly Entry[] {
  if (transition.type !== 'stepped') return []
  const { log } = transition.after
  return log === transition.before.log ? [] : log.slice(log.divergence(transition.before.log))
}

// What it returns is what the type says: both go through the same kinds in the same order.
function plain<T>(value: T): Plain<T> {
  return plainOf(value) as Plain<T>
}

function plainOf(value: unknown): unknown {
  if (typeof value === 'number') return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value))
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array && value.length > LIMITS.entryBytes) return `${value.length} bytes`
  if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (value instanceof Log) return { lastIndex: value.lastIndex, lastTerm: value.lastTerm }
  if (value instanceof Map || value instanceof Set || Array.isArray(value)) return Array.from(value as Iterable<unknown>, plainOf)
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, plainOf(of)]))
}
