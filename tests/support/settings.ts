/** Settings of a node for tests of what is around it: the page's times, and limits that nothing reaches. */
import type { Settings } from '../../shared/raft/node.ts'
import { TIMES } from '../../shared/limits.ts'

const { electionMin, electionMax, checkQuorum, heartbeat } = TIMES

export const ROOMY: Settings = {
  electionMin,
  electionMax,
  checkQuorum,
  heartbeat,
  preVote: true,
  appendBytes: 1_000_000,
  appendsInFlight: 16,
  windowMin: 1_000_000,
  uncommittedMax: 1_000,
  chunkBytes: 1_000,
  logTail: 1_000,
}
