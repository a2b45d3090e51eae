/** Leadership transfer (dissertation 3.10). */
import { configurationOf, paced } from './node.ts'
import { isVoter } from './quorum.ts'
import { send } from './turn.ts'
import type { Turn } from './turn.ts'
import type { NodeId } from './types.ts'

/** Proposals wait meanwhile. Another target replaces the first; the same one, itself or a stranger changes nothing. */
export function beginTransfer({ node, moment }: Turn, to: NodeId): void {
  const { role } = node
  if (role.name !== 'leader' || to === node.id || role.transfer?.to === to || !isVoter(configurationOf(node), to)) return
  node.role = { ...role, transfer: { to, until: moment.now + paced(node, node.settings.electionMax), asked: false } }
}

/** Says TimeoutNow once the target has everything; gives up after an election timeout, or when the target may no longer lead. */
export function pursueTransfer(turn: Turn): void {
  const { node, moment } = turn
  const { role } = node
  if (role.name !== 'leader' || role.transfer === null) return
  const { to, until, asked } = role.transfer
  if (moment.now >= until || !isVoter(configurationOf(node), to)) {
    node.role = { ...role, transfer: null }
    return
  }
  if (asked || role.progress.get(to)?.matchIndex !== node.log.lastIndex) return
  send(turn, { type: 'TimeoutNow', to, term: node.currentTerm, from: node.id })
  node.role = { ...role, transfer: { ...role.transfer, asked: true } }
}
