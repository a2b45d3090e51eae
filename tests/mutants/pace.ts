/** Mistakes about how long to wait on a slow network. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const pace = inFile('shared/raft/pace.ts')
const election = inFile('shared/raft/election.ts')
const transfer = inFile('shared/raft/transfer.ts')
const routes = inFile('shared/host/routes.ts')

const SET = 'node.pace = within(node.settings, Math.max(needed, narrower))'

export const PACE: readonly Mutant[] = [
  mutant(
    'a leader waits no longer though all answers are slow',
    'ours',
    pace(SET, 'node.pace = within(node.settings, Math.min(needed, 0))'),
  ),
  mutant('one fast answer narrows the timeout again', 'ours', pace('NARROWING = 1 / 16', 'NARROWING = 1')),
  mutant('a timeout once widened stays so', 'ours', pace('NARROWING = 1 / 16', 'NARROWING = 0')),
  mutant('all wait for a voter that is gone', 'ours', pace('now - checkQuorumTime(node)', '-Infinity * checkQuorumTime(node)')),
  mutant(
    'learners set the pace',
    'ours',
    pace('configurationOf(node).voters.map((voter) => role.progress.get(voter.node))', '[...role.progress.values()]'),
    pace('import { configurationOf, paced }', 'import { paced }'),
  ),
  mutant('lost heartbeats widen nothing', 'ours', pace('** lost) *', '** (0 * lost)) *')),
  mutant(
    'a silence counts as so many losses',
    'ours',
    pace('> silentAfter(node, known)) return 0', '> Infinity * silentAfter(node, known)) return 0'),
  ),
  mutant(
    'heartbeats become rare before all wait longer',
    'ours',
    pace('Math.min(node.pace, ...[...progress.values()].map((known) => known.patience))', 'node.pace + 0 * progress.size'),
  ),
  mutant(
    'check-quorum does not wait for the slowest voter',
    'ours',
    pace(
      'Math.max(node.settings.checkQuorum, paced(node, node.settings.electionMax))',
      'Math.max(node.settings.checkQuorum, paced(node, 0))',
    ),
  ),
  mutant(
    'a timeout grows without an end',
    'ours',
    pace('Math.min(Math.ceil(pace), PACE_MAX)', 'Math.ceil(Math.min(pace, Infinity * PACE_MAX))'),
  ),
  mutant(
    'a leader may tell all to wait for nothing',
    'ours',
    pace('Math.max(electionMin, Math.min(', 'Math.max(0 * electionMin, Math.min('),
  ),
  mutant('a follower waits as it likes', 'ours', pace('node.pace = within(node.settings, pace ?? 0)', 'void [node, pace]')),
  mutant(
    'late answers to a campaign teach nothing',
    'ours',
    pace("node.role.name === 'leader' || isLate(turn)) return", "node.role.name !== 'candidate' || isLate(turn)) return"),
  ),
  mutant('only the last campaign counts', 'ours', pace('slice(1 - CAMPAIGNS_MAX)', 'slice(1_000 * CAMPAIGNS_MAX)')),
  mutant(
    'what waited for a late node counts as slow',
    'DESIGN 4 ◆: a late wake',
    pace('- wakeAt(before) > LATE_MS', '- wakeAt(before) > Infinity * LATE_MS'),
  ),
  mutant(
    'a member that is far is taken for silent',
    'ours',
    pace('measured === null ? 0 : needs(settings, measured)', 'measured === null ? 0 : 0 * needs(settings, measured)'),
  ),
  mutant(
    'an answer that comes late, after newer ones, is a measure',
    'RFC 6298',
    pace(' || sentAt <= known.ackedSentAt) return', ') return'),
  ),
  mutant(
    'a refusal that waited for no disk makes what waits for one count as lost',
    'ours',
    inFile('shared/raft/replication.ts')(
      "answer.result.success || known.state === 'probe' ? measure",
      'answer.result.success || known.state !== null ? measure',
    ),
  ),
  mutant('what was answered once is known for certain', 'RFC 6298', pace('variation: took / 2', 'variation: 0 * took')),
  mutant('answers that vary widen nothing', 'RFC 6298', pace('way.roundTrip + 4 * way.variation', 'way.roundTrip')),
  mutant(
    'heartbeats come no oftener where many are lost',
    'arXiv 2507.15154',
    pace('beatsNeeded(node.settings, way)), beats', 'beatsAtLeast(node.settings) + 0 * way.loss), beats'),
  ),
  mutant('of many heartbeats lost in a row one counts', 'ours', pace('slice(1 - BEATS_MAX)', 'slice(-1 + 0 * BEATS_MAX)')),
  mutant(
    'a leader goes on measuring the campaign that it won',
    'ours',
    pace("campaign === undefined || node.role.name === 'leader' || isLate", 'campaign === undefined || isLate'),
  ),
  mutant(
    'a quick answer to a campaign makes the next one impatient',
    'ours',
    pace('Math.max(node.pace, moment.now - campaign.since)', 'moment.now - campaign.since'),
  ),
  mutant(
    'stickiness ends before timeouts do',
    'ours',
    election('heardAt < paced(node, node.settings.electionMin)', 'heardAt < paced(node, 0) + node.settings.electionMin'),
  ),
  mutant(
    'a transfer ends before an election can',
    'ours',
    transfer('paced(node, node.settings.electionMax)', 'paced(node, 0) + node.settings.electionMax'),
  ),
  mutant(
    'a tab of an older protocol is sent what it cannot read',
    'ours',
    routes('hello.protocol.max ?? PROTOCOL.min', 'hello.protocol.max === 0 ? 0 : PROTOCOL.max'),
  ),
]
