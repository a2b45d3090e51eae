/** When to try a link again: full jitter, doubling from a quarter of a second to half a minute. Pure. */
import type { Millis } from '../../shared/host/ports.ts'

export const RETRY = { first: 250, max: 30_000, least: 50, stable: 60_000 } as const
/** An attempt that has not said hello both ways by then has failed. */
export const CONNECT_WITHIN: Millis = 10_000

/** `random` in [0, 1). Two tabs that lost each other must not come back in step. */
export function retryDelay(failures: number, random: number): Millis {
  const ceiling = Math.min(RETRY.max, RETRY.first * 2 ** Math.min(failures, 16))
  return RETRY.least + random * (ceiling - RETRY.least)
}

/** How many failures still count when a link that lasted `lasted` goes. */
export function failuresKept(failures: number, lasted: Millis): number {
  return lasted >= RETRY.stable ? 0 : failures
}
