/** Mistakes about snapshots: taking, sending, installing, storing and reading them back. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const snapshot = inFile('shared/raft/snapshot.ts')
const saves = inFile('shared/raft/saves.ts')
const replication = inFile('shared/raft/replication.ts')
const replica = inFile('shared/replica/replica.ts')
const applying = inFile('shared/host/applying.ts')
const replay = inFile('shared/wire/replay.ts')
const rewrite = inFile('shared/wire/rewrite.ts')

const HERE = 'if (chunk.index <= node.commitIndex || node.log.termAt(chunk.index) === chunk.lastTerm) {'
const ACK = '  acknowledge(turn, chunk, index)\n}'
const SAID_AT_ONCE = `  const result = { success: true, matchIndex: index } as const
  send(turn, { type: 'AppendEntriesReply', from: node.id, to: chunk.from, term: chunk.term, sentAt: 0, commitIndex: index, result })
}`

const TAKING: readonly Mutant[] = [
  mutant('a snapshot is taken of what is not applied', '§7; thesis 5.1', snapshot('index > node.lastApplied || ', '')),
  mutant(
    'a snapshot holds the newest configuration, not the one in force at its end',
    'thesis 5.1',
    snapshot('node.configurations.findLast((placed) => placed.index <= index)', 'node.configurations.at(-1)'),
  ),
  mutant(
    'a new snapshot is not saved',
    '§7',
    saves('snapshot === null || snapshot === issued.snapshot ? null : {', 'snapshot === null || log !== null ? null : {'),
  ),
  mutant(
    'with a snapshot only what is new of the log is saved',
    'ours',
    saves('compaction === null ? differs : log.base.index + 1', 'differs'),
  ),
  mutant('no tail is kept beside a snapshot', 'DESIGN 4', snapshot('index - settings.logTail, ...needed', 'index')),
]

const SENDING: readonly Mutant[] = [
  mutant(
    'a leader that has nothing but its snapshot never sends it',
    'RAFT-BUGS 89',
    snapshot('return nextIndex <= log.base.index', 'return nextIndex <= log.base.index && log.lastIndex > log.base.index'),
  ),
  mutant(
    'the next chunk of a snapshot does not wait for the last',
    'DESIGN 4',
    snapshot('if (!sending.isOut) return install', 'if (sending.snapshot !== null) return install'),
  ),
  mutant(
    'a chunk of a snapshot that is lost is never asked for',
    'RAFT-SCENARIOS 58',
    snapshot('if (moment.now - sending.sentAt >= ASK_AGAIN_MS) install(turn, to, sending, 0)', ''),
  ),
  mutant(
    'who has a snapshot is sent it again and again, though the leader has let go of more',
    'ours',
    snapshot('if (sending === null || sending.snapshot.index <= known.matchIndex) return', 'if (sending === null) return'),
  ),
  mutant(
    'a snapshot begins from its first byte whatever is there',
    'DESIGN 4: chunks that resume',
    snapshot(
      'offset: answer.offset, isOut: false',
      'offset: sending.offset + (answer.offset > sending.offset ? answer.offset - sending.offset : 0), isOut: false',
    ),
    snapshot(
      'return install(turn, to, begin(node.snapshot!), 0)',
      'return install(turn, to, begin(node.snapshot!), node.settings.chunkBytes)',
    ),
    snapshot(
      'const isSame = known !== null && known.index === index',
      'const isSame = known !== null && offset > 0 && known.index === index',
    ),
  ),
  mutant(
    'who fell silent is sent chunks of a snapshot',
    'DESIGN 4',
    snapshot('if (!isHeard(node, known, moment.now)) {', 'if (!isHeard(node, known, -Infinity)) {'),
  ),
  mutant(
    'a leader with a snapshot looks before the beginning of its log',
    'RAFT-BUGS 91',
    replication('Math.max(known.nextIndex - 1, node.log.base.index)', 'known.nextIndex - 1'),
  ),
]

const INSTALLING: readonly Mutant[] = [
  mutant(
    'a snapshot is installed over a longer committed log',
    'RAFT-BUGS 83; Figure 13',
    snapshot(HERE, 'if (node.commitIndex < 0 || (chunk.index > node.commitIndex && node.log.termAt(chunk.index) === chunk.lastTerm)) {'),
  ),
  mutant(
    'a log that agrees with a snapshot is dropped with what follows',
    'Figure 13, 6',
    snapshot(HERE, 'if (chunk.index <= node.commitIndex) {'),
  ),
  mutant(
    'a log that has an entry where a snapshot ends is taken to agree',
    'Figure 13, 6',
    snapshot(HERE, 'if (chunk.index <= node.commitIndex || node.log.termAt(chunk.index) !== null) {'),
  ),
  mutant(
    'a snapshot is installed without its hash',
    'ours',
    snapshot('if (hashOf(bytes) !== chunk.hash) return reply(turn, chunk, 0)\n', ''),
  ),
  mutant('a snapshot is acknowledged before it is saved', 'RAFT-BUGS 7', snapshot(ACK, SAID_AT_ONCE)),
  mutant(
    'what was durable before a snapshot counts for the log after it',
    'DESIGN 4',
    snapshot('  forgetDurable(turn, node.commitIndex)\n', ''),
  ),
  mutant('a snapshot brings no configuration', 'RAFT-BUGS 86', snapshot('  node.configurations = [snapshot.configuration]\n', '')),
  mutant(
    'chunks of two snapshots are mixed',
    'RAFT-BUGS 88; Figure 13, 5',
    snapshot(
      'known !== null && known.index === index && known.term === term && known.hash === hash && known.size === size',
      'known !== null && known.size >= 0',
    ),
  ),
  mutant(
    'a late chunk of an older snapshot throws away the newer',
    'RAFT-BUGS 94; Figure 13, 5',
    snapshot('if (!isSame && known !== null && known.inTerm === inTerm && index < known.index) return null\n', ''),
  ),
  mutant('what a snapshot holds is handed out again', '§7', snapshot('  node.handedOut = snapshot.index\n', '')),
  mutant('an installed snapshot does not reach the state machine', '§7', snapshot('  turn.restore = snapshot\n', '')),
  mutant(
    'a snapshot ends without log time',
    'DESIGN 14',
    snapshot('term: snapshot.term, time: snapshot.time }', 'term: snapshot.term, time: 0 }'),
  ),
  mutant(
    'AppendEntries from before what a snapshot covers are refused',
    '§7',
    replication('if (!isCovered && node.log.termAt(append', 'if (node.log.termAt(append'),
  ),
]

const STATES: readonly Mutant[] = [
  mutant('a snapshot forgets the sessions', 'thesis 6.3', replica('    this.#sessions = restored\n', '')),
  mutant(
    'a snapshot forgets the level',
    'DESIGN 9',
    replica('    this.#level = level\n    this.#time = time\n', '    this.#time = time\n'),
  ),
  mutant(
    'a snapshot forgets log time',
    'DESIGN 14',
    replica('    this.#level = level\n    this.#time = time\n', '    this.#level = level\n'),
  ),
  mutant(
    'who waits for a command that a snapshot brought is never told',
    'DESIGN 9',
    applying('    proposals.restored(applier, clock.now())\n', ''),
  ),
  mutant(
    'a snapshot is taken however small the log is beside it',
    'thesis 5.1.3',
    applying('logBytes > Math.max(snapshotBytes, atLeast)', 'logBytes > atLeast'),
  ),
]

const STORED: readonly Mutant[] = [
  mutant(
    'what lies before a snapshot in the journal is read',
    'DESIGN 5: a late write',
    replay('found.findLastIndex(({ bytes }) => saysCompacted(bytes))', 'found.findIndex(({ bytes }) => saysCompacted(bytes))'),
  ),
  mutant(
    'a stored snapshot is read without its hash',
    'DESIGN 5',
    replay("  if (hashOf(bytes) !== record.hash) return 'a snapshot of another hash'\n", ''),
  ),
  mutant(
    'a stored snapshot may lack its last pieces',
    'DESIGN 5',
    replay('return installing !== null && compaction === null', 'return installing !== null && compaction === undefined'),
  ),
  mutant(
    'a stored snapshot loses the entries after it',
    'DESIGN 5',
    rewrite('return [first, ...pieces]', 'state = { ...state, entries: [] }\n  return [first, ...pieces]'),
    rewrite('const lastIndex = base.index + state.entries.length', 'const lastIndex = snapshot.index'),
    rewrite('return [...begun, ...saves].map', 'return [...begun, ...(state.compaction === null ? saves : [])].map'),
  ),
  mutant(
    'a journal is read with the commit index before its snapshot',
    'RAFT-BUGS 95',
    replay(
      'Math.max(Math.min(state.commitIndex, lastIndex(state)), state.compaction?.snapshot.index ?? 0)',
      'Math.min(state.commitIndex, lastIndex(state))',
    ),
  ),
]

export const SNAPSHOTS: readonly Mutant[] = [...TAKING, ...SENDING, ...INSTALLING, ...STATES, ...STORED]
