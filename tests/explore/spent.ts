/**
 * Messages that can never change anything again, whatever happens next, so that states need not differ by them. The terms on
 * disks only rise and a start goes on from there; so whoever has term t on its disk can lead t only if it already leads or is a
 * candidate in it. `tests/explore/explore.test.ts` delivers what is swept, and sees nothing change.
 */
import type { Message } from '../../shared/raft/messages.ts'
import type { Term } from '../../shared/raft/types.ts'
import type { Place } from './state.ts'

/** `to` and `from`: as they are now. */
export function isSpent(message: Message, to: Place, from: Place, termMax: Term): boolean {
  const stored = to.disk.durable.currentTerm
  const { core } = to
  const role = core !== null && core.currentTerm === message.term ? core.role.name : null
  switch (message.type) {
    // Only a candidate of that very term counts it; a refusal only tells a term.
    case 'RequestVoteReply':
      // Of a question about a term that is over here.
      if (message.preVote && message.granted) return stored >= message.asked
      return stored >= message.term && (!message.granted || role !== 'candidate')
    // Only the leader of that very term hears it.
    case 'AppendEntriesReply':
      return stored >= message.term && role !== 'leader' && role !== 'candidate'
    // It is refused, and the refusal tells its sender no term that is not on its disk: there is no higher one.
    case 'AppendEntries':
      return stored > message.term && from.disk.durable.currentTerm >= termMax
    case 'RequestVote': {
      const isTaken = stored === message.term && to.disk.durable.votedFor !== null && to.disk.durable.votedFor !== message.from
      return (stored > message.term || isTaken) && from.disk.durable.currentTerm >= termMax
    }
    case 'TimeoutNow':
    case 'Farewell':
    case 'Propose':
    case 'ProposeRefused':
    case 'ReadIndex':
    case 'ReadIndexReply':
    case 'InstallSnapshot':
    case 'InstallSnapshotReply':
      return false
  }
}
