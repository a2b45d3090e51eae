/** One rule switched off at a time, and the small world that shows what it is for. Patches as in tests/mutants. */
import type { Patch } from '../mutants/mutant.ts'
import type { Laws } from './moves.ts'

export interface BrokenRule {
  readonly rule: string
  readonly world: string
  readonly patches: readonly Patch[]
  /** `harm` where the end that the rule prevents is near enough to be reached; else the first promise broken. */
  readonly laws: Laws
  /** What is found. */
  readonly law: RegExp
  /** Moves to the violation, a shortest way. */
  readonly moves: number
}

const raft = (file: string, find: string, replace: string): Patch => ({ file: `shared/raft/${file}.ts`, find, replace })

const ACK_OF_OWN_STEP = raft('saves', 'return inFlight?.number ?? null', 'return null')
const OWN_VOTE_AT_ONCE = raft(
  'election',
  'const ownVote = saves.durable.term === currentTerm && saves.durable.votedFor === id',
  'const ownVote = saves.durable.term >= 0',
)
const COUNTS_UNSAVED = raft(
  'replication',
  'voter === id ? saves.durable.lastIndex : (role.progress.get(voter)?.matchIndex ?? 0),\n  )\n  if',
  'voter === id ? log.lastIndex + 0 * saves.durable.lastIndex : (role.progress.get(voter)?.matchIndex ?? 0),\n  )\n  if',
)

const NO_SECOND_LOOK = raft('invariants', "assert(durable.term === node.currentTerm, 'a leader is durable in its term')", 'void durable')

