/** Mistakes in leaving and in handing over. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const farewell = inFile('shared/raft/farewell.ts')
const transfer = inFile('shared/raft/transfer.ts')
const proposal = inFile('shared/raft/proposal.ts')
const host = inFile('shared/host/host.ts')
const runner = inFile('shared/host/runner.ts')
const frames = inFile('shared/host/farewell-frames.ts')
const life = inFile('shared/life/life.ts')

const FAREWELLS: readonly Mutant[] = [
  mutant(
    'a sole voter leaves its vote to its learners',
    'SCHEDULES: sole voter never leaves',
    farewell(
      'const next = without(inForce, node.id)',
      'const rest = without(inForce, node.id)\n  const next = rest.voters.length > 0 ? rest : { voters: rest.learners, learners: [] }',
    ),
  ),
  mutant(
    'a removal goes with a farewell while a change is in flight',
    'SCHEDULES: no C_new in a farewell while a change is in flight',
    farewell('    !isChangeInFlight(node) &&\n    next.voters', '    next.voters'),
  ),
  mutant(
    'a removal goes with a farewell before anything of the term is committed',
    'SCHEDULES: farewell only if the leader committed in its term',
    farewell('    node.log.termAt(node.commitIndex) === node.currentTerm &&\n', ''),
  ),
  mutant(
    'a removal goes with a farewell though those that hear it can go on without',
    'RAFT-BUGS 77; SCHEDULES: C_new only if those heard are a majority of C_new, not of C_old',
    farewell('return isQuorum(next, hears) && !isQuorum(inForce, hears)', 'return isQuorum(next, hears)'),
  ),
  mutant(
    'a removal goes with a farewell to whoever hears it',
    'SCHEDULES: C_new only if those heard are a majority of C_new, not of C_old',
    farewell('return isQuorum(next, hears) && !isQuorum(inForce, hears)', 'return !isQuorum(inForce, hears)'),
  ),
  mutant(
    'no removal goes with a farewell: the last of two is left alone',
    'RAFT-BUGS 77',
    farewell('return isQuorum(next, hears) && !isQuorum(inForce, hears)', 'return hears(node.id)'),
  ),
  mutant(
    'a removal goes behind a gap',
    'DESIGN 6',
    farewell(
      'if (append === null || append.prevLogIndex + append.entries.length !== node.log.lastIndex) return farewell',
      'if (append === null) return farewell',
    ),
  ),
  mutant(
    "the farewell's save is performed",
    "SCHEDULES: the farewell's save is not performed",
    host(
      '    transport.farewell(frames)\n',
      '    for (const { farewell } of frames) if (farewell.append !== null && speaker) this.#runners.get(speaker.id)?.keepLast(farewell.append.entries)\n    transport.farewell(frames)\n',
    ),
    runner(
      '  /** Never steps again. A save under way may still land. */',
      "  keepLast(sent: readonly Entry[]): void {\n    const { currentTerm: term, votedFor, commitIndex, log, saves } = this.#node\n    const entries = sent.filter(({ index }) => index > log.lastIndex)\n    if (entries.length === 0 || saves.inFlight !== null || this.#hinting !== null || saves.durable.lastIndex !== log.lastIndex) return\n    const record = ++this.#record\n    void this.#journal.append(record, encodeRecord(record, { kind: 'save', term, votedFor, commitIndex, from: log.lastIndex + 1, entries }), 'strict')\n  }\n\n  /** Never steps again. A save under way may still land. */",
    ),
  ),
  mutant(
    'a farewell of an older term moves its hearers',
    'DESIGN 6',
    farewell("if (farewell.term < node.currentTerm || node.role.name === 'leader') return", "if (node.role.name === 'leader') return"),
  ),
  mutant(
    'the farewell of any node moves its hearers',
    'DESIGN 6',
    farewell('if (leader === null || !farewell.nodes.some((leaver) => leaver.node === leader)) return', 'if (leader === null) return'),
  ),
  mutant(
    'a leader that hears a farewell campaigns anew',
    'ours',
    farewell(" || node.role.name === 'leader') return\n  const leader = leaderOf(node)", ') return\n  const leader = leaderOf(node)'),
  ),
  mutant('all successors campaign at once', 'DESIGN 6', farewell('if (place === 0) campaignNow', 'if (place >= 0) campaignNow')),
  mutant(
    'successors take turns as on a fast network',
    'arXiv 2507.15154',
    farewell('Math.max(place, 0) * paced(node, SUCCESSOR_STEP_MS)', 'Math.max(place, 0) * SUCCESSOR_STEP_MS'),
  ),
  mutant('no successor campaigns at once', 'DESIGN 6', farewell("if (place === 0) campaignNow(turn, 'transfer')\n  else if", 'if')),
  mutant(
    'who was not heard for long is made a successor',
    'DESIGN 6',
    farewell(' && known !== undefined && moment.now - known.ackedSentAt < HEARD_MS', ' && known !== undefined'),
  ),
  mutant('successors stand in any order', 'DESIGN 6', farewell('    .sort((a, b) => b.known!.matchIndex - a.known!.matchIndex)\n', '')),
  mutant(
    'a node of the same tab is made a successor',
    'DESIGN 6',
    farewell('.filter(({ id, known }) => !isLeaving(id) && known', '.filter(({ id, known }) => id !== node.id && known'),
    farewell('[...successors, ...stay', '[...successors.filter((id) => stay.includes(id)), ...stay'),
  ),
  mutant(
    'a farewell leaves out what was not acked',
    'DESIGN 6',
    farewell('return fits(whole) ? whole : null', 'return fits(whole) && entries.length === 0 ? whole : null'),
  ),
  mutant(
    'a farewell is larger than what surely arrives',
    'DESIGN 6',
    frames('frame(one).length <= LIMITS.farewellBytes', 'frame(one).length <= 1_000 * LIMITS.farewellBytes'),
  ),
  mutant(
    'the nodes of a tab go on stepping after its farewell',
    'DESIGN 6 ◆: it never steps again',
    host(
      "    transport.farewell(frames)\n    for (const runner of this.#runners.values()) runner.stop({ why: 'left' })",
      '    transport.farewell(frames)',
    ),
  ),
  mutant('a tab that left keeps its locks', 'DESIGN 6 ◆: the last act releases the locks', life('    this.#held.releaseAll()\n', '')),
  mutant('a tab lets its locks go and stays', 'DESIGN 6 ◆', life('    this.host.leave()\n', '')),
]

