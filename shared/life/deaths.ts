/** The lock of a tab that becomes free is its death certificate, among tabs of one machine (DESIGN 6). A held one proves nothing. */
import type { TabId } from '../host/ports.ts'
import { tabLock } from './decisions.ts'
import type { Locks } from './ports.ts'

export class Deaths {
  readonly #locks: Locks | null
  readonly #died: (tab: TabId) => void
  /** How to stop waiting for each. */
  readonly #watched = new Map<TabId, () => void>()

  /** `locks`: null for a guest, who is told nothing. */
  constructor(locks: Locks | null, died: (tab: TabId) => void) {
    this.#locks = locks
    this.#died = died
  }

  /** From now on these are watched, and no others. */
  watch(tabs: readonly TabId[]): void {
    for (const tab of this.#watched.keys()) if (!tabs.includes(tab)) this.#forget(tab)
    for (const tab of tabs) {
      if (this.#locks === null || this.#watched.has(tab)) continue
      this.#watched.set(
        tab,
        this.#locks.whenFree(tabLock(tab), () => this.#died(tab)),
      )
    }
  }

  end(): void {
    this.watch([])
  }

  #forget(tab: TabId): void {
    this.#watched.get(tab)?.()
    this.#watched.delete(tab)
  }
}
