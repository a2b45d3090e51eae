/**
 * A channel over simple-peer; nobody else knows it. simple-peer negotiates and closes; frames are taken straight from its
 * data channel, because its stream hands them on by way of setTimeout(0), which a hidden tab runs once a second. The
 * channel is negotiated beforehand (id 0 on both sides), so it is there as soon as the peer is.
 */
// oxlint-disable-next-line typescript/triple-slash-reference -- an ambient module cannot be imported
/// <reference path="./simple-peer.d.ts" />
import Peer from 'simple-peer/simplepeer.min.js'
import type { IceServer } from '../../shared/signaling.ts'
import { readCandidate } from './signals.ts'
import { DRAINED_BYTES, type Channel, type ChannelEvents, type ChannelSignal } from './types.ts'

interface Options {
  readonly initiator: boolean
  readonly ice: readonly IceServer[]
}

const FINISH_WITHIN = 1_000

export function openChannel({ initiator, ice }: Options, events: ChannelEvents): Channel {
  const iceServers = ice.map((server) => ({ ...server, urls: [...server.urls] }))
  const peer = openPeer({ initiator, trickle: true, config: { iceServers }, channelConfig: { negotiated: true, id: 0 } })
  if (peer === null) return neverOpens(events)

  let isOver = false
  let iceState: RTCIceConnectionState = 'new'
  const close = () => {
    if (!isOver) events.closed()
    isOver = true
  }
  // simple-peer throws an error that nobody listens to; what follows it is always `close`.
  peer.on('error', () => {})
  peer.on('close', close)
  peer.on('iceStateChange', (state) => (iceState = state))
  peer.on('signal', (signal) => {
    const read = isOver ? null : readOwnSignal(signal)
    if (read !== null) events.signal(read)
  })
  // oxlint-disable-next-line no-underscore-dangle -- the only way to its channel
  const channel = peer._channel
  if (channel !== null) takeFrames(channel, () => !isOver, events)

  return {
    send: (frame) => attempt(() => peer.send(frame)) && channel?.readyState === 'open',
    buffered: () => channel?.bufferedAmount ?? 0,
    signal: (signal) => void attempt(() => peer.signal(signal)),
    isConnected: () => iceState === 'connected' || iceState === 'completed',
    destroy: () => {
      isOver = true
      peer.destroy()
    },
    finish: () => {
      isOver = true
      if (channel === null || channel.bufferedAmount === 0) return peer.destroy()
      channel.bufferedAmountLowThreshold = 0
      channel.addEventListener('bufferedamountlow', () => peer.destroy())
      setTimeout(() => peer.destroy(), FINISH_WITHIN)
    },
  }
}

function openPeer(options: ConstructorParameters<typeof Peer>[0]): Peer | null {
  try {
    return new Peer(options)
  } catch {
    // No WebRTC here.
    return null
  }
}

function takeFrames(channel: RTCDataChannel, isLive: () => boolean, events: ChannelEvents): void {
  channel.bufferedAmountLowThreshold = DRAINED_BYTES
  channel.addEventListener('open', () => isLive() && events.opened())
  channel.addEventListener('bufferedamountlow', () => isLive() && events.drained())
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- replaces simple-peer's own, whose stream nobody would drain
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isLive()) events.frame(data instanceof ArrayBuffer ? new Uint8Array(data) : null)
  }
}

function neverOpens(events: ChannelEvents): Channel {
  let isOver = false
  queueMicrotask(() => !isOver && events.closed())
  const destroy = () => (isOver = true)
  return { send: () => false, buffered: () => 0, signal: () => {}, isConnected: () => false, destroy, finish: destroy }
}

/** Candidates are passed on as the other side will read them; those it would not understand (an empty last one, say) are not. */
function readOwnSignal(signal: unknown): ChannelSignal | null {
  const { type, sdp, candidate } = signal as { readonly type?: unknown; readonly sdp?: unknown; readonly candidate?: unknown }
  if ((type === 'offer' || type === 'answer') && typeof sdp === 'string') return { type, sdp }
  const read = readCandidate(candidate)
  return read === null ? null : { type: 'candidate', candidate: read }
}

function attempt(action: () => void): boolean {
  try {
    action()
    return true
  } catch {
    // Destroyed meanwhile, or the send buffer is full.
    return false
  }
}
