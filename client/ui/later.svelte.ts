/** Small delays of the page: what lasts less than a moment is never shown, so that a normal edit does not flicker. */
import type { Millis } from './view.ts'

interface Later {
  readonly on: boolean
}

/** On once `is` has held for `ms` without a break; off at once when it no longer holds. Call while a component starts. */
export function held(is: () => boolean, ms: number): Later {
  const holds = $derived(is())
  let lasted = $state(false)
  $effect(() => {
    if (!holds) return
    const timer = setTimeout(() => (lasted = true), ms)
    return () => {
      clearTimeout(timer)
      lasted = false
    }
  })
  return {
    get on() {
      return holds && lasted
    },
  }
}

/** On once the clock has passed `moment` (null: never). Call while a component starts. */
export function past(moment: () => Millis | null): Later {
  const due = $derived(moment())
  let reached = $state<Millis | null>(null)
  $effect(() => {
    if (due === null) return
    const timer = setTimeout(() => (reached = due), Math.max(0, due - Date.now()))
    return () => clearTimeout(timer)
  })
  return {
    get on() {
      return due !== null && (reached === due || due <= Date.now())
    },
  }
}
