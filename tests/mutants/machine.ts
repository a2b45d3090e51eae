/** Mistakes that let replicas hold different things unnoticed. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const checksums = inFile('shared/replica/checksum.ts')
const marks = inFile('shared/host/marks.ts')
const host = inFile('shared/host/host.ts')
const autopilot = inFile('shared/raft/autopilot.ts')
const election = inFile('shared/raft/election.ts')
const node = inFile('shared/raft/node.ts')
const proposal = inFile('shared/raft/proposal.ts')

export const MACHINE: readonly Mutant[] = [
  mutant(
    'a replica that disagrees goes on',
    'DESIGN 9',
    checksums('return isSame(own.hash(), hash)', 'return isSame(own.hash(), own.hash()) || hash.length < 0'),
  ),
  mutant(
    'who has nothing to compare disagrees',
    'ours',
    checksums('if (own === undefined) return true', 'if (own === undefined) return false'),
  ),
  mutant(
    'what a long batch brings to compare is never compared',
    'ours',
    checksums('return isSame(owed.own.hash(), owed.hash) ?', 'return isSame(owed.own.hash(), owed.own.hash()) ?'),
  ),
  mutant(
    'what a long batch brings to compare is compared after a snapshot is stored',
    'ours',
    inFile('shared/life/replicated-list.ts')('    this.#replica.compare()\n', ''),
  ),
  mutant(
    'what a long batch brought is compared though a snapshot took its place',
    'ours',
    checksums('    this.#own = []\n    this.#owed = null', '    this.#own = []'),
  ),
  mutant('the beginning of a hash is enough', 'ours', checksums('one.length === other.length && one.every', 'one.every')),
  mutant(
    'what was hashed before a snapshot is compared after it',
    'ours',
    checksums('  clear(): void {\n    this.#own = []\n', '  clear(): void {\n'),
  ),
  mutant(
    'a leader notes a checksum again in every turn',
    'ours',
    marks('checksum === null || checksum.index <= this.#checksumAt', 'checksum === null'),
  ),
  mutant(
    'a new leader notes no checksum that it noted in an earlier term',
    'ours',
    marks('[this.#term, this.#checksumAt, this.#level] = [currentTerm, 0, 0]', 'this.#term = currentTerm'),
  ),
  mutant(
    'a checksum that a transfer drops counts as noted',
    'ours',
    marks("role.name !== 'leader' || role.transfer !== null) return null", "role.name !== 'leader') return null"),
  ),
  mutant(
    'a leader that hands over notes checksums',
    'thesis 3.10',
    proposal("role.name === 'leader' && role.transfer === null) append", "role.name === 'leader') append"),
  ),
  mutant(
    'who disagrees runs on',
    'DESIGN 9',
    host("return runner.stop({ why: 'disagrees', index: applier.stop.index })", 'void runner.stop'),
  ),
  mutant(
    'the level is raised beyond what a learner can apply',
    'DESIGN 9',
    marks('membersOf(configurationOf(node)).map((member)', 'configurationOf(node).voters.map((member)'),
    marks("import { membersOf } from '../raft/quorum.ts'\n", ''),
  ),
  mutant(
    'the level is raised beyond what its own build can apply',
    'DESIGN 9',
    marks('Math.min(levels.max, ...', 'Math.min(levels.max + 9, ...'),
  ),
  mutant(
    'the level is raised while a change is in flight',
    'ours',
    marks('if (isChangeInFlight(node)) return null\n', 'void isChangeInFlight\n'),
  ),
  mutant('who cannot apply what all do campaigns', 'DESIGN 9', node('if (node.abstains) return false\n', '')),
  mutant(
    'who cannot apply what all do leads on',
    'DESIGN 9',
    election("if (node.role.name !== 'follower') becomeFollower(turn, node.currentTerm, null)\n}", '}'),
  ),
  mutant('a learner of an old build is promoted', 'DESIGN 9', autopilot('learner.levels.max >= scene.level', 'scene.level > 0')),
  mutant('the older of two tabs says what a node can apply', 'ours', autopilot('b.since - a.since', 'a.since - b.since')),
  mutant(
    'a node is told in every turn to lead no more',
    'ours',
    marks("return node.abstains ? null : { type: 'abstain' }", "return { type: 'abstain' }"),
  ),
]
