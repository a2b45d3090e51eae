/** How a tab stands, in one value: the stable answer of `flotilla.status()`. */
import { bytesUnderWay } from '../raft/flow.ts'
import { configurationOf, leaderOf } from '../raft/node.ts'
import type { Progress, RaftNode } from '../raft/node.ts'
import { isQuorum } from '../raft/quorum.ts'
import type { Index, Millis } from '../raft/types.ts'
import type { Host } from './host.ts'
import type { NodeId, TabId } from './ports.ts'

/** Of the tab's main node, as the configuration in force and the leader's book have it. */
export interface MemberStatus {
  readonly node: NodeId
  /** False for a learner. */
  readonly voter: boolean
  /** What the main node knows of it as its leader; null for itself, and wherever it does not lead. */
  readonly progress: ProgressStatus | null
}

export interface ProgressStatus {
  /** `probe`: looking for where the logs agree; `stream`: sending ahead of the acks; `snapshot`: it needs entries that are gone. */
  readonly state: 'probe' | 'stream' | 'snapshot'
  /** Its log agrees with the leader's up to here, durably. */
  readonly matchIndex: Index
  /** What it is sent next. */
  readonly nextIndex: Index
  /** AppendEntries with entries that are not acked yet; while probing 1 if a probe is out. */
  readonly inFlight: number
  /** Of their entries, about. */
  readonly bytesInFlight: number
  /** So many may be, as its acks have it. */
  readonly windowBytes: number
  /** From sending to its answer, smoothed; a save of the member may be in it. Null until it answered. */
  readonly roundTripMs: Millis | null
}

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
  /** The voters, then the learners. */
  readonly members: readonly MemberStatus[]
  /** The newest snapshot of the node covers the log up to here; 0 without one. */
  readonly snapshotIndex: Index
  /** The first entry in the log, or the one that will be: what is before it is in the snapshot. */
  readonly firstIndex: Index
  /** The last entry in the log, committed or not; `firstIndex - 1` if it is empty. */
  readonly lastIndex: Index
  readonly commitIndex: Index
  readonly lastApplied: Index
  readonly hosted: readonly NodeId[]
  /** Links that are up. */
  readonly peers: readonly { readonly tab: TabId; readonly nodes: readonly NodeId[] }[]
  /** Voters hosted here or behind a live link are a majority of the configuration in force. */
  readonly majority: boolean
  readonly signaling: 'up' | 'down'
  /** Own commands not yet agreed. */
  readonly pending: number
  /** In frames to and from other tabs, of all nodes here, since the page opened. */
  readonly bytes: { readonly sent: number; readonly received: number }
  /** The mean over AppendEntries that carried any to other tabs, since the page opened; null before the first. */
  readonly entriesPerMessage: number | null
  /** How often the main node saw the term rise, since the page opened. */
  readonly elections: number
  /** How long its last change of leaders took: from the old one's last word until the next was heard; null before the first. */
  readonly electionMs: Millis | null
}

export function statusOf(host: Host): Status {
  const { main, hosted, routes, signaling, traffic, elections } = host
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
    members: main === null ? [] : membersOf(main),
    snapshotIndex: main?.snapshot?.index ?? 0,
    firstIndex: (main?.log.base.index ?? 0) + 1,
    lastIndex: main?.log.lastIndex ?? 0,
    commitIndex: main?.commitIndex ?? 0,
    lastApplied: applier.lastApplied,
    hosted: hosted.map(({ id }) => id),
    peers,
    majority: inForce !== null && isQuorum(inForce, (voter) => hosted.some(({ id }) => id === voter) || routes.tabOf(voter) !== null),
    signaling,
    pending: proposals.count,
    bytes: traffic.bytes,
    entriesPerMessage: traffic.entriesPerMessage,
    elections: elections.count,
    electionMs: elections.lastMs,
  }
}

function membersOf(main: RaftNode): readonly MemberStatus[] {
  const { voters, learners } = configurationOf(main)
  const statusOfMember = (node: NodeId, voter: boolean): MemberStatus => {
    const known = main.role.name === 'leader' ? main.role.progress.get(node) : undefined
    return { node, voter, progress: known === undefined ? null : progressOf(known) }
  }
  return [...voters.map(({ node }) => statusOfMember(node, true)), ...learners.map(({ node }) => statusOfMember(node, false))]
}

function progressOf({ state, sending, matchIndex, nextIndex, flow, measured }: Progress): ProgressStatus {
  return {
    state: sending === null ? state : 'snapshot',
    matchIndex,
    nextIndex,
    inFlight: flow.underWay.length,
    bytesInFlight: bytesUnderWay(flow),
    windowBytes: flow.window,
    roundTripMs: measured?.roundTrip ?? null,
  }
}
