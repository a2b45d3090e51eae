/** Mistakes about when a leader steps down. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const checkQuorum = inFile('shared/raft/check-quorum.ts')
const step = inFile('shared/raft/step.ts')

const IMPORTED = "import { stepDownIfUnanswered } from './check-quorum.ts'\n"
const ANSWERED = 'quorumIndex(configurationOf(node), (voter) => {'

export const CHECK_QUORUM: readonly Mutant[] = [
  mutant(
    'a leader that nobody answers leads on',
    'ours',
    step('stepDownIfUnanswered(turn)\n  if (hasWon', 'if (hasWon'),
    step(IMPORTED, ''),
  ),
  mutant(
    'learners keep a leader in office',
    'ours',
    checkQuorum(ANSWERED, 'Math.max(...[...role.progress.keys()].map((voter) => {'),
    checkQuorum('known.since)\n  })', 'known.since)\n  }))'),
  ),
  mutant(
    'one answer keeps a leader in office',
    'ours',
    checkQuorum(
      ANSWERED,
      'Math.max(...configurationOf(node).voters.filter(({ node: voter }) => voter !== node.id).map(({ node: voter }) => {',
    ),
    checkQuorum('known.since)\n  })', 'known.since)\n  }))'),
  ),
  mutant(
    'who was just added counts as silent',
    'RAFT-BUGS 28',
    checkQuorum('Math.max(known.ackedSentAt, known.since)', 'known.ackedSentAt'),
  ),
  mutant(
    'a leader counts itself as silent',
    'RAFT-BUGS 28',
    checkQuorum('known === undefined ? now :', 'known === undefined ? -Infinity :'),
  ),
  mutant(
    'a leader that slept believes in silence at once',
    'DESIGN 4 ◆: a late wake',
    checkQuorum('!role.graced && moment.now', 'role.graced && moment.now'),
  ),
  mutant(
    'a leader that is always late never believes in silence',
    'DESIGN 4 ◆: a late wake',
    checkQuorum('!role.graced && moment.now', 'moment.now'),
  ),
  mutant('silence counts though nothing was asked', 'ours', checkQuorum('return answered >= sentAt ? now : answered', 'return answered')),
]
