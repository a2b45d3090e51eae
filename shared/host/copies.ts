/** Copied and restored profiles: a node that says it is older than what was seen of it (DESIGN 8). */
import { TIMES } from '../limits.ts'
import type { Clock, TabId, Transport } from './ports.ts'
import type { Routes } from './routes.ts'

/** Longer than a hello can be on its way over a link that counts as up. */
const SUSPECT_MS = 2 * TIMES.linkLost

export class Suspects {
  readonly #routes: Routes
  readonly #ports: { readonly clock: Clock; readonly transport: Transport }
  readonly #suspected = new Set<TabId>()

  constructor(routes: Routes, ports: { readonly clock: Clock; readonly transport: Transport }) {
    this.#routes = routes
    this.#ports = ports
  }

  /** After every hello and every start here: what one tab says may make a copy of what another said long ago. */
  look(): void {
    for (const { tab } of this.#routes.peers) if (this.#routes.copiesOf(tab).length > 0) this.#suspect(tab)
  }

  /**
   * A node may have moved between tabs of one machine while a hello was on its way. Who says the same a while later is a copied
   * profile and is refused; till then its copies have no route.
   */
  #suspect(tab: TabId): void {
    if (this.#suspected.has(tab)) return
    this.#suspected.add(tab)
    const { clock, transport } = this.#ports
    clock.wake(clock.now() + SUSPECT_MS, () => {
      this.#suspected.delete(tab)
      if (this.#routes.copiesOf(tab).length === 0) return
      this.#routes.down(tab)
      transport.refuse(tab, 'copied')
    })
  }
}
