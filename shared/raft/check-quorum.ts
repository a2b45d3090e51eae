/** Check-quorum (dissertation 6.2): a leader that no majority answers makes room for one that can be heard. */
import { configurationOf } from './node.ts'
import type { RaftNode } from './node.ts'
import { checkQuorumTime, LATE_MS } from './pace.ts'
import { quorumIndex } from './quorum.ts'
import { becomeFollower } from './turn.ts'
import type { Turn } from './turn.ts'
import type { Millis } from './types.ts'

/** Without it a leader that sends but does not hear keeps its followers, who hear it, from electing another. */
export function stepDownIfUnanswered(turn: Turn): void {
  const { node, moment } = turn
  const { role } = node
  if (role.name !== 'leader' || moment.now < role.deadline) return
  const deadline = answeredUntil(node, moment.now) + checkQuorumTime(node)
  if (deadline > moment.now) {
    node.role = { ...role, deadline, graced: false }
  } else if (!role.graced && moment.now - role.deadline > LATE_MS) {
    // It slept; the answers may be waiting behind this wake.
    node.role = { ...role, deadline: moment.now + checkQuorumTime(node), graced: true }
  } else {
    becomeFollower(turn, node.currentTerm, null)
  }
}

/** The newest time of which a majority of the voters answered what was sent then; now, if nothing newer was sent. */
function answeredUntil(node: RaftNode, now: Millis): Millis {
  const { role } = node
  if (role.name !== 'leader') return now
  const answered = quorumIndex(configurationOf(node), (voter) => {
    const known = role.progress.get(voter)
    return known === undefined ? now : Math.max(known.ackedSentAt, known.since)
  })
  const sentAt = role.beats.at(-1) ?? -Infinity
  return answered >= sentAt ? now : answered
}
