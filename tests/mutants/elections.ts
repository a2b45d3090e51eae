/** Mistakes in terms, votes and timers. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const election = inFile('shared/raft/election.ts')
const turn = inFile('shared/raft/turn.ts')
const step = inFile('shared/raft/step.ts')
const pace = inFile('shared/raft/pace.ts')
const node = inFile('shared/raft/node.ts')
const quorum = inFile('shared/raft/quorum.ts')

const TERMS_COMPARED = 'if (candidate.lastLogTerm !== log.lastTerm) return candidate.lastLogTerm > log.lastTerm'
const INDEXES_COMPARED = 'return candidate.lastLogIndex >= log.lastIndex'
const VOTE_OF_ROUND = "role.name === 'candidate' && !answer.preVote && answer.asked === node.currentTerm"

const VOTES: readonly Mutant[] = [
  mutant('the last terms are not compared (5.4.1)', 'RAFT-BUGS 1', election(TERMS_COMPARED, '')),
  mutant(
    'a vote is refused only to who is behind in term and index both',
    'RAFT-BUGS 2',
    election(
      `${TERMS_COMPARED}\n  ${INDEXES_COMPARED}`,
      'return candidate.lastLogTerm >= log.lastTerm || candidate.lastLogIndex >= log.lastIndex',
    ),
  ),
  mutant('whoever asks gets a vote, however short its log (5.4.1)', 'RAFT-BUGS 4', election(INDEXES_COMPARED, 'return true')),
  mutant(
    'a candidate is measured by what is committed here, not by what is stored',
    'RAFT-BUGS 5',
    election("{ log }: Pick<RaftNode, 'log'>", '{ log, commitIndex }: RaftNode'),
    election(INDEXES_COMPARED, 'return candidate.lastLogIndex >= commitIndex'),
  ),
  mutant(
    'a newer term keeps the vote of the older one',
    'RAFT-BUGS 11',
    turn('node.currentTerm = term\n    node.votedFor = null', 'node.currentTerm = term'),
  ),
  mutant(
    'a vote is forgotten within its term',
    'RAFT-BUGS 11',
    turn('    node.votedFor = null\n  }\n  const waits', '  }\n  node.votedFor = null\n  const waits'),
  ),
  mutant(
    'two votes in a term',
    'RAFT-BUGS 11',
    election(
      "return (node.votedFor === null && node.role.name !== 'leader') || node.votedFor === asked.from",
      "return node.role.name !== 'leader'",
    ),
  ),
  mutant('who voted does not vote again for the same', 'ours', election(' || node.votedFor === asked.from', '')),
  mutant(
    'a vote is given in a term that is over',
    'ours',
    election('if (asked.term < node.currentTerm) return false\n  if (asked.preVote &&', 'if (asked.preVote &&'),
  ),
  mutant(
    'a vote given leaves the timer as it was',
    'RAFT-BUGS 20',
    election(
      "if (node.role.name !== 'leader') node.role = { ...node.role, deadline: freshDeadline(turn), graced: false }\n  }\n  reply",
      '}\n  reply',
    ),
  ),
  mutant(
    'a candidate says that its log ends in its own term',
    'ours',
    election('lastLogIndex: log.lastIndex, lastLogTerm: log.lastTerm', 'lastLogIndex: log.lastIndex, lastLogTerm: term - 1'),
  ),
]

const COUNTING: readonly Mutant[] = [
  mutant(
    'a late answer to a pre-vote counts as a vote',
    'RAFT-BUGS 13',
    election(VOTE_OF_ROUND, "role.name === 'candidate' && answer.asked === node.currentTerm"),
  ),
  mutant('a vote of an earlier term counts', 'RAFT-BUGS 13', election(VOTE_OF_ROUND, "role.name === 'candidate' && !answer.preVote")),
  mutant(
    'a pre-vote of an earlier round counts',
    'RAFT-BUGS 13',
    election(
      "role.name === 'pre-candidate' && answer.preVote && answer.asked === node.currentTerm + 1",
      "role.name === 'pre-candidate' && answer.preVote",
    ),
  ),
  mutant(
    'the tally of one pre-vote goes on in the next',
    'RAFT-BUGS 14',
    election(
      'granted: new Set(), reason, deadline',
      "granted: node.role.name === 'pre-candidate' ? node.role.granted : new Set(), reason, deadline",
    ),
    election('if (couldWin(node, new Set())) return', 'if (couldWin(node, node.role.granted)) return'),
  ),
  mutant(
    'the tally of one term goes on in the next',
    'RAFT-BUGS 14',
    election(
      "node.role = { name: 'candidate', granted: new Set(),",
      "node.role = { name: 'candidate', granted: node.role.name === 'candidate' ? node.role.granted : new Set(),",
    ),
    election('if (node.settings.preVote) askWhether', "if (node.settings.preVote && role.name !== 'candidate') askWhether"),
  ),
  mutant(
    'votes are a number: a removed node counts itself',
    'SCHEDULES: ... not counting itself',
    election(
      'return isQuorum(configurationOf(node), (voter) => (voter === id ? ownVote : role.granted.has(voter)))',
      'return role.granted.size + (ownVote ? 1 : 0) > configurationOf(node).voters.length / 2',
    ),
  ),
  mutant('half of an even number is a majority', 'ours', quorum('Math.floor(voters / 2) + 1', 'Math.ceil(voters / 2)')),
  mutant(
    'a candidate that hears of a newer term claims that one for itself',
    'RAFT-BUGS 23',
    election('becomeFollower(turn, answer.term, null)\n    return', 'node.currentTerm = answer.term\n    return'),
  ),
  mutant(
    'a refused pre-vote of a newer term is not heard',
    'RAFT-BUGS 17',
    election('answer.term > node.currentTerm && !(answer.preVote && answer.granted)', 'answer.term > node.currentTerm && !answer.preVote'),
  ),
  mutant(
    'a leader does not hear of a newer term from who answers it',
    'RAFT-BUGS 31',
    inFile('shared/raft/replication.ts')(
      'if (answer.term > node.currentTerm) return becomeFollower(turn, answer.term, null)',
      'if (answer.term > node.currentTerm) return',
    ),
  ),
]

const PRE_VOTES: readonly Mutant[] = [
  mutant(
    'nobody asks whether it could win',
    'RAFT-BUGS 16',
    election('if (node.settings.preVote) askWhether', 'if (node.settings.preVote && moment.now < 0) askWhether'),
  ),
  mutant(
    'asking whether it could win raises the term',
    'RAFT-BUGS 16',
    election("node.role = { name: 'pre-candidate',", "node.currentTerm++\n  node.votedFor = null\n  node.role = { name: 'pre-candidate',"),
  ),
  mutant(
    'being asked for a pre-vote raises the term',
    'RAFT-BUGS 16',
    election('if (!asked.preVote && asked.term > node.currentTerm) becomeFollower', 'if (asked.term > node.currentTerm) becomeFollower'),
  ),
  mutant('a pre-vote given is a vote given', 'RAFT-BUGS 16', election('if (granted && !asked.preVote) {', 'if (granted) {')),
  mutant(
    'who hears a leader helps to depose it',
    'RAFT-BUGS 32',
    election("return node.role.name === 'follower' && moment.now", "return node.role.name === 'candidate' && moment.now"),
    election('moment.now - node.role.heardAt < paced(node, node.settings.electionMin)', 'moment.now < 0'),
  ),
  mutant(
    'a leader grants pre-votes against itself',
    'RAFT-BUGS 32',
    election("if (node.role.name === 'leader') return asked.preVote", "if (node.role.name === 'leader') return false"),
  ),
  mutant(
    'a leader hears no real request either',
    'RAFT-BUGS 32',
    election("if (node.role.name === 'leader') return asked.preVote", "if (node.role.name === 'leader') return true"),
  ),
  mutant('stickiness holds up who was asked to lead', 'RAFT-BUGS 29', election("if (asked.reason !== 'timeout') return false", '')),
  mutant(
    'who asks in an old term does not learn the newer one',
    'ours',
    election('if (asked.term < node.currentTerm || !node.settings.preVote) return false', 'if (!node.settings.preVote) return false'),
  ),
  mutant(
    'a hint that the leader is gone passes stickiness for ever',
    'ours',
    election(
      "const reason = role.name === 'follower' ? role.reason : 'timeout'",
      "const reason = role.name === 'candidate' ? 'leader-gone' : role.reason",
    ),
  ),
]

const TIMERS: readonly Mutant[] = [
  mutant('all draw the same timeout', 'RAFT-BUGS 19', node('settings.electionMin + moment.random *', 'settings.electionMin + 0.5 *')),
  mutant(
    'AppendEntries of an older term restart the timer',
    'RAFT-BUGS 20',
    inFile('shared/raft/replication.ts')(
      'if (append.term < node.currentTerm) return respond',
      "if (append.term < node.currentTerm && node.role.name !== 'leader') node.role = { ...node.role, deadline: freshDeadline(turn) }\n  if (append.term < node.currentTerm) return respond",
    ),
  ),
  mutant(
    'a vote refused restarts the timer',
    'RAFT-BUGS 20',
    election(
      'const granted = mayGrant(node, asked) && isUpToDate(asked, node)',
      "const granted = mayGrant(node, asked) && isUpToDate(asked, node)\n  if (node.role.name !== 'leader') node.role = { ...node.role, deadline: freshDeadline(turn) }",
    ),
  ),
  mutant(
    "a slow disk eats a candidate's time to win",
    'RAFT-BUGS 22',
    step('saveDone(turn, input.number)\n      return giveTimeToWin(turn)', 'return saveDone(turn, input.number)'),
    step('giveTimeToWin, hasWon }', 'hasWon }'),
  ),
  mutant(
    'who just started waits ten times as long',
    'RAFT-BUGS 25',
    node('deadline: moment.now + electionTimeout(settings, moment)', 'deadline: moment.now + 10 * electionTimeout(settings, moment)'),
  ),
  mutant(
    'a timer is believed before what waits in the inbox',
    'DESIGN 4 ◆: drain first',
    step(
      'for (const input of inputs) receive(turn, input)\n  campaignIfDue(turn)',
      'campaignIfDue(turn)\n  for (const input of inputs) receive(turn, input)',
    ),
  ),
  mutant(
    'a late wake is given no fresh timeout',
    'DESIGN 4 ◆: a late wake',
    election('if (!role.graced && moment.now', 'if (role.graced && moment.now'),
  ),
  mutant(
    'a late wake is given a fresh timeout each time',
    'DESIGN 4 ◆: a late wake',
    election('if (!role.graced && moment.now', 'if (moment.now'),
  ),
  mutant(
    'after a sleep the old timeout counts',
    'DESIGN 4: suspended',
    step(
      "if (role.name === 'follower') turn.node.role = { ...role, deadline: freshDeadline(turn), graced: true }",
      "if (role.name === 'follower') return",
    ),
  ),
  mutant(
    'a wake is named too late',
    'ours',
    pace("if (role.name !== 'leader') return role.deadline", "if (role.name !== 'leader') return role.deadline + 500"),
  ),
  mutant(
    'a learner believes for ever in a leader that fell silent',
    'RAFT-BUGS 61',
    election('becomeFollower(turn, turn.node.currentTerm, null)\n  turn.node.role', 'turn.node.role'),
  ),
  mutant(
    'who steps down goes on naming the leader it knew',
    'RAFT-BUGS 61',
    turn(
      "node.role = { name: 'follower', leader, heardAt",
      "node.role = { name: 'follower', leader: leader ?? (node.role.name === 'follower' ? node.role.leader : null), heardAt",
    ),
  ),
]

const CANDIDATES: readonly Mutant[] = [
  mutant(
    'a learner campaigns',
    'RAFT-BUGS 26; SCHEDULES: a learner never campaigns',
    node(
      'if (isVoter(configurationOf(node), node.id)) return true',
      'if ([...configurationOf(node).voters, ...configurationOf(node).learners].some((member) => member.node === node.id)) return true',
    ),
  ),
  mutant(
    'who is removed by its own uncommitted log does not campaign (4.2.2)',
    'RAFT-BUGS 26; SCHEDULES: removed by own uncommitted log still campaigns',
    node(
      'return isChangeInFlight(node) && previous !== undefined && isVoter(previous.configuration, node.id)',
      'return previous === undefined && isVoter(NO_CONFIGURATION, node.id)',
    ),
  ),
  mutant(
    'who was removed for good goes on campaigning',
    'ours',
    node('return isChangeInFlight(node) && previous !== undefined', 'return previous !== undefined'),
  ),
  mutant(
    'TimeoutNow of an older term is obeyed',
    'RAFT-BUGS 107',
    step('if (term < turn.node.currentTerm) return\n  if (term >', 'if (term >'),
  ),
  mutant(
    'a new leader takes it that all logs match its own',
    'ours',
    election('return { matchIndex: 0, nextIndex,', 'return { matchIndex: nextIndex - 1, nextIndex,'),
  ),
  mutant(
    'a new leader sends everybody the log from its beginning',
    'ours',
    election('const next = node.log.lastIndex + 1', 'const next = Math.min(node.log.lastIndex + 1, 1)'),
  ),
]

export const ELECTIONS: readonly Mutant[] = [...VOTES, ...COUNTING, ...PRE_VOTES, ...TIMERS, ...CANDIDATES]
