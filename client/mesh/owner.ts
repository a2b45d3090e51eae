/** What the pairs of a mesh share, and what they tell it. */
import type { Millis, TabId } from '../../shared/host/ports.ts'
import type { IceServer } from '../../shared/signaling.ts'
import type { LineEvent } from './line.ts'
import type { OpenChannel } from './types.ts'

export type PairState = 'waiting' | 'connecting' | 'up' | 'silent'

export type PairEvent =
  | Exclude<LineEvent, { readonly type: 'closed' | 'bye' | 'refused' }>
  /** The other page is gone for good; a last `message` and a `down` came before. */
  | { readonly type: 'gone' }
  | { readonly type: 'refused'; readonly reason: string }

export interface PairOwner {
  readonly tab: TabId
  readonly openChannel: OpenChannel
  now(): Millis
  random(): number
  hello(): Uint8Array
  isCut(tab: TabId): boolean
  ice(): readonly IceServer[]
  /** The signaling server is there, and not too many attempts are under way. */
  canStart(): boolean
  nextEpoch(): number
  signal(to: TabId, bytes: Uint8Array): void
  count(what: string): void
  tell(tab: TabId, event: PairEvent): void
  /** Something may be due earlier than it was. */
  replan(): void
}