export const BROKEN_RULES: readonly BrokenRule[] = [
  {
    rule: 'a vote waits for the newest save issued or owed',
    world: 'a vote request repeated while its save is in flight',
    patches: [ACK_OF_OWN_STEP],
    laws: 'harm',
    law: /second to lead term 1/,
    moves: 12,
  },
  {
    rule: 'RequestVote waits for term and own vote',
    world: 'a vote request repeated while its save is in flight',
    patches: [raft('election', 'sendWhenDurable(turn, { ...request(', 'send(turn, { ...request('), NO_SECOND_LOOK],
    laws: 'harm',
    law: /second to lead term 1/,
    moves: 12,
  },
  {
    rule: 'an ack waits for the newest save issued or owed',
    world: 'a repeated AppendEntries while its save is in flight',
    patches: [ACK_OF_OWN_STEP],
    laws: 'harm',
    law: /Leader Completeness/,
    moves: 12,
  },
  {
    rule: 'an ack waits for the newest save issued or owed: the first promise broken',
    world: 'a repeated AppendEntries while its save is in flight',
    patches: [ACK_OF_OWN_STEP],
    laws: 'all',
    law: /before it is durable/,
    moves: 3,
  },
  {
    rule: 'an answer to a pre-vote is no vote',
    world: 'an election with pre-vote',
    patches: [
      raft('election', "role.name === 'candidate' && !answer.preVote && answer.asked", "role.name === 'candidate' && answer.asked"),
    ],
    laws: 'harm',
    law: /second to lead term 1/,
    moves: 9,
  },
  {
    rule: 'who was asked to lead needs votes like any other',
    world: 'a leader hands over',
    patches: [
      raft(
        'step',
        "campaignNow(turn, 'transfer')",
        "campaignNow(turn, 'transfer')\n  const { role } = turn.node\n  if (role.name === 'candidate') turn.node.role = { ...role, granted: new Set(['n1']) }",
      ),
    ],
    laws: 'harm',
    law: /second to lead term 2/,
    moves: 8,
  },
  {
    rule: 'a hint is never written beside a save',
    world: 'hints between saves',
    patches: [{ file: 'tests/explore/journal.ts', find: 'core !== null && save === null && core', replace: 'core !== null && core' }],
    laws: 'harm',
    law: /contradicts itself/,
    moves: 8,
  },
  {
    rule: 'the own vote counts only when it is durable',
    world: 'a sole voter with a learner that crashes in its first term',
    patches: [OWN_VOTE_AT_ONCE, NO_SECOND_LOOK],
    laws: 'harm',
    law: /second to lead term 1/,
    moves: 4,
  },
  {
    rule: 'a leader counts itself only for what is durable',
    world: 'a sole voter with a learner that crashes in its first term',
    patches: [COUNTS_UNSAVED],
    laws: 'harm',
    law: /State Machine Safety/,
    moves: 6,
  },
  {
    rule: 'only an entry of its own term is committed by counting',
    world: 'Figure 8 with saves in flight',
    patches: [raft('replication', 'log.termAt(reached) === currentTerm) node', 'currentTerm > 0) node')],
    laws: 'harm',
    law: /Leader Completeness/,
    moves: 14,
  },
  {
    rule: 'a node that its own uncommitted log removes still campaigns',
    world: 'two voters, one of which is removed, with crashes',
    patches: [
      raft(
        'node',
        'return isChangeInFlight(node) && previous !== undefined &&',
        'return isChangeInFlight(node) && previous === undefined &&',
      ),
    ],
    laws: 'harm',
    law: /wedged for good/,
    moves: 3,
  },
  {
    rule: '... not counting itself',
    world: 'two voters, one of which is removed, with crashes',
    patches: [
      raft(
        'election',
        'return isQuorum(configurationOf(node), (voter) => (voter === id ? ownVote : role.granted.has(voter)))',
        'return role.granted.size + (ownVote ? 1 : 0) > configurationOf(node).voters.length / 2',
      ),
    ],
    laws: 'harm',
    law: /Leader Completeness/,
    moves: 8,
  },
  {
    rule: 'the own vote counts only when it is durable',
    world: 'two voters with leaving and return',
    patches: [OWN_VOTE_AT_ONCE, NO_SECOND_LOOK],
    laws: 'harm',
    law: /second to lead term 2/,
    moves: 10,
  },
  {
    rule: 'a leader counts itself only for what is durable',
    world: 'two voters with leaving and return',
    patches: [COUNTS_UNSAVED],
    laws: 'harm',
    law: /State Machine Safety/,
    moves: 7,
  },
  {
    rule: 'a sole voter never leaves',
    world: 'a sole voter with a learner leaves',
    patches: [
      raft(
        'farewell',
        'const next = without(inForce, node.id)',
        'const rest = without(inForce, node.id)\n  const next = rest.voters.length > 0 ? rest : { voters: rest.learners, learners: [] }',
      ),
    ],
    laws: 'harm',
    law: /second to lead term 2/,
    moves: 8,
  },
  {
    rule: 'one change is in flight at a time',
    world: '3 -> 2 -> 1',
    patches: [raft('membership', '    !isChangeInFlight(node) &&\n    node.log.termAt', '    node.log.termAt')],
    laws: 'harm',
    law: /Leader Completeness/,
    moves: 8,
  },
  {
    rule: 'no removal goes with a farewell while a change is in flight',
    world: 'three voters, the leader leaves while its change is in flight',
    patches: [raft('farewell', '    !isChangeInFlight(node) &&\n    next.voters', '    next.voters')],
    laws: 'harm',
    law: /second to lead term 2/,
    moves: 10,
  },
  {
    rule: 'a removal goes with a farewell only where it decides something',
    world: 'two of three voters leave',
    patches: [
      raft(
        'farewell',
        'return isQuorum(next, hears) && !isQuorum(inForce, hears) ? removing : said',
        'return isQuorum(next, hears) || !isQuorum(inForce, hears) ? removing : said',
      ),
    ],
    laws: 'harm',
    law: /cannot go on/,
    moves: 4,
  },
  {
    rule: 'a leader counts itself only for what is durable',
    world: '1 -> 2 promotion with a crash',
    patches: [COUNTS_UNSAVED],
    laws: 'harm',
    law: /State Machine Safety/,
    moves: 5,
  },
  {
    rule: 'a majority of the new voters answered since',
    world: 'an absent learner is not made the second voter',
    patches: [raft('autopilot', 'if (answered.length < needed) return null', 'void needed')],
    laws: 'harm',
    law: /cannot go on/,
    moves: 3,
  },
  {
    rule: 'a majority of the new voters answered since',
    world: 'a surplus node removed from five of which two are away',
    patches: [raft('autopilot', 'if (answered.length < needed) return null', 'void needed')],
    laws: 'harm',
    law: /cannot go on/,
    moves: 4,
  },
  {
    rule: '... after the reason was known',
    world: 'a surplus node removed from five of which two are away',
    patches: [raft('autopilot', '?? -Infinity) > after),', '?? -Infinity) > after - 5_000),')],
    laws: 'harm',
    law: /cannot go on/,
    moves: 4,
  },
  {
    rule: 'a start takes a number, and a write never replaces a record',
    world: 'a journal takeover with a late write',
    patches: [
      {
        file: 'shared/wire/replay.ts',
        find: ": [encodeRecord(number, { kind: 'start', incarnation: state.incarnation, nonce })]",
        replace: ': []',
      },
      {
        file: 'tests/explore/journal.ts',
        find: 'if (number <= journal.records.length) return null\n  const { number: _, ...content } = save',
        replace:
          "const { number: _, ...content } = save\n  if (number <= journal.records.length) {\n    const records = journal.records.with(number - 1, { kind: 'save', ...content })\n    const durable = records.reduce((so, r) => (r.kind === 'save' ? taken(so, r) : so), { ...records[0], currentTerm: 0 })\n    return { ...journal, records, durable }\n  }",
      },
    ],
    laws: 'harm',
    law: /contradicts itself/,
    moves: 15,
  },
]
