/** Mistakes in the journal's records, in reading them back, and in what messages carry. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const record = inFile('shared/wire/record.ts')
const replay = inFile('shared/wire/replay.ts')
const rewrite = inFile('shared/wire/rewrite.ts')
const entries = inFile('shared/wire/entries.ts')
const messages = inFile('shared/wire/messages.ts')
const birth = inFile('shared/life/birth.ts')

const START = ": [encodeRecord(number, { kind: 'start', incarnation: state.incarnation, nonce })]"

const RECORDS: readonly Mutant[] = [
  mutant(
    'a flipped bit is not noticed',
    'DESIGN 5',
    record("if (!isSound(bytes, packed)) return reject({ type: 'checksum' })\n", '  void isSound(bytes, packed)\n'),
  ),
  mutant(
    'half of a checksum is compared',
    'DESIGN 5',
    record('for (let k = 0; k < CHECKSUM_BYTES; k++)', 'for (let k = 0; k < CHECKSUM_BYTES / 2; k++)'),
  ),
  mutant('a record of the first builds counts as damaged', 'docs/formats.md', record(' || beginsWith(bytes, checksum(packed))', '')),
  mutant(
    'a record under a wrong key is taken',
    'DESIGN 5',
    record(
      "if (read.ok && read.value.number !== number) return reject({ type: 'bad-field', field: 'number', why: `is ${read.value.number}` })\n",
      '',
    ),
  ),
  mutant(
    'what no start could read is made durable',
    'DESIGN 5',
    record('  assertReadable(value)\n', '  if (value.length === 0) assertReadable(value)\n'),
  ),
  mutant(
    'a record does not hold the vote',
    'RAFT-BUGS 10',
    record('return [term, votedFor, commitIndex]', 'return [term, term < 0 ? votedFor : null, commitIndex]'),
  ),
  mutant(
    'a record does not hold the commit index',
    'DESIGN 5',
    record('return [term, votedFor, commitIndex]', 'return [term, votedFor, Math.min(commitIndex, 0)]'),
  ),
  mutant('a term in the log may fall', 'Figure 3', entries("if (entry.term < term) refuse('entries', 'a term falls')\n", '')),
  mutant(
    'entries of the future are read',
    'Figure 3',
    entries("if (entries.length > 0 && term > lastTerm) refuse('entries', 'a term of the future')\n", ''),
  ),
  mutant(
    'a configuration may name a node twice',
    'DESIGN 4',
    entries("if (nodes.size !== voters.length + learners.length) refuse('configuration', 'names a node twice')\n", ''),
  ),
  mutant('a configuration without voters is read', 'DESIGN 6', entries("  if (voters.length === 0) refuse('voters', 'none')\n", '')),
  mutant(
    'a command may know its own result',
    'thesis 6.3',
    entries("if (settled >= seq) refuse('header.settled', 'not before seq')\n", ''),
  ),
  mutant(
    'log time is not stored',
    'DESIGN 14',
    entries('return [ENTRY_VERSION, 2, term, time, header.session', 'return [ENTRY_VERSION, 2, term, 0 * time, header.session'),
  ),
]

const REPLAYS: readonly Mutant[] = [
  mutant(
    'a missing number is not noticed',
    'DESIGN 5',
    replay("if (number !== first.number + k) return reject({ type: 'gap', expected: first.number + k, got: number })\n", ''),
  ),
  mutant('a term that falls is not noticed', 'DESIGN 5', replay("  if (save.term < state.term) return 'the term falls'\n", '')),
  mutant(
    'a second vote in a term is not noticed',
    'DESIGN 5',
    replay(
      "if (save.term === state.term && state.votedFor !== null && save.votedFor !== state.votedFor) return 'two votes in one term'\n",
      '',
    ),
  ),
  mutant(
    'missing entries are not noticed',
    'DESIGN 5',
    replay("  if (save.from > lastIndex(state) + 1) return 'entries are missing'\n", ''),
  ),
  mutant(
    'a term that falls along the log is not noticed',
    'DESIGN 5',
    replay("if (before !== undefined && first !== undefined && first.term < before.term) return 'a term in the log falls'\n", ''),
  ),
  mutant(
    'a committed entry may be dropped',
    'DESIGN 5',
    replay("if (save.from + save.entries.length - 1 < committed) return 'a committed entry is dropped'\n", ''),
  ),
  mutant(
    'a committed entry may be replaced',
    'DESIGN 5',
    replay(
      "if (save.entries[index - save.from]!.term !== entries[index - base.index - 1]!.term) return 'a committed entry is replaced'\n",
      '',
    ),
  ),
  mutant(
    'an incarnation may be skipped',
    'DESIGN 5',
    replay('if (content.incarnation !== state.incarnation + 1)', 'if (content.incarnation <= state.incarnation)'),
  ),
  mutant(
    'a later save does not cut off what it replaces',
    'DESIGN 5',
    replay(
      'state.entries.length = save.from - state.base.index - 1',
      'state.entries.length = Math.max(state.entries.length, save.from - state.base.index - 1)',
    ),
  ),
  mutant('the vote is not read back', 'RAFT-BUGS 10', replay('  state.votedFor = save.votedFor\n', '')),
  mutant('the term is not read back', 'RAFT-BUGS 113', replay('  state.term = save.term\n', '')),
  mutant(
    'the commit index may lie beyond the log',
    'DESIGN 5',
    replay('Math.min(state.commitIndex, lastIndex(state)), state', 'state.commitIndex, state'),
  ),
  mutant(
    'a hint is not read back',
    'DESIGN 5',
    replay('      state.commitIndex = content.commitIndex\n      return null', '      return null'),
  ),
  mutant(
    'a rewrite without its end is taken',
    'DESIGN 5',
    replay("if (isOwing(state)) return reject({ type: 'contradiction', number: last, why: 'a rewrite without its end' })\n", ''),
  ),
  mutant(
    'a retired node runs again',
    'DESIGN 5',
    replay(
      "    case 'retired':\n      return { type: 'retired', number, why: content.why }\n    case 'save'",
      "    case 'retired':\n      return null\n    case 'save'",
    ),
  ),
  mutant('a rewrite forgets the vote', 'DESIGN 5', rewrite("{ ...state, kind: 'base'", "{ ...state, votedFor: null, kind: 'base'")),
  mutant('a rewrite holds its first part only', 'DESIGN 5', rewrite('const saves = all.map(', 'const saves = all.slice(1).map(')),
  mutant(
    'a journal is never rewritten',
    'DESIGN 5',
    replay('const replace = state.records > LIMITS.journalRecordsBeforeRewrite', 'const replace = state.records > Infinity'),
  ),
]

const STARTS: readonly Mutant[] = [
  mutant(
    'a start is no new incarnation',
    'DESIGN 5 ◆',
    replay('{ ...replayed.value, incarnation: incarnation + 1, nonce }', '{ ...replayed.value, incarnation, nonce }'),
  ),
  mutant('a start takes no number', 'DESIGN 5 ◆: a late write collides', replay(START, ': []')),
  mutant(
    'a start goes on under the number that its predecessor took last',
    'DESIGN 5 ◆: a late write collides',
    replay('last: state.last + records.length }', 'last: state.last }'),
  ),
  mutant('whoever founds a list has not voted for itself', 'DESIGN 8', birth('votedFor: minting.node,', 'votedFor: null,')),
  mutant(
    'a list is founded with nothing in its log',
    'DESIGN 8',
    birth('commitIndex: entries.length, entries }', 'commitIndex: 0, entries: [] }'),
  ),
  mutant(
    'a node that is minted to join counts as a voter',
    'DESIGN 8 ◆: opening never creates',
    birth(
      '{ term: 0, votedFor: null, commitIndex: 0, entries: [] }',
      "{ term: 1, votedFor: minting.node, commitIndex: 1, entries: [{ index: 1, term: 1, time: 0, body: { type: 'configuration', configuration: { voters: [{ node: minting.node, machine: minting.machine, levels: LEVELS, votes: true }], learners: [] } } }] }",
    ),
  ),
]

const MESSAGES: readonly Mutant[] = [
  mutant(
    'a vote refused arrives as given',
    'ours',
    messages('term, message.preVote, message.granted, message.asked]', 'term, message.preVote, true, message.asked]'),
  ),
  mutant(
    'an answer names the term of who answers, not the one asked about',
    'RAFT-BUGS 13',
    messages('message.granted, message.asked]', 'message.granted, term]'),
  ),
  mutant(
    'a pre-vote arrives as a vote request',
    'ours',
    messages('return [code, from, to, term, message.preVote, VOTE_REASONS', 'return [code, from, to, term, false, VOTE_REASONS'),
  ),
  mutant(
    'an ack does not say what it answers',
    'ours',
    messages(
      'return [code, from, to, term, sentAt, commitIndex, outcome,',
      'return [code, from, to, term, 0 * sentAt, commitIndex, outcome,',
    ),
  ),
]

export const JOURNAL: readonly Mutant[] = [...RECORDS, ...REPLAYS, ...STARTS, ...MESSAGES]
