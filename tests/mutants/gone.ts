/** Mistakes about word from outside that the leader is gone. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const gone = inFile('shared/raft/gone.ts')
const deaths = inFile('shared/life/deaths.ts')
const host = inFile('shared/host/host.ts')

export const GONE: readonly Mutant[] = [
  mutant('a dead leader is still believed in', 'DESIGN 6', gone('isCertain ? { leader: null, heardAt: -Infinity } : role', 'role')),
  mutant('whoever is said to be gone was the leader', 'ours', gone(' || !nodes.includes(role.leader)', '')),
  mutant('all that hear of a death ask at once', 'ours', gone('moment.random * SPREAD_MS', '0 * moment.random * SPREAD_MS - 1')),
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
