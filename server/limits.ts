/** What one address and one socket may do. Token buckets as plain values: the clock is the caller's. */
import { LIMITS } from '../shared/limits.ts'

export interface Rate {
  readonly perSecond: number
  /** How much may come at once after a quiet time: a tab that joins a full room greets everybody. */
  readonly burst: number
}

export interface ServerLimits {
  readonly rooms: number
  readonly roomTabs: number
  /** Sockets open at once from one address. Generous: an office shares one. */
  readonly addressTabs: number
  readonly connects: Rate
  readonly signals: Rate
  /** A socket that sends this many malformed or unknown events is closed. */
  readonly malformed: number
  /** A socket that has not joined within this many milliseconds is closed. */
  readonly joinWithin: number
}

export const SERVER_LIMITS: ServerLimits = {
  rooms: LIMITS.rooms,
  roomTabs: LIMITS.roomTabs,
  addressTabs: 500,
  connects: { perSecond: 50, burst: 500 },
  signals: { perSecond: LIMITS.signalsPerSecond, burst: 4 * LIMITS.roomTabs },
  malformed: 100,
  joinWithin: 10_000,
}

export interface Bucket {
  readonly tokens: number
  readonly at: number
}

/** The bucket after taking one token at `now` (milliseconds, never back), or null when there is none to take. */
export function take(bucket: Bucket | undefined, rate: Rate, now: number): Bucket | null {
  const tokens = bucket === undefined ? rate.burst : refilled(bucket, rate, now)
  return tokens < 1 ? null : { tokens: tokens - 1, at: now }
}

/** A full bucket tells nothing that no bucket would not: it can be forgotten. */
function isFull(bucket: Bucket, rate: Rate, now: number): boolean {
  return refilled(bucket, rate, now) >= rate.burst
}

function refilled(bucket: Bucket, rate: Rate, now: number): number {
  return Math.min(rate.burst, bucket.tokens + ((now - bucket.at) / 1_000) * rate.perSecond)
}

/** Buckets by key, of which only those that say something are kept. */
export class Buckets {
  readonly #rate: Rate
  readonly #buckets = new Map<string, Bucket>()
  #sweepAt = 0

  constructor(rate: Rate) {
    this.#rate = rate
  }

  get size(): number {
    return this.#buckets.size
  }

  take(key: string, now: number): boolean {
    if (now >= this.#sweepAt) this.#sweep(now)
    const bucket = take(this.#buckets.get(key), this.#rate, now)
    if (bucket !== null) this.#buckets.set(key, bucket)
    return bucket !== null
  }

  #sweep(now: number): void {
    this.#sweepAt = now + 10_000
    for (const [key, bucket] of this.#buckets) if (isFull(bucket, this.#rate, now)) this.#buckets.delete(key)
  }
}

/** Who counts as one address: an IPv4 address, or the /64 that one IPv6 subscriber owns whole. */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped !== null) return mapped[1]!
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after].slice(0, 4).join(':')
}
