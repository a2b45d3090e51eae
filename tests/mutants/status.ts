/** Mistakes in what a tab tells of itself. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const status = inFile('shared/host/status.ts')
const traffic = inFile('shared/host/traffic.ts')
const elections = inFile('shared/host/elections.ts')
const host = inFile('shared/host/host.ts')
const runner = inFile('shared/host/runner.ts')

export const STATUS: readonly Mutant[] = [
  mutant('whoever is sent a snapshot is said to be sent entries', 'ours', status("sending === null ? state : 'snapshot'", 'state')),
  mutant('who never answered is said to answer at once', 'ours', status('measured?.roundTrip ?? null', 'measured?.roundTrip ?? 0')),
  mutant('learners are told as voters', 'ours', status('statusOfMember(node, false)', 'statusOfMember(node, true)')),
  mutant(
    'reports to other tabs are not weighed',
    'ours',
    host('this.traffic.send(tab, report)', 'this.options.transport.send(tab, report)'),
  ),
  mutant(
    'what cannot be read is not weighed',
    'ours',
    host('    this.traffic.hear(bytes)\n', '    if (frameKind(bytes) !== null) this.traffic.hear(bytes)\n'),
  ),
  mutant('heartbeats count as messages with entries', 'ours', traffic(' || message.entries.length === 0', '')),
  mutant(
    'an election counts once for every term that it took',
    'ours',
    elections('this.#count++', 'this.#count += after.currentTerm - before.currentTerm'),
  ),
  mutant('a leader that is heard again was elected', 'ours', elections('after.currentTerm > last.term', 'after.currentTerm >= last.term')),
  mutant(
    'an election begins with the last turn that knew the leader',
    'ours',
    elections("after.role.name === 'follower' ? after.role.heardAt : now", 'now'),
  ),
  mutant('elections of every node of the tab are counted', 'ours', host('if (isMain) this.elections.look', 'this.elections.look')),
  mutant('what waited for a save leaves untold', 'ours', runner('number, sent: messages }', 'number, sent: [] }')),
]
