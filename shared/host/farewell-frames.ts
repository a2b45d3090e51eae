/** A farewell as frames: one for each tab that hosts somebody who should hear it, small enough to arrive (DESIGN 6). */
import { farewells } from '../raft/farewell.ts'
import type { Leaver } from '../raft/farewell.ts'
import type { Farewell, Message } from '../raft/messages.ts'
import type { RaftNode } from '../raft/node.ts'
import { LIMITS } from '../limits.ts'
import { encodeFrame } from '../wire/envelope.ts'
import type { ClusterId } from '../wire/envelope.ts'
import type { Millis, TabId } from './ports.ts'
import type { Routes } from './routes.ts'

/** In the order in which to send them: the first successor's first. `speaker` is the leader, if it is among the leaving. */
export function farewellFrames(
  speaker: RaftNode,
  leaving: readonly Leaver[],
  cluster: ClusterId,
  routes: Routes,
  now: Millis,
): readonly { readonly tab: TabId; readonly message: Uint8Array; readonly farewell: Farewell }[] {
  const frame = (message: Message): Uint8Array => encodeFrame(cluster, [{ hops: 0, message }])
  const frames = new Map<TabId, Farewell>()
  for (const farewell of farewells(speaker, leaving, { now, random: 0 }, (one) => frame(one).length <= LIMITS.farewellBytes)) {
    const tab = routes.tabOf(farewell.to)
    if (tab !== null && !frames.has(tab)) frames.set(tab, farewell)
  }
  return [...frames].map(([tab, farewell]) => ({ tab, message: frame(routes.readable(farewell, tab)), farewell }))
}
