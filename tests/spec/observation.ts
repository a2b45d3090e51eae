/** What is seen of a server from outside: the only thing a check is given. */
import type { Configuration, Entries, Entry, Id, Message, Server } from './state.ts'

export type Given =
  | { readonly type: 'message'; readonly message: Message }
  | { readonly type: 'wake' }
  | { readonly type: 'proposal'; readonly commands: readonly string[] }
  | { readonly type: 'read'; readonly id: number }
  | { readonly type: 'saved'; readonly number: number }
  | { readonly type: 'applied'; readonly index: number }
  | { readonly type: 'snapshot'; readonly index: number }
  | { readonly type: 'change'; readonly at: number; readonly entry: Pick<Entry, 'body' | 'configuration'> }
  | { readonly type: 'mark'; readonly body: string }
  | { readonly type: 'transfer'; readonly to: Id }
  | { readonly type: 'abstain' }
  | { readonly type: 'gone' }
  | { readonly type: 'suspended' }

export interface View {
  readonly currentTerm: number
  readonly votedFor: Id | null
  readonly role: Server['role']
  readonly leader: Id | null
  readonly commitIndex: number
  readonly configuration: Configuration
  readonly votes: readonly Id[]
  readonly matchIndex: readonly (readonly [Id, number])[]
  readonly nextIndex: readonly (readonly [Id, number])[]
  readonly handingTo: Id | null
  /** Up to where its snapshot holds the state machine; 0 without one. */
  readonly snapshot: number
}

interface Of {
  readonly node: Id
  readonly incarnation: number
}

export interface Started extends Of {
  readonly type: 'started'
  readonly currentTerm: number
  readonly votedFor: Id | null
  /** What is left of the log; entries before it are in a snapshot. */
  readonly log: Entries
  readonly compacted: number
  /** What its snapshot holds was applied in an earlier life. */
  readonly applied: number
  readonly commitIndex: number
  readonly asksFirst: boolean
}

/** Some inputs taken at once, and what came of them. */
export interface Stepped extends Of {
  readonly type: 'stepped'
  readonly inputs: readonly Given[]
  readonly after: View
  /** The log after it: that before up to `from - 1`, then `entries`. */
  readonly log: { readonly from: number; readonly entries: Entries }
  readonly save: {
    readonly number: number
    readonly currentTerm: number
    readonly votedFor: Id | null
    readonly from: number
    readonly entries: Entries
    /** With it a snapshot of so many entries; 0 without one. */
    readonly snapshot: number
  } | null
  /** In order. `after`: once that save is done; null: at once. */
  readonly sent: readonly { readonly message: Message; readonly after: number | null }[]
  /** The state machine went on from a snapshot of so many entries; null if it did not. */
  readonly restored: number | null
  readonly applied: Entries
  /** Own reads that are confirmed and were not answered before this step. */
  readonly confirmed: readonly { readonly id: number; readonly index: number }[]
  /** Of those, which may be answered now. */
  readonly answered: readonly { readonly id: number; readonly index: number }[]
}

export type Observation =
  | Started
  | Stepped
  | (Of & { readonly type: 'saved'; readonly number: number; readonly sent: readonly Message[] })
  /** A tab with several nodes says it once, by one of them. */
  | { readonly type: 'left'; readonly node: Id; readonly said: readonly Extract<Message, { type: 'Farewell' }>[] }
  | (Of & { readonly type: 'stopped' })
