/** Mistakes that let a read miss what was agreed before it. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const core = inFile('shared/raft/reads.ts')
const turn = inFile('shared/raft/turn.ts')
const host = inFile('shared/host/reads.ts')

export const READS: readonly Mutant[] = [
  mutant(
    'a leader answers reads without asking whether it leads',
    'thesis 6.4',
    core('voter === node.id || confirmedBy.has(voter)', 'true'),
  ),
  mutant(
    'one voter is enough to confirm a leader',
    'thesis 6.4',
    core(
      'isQuorum(configurationOf(node), (voter) => voter === node.id || confirmedBy.has(voter))',
      'isQuorum(configurationOf(node), (voter) => voter === node.id) || confirmedBy.size > 0',
    ),
  ),
  mutant(
    'a leader that removed itself counts itself for reads',
    'thesis 4.2.2',
    core(
      'isQuorum(configurationOf(node), (voter) => voter === node.id || confirmedBy.has(voter))',
      'confirmedBy.size + 1 > configurationOf(node).voters.length / 2',
    ),
  ),
  mutant(
    'a leader answers reads before it committed an entry of its own term',
    'RAFT-BUGS 103',
    core(' || node.log.termAt(node.commitIndex) !== node.currentTerm', ''),
  ),
  mutant(
    'reads are answered during a transfer',
    'RAFT-BUGS 98',
    core('if (node.role.transfer !== null) return refuseAll(turn)', 'if (node.role.transfer !== null) void refuseAll'),
  ),
  mutant('an answer to what was sent before the read confirms it', 'RAFT-BUGS 97', core(' || sentAt < round.sentAt', '')),
  mutant(
    'what was sent at the same reading of the clock, before the read, confirms it',
    'RAFT-BUGS 97',
    core(' || moment.now <= sentAt', ''),
  ),
  mutant('a refusal confirms a read', 'ours', core('!result.success || ', '')),
  mutant(
    'a read joins the round that is out',
    'RAFT-BUGS 97',
    core(
      'else node.role = { ...role, reads: { ...role.reads, gathering: [...gathering, read] } }',
      'else if (round !== null) node.role = { ...role, reads: { ...role.reads, round: { ...round, reads: [...round.reads, read] } } }\n  else node.role = { ...role, reads: { ...role.reads, gathering: [...gathering, read] } }',
    ),
  ),
  mutant(
    'a read is answered before what it must see is applied',
    'thesis 6.4',
    core('filter(({ index }) => index <= node.lastApplied)', 'filter(() => true)'),
    core('filter(({ index }) => index > node.lastApplied)', 'filter(() => false)'),
  ),
  mutant(
    'a follower answers reads by what it knows committed',
    'thesis 6.4',
    core(
      "else send(turn, { type: 'ReadIndex', to: leader, term: node.currentTerm, id, from: node.id })",
      'else node.confirmedReads = [...node.confirmedReads, { id, index: node.commitIndex }]',
    ),
  ),
  mutant(
    'who steps down forgets what it was asked to read',
    'thesis 6.4',
    turn("if (node.role.name === 'leader') turn.unread.push", "if (node.role.name !== 'leader') [].push"),
    turn('...(node.role.reads.round?.reads ?? []), ...node.role.reads.gathering', ''),
  ),
  mutant(
    'a later start asks under the numbers of an earlier one',
    'thesis 6.4',
    host('asker.incarnation * IDS_PER_START + ++this.#asked', '++this.#asked'),
    host('const IDS_PER_START = 2 ** 28\n', ''),
  ),
  mutant('a read that got lost is not asked again', 'thesis 6.4', host(' || now >= this.#sentAt + TIMES.resend', '')),
  mutant(
    'whether to ask again is not told as when to look is',
    'ours',
    host('now >= this.#sentAt + TIMES.resend', 'now - this.#sentAt >= TIMES.resend'),
  ),
  mutant(
    'a machine that applies no more answers reads',
    'DESIGN 9',
    host('if (index > this.#lastApplied()) continue', 'if (index < 0) this.#lastApplied()'),
  ),
]
