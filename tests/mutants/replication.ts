/** Mistakes in replication and commitment. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const replication = inFile('shared/raft/replication.ts')
const election = inFile('shared/raft/election.ts')
const quorum = inFile('shared/raft/quorum.ts')
const step = inFile('shared/raft/step.ts')
const log = inFile('shared/raft/log.ts')
const turn = inFile('shared/raft/turn.ts')

const COMMIT = 'if (reached > node.commitIndex && log.termAt(reached) === currentTerm) node.commitIndex = reached'
const CONFLICT = 'entries.findIndex((entry) => node.log.termAt(entry.index) !== entry.term)'

const FOLLOWERS: readonly Mutant[] = [
  mutant(
    'every AppendEntries cuts the log off behind it',
    'RAFT-BUGS 34',
    replication(
      'if (first === -1) return\n',
      'if (first === -1) { if (entries.length > 0) turn.node.log = turn.node.log.truncate(entries.at(-1)!.index); return }\n',
    ),
  ),
  mutant(
    'prevLogTerm is not compared (5.3)',
    'RAFT-BUGS 35',
    replication(
      'if (!isCovered && node.log.termAt(append.prevLogIndex) !== append.prevLogTerm)',
      'if (node.log.termAt(append.prevLogIndex) === null)',
    ),
  ),
  mutant(
    'nothing before the entries is compared (5.3)',
    'RAFT-BUGS 35',
    replication(
      'if (!isCovered && node.log.termAt(append.prevLogIndex) !== append.prevLogTerm)',
      'if (append.prevLogIndex > node.log.lastIndex)',
    ),
    replication('acknowledge(turn, append, matchIndex)', 'acknowledge(turn, append, Math.min(matchIndex, node.log.lastIndex))'),
  ),
  mutant(
    'what the message does not vouch for is committed',
    'RAFT-BUGS 37',
    replication('Math.min(append.leaderCommit, matchIndex)', 'Math.min(append.leaderCommit, node.log.lastIndex)'),
  ),
  mutant(
    'what the leader committed counts as committed here',
    'RAFT-BUGS 37',
    replication('Math.min(append.leaderCommit, matchIndex)', 'append.leaderCommit'),
  ),
  mutant(
    'the commit index follows the message, down too',
    'ours',
    replication(
      'node.commitIndex = Math.max(node.commitIndex, Math.min(append.leaderCommit, matchIndex))',
      'node.commitIndex = Math.min(append.leaderCommit, matchIndex)',
    ),
  ),
  mutant(
    'what is there already is kept, whatever its term',
    'ours',
    replication(CONFLICT, 'entries.findIndex((entry) => node.log.termAt(entry.index) === null)'),
  ),
  mutant(
    'more than one entry that differs stops a follower',
    'RAFT-BUGS 52',
    replication(
      '  if (keep < node.log.lastIndex) {',
      "  if (keep < node.log.lastIndex - 1) throw new Error('more than one')\n  if (keep < node.log.lastIndex) {",
    ),
  ),
  mutant(
    'a follower acks its whole log, not what the message vouches for',
    'RAFT-BUGS 37',
    replication('acknowledge(turn, append, matchIndex)', 'acknowledge(turn, append, node.log.lastIndex)'),
  ),
  mutant(
    'AppendEntries of an older term are taken',
    'ours',
    replication('if (append.term < node.currentTerm) return respond(turn, append, refusal(node, append))', ''),
  ),
  mutant(
    'AppendEntries of an older term are not answered',
    'DESIGN 4',
    replication(
      'if (append.term < node.currentTerm) return respond(turn, append, refusal(node, append))',
      'if (append.term < node.currentTerm) return',
    ),
  ),
  mutant(
    'what contradicts the committed is believed',
    'ours',
    replication('if (entries.some(({ index, term }) => index <= node.commitIndex && node.log.termAt(index) !== term)) return', ''),
  ),
  mutant(
    'a refusal tells nothing of where to look (5.3)',
    'RAFT-BUGS 53',
    replication(
      'const hintIndex = log.lastIndexOfTermAtMost(prevLogTerm, prevLogIndex)',
      'const hintIndex = Math.max(Math.min(prevLogIndex - 1, log.lastIndex + prevLogTerm), 0)',
    ),
  ),
  mutant('what is committed is applied again and again', 'RAFT-BUGS 109', step('  node.handedOut = node.commitIndex\n  prune', '  prune')),
  mutant(
    'an entry is applied as soon as it is in the log',
    'ours',
    step(
      'node.log.slice(node.handedOut + 1, node.commitIndex) : []\n  node.handedOut = node.commitIndex',
      'node.log.slice(node.handedOut + 1) : []\n  node.handedOut = node.log.lastIndex',
    ),
    step('const apply = node.commitIndex > node.handedOut', 'const apply = node.log.lastIndex > node.handedOut'),
    inFile('shared/raft/invariants.ts')(' && after.handedOut <= after.commitIndex', ''),
  ),
]

const LEADERS: readonly Mutant[] = [
  mutant(
    'an older ack takes a match index back',
    'RAFT-BUGS 40',
    replication(
      'const match = Math.max(known.matchIndex, matchIndex)',
      'const match = known.matchIndex < 0 ? known.matchIndex : matchIndex',
    ),
  ),
  mutant(
    'an ack of an older term counts',
    'RAFT-BUGS 40',
    replication("if (role.name !== 'leader' || answer.term < node.currentTerm) return", "if (role.name !== 'leader') return"),
  ),
  mutant('a late refusal is taken for a log that was lost', 'RAFT-BUGS 38', replication('if (isStale) return known', 'void isStale')),
  mutant(
    'nextIndex falls to matchIndex or below',
    'RAFT-BUGS 41',
    replication(
      'Math.max(Math.min(agree, refused.prevLogIndex - 1), known.matchIndex) + 1',
      'Math.max(Math.min(agree, refused.prevLogIndex - 1), 0) + 1',
    ),
    replication('if (isStale) return known', 'void isStale'),
  ),
  mutant('match indexes are sorted as text', 'RAFT-BUGS 43', quorum('.sort((a, b) => b - a)', '.sort().reverse()')),
  mutant('match indexes are not sorted', 'RAFT-BUGS 44', quorum('.sort((a, b) => b - a)', '')),
  mutant(
    'learners count towards a commit',
    'RAFT-BUGS 47',
    quorum('const indexes = configuration.voters.map(', 'const indexes = membersOf(configuration).map('),
  ),
  mutant(
    'where learners are told, voters are not asked',
    'RAFT-BUGS 46',
    replication(
      '(role.progress.get(voter)?.matchIndex ?? 0),\n  )\n  if',
      'configurationOf(node).learners.length > 0 ? log.lastIndex : (role.progress.get(voter)?.matchIndex ?? 0),\n  )\n  if',
    ),
  ),
  mutant(
    'the highest index that anybody has is committed',
    'ours',
    quorum('return indexes[majorityOf(indexes.length) - 1] ?? 0', 'return indexes[Math.min(majorityOf(indexes.length) - 1, 0)] ?? 0'),
  ),
  mutant(
    'an entry of an older term is committed by counting (5.4.2)',
    'SCHEDULES: commit only by own-term entry',
    replication(COMMIT, 'if (reached > node.commitIndex && currentTerm > 0 && log.lastIndex > 0) node.commitIndex = reached'),
  ),
  mutant(
    'the first entry of an older term stops the commit',
    'RAFT-BUGS 49',
    replication(COMMIT, 'if (reached > node.commitIndex && log.termAt(node.commitIndex + 1) === currentTerm) node.commitIndex = reached'),
  ),
  mutant(
    'entries of one message have a gap before them',
    'RAFT-BUGS 50',
    replication(
      'return node.log.slice(known.nextIndex, node.log.lastIndex',
      'return node.log.slice(known.nextIndex + 1, node.log.lastIndex',
    ),
  ),
  mutant(
    'an entry is skipped between two messages',
    'RAFT-BUGS 50',
    replication(
      'known.nextIndex : known.nextIndex + entries.length,',
      'known.nextIndex : Math.min(known.nextIndex + entries.length + Math.sign(entries.length), node.log.lastIndex + 1),',
    ),
  ),
  mutant(
    'hints are not used: one probe an entry',
    'RAFT-BUGS 53',
    replication(
      'Math.max(Math.min(agree, refused.prevLogIndex - 1), known.matchIndex)',
      'Math.max(Math.min(agree + log.lastIndex, refused.prevLogIndex - 1), known.matchIndex)',
    ),
  ),
  mutant(
    'a new leader appends no entry of its own',
    'RAFT-BUGS 58',
    election("appendAsLeader(turn, [{ type: 'noop' }])", 'appendAsLeader(turn, [])'),
  ),
  mutant(
    'a leader that removed itself says nothing more',
    'thesis 4.2.2',
    replication('|| !isVoter(configurationOf(node), node.id)', '|| false'),
  ),
  mutant(
    'who fell silent is sent to as before',
    'DESIGN 4',
    replication(
      "const isSilent = known.state === 'stream' && moment.now - known.ackedSentAt > silentAfter",
      "const isSilent = known.state === 'stream' && moment.now - known.ackedSentAt > Infinity * silentAfter",
    ),
  ),
  mutant(
    'an ack beyond the log is believed',
    'ours',
    replication(
      'if (known === undefined || (answer.result.success && answer.result.matchIndex > node.log.lastIndex)) return',
      'if (known === undefined) return',
    ),
  ),
  mutant(
    'what others draw counts what the leader has not stored',
    'DESIGN 4',
    replication(
      'voter === id ? saves.durable.lastIndex : (role.progress.get(voter)?.matchIndex ?? 0),\n  ])',
      'voter === id ? Math.max(saves.durable.lastIndex, node.log.lastIndex) : (role.progress.get(voter)?.matchIndex ?? 0),\n  ])',
    ),
  ),
  mutant(
    'an ack is as fresh as its arrival, not as what it answers',
    'SCHEDULES: U1, the fresh-ack guard',
    replication('ackedSentAt: Math.max(known.ackedSentAt, answer.sentAt)', 'ackedSentAt: turn.moment.now'),
  ),
]

const LOGS: readonly Mutant[] = [
  mutant(
    'who appends to a shorter log writes into the longer one',
    'ours',
    log(
      'const backing = this.#backing.length === this.lastIndex ? this.#backing : this.#fork(this.#backing.first)',
      'const backing = this.#backing\n    if (backing.length > this.lastIndex) backing.length = this.lastIndex',
    ),
  ),
  mutant(
    'where two logs differ is looked up by their lengths',
    'ours',
    log('if (this.#backing === other.#backing) return shorter + 1', 'return shorter + 1'),
  ),
  mutant(
    'log time follows the clock of whoever leads',
    'DESIGN 14',
    turn('const time = node.log.lastTime + advance', 'const time = Math.floor(moment.now) + 0 * advance'),
  ),
  mutant(
    'log time takes in what was slept through',
    'DESIGN 14',
    turn('Math.floor(Math.min(moment.now - role.stampedAt, LOG_TIME_STEP_MAX))', 'Math.floor(moment.now - role.stampedAt)'),
  ),
  mutant(
    'fractions of log time are lost',
    'DESIGN 14',
    turn('? moment.now : role.stampedAt + advance', '? moment.now : moment.now + 0 * advance'),
  ),
]

export const REPLICATION: readonly Mutant[] = [...FOLLOWERS, ...LEADERS, ...LOGS]
