/** Mistakes that make a command count twice, not at all, or differently from tab to tab. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const sessions = inFile('shared/replica/sessions.ts')
const replica = inFile('shared/replica/replica.ts')
const gate = inFile('shared/host/gate.ts')
const proposals = inFile('shared/host/proposals.ts')
const core = inFile('shared/raft/proposal.ts')
const host = inFile('shared/host/host.ts')
const list = inFile('shared/list/list.ts')
const order = inFile('shared/list/order.ts')
const machine = inFile('shared/list/machine.ts')
const snapshot = inFile('shared/list/snapshot.ts')

const GAP_APPLIED = sessions(
  "seq > last + 1) return { type: 'gap', expected: last + 1 }\n    if (seq === last + 1)",
  "seq < 1) return { type: 'gap', expected: last + 1 }\n    if (seq > last)",
)
const REPEAT_APPLIED = sessions('if (seq === last + 1)', 'if (seq >= last && seq > 0)')
const GAP_PASSES = gate('if (seq > last + 1) return', 'if (seq < 0) return')
const REPEAT_PASSES = gate("if (seq <= last) return 'known'", '')

const REPLICAS: readonly Mutant[] = [
  mutant('a sequence number may be skipped', 'thesis 6.3', GAP_APPLIED),
  mutant('a sequence number may be skipped, and the leader lets it pass', 'thesis 6.3', GAP_APPLIED, GAP_PASSES),
  mutant('a command that comes again is applied again', 'thesis 6.3', REPEAT_APPLIED),
  mutant('a command that comes again is applied again, and the leader lets it pass', 'thesis 6.3', REPEAT_APPLIED, REPEAT_PASSES),
  mutant(
    'a repeat gets the result of another command',
    'thesis 6.3',
    sessions('known.results[seq - known.settled - 1]', 'known.results[Math.max(seq - known.settled - 2, 0)]'),
  ),
  mutant(
    'a result is forgotten one command too early',
    'thesis 6.3',
    sessions('seq <= known.settled) return', 'seq <= known.settled + 1) return'),
  ),
  mutant(
    'a command claims to know its own result',
    'thesis 6.3',
    sessions('Math.min(header.settled, header.seq - 1)', 'Math.max(header.settled, header.seq)'),
  ),
  mutant(
    'results are kept for ever',
    'thesis 6.3',
    sessions('session.results.splice(0, settled - session.settled)\n    session.settled = settled', 'void settled'),
  ),
  mutant(
    'a snapshot leaves out what clients were told',
    'thesis 6.3',
    sessions('[name, last, settled, usedAt, [...results]]', '[name, last, last, usedAt, []]'),
  ),
  mutant(
    'a command of the future is skipped',
    'DESIGN 9',
    replica(
      "if (!applied.known) return { type: 'stopped', stop: { type: 'unknown-command' } }",
      "if (!applied.known) return { type: 'none' }",
    ),
  ),
  mutant(
    'a command of the future is refused',
    'DESIGN 9',
    machine('return { known: false }', "return { known: true, result: { ok: false, reason: 'malformed' } }"),
  ),
  mutant(
    'a level of the future is taken for our own',
    'DESIGN 9',
    replica("if (level > this.#levels.max) return { type: 'stopped', stop: { type: 'level', level } }\n", ''),
  ),
  mutant(
    'commands are applied at a level that this build does not have',
    'DESIGN 9',
    replica("if (!this.#supports(this.#level)) return { type: 'stopped', stop: { type: 'level', level: this.#level } }\n", ''),
  ),
  mutant('a level may fall', 'DESIGN 9', replica("if (!(level > this.#level)) return { type: 'none' }\n", '')),
  mutant('a replica that stopped goes on', 'DESIGN 9', replica("if (outcome.type === 'stopped') this.#stop = outcome.stop\n    else", '')),
  mutant('log time goes back with an entry', 'DESIGN 14', replica('if (entry.time > this.#time) this.#time', 'this.#time')),
  mutant(
    'every tab applies at its own log time',
    'DESIGN 9',
    replica('{ session, seq, time: this.#time }', '{ session, seq: seq + 0 * this.#time, time: 0 }'),
  ),
  mutant(
    'entries may be applied with gaps',
    'RAFT-BUGS 109',
    replica(
      "assert(entry.index === this.#lastApplied + 1, 'entries are applied in the order of the log, without gaps')",
      "assert(entry.index > 0, '')",
    ),
  ),
]

const GATES: readonly Mutant[] = [
  mutant('the leader lets a gap pass', 'DESIGN 9', GAP_PASSES),
  mutant('the leader appends what it has already', 'DESIGN 9', REPEAT_PASSES),
  mutant(
    'the leader looks only at what is applied',
    'DESIGN 9',
    gate('Math.max(this.#appended.get(session) ?? 0, this.#sees.lastSeq(session))', 'this.#sees.lastSeq(session)'),
  ),
  mutant(
    'the leader looks only at what it appended itself',
    'DESIGN 9',
    gate('if (this.#term !== node.currentTerm) {', 'if (this.#term === 0) {'),
  ),
  mutant(
    'the leader reads nothing of its log',
    'DESIGN 9',
    gate(
      'for (let index = Math.max(this.#scanned, node.log.base.index) + 1; index <= node.log.lastIndex; index++) {',
      'for (let index = node.log.lastIndex + 1; index <= node.log.lastIndex; index++) {',
    ),
  ),
  mutant('of commands in one turn each is judged alone', 'DESIGN 9', gate('    turn.set(session, seq)\n', '')),
  mutant(
    'the leader appends what nobody can apply',
    'DESIGN 9',
    gate("    if (!this.#sees.isValid(bytes)) return { session, seq, reason: 'invalid', expected: seq }\n", ''),
  ),
  mutant(
    'who sent a gap is told once for each command behind it',
    'DESIGN 9',
    gate('if (refusal !== null && !isTold)', 'if (refusal !== null)'),
  ),
  mutant('a gap names the wrong place', 'DESIGN 9', gate("reason: 'gap', expected: last + 1 }", "reason: 'gap', expected: seq }")),
  mutant(
    'commands are sent on and on',
    'DESIGN 9',
    core(
      '  for (const { header } of commands.slice(accept(turn, commands))) {\n    const',
      "  const leader = leaderOf(node)\n  if (leader !== null && leader !== node.id) return send(turn, { type: 'Propose', to: leader, term: node.currentTerm, commands })\n  for (const { header } of commands.slice(accept(turn, commands))) {\n    const",
    ),
  ),
  mutant(
    'any number of entries may be uncommitted',
    'DESIGN 4',
    core('commands.slice(0, room)', 'commands.slice(0, Math.max(room, Infinity))'),
  ),
  mutant('what was committed counts as uncommitted', 'RAFT-BUGS 55', core('(node.log.lastIndex - node.commitIndex)', 'node.log.lastIndex')),
  mutant(
    'where no leader is known nobody is told',
    'DESIGN 9',
    core(
      'turn.refused.push({ session: header.session, seq: header.seq, reason: whyRefused(node), expected: 0 })',
      'void [header, whyRefused(node)]',
    ),
  ),
  mutant(
    'who does not lead tells nobody so',
    'DESIGN 9',
    core(
      "    send(turn, { type: 'ProposeRefused', to: from, term, session, seq, reason: whyRefused(node), expected: 0, from: id })\n",
      '    void [from, term, session, seq, whyRefused(node), id]\n',
    ),
  ),
]

const PROPOSERS: readonly Mutant[] = [
  mutant(
    'a new leader is told nothing of what waits',
    'DESIGN 9',
    proposals('if (to !== this.#sentTo) this.resend(now)\n    else if', 'if'),
  ),
  mutant(
    'what gets lost is never sent again',
    'DESIGN 9',
    proposals('else if (now - this.#progressAt >= TIMES.resend) this.resend(now)', ''),
  ),
  mutant(
    'a refusal is not heard',
    'DESIGN 9',
    proposals('for (const waiting of line.waiting.values()) if (waiting.seq >= from) waiting.sent = false', 'void from'),
  ),
  mutant(
    'a gap is not filled from where it is',
    'DESIGN 9',
    proposals("const from = reason === 'gap' ? expected : seq", 'const from = seq'),
  ),
  mutant(
    'a number that cannot be found is not filled',
    'DESIGN 9',
    proposals(
      'if (isMissing && expected > line.settled) this.#fill(line, expected)',
      'if (isMissing && expected < 0) this.#fill(line, expected)',
    ),
  ),
  mutant(
    'what no leader takes is not filled',
    'DESIGN 9',
    proposals("if (reason === 'invalid') this.#fill(line, seq)", "if (reason === 'invalid' && seq < 0) this.#fill(line, seq)"),
  ),
  mutant(
    'a leader that is behind is believed: what it lacks is filled',
    'DESIGN 9',
    proposals('if (isMissing && expected > line.settled)', 'if (isMissing)'),
  ),
  mutant(
    'a leader that is busy is asked again at once',
    'DESIGN 9',
    proposals("if (reason === 'busy') this.#heldUntil = now + TIMES.heartbeat", ''),
  ),
  mutant(
    'who does not lead is asked again at once',
    'DESIGN 9',
    proposals(
      "if (reason === 'not-leader' || (isMissing && expected <= line.settled))",
      "if (reason === 'not-leader' && isMissing && expected < 0)",
    ),
  ),
  mutant(
    'a number is used twice',
    'thesis 6.3',
    proposals(
      'const seq = ++this.#own.last',
      'const seq = (this.#own.last = this.#own.waiting.size === 0 ? Math.max(this.#own.last, 1) : this.#own.last + 1)',
    ),
  ),
  mutant(
    'the newest command counts as known, whatever still waits before it',
    'thesis 6.3',
    proposals(
      'line.waiting.size === 0 ? Math.max(line.settled, seq) : firstOf(line) - 1',
      'line.waiting.size === 0 ? Math.max(line.settled, seq) : Math.max(seq, firstOf(line) - 1)',
    ),
  ),
  mutant(
    'a header claims one more than is known',
    'thesis 6.3',
    proposals('header: { session, seq, settled: line.settled }', 'header: { session, seq, settled: Math.min(line.settled + 1, seq - 1) }'),
  ),
  mutant(
    'new commands do not wait for those of an older session',
    'DESIGN 9',
    proposals('const lines = this.#older.length > 0 ? this.#older : [this.#own]', 'const lines = [...this.#older, this.#own]'),
  ),
  mutant(
    'what was taken over is never done',
    'DESIGN 9',
    proposals('this.#older.splice(this.#older.indexOf(line), 1)', 'void this.#older'),
  ),
  mutant(
    'what an older session had applied goes out again as new',
    'DESIGN 9',
    proposals('if (seq > appliedUpTo) line.waiting.set', 'if (seq > 0) line.waiting.set'),
  ),
  mutant(
    'an edit is not kept until it is agreed',
    'DESIGN 9',
    proposals('    this.#keeper.put(session, seq, bytes)\n    return new Promise', '    return new Promise'),
  ),
  mutant(
    'any number of commands is under way',
    'DESIGN 14',
    proposals('if (++inFlight > LIMITS.proposalsInFlight)', 'if (++inFlight > Infinity)'),
  ),
  mutant(
    'an outcome is told for any number',
    'DESIGN 9',
    proposals('const waiting = line?.waiting.get(seq)', 'const waiting = line?.waiting.get(seq) ?? line?.waiting.values().next().value'),
  ),
  mutant(
    'a surplus node applies to the list too',
    'DESIGN 6',
    host('isMain && this.#applying.apply(entries)', 'this.#applying.apply(entries)'),
  ),
]

const LISTS: readonly Mutant[] = [
  mutant(
    'an undo reverts what others did since',
    'DESIGN 12',
    list('return back !== undefined && slot.setBy[what] !== back.from', 'return back !== undefined && slot.setBy[what] === null'),
  ),
  mutant('who changes nothing counts as who set it', 'DESIGN 12', list('  if (!changes && back === undefined) return\n', '')),
  mutant(
    'the newest tombstone is forgotten first',
    'DESIGN 12',
    list('const [oldest] = this.#tombstones\n', 'const oldest = [...this.#tombstones].at(-1)\n'),
  ),
  mutant('a restore is not counted', 'DESIGN 12', list('this.#size += deleted ? -1 : 1', 'this.#size += deleted ? -1 : 0')),
  mutant(
    'a clone shares what it changes',
    'DESIGN 12',
    order('order.#ownFrom = Math.min(this.#ownFrom, this.#slots.length)', 'order.#own = null'),
  ),
  mutant(
    'a snapshot forgets in which order items were deleted',
    'DESIGN 12',
    snapshot(
      'const deleted = [...list.tombstones].map((id) => positions.get(id)!)',
      'const deleted = [...list.tombstones].map((id) => positions.get(id)!).sort((a, b) => a - b)',
    ),
  ),
  mutant('a snapshot forgets who set what', 'DESIGN 12', snapshot('(by === item.id ? null : by)', '(by === item.id ? null : null)')),
]

export const CLIENTS: readonly Mutant[] = [...REPLICAS, ...GATES, ...PROPOSERS, ...LISTS]
