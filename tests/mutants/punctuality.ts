/** Mistakes about tabs whose timers come late. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const autopilot = inFile('shared/raft/autopilot.ts')
const punctuality = inFile('shared/host/punctuality.ts')
const pilot = inFile('shared/host/pilot.ts')
const hello = inFile('shared/wire/hello.ts')

export const PUNCTUALITY: readonly Mutant[] = [
  mutant('a leader that is on time hands over', 'ours', autopilot('scene === null || !isLate(node.id)', 'scene === null')),
  mutant('a late leader hands over to another late one', 'ours', autopilot('!isLate(voter) && isLive', 'isLive')),
  mutant('a tab that cannot be seen counts as on time', 'ours', autopilot('?.late ?? true', '?.late ?? false')),
  mutant(
    'a late leader hands over to whom it does not hear',
    'ours',
    autopilot('!isLate(voter) && isLive(scene, voter) &&', '!isLate(voter) &&'),
  ),
  mutant(
    'a late leader hands over to who lacks what is agreed',
    'ours',
    autopilot('?.matchIndex ?? 0) >= node.commitIndex', '?.matchIndex ?? 0) >= 0'),
  ),
  mutant('a late leader hands over to an older build than the list', 'ours', autopilot(' && levels.max >= scene.level', '')),
  mutant('a late leader hands over to the farthest', 'ours', autopilot('a.distance - b.distance', 'b.distance - a.distance')),
  mutant('a late leader hands over again and again', 'ours', pilot('now - this.#handedOverAt < STAYS_LATE', 'now === this.#handedOverAt')),
  mutant('one stall makes a tab late', 'ours', punctuality('late > SAMPLES / 2', 'late > 0')),
  mutant('a tab is never late', 'ours', punctuality('late > SAMPLES / 2', 'late > SAMPLES')),
  mutant('whoever is on time again is late no more', 'ours', punctuality('STAYS_LATE: Millis = 30_000', 'STAYS_LATE: Millis = 0')),
  mutant(
    'a tab does not say that it is late',
    'ours',
    hello('    late,\n  ])', '    false,\n  ])'),
    hello('votes, levels, late } = hello', 'votes, levels } = hello'),
  ),
]
