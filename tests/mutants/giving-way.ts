/** Mistakes in who lets whom ask first. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const election = inFile('shared/raft/election.ts')

const GIVES_WAY = 'if (asked.preVote ? granted : node.settings.preVote) giveWay'
const GOES_ON = '(!isEven || asked.from < node.id)'

export const GIVING_WAY: readonly Mutant[] = [
  mutant('nobody gives way to who asks first', 'ours', election(GIVES_WAY, 'if (asked.term < 0) giveWay')),
  mutant('all give way also to one that could not win', 'ours', election(GIVES_WAY, 'if (asked.preVote || node.settings.preVote) giveWay')),
  mutant("nobody gives way to a majority's word", 'ours', election(GIVES_WAY, 'if (asked.preVote && granted) giveWay')),
  mutant("a request is a majority's word where nobody asks for it", 'ours', election(GIVES_WAY, 'if (!asked.preVote || granted) giveWay')),
  mutant(
    'way is given again and again',
    'ours',
    election("if (role.name !== 'follower' || role.graced) return", "if (role.name !== 'follower') return"),
  ),
  mutant(
    'who gives way asks the sooner for it',
    'ours',
    election(
      'Math.max(role.deadline, moment.now + paced(node, node.settings.heartbeat))',
      'moment.now + paced(node, node.settings.heartbeat)',
    ),
  ),
  mutant('of two that ask each other both give way', 'ours', election(GOES_ON, 'true')),
  mutant('of two that ask each other neither gives way', 'ours', election(GOES_ON, 'false')),
  mutant('of two that ask each other the one with the longer log gives way', 'ours', election(GOES_ON, 'asked.from < node.id')),
]
