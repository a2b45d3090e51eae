/** Copied and restored profiles: a node that says it is older than what was seen of it (DESIGN 8). */
import { TIMES } from '../limits.ts'
import type { Clock, TabId, Transport } from './ports.ts'
import type { Routes } from './routes.ts'

/** Longer than a hello can be on its way over a link that counts as up. */
const SUSPECT_MS = 2 * TIMES.linkLost

/**
 * A node may have moved between tabs of one machine while a hello was on its way. Who says the same a while later is a copied
 * profile and is refused; till then its copies have no route.
 */
export function suspect(tab: TabId, routes: Routes, { clock, transport }: { readonly clock: Clock; readonly transport: Transport }): void {
  clock.wake(clock.now() + SUSPECT_MS, () => {
    if (routes.copiesOf(tab).length === 0) return
    routes.down(tab)
    transport.refuse(tab, 'copied')
  })
}
