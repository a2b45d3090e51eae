/** How a tab stands, in one value: the stable answer of `flotilla.status()`. */
import { configurationOf, leaderOf } from '../raft/node.ts'
import { isQuorum } from '../raft/quorum.ts'
import type { Host } from './host.ts'
import type { NodeId, TabId } from './ports.ts'

export interface Status {
  readonly tab: TabId
  /** The tab's main node; null while it has none. */
  readonly id: NodeId | null
  /** A pre-candidate says follower: it has not entered a new term. */
  readonly role: 'follower' | 'candidate' | 'leader'
  readonly term: number
  readonly leader: NodeId | null
  readonly voters: readonly NodeId[]
  readonly learners: readonly NodeId[]
  readonly commitIndex: number
  readonly lastApplied: number
  readonly hosted: readonly NodeId[]
  /** Links that are up. */
  readonly peers: readonly { readonly tab: TabId; readonly nodes: readonly NodeId[] }[]
  /** Voters hosted here or behind a live link are a majority of the configuration in force. */
  readonly majority: boolean
  readonly signaling: 'up' | 'down'
  /** Own commands not yet agreed. */
  readonly pending: number
}

export function statusOf(host: Host): Status {
  const { main, hosted, routes, signaling } = host
  const { tab, applier, proposals } = host.options
  const peers = routes.peers.map(({ tab: peer, hello }) => ({ tab: peer, nodes: hello.hosted.map(({ node }) => node) }))
  const inForce = main === null ? null : configurationOf(main)
  const role = main?.role.name ?? 'follower'
  return {
    tab,
    id: main?.id ?? null,
    role: role === 'pre-candidate' ? 'follower' : role,
    term: main?.currentTerm ?? 0,
    leader: main === null ? null : leaderOf(main),
    voters: inForce?.voters.map(({ node }) => node) ?? [],
    learners: inForce?.learners.map(({ node }) => node) ?? [],
    commitIndex: main?.commitIndex ?? 0,
    lastApplied: applier.lastApplied,
    hosted: hosted.map(({ id }) => id),
    peers,
    majority: inForce !== null && isQuorum(inForce, (voter) => hosted.some(({ id }) => id === voter) || routes.tabOf(voter) !== null),
    signaling,
    pending: proposals.count,
  }
}
