/** Single-server changes, the mechanism (dissertation 4.1, 4.2.2; the 2015 correction). What to change is autopilot's. */
import { configurationIndex, configurationOf, isChangeInFlight } from './node.ts'
import type { Progress, RaftNode } from './node.ts'
import { newProgress } from './election.ts'
import { isMember, isVoter, membersOf } from './quorum.ts'
import { appendAsLeader, becomeFollower, setProgress } from './turn.ts'
import type { Leader, Turn } from './turn.ts'
import type { Configuration, Index, NodeId } from './types.ts'

/** How long a leader goes on telling a removed node that it was removed. */
const DEPARTING_MS = 5_000

/** Appends a configuration and puts it in force, or does nothing: see what `isChangeAllowed` asks. */
export function changeConfiguration(turn: Turn, at: Index, configuration: Configuration): void {
  const { node, moment } = turn
  if (node.role.name !== 'leader' || !isChangeAllowed(turn, at, configuration)) return
  appendAsLeader(turn, [{ type: 'configuration', configuration }])
  const { progress } = node.role
  const members = membersOf(configuration).map((member) => member.node)
  const next = new Map<NodeId, Progress>(progress)
  for (const member of members) {
    const known = next.get(member)
    if (member === node.id) continue
    next.set(member, known ? { ...known, departing: null } : newProgress(node.settings, node.log.lastIndex, moment.now))
  }
  node.role = { ...node.role, progress: next }
  const departing = { index: node.log.lastIndex, until: moment.now + DEPARTING_MS }
  for (const [member, known] of next) if (!members.includes(member)) setProgress(turn, member, { ...known, departing })
}

/** A removed node is let go once it knows that its removal committed, or when time is up. */
export function letGoOfDeparted(turn: Turn): void {
  const { node, moment } = turn
  if (node.role.name !== 'leader') return
  const gone = [...node.role.progress].filter(([, { departing }]) => departing !== null && moment.now >= departing.until)
  if (gone.length === 0) return
  const progress = new Map(node.role.progress)
  for (const [member] of gone) progress.delete(member)
  node.role = { ...node.role, progress }
}

/** A leader that removed itself leads until that is committed, not counting itself, and not longer (dissertation 4.2.2). */
export function stepDownIfRemoved(turn: Turn): void {
  const { node } = turn
  if (node.role.name !== 'leader' || isChangeInFlight(node) || isVoter(configurationOf(node), node.id)) return
  becomeFollower(turn, node.currentTerm, null)
}

/** Neither voter nor learner, by a configuration that cannot be rolled back any more. */
export function isRemoved(node: RaftNode, member: NodeId): boolean {
  const inForce = configurationOf(node)
  return inForce.voters.length > 0 && !isMember(inForce, member) && !isChangeInFlight(node)
}

/**
 * One change at a time, each of one voter, none before the leader committed an entry of its own term, none that another change
 * overtook, none during a transfer, and never to nobody.
 */
function isChangeAllowed({ node }: Turn, at: Index, next: Configuration): boolean {
  const inForce = configurationOf(node)
  const added = next.voters.filter((member) => !isVoter(inForce, member.node))
  const removed = inForce.voters.filter((member) => !isVoter(next, member.node))
  return (
    configurationIndex(node) === at &&
    !isChangeInFlight(node) &&
    node.log.termAt(node.commitIndex) === node.currentTerm &&
    (node.role as Leader).transfer === null &&
    added.length + removed.length <= 1 &&
    added.every((member) => member.votes && isMember(inForce, member.node)) &&
    next.voters.length > 0
  )
}
