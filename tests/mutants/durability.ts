/** Mistakes about what is durable: saves, the runner that performs them, and what a start begins with. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const saves = inFile('shared/raft/saves.ts')
const election = inFile('shared/raft/election.ts')
const replication = inFile('shared/raft/replication.ts')
const follow = inFile('shared/raft/follow.ts')
const node = inFile('shared/raft/node.ts')
const runner = inFile('shared/host/runner.ts')

const OWN_COUNT = 'voter === id ? saves.durable.lastIndex : (role.progress.get(voter)?.matchIndex ?? 0),\n  )\n  if'
const COUNTS_UNSAVED =
  'voter === id && saves.durable.lastIndex >= 0 ? log.lastIndex : (role.progress.get(voter)?.matchIndex ?? 0),\n  )\n  if'

const SAVES: readonly Mutant[] = [
  mutant(
    'the vote is never saved',
    'RAFT-BUGS 10',
    saves('return { number, term, votedFor, commitIndex, from,', 'return { number, term, votedFor: null, commitIndex, from,'),
  ),
  mutant('a vote is answered before it is saved', 'RAFT-BUGS 7', election('else sendWhenDurable(turn, answer)', 'else send(turn, answer)')),
  mutant(
    'votes are asked for before term and own vote are saved',
    'RAFT-BUGS 8; SCHEDULES: RequestVote waits for term and vote',
    election(
      'sendWhenDurable(turn, { ...request(turn, to, node.currentTerm), preVote: false, reason, from: node.id })',
      'send(turn, { ...request(turn, to, node.currentTerm), preVote: false, reason, from: node.id })',
    ),
  ),
  mutant(
    'entries are acknowledged before they are saved',
    'RAFT-BUGS 7',
    follow('if (result.success) sendWhenDurable(turn, message)', 'if (result.success) send(turn, message)'),
  ),
  mutant(
    'an ack waits only for a save of its own step',
    'SCHEDULES: ack/vote waits for the newest save issued or owed',
    saves('return inFlight?.number ?? null', 'return null'),
  ),
  mutant(
    'an ack waits for the save under way, not for what is owed',
    'SCHEDULES: ack/vote waits for the newest save issued or owed',
    saves(
      'if (isOwed(turn)) return issued.number + 1\n  return inFlight?.number ?? null',
      'return inFlight?.number ?? (isOwed(turn) ? issued.number + 1 : null)',
    ),
  ),
  mutant(
    'the own vote counts before it is durable',
    'SCHEDULES: own vote only when durable',
    election(
      'const ownVote = saves.durable.term === currentTerm && saves.durable.votedFor === id',
      'const ownVote = saves.durable.term >= 0 && currentTerm > 0',
    ),
  ),
  mutant(
    '... and no invariant of the leader notices',
    'SCHEDULES: own vote only when durable',
    election(
      'const ownVote = saves.durable.term === currentTerm && saves.durable.votedFor === id',
      'const ownVote = saves.durable.term >= 0 && currentTerm > 0',
    ),
    inFile('shared/raft/invariants.ts')("assert(durable.term === node.currentTerm, 'a leader is durable in its term')", 'void durable'),
  ),
  mutant(
    'a leader counts itself for what it has not saved',
    'RAFT-BUGS 65; SCHEDULES: leader counts itself only for what is durable',
    replication(OWN_COUNT, COUNTS_UNSAVED),
  ),
  mutant(
    'only a leader alone counts itself for what it has not saved',
    'RAFT-BUGS 65',
    replication(
      OWN_COUNT,
      OWN_COUNT.replace('saves.durable.lastIndex', '(configurationOf(node).voters.length === 1 ? log.lastIndex : saves.durable.lastIndex)'),
    ),
  ),
  mutant(
    'what was cut off counts as durable when its save is done',
    'RAFT-BUGS 62; SCHEDULES: durable index is lowered by truncation',
    replication('    forgetDurable(turn, keep)\n', ''),
    replication("import { forgetDurable } from './saves.ts'\n", ''),
  ),
  mutant(
    '... and a save that begins below what is durable does not lower it either',
    'RAFT-BUGS 62; SCHEDULES: durable index is lowered by truncation',
    replication('    forgetDurable(turn, keep)\n', ''),
    replication("import { forgetDurable } from './saves.ts'\n", ''),
    saves('durable: { ...durable, lastIndex: Math.min(durable.lastIndex, differs - 1) }', 'durable'),
    inFile('shared/raft/invariants.ts')(
      "assert(after.saves.durable.lastIndex <= after.log.lastIndex, 'only what is in the log counts as durable')",
      '',
    ),
  ),
  mutant('a new vote alone is not worth a save', 'RAFT-BUGS 115', saves('node.votedFor !== issued.votedFor || ', '')),
  mutant('a new term alone is not worth a save', 'RAFT-BUGS 115', saves('node.currentTerm !== issued.term || ', '')),
  mutant('new entries alone are not worth a save', 'ours', saves(' || node.log !== issued.log\n}', '\n}')),
  mutant(
    'a save holds what was added, not what was replaced',
    'ours',
    saves('log.divergence(issued.log)', 'Math.min(issued.log.lastIndex, log.lastIndex) + 1'),
  ),
  mutant(
    'two saves are in flight',
    'DESIGN 4',
    saves('if (inFlight !== null || !isOwed(turn)) return null', 'if (!isOwed(turn)) return null'),
  ),
  mutant(
    'a save done makes durable whatever is in the log by now',
    'RAFT-BUGS 62; DESIGN 4 ◆: saved(n) says only n',
    saves(
      'inFlight: null, durable: { term, votedFor, lastIndex } }',
      'inFlight: null, durable: { term, votedFor, lastIndex: Math.max(lastIndex, node.log.lastIndex) } }',
    ),
  ),
  mutant(
    'a save done makes durable whatever term and vote are by now',
    'DESIGN 4 ◆: saved(n) says only n',
    saves(
      'inFlight: null, durable: { term, votedFor, lastIndex } }',
      'inFlight: null, durable: { ...{ term, votedFor }, term: node.currentTerm, votedFor: node.votedFor, lastIndex } }',
    ),
  ),
]

const STARTS: readonly Mutant[] = [
  mutant(
    'a restart forgets its vote',
    'RAFT-BUGS 10',
    node('    votedFor,\n    log,\n    snapshot', '    votedFor: null,\n    log,\n    snapshot'),
  ),
  mutant(
    'a restart forgets its term',
    'RAFT-BUGS 113',
    node(
      '    currentTerm,\n    votedFor,\n    log,\n    snapshot',
      '    currentTerm: log.lastTerm,\n    votedFor: null,\n    log,\n    snapshot',
    ),
  ),
  mutant(
    'a restart knows the configurations that were committed only',
    'RAFT-BUGS 70',
    node(
      'configurations: configurationsIn(durable.entries, snapshot)',
      'configurations: configurationsIn(durable.entries.slice(0, durable.commitIndex))',
    ),
  ),
  mutant(
    'a restart takes all it stored for committed',
    'ours',
    node('commitIndex: durable.commitIndex,', 'commitIndex: durable.entries.length,'),
  ),
  mutant('a restart campaigns at once', 'ours', node('deadline: moment.now + electionTimeout(settings, moment)', 'deadline: moment.now')),
]

const RELEASE = 'this.#release(number)\n      this.deliver'
const RETRY = 'const second = await write()'

const RUNNERS: readonly Mutant[] = [
  mutant(
    'what waits for a save leaves when the save begins',
    'RAFT-BUGS 7; RAFT-BUGS 67',
    runner('void this.#append(write).then((error) => {', 'this.#release(number)\n    void this.#append(write).then((error) => {'),
  ),
  mutant(
    'a save counts as done when it begins',
    'RAFT-BUGS 65',
    runner(
      'void this.#append(write).then((error) => {',
      "this.#release(number)\n    this.deliver([{ type: 'saved', number }])\n    void this.#append(write).then((error) => {",
    ),
    runner(RELEASE, 'if (number < 0) this.deliver'),
  ),
  mutant(
    'a save that failed counts as done',
    'RAFT-BUGS 7',
    runner("if (error !== null) return this.stop({ why: 'storage', error })", 'void error'),
  ),
  mutant('a save that failed once stops the node', 'RAFT-BUGS 56', runner(RETRY, 'const second = first')),
  mutant(
    'a save that failed is tried under the next number',
    'DESIGN 5 ◆',
    runner('const write = ()', 'let again = 0\n    const write = ()'),
    runner('this.#journal.append(first, records[0]!', 'this.#journal.append(first + again++, records[0]!'),
  ),
  mutant(
    'a number that is taken counts as saved',
    'DESIGN 5 ◆: a late write collides',
    runner("if (first.error.type === 'collision') return first.error", "if (first.error.type === 'collision') return null"),
  ),
  mutant(
    'saves are not strict',
    'DESIGN 5 ◆',
    runner("this.#journal.append(first, records[0]!, 'strict')", "this.#journal.append(first, records[0]!, 'relaxed')"),
  ),
  mutant(
    'what waits is sent though its term is over',
    'SCHEDULES: unsent acks of older terms are dropped',
    runner('.filter(({ term }) => term >= this.#node.currentTerm)', ''),
  ),
  mutant(
    'what waits for a later save leaves with this one',
    'ours',
    runner('after !== null && after <= number)', 'after !== null && after <= number + 1)'),
  ),
  mutant('a hint is written beside a save', 'DESIGN 5', runner('saves.inFlight !== null || this.#hinting', 'this.#hinting')),
  mutant(
    'a save does not wait for the hint before it',
    'DESIGN 5',
    runner('if (this.#hinting === null) return this.#write(save)', 'if (this.#hinting !== undefined) return this.#write(save)'),
  ),
  mutant('the number of a hint that failed is skipped', 'DESIGN 5', runner('else this.#record--', 'else this.#hinting = null')),
  mutant('no hint is ever written', 'DESIGN 5', runner('if (output.save === null) this.#hintLater()', '')),
  mutant(
    'a hint that collided is ignored',
    'DESIGN 5 ◆: a late write collides',
    runner(
      "if (saved.error.type === 'collision') this.stop({ why: 'storage', error: saved.error })",
      "if (saved.error.type === 'collision') this.#hinting = null",
    ),
  ),
  mutant(
    'a broken rule is overlooked',
    'DESIGN 4',
    runner("this.stop({ why: 'broken', error })\n    }\n  }\n\n  #sendNow", 'void error\n    }\n  }\n\n  #sendNow'),
  ),
  mutant(
    'a node goes on after it was stopped',
    'DESIGN 6 ◆: it never steps again',
    runner('if (this.#stopped !== null) return\n    for (const input of inputs)', 'for (const input of inputs)'),
    runner('this.#isTurnDue = false\n    if (this.#stopped !== null) return\n', 'this.#isTurnDue = false\n'),
    runner('if (this.#stopped !== null) return\n    const due', 'const due'),
    runner('if (this.#stopped !== null) return\n    const first', 'const first'),
    runner('    this.#cancelWake?.()\n    this.#journal.close()\n', ''),
  ),
  mutant(
    'whoever looks on comes before what is sent',
    'ours',
    runner('      this.#sendNow(output.send)\n', ''),
    runner('      this.#obey(output)\n', '      this.#sendNow(output.send)\n      this.#obey(output)\n'),
  ),
  mutant(
    'a save is begun before what need not wait for it leaves',
    'ours',
    runner('      this.#sendNow(output.send)\n', ''),
    runner('      this.#obey(output)\n', '      this.#obey(output)\n      this.#sendNow(output.send)\n'),
  ),
  mutant('wakes are named and not kept', 'ours', runner('if (at >= this.#wakeAt) return', 'if (at >= this.#wakeAt || at > 0) return')),
]

export const DURABILITY: readonly Mutant[] = [...SAVES, ...STARTS, ...RUNNERS]
