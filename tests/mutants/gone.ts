/** Mistakes about word from outside that the leader is gone. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const gone = inFile('shared/raft/gone.ts')
const deaths = inFile('shared/life/deaths.ts')
const host = inFile('shared/host/host.ts')

export const GONE: readonly Mutant[] = [
  mutant('a dead leader is still believed in', 'DESIGN 6', gone('isCertain ? { leader: null, heardAt: -Infinity } : role', 'role')),
  mutant('whoever is said to be gone was the leader', 'ours', gone(' || !nodes.includes(role.leader)', '')),
  mutant('all that hear of a death ask at once', 'ours', gone('from + successorWaits(node, place)', 'from')),
  mutant('who is gone has a turn', 'ours', gone('.voters.filter((voter) => !nodes.includes(voter.node))', '.voters')),
  mutant('word of a death makes who would soon ask wait', 'ours', gone('Math.min(role.deadline, from', 'Math.max(role.deadline, from')),
  mutant('a hint is a fact', 'DESIGN 4', gone('const from = isCertain ?', 'const from = isCertain || !isCertain ?')),
  mutant(
    'a leader that is doubted is forgotten',
    'DESIGN 4',
    gone('const believed = isCertain ?', 'const believed = isCertain || !isCertain ?'),
  ),
  mutant(
    'who follows up a hint is stopped by those that heard the leader lately',
    'DESIGN 4',
    gone("reason: 'leader-gone', deadline", "reason: 'timeout', deadline"),
  ),
  mutant(
    'nobody waits for the locks of other tabs',
    'DESIGN 6',
    deaths('this.#locks === null || this.#watched.has(tab)', 'tab.length > 0 || this.#watched.has(tab)'),
  ),
  mutant('a leader is doubted as soon as it owes one heartbeat', 'DESIGN 4', gone('const OWED = 2', 'const OWED = 1')),
  mutant(
    'heartbeats that have become rare are owed as early as ever',
    'ours',
    gone('OWED * paced(node, node.settings.heartbeat)', 'OWED * node.settings.heartbeat'),
    gone('import { configurationOf, paced } from', 'import { configurationOf } from'),
  ),
  mutant(
    'all that doubt a leader which has been silent ask at once',
    'ours',
    gone('Math.max(moment.now, role.heardAt + OWED', '(role.heardAt + OWED'),
  ),
  mutant(
    'a tab that is out of sight is waited for',
    'DESIGN 6',
    deaths('if (!tabs.includes(tab)) this.#forget(tab)', 'if (!tabs.includes(tab)) void tab'),
  ),
  mutant('a tab out of sight goes on being waited for', 'DESIGN 6', deaths('    this.#watched.get(tab)?.()\n', '')),
  mutant('a tab that comes into sight again is not waited for', 'DESIGN 6', deaths('    this.#watched.delete(tab)\n', '')),
  mutant(
    'a tab is waited for again with every look',
    'ours',
    deaths('this.#locks === null || this.#watched.has(tab)', 'this.#locks === null'),
  ),
  mutant('a tab that left hears of deaths', 'DESIGN 6', deaths('    this.watch([])\n', '')),
  mutant(
    'locks of tabs of other machines are waited for',
    'DESIGN 6',
    inFile('shared/life/life.ts')('this.#deaths.watch(near.map(', 'this.#deaths.watch(this.host.routes.peers.map('),
  ),
  mutant(
    'a freed lock is a hint like any',
    'ours',
    inFile('shared/life/life.ts')('this.host.gone(tab, true)', 'this.host.gone(tab, false)'),
  ),
  mutant(
    'what the signaling server says is taken for certain',
    'DESIGN 4',
    host('left: (tab) => this.gone(tab, false)', 'left: (tab) => this.gone(tab, true)'),
  ),
  mutant(
    'of a tab that moved its nodes elsewhere all are gone',
    'ours',
    inFile('shared/host/routes.ts')(
      'return hosted.map(({ node }) => node).filter((node) => this.tabOf(node) === tab)',
      'return hosted.map(({ node }) => node)',
    ),
  ),
]