const TRANSFERS: readonly Mutant[] = [
  mutant(
    'who is behind is told to lead',
    'RAFT-BUGS 104',
    transfer('if (asked || role.progress.get(to)?.matchIndex !== node.log.lastIndex) return', 'if (asked) return'),
  ),
  mutant('who shall lead is told again and again', 'ours', transfer('if (asked || role', 'if (role')),
  mutant('a transfer is never given up', 'RAFT-BUGS 106', transfer('if (moment.now >= until || !isVoter', 'if (until < 0 || !isVoter')),
  mutant(
    'a transfer goes on to who votes no more',
    'RAFT-BUGS 106',
    transfer('if (moment.now >= until || !isVoter(configurationOf(node), to)) {', 'if (moment.now >= until) {'),
  ),
  mutant(
    'a learner is told to lead',
    'thesis 3.10',
    transfer(' || !isVoter(configurationOf(node), to)) return\n', ') return\n'),
    transfer('if (moment.now >= until || !isVoter(configurationOf(node), to)) {', 'if (moment.now >= until) {'),
  ),
  mutant(
    'TimeoutNow carries the wrong term',
    'RAFT-BUGS 107',
    transfer('term: node.currentTerm, from', 'term: node.currentTerm - 1, from'),
  ),
  mutant('proposals are taken during a transfer', 'thesis 3.10', proposal(' || node.role.transfer !== null) return 0', ') return 0')),
]

export const LEAVING: readonly Mutant[] = [...FAREWELLS, ...TRANSFERS]
