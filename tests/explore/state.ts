/** A whole cluster as one immutable value: what the explorer visits. */
import type { Message } from '../../shared/raft/messages.ts'
import type { RaftNode, Settings } from '../../shared/raft/node.ts'
import type { Save } from '../../shared/raft/saves.ts'
import type { Outgoing } from '../../shared/raft/step.ts'
import type { Configuration, Entry, Millis, NodeId, Term } from '../../shared/raft/types.ts'
import type { Journal } from './journal.ts'

/** One node: what runs, what it holds back, what is on its way to its disk, what is on its disk. */
export interface Place {
  readonly id: NodeId
  /** Null while it is down. */
  readonly core: RaftNode | null
  /** Messages that wait for a save. */
  readonly held: readonly Outgoing[]
  /** The save in flight. */
  readonly save: Save | null
  readonly disk: Journal
  /** The number of the newest record that this host wrote or read. */
  readonly record: number
  /** The node's clock; it stands still but for the world's ticks. */
  readonly clock: Millis
  /** This node in each naming of the world's symmetry; worked out when first asked. */
  readonly keys: string[]
}

/** A message under way. The same message is the same object, within one exploration. */
export interface Flying {
  readonly message: Message
  readonly keys: readonly string[]
}

/** An entry that somebody knew committed, and the term in which it first was. */
export interface Agreed {
  readonly entry: Entry
  readonly since: Term
}

/** What an observer remembers who never crashes: only what a law needs, since it is a part of the state. */
export interface Past {
  /** Bit t: somebody led term t. */
  readonly led: number
  /** From index 1. */
  readonly agreed: readonly Agreed[]
}

/** How often each of these may still happen. */
export interface Bounds {
  readonly timeouts: number
  readonly heartbeats: number
  readonly proposals: number
  readonly crashes: number
  readonly leaves: number
  readonly changes: number
  readonly ticks: number
  /** Deliveries after which a copy is still under way. Loss needs no bound: what is never delivered was lost. */
  readonly copies: number
  readonly transfers: number
  readonly hints: number
}

export const NOTHING: Bounds = {
  timeouts: 0,
  heartbeats: 0,
  proposals: 0,
  crashes: 0,
  leaves: 0,
  changes: 0,
  ticks: 0,
  copies: 0,
  transfers: 0,
  hints: 0,
}

export interface State {
  readonly places: readonly Place[]
  readonly flight: readonly Flying[]
  readonly past: Past
  readonly left: Bounds
}

export interface World {
  readonly name: string
  readonly ids: readonly NodeId[]
  /** The configuration that all have stored and know committed at index 1. */
  readonly voters: readonly NodeId[]
  readonly learners?: readonly NodeId[]
  /** Nodes that could swap their names and nobody would notice. Not for worlds in which leaders leave: they order their successors. */
  readonly alike?: readonly NodeId[]
  readonly bounds: Partial<Bounds>
  /** How far a tick moves the clock of one node. */
  readonly tickMs?: number
  /** Nobody campaigns beyond this term. */
  readonly termMax: Term
  readonly settings?: Partial<Settings>
  /** Where it is cut, and how many it has at least: more than this must be lost on purpose. */
  readonly statesMax: number
  readonly statesMin: number
  /** What happened before: moves by name, see `Story`. */
  readonly before?: readonly string[]
  /** What a leader may want to change, beside what its autopilot advises. */
  readonly changes?: (leader: RaftNode, place: Place) => readonly Configuration[]
  /** A save in flight at a crash may land after the next start; journals are then kept record by record. */
  readonly lateWrites?: boolean
  /** Is a fact of the world, so that some moves cannot happen. */
  readonly may?: (move: Move, state: State) => boolean
  /** What the world is about, each to be seen in some state. */
  readonly events: Readonly<Record<string, (state: State) => boolean>>
  /** Whether from every state (and with everybody back) somebody could commit. */
  readonly asksProgress?: boolean
  /** Whether it is a violation that a living majority waits for somebody who went (U1 to U3 of the design's schedules). */
  readonly forbidsWaiting?: boolean
  /** Whether there are such states. */
  readonly knowsWaiting?: boolean
}

export type Move =
  | { readonly type: 'deliver'; readonly flying: Flying }
  | { readonly type: 'copy'; readonly flying: Flying }
  | {
      readonly type:
        | 'timeout'
        | 'heartbeat'
        | 'silence'
        | 'saved'
        | 'crash'
        | 'late'
        | 'restart'
        | 'land'
        | 'propose'
        | 'leave'
        | 'tick'
        | 'hint'
      readonly at: number
    }
  | { readonly type: 'change'; readonly at: number; readonly configuration: Configuration }
  | { readonly type: 'transfer'; readonly at: number; readonly to: NodeId }

export const committedConfiguration = ({ past }: State): Configuration => {
  const found = past.agreed.findLast(({ entry }) => entry.body.type === 'configuration')
  if (found?.entry.body.type !== 'configuration') throw new Error('the first entry is a configuration')
  return found.entry.body.configuration
}

const SPENT: Partial<Record<Move['type'], keyof Bounds>> = {
  timeout: 'timeouts',
  heartbeat: 'heartbeats',
  silence: 'heartbeats',
  propose: 'proposals',
  crash: 'crashes',
  late: 'crashes',
  leave: 'leaves',
  change: 'changes',
  tick: 'ticks',
  copy: 'copies',
  transfer: 'transfers',
  hint: 'hints',
}

export function spend(left: Bounds, { type }: Move): Bounds {
  const bound = SPENT[type]
  return bound === undefined ? left : { ...left, [bound]: left[bound] - 1 }
}
