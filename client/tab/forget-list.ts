/** Forget a list: its copy goes from this browser. Journals that another tab hosts stay until that tab is closed. */
import { nodeLock } from '../../shared/life/decisions.ts'
import type { Browser } from './browser.ts'

export async function forgetList({ registry, locks, disk, remembered }: Browser, room: string): Promise<void> {
  const nodes = await registry.nodes(room)
  await registry.forgetList(room)
  remembered.set(room, null)
  for (const { node } of nodes) {
    const lock = await locks?.take(nodeLock(node), 0)
    if (!lock) continue
    await disk.remove(node)
    lock.release()
  }
}
