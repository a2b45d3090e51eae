/**
 * How much may be under way to one member. What its acks cover is under way no more (etcd's Inflights); a window in bytes holds
 * back the rest, so that it gathers for the next message. The window grows while acks come promptly, and shrinks once they take
 * longer than the way itself by a heartbeat: so long would a heartbeat wait behind entries. (TCP's slow start, a window that is
 * not in use left alone as in RFC 7661; delay as the sign of too much from LEDBAT, RFC 6817.)
 */
import type { Index, Millis, Timing } from './types.ts'

export interface FlowLimits {
  /** An AppendEntries carries about this many bytes of entries at most. */
  readonly appendBytes: number
  /** AppendEntries with entries that may be under way to one follower. */
  readonly appendsInFlight: number
  /** The window is never narrower than so many bytes, nor wider than all those messages. */
  readonly windowMin: number
  /** A snapshot travels in chunks of so many bytes at most. */
  readonly chunkBytes: number
}

/** A message with entries, or the one probe that is out. */
export interface Sent {
  /** Its last entry; of a probe without any, where it looks. */
  readonly last: Index
  /** Of its entries, about. */
  readonly bytes: number
  readonly sentAt: Millis
}

export interface Flow {
  /** Sent and not acked, oldest first. */
  readonly underWay: readonly Sent[]
  /** So many bytes may be under way. 0: what is under way arrives first, then one entry alone, and how long that takes is the measure. */
  readonly window: number
  /** The least that an ack took: the way there and back, and a save. Infinity before the first. */
  readonly leastTook: Millis
  /** What was sent before was sent into a wider window. */
  readonly narrowedAt: Millis
  /** When an entry alone was last sent to measure anew. */
  readonly measuredAt: Millis
}

/** Something arrived. */
interface Arrival {
  readonly bytes: number
  /** It among them. */
  readonly bytesUnderWay: number
  readonly sentAt: Millis
}

type FlowSettings = FlowLimits & Pick<Timing, 'heartbeat'>

/** When an answer was heard. */
export interface Hearing {
  readonly now: Millis
  /** It may have waited for this node. */
  readonly isLate: boolean
}

/** Once in so many times as long as an ack takes it is measured anew where nothing narrower helps: the route may have changed. */
const MEASURE_EVERY = 30

/** Nothing is known of the way. */
export function newFlow({ windowMin }: FlowLimits): Flow {
  return { underWay: [], window: windowMin, leastTook: Infinity, narrowedAt: -Infinity, measuredAt: -Infinity }
}

export function bytesUnderWay({ underWay }: Flow): number {
  let total = 0
  for (const { bytes } of underWay) total += bytes
  return total
}

/** Of one message: a few go into a window, so that the way is not idle while an ack comes back, and none delays what is behind it for long. */
export function messageBytes({ window }: Flow, { appendBytes, windowMin }: FlowLimits): number {
  return Math.min(appendBytes, window, Math.max(windowMin / 2, window / 4))
}

/** Of one chunk of a snapshot: no other is under way. */
export function chunkBytes({ window }: Flow, limits: FlowLimits): number {
  return Math.min(limits.chunkBytes, window)
}

/** A full message would not fit. Where nothing is under way one may go, whatever the size of its entry. */
export function isFull(flow: Flow, limits: FlowLimits): boolean {
  const { length } = flow.underWay
  return length > 0 && (length >= limits.appendsInFlight || bytesUnderWay(flow) + messageBytes(flow, limits) > flow.window)
}

export function sent(flow: Flow, message: Sent): Flow {
  return { ...flow, underWay: [...flow.underWay, message] }
}

/** What comes after `index` was sent so lately that it is not missed yet. */
export function mayStillArrive({ underWay, leastTook }: Flow, index: Index, now: Millis, { heartbeat }: FlowSettings): boolean {
  const way = leastTook < Infinity ? leastTook : 0
  const next = underWay.find(({ last }) => last > index)
  return next !== undefined && now - next.sentAt < way + heartbeat
}

/** Nobody knows what becomes of it. */
export function forget(flow: Flow): Flow {
  return { ...flow, underWay: [] }
}

/** The member has everything up to `matchIndex`. */
export function acked(flow: Flow, matchIndex: Index, hearing: Hearing, settings: FlowSettings): Flow {
  const { underWay } = flow
  const newest = underWay.findLastIndex(({ last }) => last <= matchIndex)
  if (newest === -1) return flow
  const left = { ...flow, underWay: underWay.slice(newest + 1) }
  const total = bytesUnderWay(flow)
  const { sentAt } = underWay[newest]!
  return arrived(left, { bytes: total - bytesUnderWay(left), bytesUnderWay: total, sentAt }, hearing, settings)
}

/** What an arrival tells of the way. */
export function arrived(flow: Flow, { bytes, bytesUnderWay, sentAt }: Arrival, { now, isLate }: Hearing, settings: FlowSettings): Flow {
  if (isLate) return flow
  const { windowMin, heartbeat } = settings
  const took = now - sentAt
  const isCurrent = sentAt >= flow.narrowedAt
  if (flow.window === 0) return isCurrent ? { ...flow, window: windowMin, leastTook: took } : flow
  const told = took < flow.leastTook ? { ...flow, leastTook: took } : flow
  // Few bytes say nothing of how many would fit.
  if (2 * bytesUnderWay < flow.window) return told
  const room = 1 - (took - told.leastTook) / heartbeat
  if (room >= 0) return { ...told, window: Math.min(flow.window + Math.floor(bytes * room), windowMax(settings)) }
  // Once a round trip: what else is late was sent before this was known.
  if (!isCurrent) return told
  if (flow.window > windowMin) return { ...told, window: Math.max(Math.floor(flow.window / 2), windowMin), narrowedAt: now }
  return now - flow.measuredAt < MEASURE_EVERY * took ? told : { ...told, window: 0, narrowedAt: now, measuredAt: now }
}

function windowMax({ windowMin, appendBytes, appendsInFlight }: FlowLimits): number {
  return Math.max(windowMin, appendBytes * appendsInFlight)
}
