/** What a leader notes in the log about the state machine, though no client asked (DESIGN 9). */
import type { RaftNode } from '../raft/node.ts'
import type { Input } from '../raft/step.ts'
import type { Index, Term } from '../raft/types.ts'
import type { Applier } from './options.ts'

export class Marks {
  #term: Term = 0
  #noted: Index = 0

  /** Once each, of this node's own machine: what an earlier leader noted was compared when it was applied, or never came. */
  due({ role, currentTerm }: RaftNode, { checksum }: Applier): Input | null {
    if (role.name !== 'leader' || role.transfer !== null || checksum === null) return null
    if (currentTerm === this.#term && checksum.index <= this.#noted) return null
    this.#term = currentTerm
    this.#noted = checksum.index
    return { type: 'mark', mark: { type: 'checksum', ...checksum } }
  }
}
