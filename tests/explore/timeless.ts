/** Time as moves: deadlines that never come by themselves (see keys.ts), and what it is to let one come. */
import type { Sent } from '../../shared/raft/flow.ts'
import type { Progress, RaftNode, Role } from '../../shared/raft/node.ts'
import type { Millis, NodeId } from '../../shared/raft/types.ts'

type Leader = Extract<Role, { name: 'leader' }>

/** No deadline but those that a move sets: see keys.ts. */
export function rested(core: RaftNode, clock: Millis): RaftNode {
  const { role } = core
  const waits = { deadline: Infinity, graced: false }
  if (role.name === 'leader')
    return { ...core, role: { ...role, ...waits, heartbeatDue: Infinity, stampedAt: clock, progress: sentLongAgo(role.progress) } }
  if (role.name === 'follower') return { ...core, role: { ...role, ...waits, heardAt: -Infinity, reason: 'timeout', matches: [] } }
  return { ...core, role: { ...role, ...waits } }
}

/** Whatever is refused is missed at once: more is sent for it than in time, not less. */
function sentLongAgo(progress: Leader['progress']): Leader['progress'] {
  const isFresh = ({ flow }: Progress): boolean => flow.underWay.some(({ sentAt }) => sentAt > -Infinity)
  if (![...progress.values()].some(isFresh)) return progress
  const underWay = ({ flow }: Progress): readonly Sent[] => flow.underWay.map((sent) => ({ ...sent, sentAt: -Infinity }))
  return new Map([...progress].map(([id, known]) => [id, { ...known, flow: { ...known.flow, underWay: underWay(known) } }]))
}

/** Time for a heartbeat. */
export const due = ({ role }: RaftNode): Role => ({ ...role, heartbeatDue: -Infinity }) as Role

/** So long has passed that whoever did not answer counts as silent. */
export function unheard(role: Role): Role {
  if (role.name !== 'leader') return role
  const silent = ([id, known]: [NodeId, Progress]): [NodeId, Progress] => [id, { ...known, ackedSentAt: -Infinity }]
  return { ...role, progress: new Map([...role.progress].map(silent)) }
}

/** Does somebody owe this leader an answer? */
export function isWaited({ role }: RaftNode): boolean {
  return role.name === 'leader' && [...role.progress.values()].some(({ state, flow }) => state === 'stream' && flow.underWay.length > 0)
}
