/** Puts what the tabs said of themselves before the autopilot, about twice a heartbeat (DESIGN 7). */
import { autopilot, handOver } from '../raft/autopilot.ts'
import type { Advice, TabSeen } from '../raft/autopilot.ts'
import { isRemoved } from '../raft/membership.ts'
import type { Farewell } from '../raft/messages.ts'
import { leaderOf } from '../raft/node.ts'
import type { RaftNode } from '../raft/node.ts'
import type { Hello } from '../wire/hello.ts'
import { LIMITS, TIMES } from '../limits.ts'
import type { Clock, Millis, NodeId } from './ports.ts'
import { Punctuality, STAYS_LATE } from './punctuality.ts'
import type { Routes } from './routes.ts'

export class Pilot {
  readonly #punctuality: Punctuality
  readonly #farewells = new Map<NodeId, Millis>()
  #askedAt: Millis = -Infinity
  #handedOverAt: Millis = -Infinity

  /** `changed`: whether this tab is late. */
  constructor(clock: Clock, changed: () => void) {
    this.#punctuality = new Punctuality(clock, changed)
  }

  get isLate(): boolean {
    return this.#punctuality.isLate
  }

  /** Ignored for a node of which a newer start was seen. */
  hearFarewell({ nodes }: Farewell, routes: Routes, now: Millis): void {
    for (const { node, incarnation } of nodes) {
      if (incarnation >= routes.incarnationOf(node)) this.#farewells.set(node, now)
    }
  }

  /** What the leader should do next, if it is time to ask. */
  advise(node: RaftNode, tabs: () => readonly TabSeen[], level: number, now: Millis): Advice | null {
    if (node.role.name !== 'leader' || now - this.#askedAt < TIMES.heartbeat / 2) return null
    this.#askedAt = now
    const { votersMax, membersMax } = LIMITS
    const around = { now, tabs: tabs(), farewells: this.#farewells, votersMax, membersMax, level }
    return autopilot(node, around) ?? this.#handOver(handOver(node, around), now)
  }

  /** Rarely: proposals wait meanwhile, and who is to lead instead may not come to it. */
  #handOver(advice: Advice | null, now: Millis): Advice | null {
    if (advice === null || now - this.#handedOverAt < STAYS_LATE) return null
    this.#handedOverAt = now
    return advice
  }
}

/** This tab, and all in touch with nodes of its list. */
export function tabsSeen(own: Hello, since: Millis, peers: Routes['peers']): readonly TabSeen[] {
  const others = peers.map(({ hello, since }) => (hello.cluster === own.cluster ? tabSeen(hello, since) : null))
  return [tabSeen(own, since), ...others].filter((seen) => seen !== null)
}

/** A tab as the autopilot sees it; null while it hosts nothing. */
function tabSeen({ hosted, machine, levels, votes, late }: Hello, since: Millis): TabSeen | null {
  const main = hosted[0]
  if (main === undefined) return null
  return { main: { node: main.node, machine, levels, votes }, hosted: hosted.map(({ node }) => node), since, late }
}

/** Nodes beside the main one that nobody needs: by their own log, or by that of a leader here that has long gone on without them. */
export function unneeded(node: RaftNode, main: NodeId | null, hosted: Iterable<NodeId>): readonly NodeId[] {
  const leads = node.role.name === 'leader' && node.log.termAt(node.commitIndex) === node.currentTerm
  return [...hosted].filter((other) => other !== main && (other === node.id || leads) && isRemoved(node, other))
}

/** A turn that nobody who looks could tell from the one before: of heartbeats there are many. */
export function isAtRest(before: RaftNode, after: RaftNode): boolean {
  return (
    before.log === after.log &&
    before.commitIndex === after.commitIndex &&
    after.commitIndex === after.log.lastIndex &&
    before.currentTerm === after.currentTerm &&
    before.role.name === after.role.name &&
    leaderOf(before) === leaderOf(after)
  )
}
