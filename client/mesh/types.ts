/** The two things the mesh stands on, so that its own rules can be tested without a browser. */
import type { TabId } from '../../shared/host/ports.ts'
import type { IceServer, Joined } from '../../shared/signaling.ts'
import type { Candidate } from './signals.ts'

export type ChannelSignal =
  | { readonly type: 'offer' | 'answer'; readonly sdp: string }
  | { readonly type: 'candidate'; readonly candidate: Candidate }

/** One data channel of one peer connection, ordered and reliable while it lasts. Nothing in it throws. */
export interface Channel {
  /** False if it was not taken. */
  send(frame: Uint8Array): boolean
  /** Bytes taken and not yet on their way. */
  buffered(): number
  /** Only what `decodeSignal` has let through. */
  signal(signal: ChannelSignal): void
  /** False once ICE has lost the other side, or not found it yet. */
  isConnected(): boolean
  /** Closes at once; what was sent last arrives if nothing stood before it. Nothing is called afterwards. */
  destroy(): void
  /** Closes once everything sent has left, or after a second. Nothing is called afterwards. */
  finish(): void
}

export interface ChannelEvents {
  /** Never within the call that made the channel. */
  opened(): void
  /** Anything but binary arrives as null. */
  frame(bytes: Uint8Array | null): void
  /** `buffered` has fallen to DRAINED_BYTES or less. */
  drained(): void
  signal(signal: ChannelSignal): void
  /** At most once, unless destroyed here. */
  closed(): void
}

/** How much bulk may stand before a small message, or before the last one of a page that goes. */
export const BULK_BYTES = 96 * 1024
/** Where the channel asks for more. */
export const DRAINED_BYTES = 32 * 1024

export type OpenChannel = (options: { readonly initiator: boolean; readonly ice: readonly IceServer[] }, events: ChannelEvents) => Channel

/** The way to the signaling server. Connects by itself, again and again. */
export interface Introducer {
  /** Lost while it is down. */
  signal(to: TabId, bytes: Uint8Array): void
  /** The network may be back: try now. */
  hurry(): void
  close(): void
}

export interface IntroducerEvents {
  up(joined: Joined): void
  down(): void
  joined(tab: TabId): void
  left(tab: TabId): void
  signal(from: TabId, bytes: Uint8Array): void
  /** Something arrived that was not understood, or was refused. */
  count(what: string): void
}

export type Introduce = (events: IntroducerEvents) => Introducer
