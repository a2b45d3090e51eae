/** All changes go through the leader (5.1, 8). The outcome of a proposal is read from the log where it is applied. */
import type { Propose, RefusalReason } from './messages.ts'
import { leaderOf } from './node.ts'
import type { RaftNode } from './node.ts'
import { appendAsLeader, send } from './turn.ts'
import type { Turn } from './turn.ts'
import type { Command, Mark } from './types.ts'

/** Own commands: appended if this node leads, else sent to the leader; refused where that cannot be done now. */
export function propose(turn: Turn, commands: readonly Command[]): void {
  const { node } = turn
  if (commands.length === 0) return
  const leader = leaderOf(node)
  if (leader !== null && leader !== node.id)
    return send(turn, { type: 'Propose', to: leader, term: node.currentTerm, commands, from: node.id })
  const accepted = accept(turn, commands)
  for (const { header } of commands.slice(accepted)) {
    turn.refused.push({ session: header.session, seq: header.seq, reason: whyRefused(node), expected: 0 })
  }
}

/** Commands that another node sent here; they are not sent on, so that nothing travels in circles. */
export function proposeForOther(turn: Turn, { from, commands }: Propose): void {
  const { node } = turn
  const { id, currentTerm: term } = node
  for (const { header } of commands.slice(accept(turn, commands))) {
    const { session, seq } = header
    send(turn, { type: 'ProposeRefused', to: from, term, session, seq, reason: whyRefused(node), expected: 0, from: id })
  }
}

export function mark(turn: Turn, mark: Mark): void {
  const { role } = turn.node
  if (role.name === 'leader' && role.transfer === null) appendAsLeader(turn, [mark])
}

/** Appends the first so many, and says how many. */
function accept(turn: Turn, commands: readonly Command[]): number {
  const { node } = turn
  if (node.role.name !== 'leader' || node.role.transfer !== null) return 0
  const room = Math.max(node.settings.uncommittedMax - (node.log.lastIndex - node.commitIndex), 0)
  const accepted = commands.slice(0, room)
  appendAsLeader(
    turn,
    accepted.map((command) => ({ type: 'command', command })),
  )
  return accepted.length
}

function whyRefused(node: RaftNode): RefusalReason {
  return node.role.name === 'leader' ? 'busy' : 'not-leader'
}
