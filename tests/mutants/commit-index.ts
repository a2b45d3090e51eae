/** Mistakes in how followers learn what is committed. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const replication = inFile('shared/raft/replication.ts')

const TELLS = 'if (isTold && Math.min(node.commitIndex, toldUpTo(known)) > known.commitSent) sendAppend(turn, member, [], isQuiet(known))'
const AHEAD = 'return matchIndex < overtaken ? 0 : nextIndex - 1'
const ANSWERS = 'if (!append.quiet) acknowledge(turn, append, matchIndex)'
const QUIET = "return state === 'stream' && departing === null"

export const COMMIT_INDEX: readonly Mutant[] = [
  mutant('a commit is told with the next heartbeat only', 'DESIGN 13', replication(TELLS, 'void [isTold, known, toldUpTo, isQuiet]')),
  mutant(
    'a commit is told before an entry can carry it',
    'DESIGN 13',
    replication('const isTold = node.commitIndex === turn.before.commitIndex ||', 'const isTold = true ||'),
  ),
  mutant(
    'a commit waits for the ack of what it commits',
    'ours',
    replication(AHEAD, 'void nextIndex\n  return matchIndex < overtaken ? 0 : matchIndex'),
  ),
  mutant('a commit is told ahead of what a probe looks for', 'ours', replication("if (state === 'probe') return matchIndex", 'void state')),
  mutant(
    'who refused a commit that overtook entries is told it with a heartbeat only',
    'ours',
    replication('commitSent: Math.min(known.commitSent, commitIndex)', 'commitSent: Math.max(known.commitSent, 0 * commitIndex)'),
  ),
  mutant(
    'who refused a commit that overtook entries is told it again and again',
    'ours',
    replication('overtaken: known.nextIndex - 1', 'overtaken: known.matchIndex'),
  ),
  mutant(
    'who refused is taken to know what it acked committed',
    'ours',
    replication(
      'commitSent: Math.min(known.commitSent, commitIndex)',
      'commitSent: Math.min(known.commitSent, known.matchIndex + 0 * commitIndex)',
    ),
  ),
  mutant(
    'what waits for a slow disk counts as lost',
    'ours',
    inFile('shared/raft/flow.ts')('underWay.find(({ last }) => last > index)', 'underWay.find(({ last }) => last > 0 * index)'),
  ),
  mutant('who agrees with a commit index answers all the same', 'ours', replication(ANSWERS, 'acknowledge(turn, append, matchIndex)')),
  mutant(
    'what tells a commit index is not answered, whatever else it is',
    'ours',
    replication(ANSWERS, 'if (append.entries.length > 0) acknowledge(turn, append, matchIndex)'),
  ),
  mutant('a probe need not be answered', 'ours', replication(QUIET, 'void state\n  return departing === null')),
  mutant('who is to be let go does not say what it knows', 'ours', replication(QUIET, "void departing\n  return state === 'stream'")),
]
