/** The leader's door: commands are appended in order of seq, once, and only such as this level knows (DESIGN 9). */
import type { ProposeRefused } from '../raft/messages.ts'
import type { RaftNode } from '../raft/node.ts'
import type { Input } from '../raft/step.ts'
import type { Refusal } from '../raft/turn.ts'
import type { Command, Index, NodeId, Term } from '../raft/types.ts'

export interface GateSees {
  /** The newest seq of a session that was applied here. */
  lastSeq(session: string): number
  /** Would nothing of this session be applied any more? */
  isExpired(session: string): boolean
  readonly lastApplied: Index
  /** Could this command be applied at the level in force? */
  isValid(bytes: Uint8Array): boolean
}

export interface Admitted {
  readonly inputs: readonly Input[]
  /** To tell others, and to tell our own clients. */
  readonly refusals: readonly { readonly to: NodeId | null; readonly refusal: Refusal }[]
}

/** What it knows is a function of the log: sessions in the part that is not applied yet, read once per term and then as it grows. */
export class Gate {
  readonly #sees: GateSees
  #term: Term = 0
  #scanned: Index = 0
  #appended = new Map<string, number>()

  constructor(sees: GateSees) {
    this.#sees = sees
  }

  admit(node: RaftNode, inputs: readonly Input[]): Admitted {
    if (node.role.name !== 'leader' || !inputs.some(isProposal)) return { inputs, refusals: [] }
    this.#scan(node)
    const turn = new Map<string, number>()
    const refusals: { to: NodeId | null; refusal: Refusal }[] = []
    const admitted = inputs.map((input): Input => {
      const to = input.type === 'message' ? input.message.from : null
      const gaps = new Set<string>()
      const keep = (commands: readonly Command[]): Command[] =>
        commands.filter((command) => {
          const refusal = this.#judge(turn, command)
          if (refusal === 'known') return false
          // Whoever is told of a gap resends from there: told again of each command behind it, it would do so as often.
          const isTold = refusal?.reason === 'gap' && gaps.has(refusal.session)
          if (refusal?.reason === 'gap') gaps.add(refusal.session)
          if (refusal !== null && !isTold) refusals.push({ to, refusal })
          return refusal === null
        })
      if (input.type === 'proposal') return { ...input, commands: keep(input.commands) }
      if (input.type !== 'message' || input.message.type !== 'Propose') return input
      return { ...input, message: { ...input.message, commands: keep(input.message.commands) } }
    })
    return { inputs: admitted, refusals }
  }

  /** Null to append it; `known` when the log says already what comes of it: it is in there, or its session expired. */
  #judge(turn: Map<string, number>, { header, bytes }: Command): Refusal | 'known' | null {
    const { session, seq } = header
    const last = turn.get(session) ?? this.#last(session)
    if (seq <= last) return 'known'
    if (this.#sees.isExpired(session)) return 'known'
    if (seq > last + 1) return { session, seq, reason: 'gap', expected: last + 1 }
    if (!this.#sees.isValid(bytes)) return { session, seq, reason: 'invalid', expected: seq }
    turn.set(session, seq)
    return null
  }

  /** In the log, applied or not. */
  #last(session: string): number {
    return Math.max(this.#appended.get(session) ?? 0, this.#sees.lastSeq(session))
  }

  #scan(node: RaftNode): void {
    if (this.#term !== node.currentTerm) {
      this.#term = node.currentTerm
      this.#appended = new Map()
      this.#scanned = this.#sees.lastApplied
    }
    // What is gone from the log was applied.
    for (let index = Math.max(this.#scanned, node.log.base.index) + 1; index <= node.log.lastIndex; index++) {
      const body = node.log.at(index)!.body
      if (body.type !== 'command') continue
      const { session, seq } = body.command.header
      if (seq === this.#last(session) + 1) this.#appended.set(session, seq)
    }
    this.#scanned = node.log.lastIndex
  }
}

function isProposal(input: Input): boolean {
  return input.type === 'proposal' || (input.type === 'message' && input.message.type === 'Propose')
}

export function refusalMessage(node: RaftNode, to: NodeId, refusal: Refusal): ProposeRefused {
  return { type: 'ProposeRefused', from: node.id, to, term: node.currentTerm, ...refusal }
}
