/**
 * Word from outside that nodes are gone: a hint that shortens waiting. The rules of elections hold, so a word that is not true
 * costs an election at most (DESIGN 4).
 */
import { successorWaits } from './farewell.ts'
import { configurationOf, paced } from './node.ts'
import type { Turn } from './turn.ts'
import type { NodeId } from './types.ts'

export interface Gone {
  readonly nodes: readonly NodeId[]
  /** What ran them is no more; else somebody lost sight of it, and it may well lead on. */
  readonly isCertain: boolean
}

/** So many heartbeats a leader may owe before it is doubted on somebody's word. */
const OWED = 2

/**
 * A follower whose leader is said to be gone campaigns soon, unless it hears it before. All hear of it at once, so they take turns
 * in the order of the configuration, which all know.
 */
export function hearGone({ node, moment }: Turn, { nodes, isCertain }: Gone): void {
  const { role } = node
  if (role.name !== 'follower' || role.leader === null || !nodes.includes(role.leader)) return
  const from = isCertain ? moment.now : Math.max(moment.now, role.heardAt + OWED * paced(node, node.settings.heartbeat))
  const stay = configurationOf(node).voters.filter((voter) => !nodes.includes(voter.node))
  const place = stay.findIndex((voter) => voter.node === node.id)
  const deadline = Math.min(role.deadline, from + successorWaits(node, place))
  const believed = isCertain ? { leader: null, heardAt: -Infinity } : role
  node.role = { ...role, leader: believed.leader, heardAt: believed.heardAt, reason: 'leader-gone', deadline }
}
