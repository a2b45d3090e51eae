/** What a leader notes in the log about the state machine, though no client asked (DESIGN 9). */
import { configurationOf, isChangeInFlight } from '../raft/node.ts'
import type { RaftNode } from '../raft/node.ts'
import { membersOf } from '../raft/quorum.ts'
import type { Input } from '../raft/step.ts'
import type { Index, Mark, Term } from '../raft/types.ts'
import type { Applier } from './options.ts'

export class Marks {
  #term: Term = 0
  #checksumAt: Index = 0
  #level = 0

  /** Each once a term: what an earlier leader noted was applied here, or never came. Only the main node's log is applied. */
  due(node: RaftNode, isMain: boolean, applier: Applier): Input | null {
    const { role, currentTerm } = node
    // What is newer than this build its nodes still store and vote for; to lead they would have to understand it.
    if (applier.stop !== null) return node.abstains ? null : { type: 'abstain' }
    if (!isMain || role.name !== 'leader' || role.transfer !== null) return null
    if (currentTerm !== this.#term) [this.#term, this.#checksumAt, this.#level] = [currentTerm, 0, 0]
    const mark = this.#checksum(applier) ?? this.#raise(node, applier)
    return mark && { type: 'mark', mark }
  }

  #checksum({ checksum }: Applier): Mark | null {
    if (checksum === null || checksum.index <= this.#checksumAt) return null
    this.#checksumAt = checksum.index
    return { type: 'checksum', ...checksum }
  }

  /** To what every member can apply, the one that leads too. A change in flight may be rolled back, and then others are members. */
  #raise(node: RaftNode, { level, levels }: Applier): Mark | null {
    if (isChangeInFlight(node)) return null
    const common = Math.min(levels.max, ...membersOf(configurationOf(node)).map((member) => member.levels.max))
    if (common <= level || common <= this.#level) return null
    this.#level = common
    return { type: 'level', level: common }
  }
}
