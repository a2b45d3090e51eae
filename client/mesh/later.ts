/** An introducer whose code is still to come: a stored list is shown before anybody is met, so it loads beside the reading of the disk. */
import type { Clock } from '../../shared/host/ports.ts'
import { retryDelay } from './retry.ts'
import type { Introduce, Introducer, IntroducerEvents } from './types.ts'

/** Introduces once `load` is done, which is tried again and again: the server that has the code may be away. */
export function introduceLater(load: () => Promise<Introduce>, clock: Clock, events: IntroducerEvents): Introducer {
  let introducer: Introducer | null = null
  let isClosed = false
  let failures = 0
  let cancelRetry: (() => void) | null = null
  const attempt = (): void => {
    cancelRetry?.()
    cancelRetry = null
    load().then(
      (introduce) => {
        if (!isClosed) introducer ??= introduce(events)
      },
      () => {
        if (isClosed || introducer !== null) return
        events.count('signaling:load')
        cancelRetry?.()
        cancelRetry = clock.wake(clock.now() + retryDelay(failures++, clock.random()), attempt)
      },
    )
  }
  attempt()
  return {
    signal: (to, bytes) => introducer?.signal(to, bytes),
    hurry() {
      if (introducer !== null) introducer.hurry()
      else if (cancelRetry !== null) attempt()
    },
    close() {
      isClosed = true
      cancelRetry?.()
      introducer?.close()
    },
  }
}
