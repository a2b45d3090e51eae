/** Mistakes about how much is under way to a member. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const flow = inFile('shared/raft/flow.ts')
const replication = inFile('shared/raft/replication.ts')
const snapshot = inFile('shared/raft/snapshot.ts')

export const FLOW: readonly Mutant[] = [
  mutant('any number of messages is under way to one member', 'DESIGN 4', flow('length >= limits.appendsInFlight || ', '')),
  mutant(
    'a message has no limit of bytes',
    'DESIGN 4',
    replication('messageBytes(known.flow, node.settings), entrySize)', 'Infinity, entrySize)'),
  ),
  mutant(
    'a message is as large as the window',
    'ours',
    flow('window, Math.max(windowMin / 2, window / 4))', 'Math.max(windowMin, window))'),
  ),
  mutant('the window is not looked at', 'DESIGN 4', flow(' || bytesUnderWay(flow) + messageBytes(flow, limits) > flow.window)', ')')),
  mutant(
    'any answer frees a message, as that to a heartbeat',
    'ours: as it was',
    flow('if (newest === -1) return flow', 'if (newest === -1) return { ...flow, underWay: underWay.slice(1) }'),
  ),
  mutant('an ack frees all messages, also those that it does not cover', 'ours', flow('underWay.slice(newest + 1)', '[]')),
  mutant('an ack frees the oldest message only', 'ours', flow('underWay.slice(newest + 1)', 'underWay.slice(1)')),
  mutant(
    'what was under way before a refusal counts for ever',
    'ours',
    replication('known.matchIndex) + 1,\n    flow: forget(known.flow),', 'known.matchIndex) + 1,'),
  ),
  mutant('the window never shrinks', 'RFC 6817', flow('Math.floor(flow.window / 2)', 'flow.window')),
  mutant('the window never grows', 'ours', flow('flow.window + Math.floor(bytes * room)', 'flow.window + 0 * room')),
  mutant(
    'the window grows without end',
    'ours',
    flow('return Math.max(windowMin, appendBytes * appendsInFlight)', 'return windowMin + appendBytes * appendsInFlight * Infinity'),
  ),
  mutant(
    'the window shrinks below the least',
    'ours',
    flow('Math.max(Math.floor(flow.window / 2), windowMin)', 'Math.floor(flow.window / 2)'),
  ),
  mutant(
    'the window is halved for each ack that is late',
    'RFC 5681',
    flow('const isCurrent = sentAt >= flow.narrowedAt', 'const isCurrent = true'),
  ),
  mutant('few bytes widen the window, and narrow it', 'RFC 7661', flow('if (2 * bytesUnderWay < flow.window) return told', '')),
  mutant(
    'any ack is prompt',
    'RFC 6817',
    flow('1 - (took - told.leastTook) / heartbeat', '1 - Math.min(took - told.leastTook, 0) / heartbeat'),
  ),
  mutant('what waited for a late leader narrows the window', 'DESIGN 4', flow('if (isLate) return flow', '')),
  mutant(
    'a way that became longer is never learnt',
    'RFC 6817',
    flow('return now - flow.measuredAt < MEASURE_EVERY * took ? told :', 'return took >= 0 ? told :'),
  ),
  mutant('the way is measured all the time', 'ours', flow('now - flow.measuredAt < MEASURE_EVERY * took', 'now < flow.measuredAt')),
  mutant(
    'what was under way before it is the measure',
    'ours',
    flow('return isCurrent ? { ...flow, window: windowMin', 'return took >= 0 ? { ...flow, window: windowMin'),
  ),
  mutant(
    'what was overtaken is sent again',
    'ours: as it was',
    replication('if (isEarly) return', 'if (isEarly && node.currentTerm < 0) return'),
  ),
  mutant('what was lost is never missed', 'ours', flow('< way + heartbeat', '< way + heartbeat * Infinity')),
  mutant('what has a long way is missed before an ack is due', 'ours', flow('< way + heartbeat', '< 0 * way + heartbeat')),
  mutant(
    'the window outlives a silence',
    'ours',
    replication(
      'nextIndex: known.matchIndex + 1, flow: newFlow(node.settings) }',
      'nextIndex: known.matchIndex + 1, flow: forget(known.flow) }',
    ),
  ),
  mutant(
    'a chunk of a snapshot does not look at the window',
    'DESIGN 4',
    flow('Math.min(limits.chunkBytes, window)', 'limits.chunkBytes + 0 * window'),
  ),
  mutant(
    'answers to chunks of a snapshot tell nothing of the way',
    'ours',
    snapshot('const hasArrived = answer.offset === offset + bytes', 'const hasArrived = offset + bytes < 0'),
  ),
]
