/** What must hold over a whole history, crashes included: Figure 3 seen from outside. Asked after every step of a scene. */
import { assert } from '../../shared/raft/assert.ts'
import { checkCluster } from '../../shared/raft/invariants.ts'
import type { Message } from '../../shared/raft/messages.ts'
import type { Durable, RaftNode } from '../../shared/raft/node.ts'
import { configurationOf } from '../../shared/raft/node.ts'
import { isQuorum } from '../../shared/raft/quorum.ts'
import type { Input } from '../../shared/raft/step.ts'
import type { Entry, Index, NodeId, Term } from '../../shared/raft/types.ts'

export class Laws {
  /** Every entry that ever was in a log, by index and term, with the term before it: Log Matching as one fact an entry. */
  readonly #entries = new Map<string, string>()
  readonly #committed = new Map<Index, { readonly term: Term; readonly print: string }>()
  readonly #leaderships = new Map<Term, string>()
  readonly #votes = new Map<string, NodeId>()
  #lastCommitted = 0
  /** What was committed, as far as anybody knew, when a read was first asked. */
  readonly #asked = new Map<string, Index>()

  /** `start` counts how often the node was started, so that leading one term before and after a crash is seen as two. */
  stepped(before: RaftNode, after: RaftNode, start: number, living: Iterable<RaftNode>, disk: (id: NodeId) => Durable): void {
    checkCluster(living)
    if (after.log !== before.log) this.#matches(before, after)
    this.#commits(before, after, disk)
    if (after.role.name === 'leader' && (before.role.name !== 'leader' || before.currentTerm !== after.currentTerm)) {
      this.#leads(after, start)
    }
  }

  /** Linearizability: a read sees everything that anybody knew committed when it was asked. */
  read(id: NodeId, inputs: readonly Input[], answers: readonly { readonly id: number; readonly index: Index }[]): void {
    for (const input of inputs) {
      if (input.type !== 'read') continue
      const name = `${id} ${input.id}`
      this.#asked.set(name, this.#asked.get(name) ?? this.#lastCommitted)
    }
    for (const answer of answers) {
      const asked = this.#asked.get(`${id} ${answer.id}`)
      assert(asked !== undefined && answer.index >= asked, `Linearizability: read ${answer.id} of ${id} sees ${answer.index}, not ${asked}`)
    }
  }

  /** A log that nobody appended step by step: drawn, or read from a disk. */
  seen(node: RaftNode): void {
    for (const entry of node.log.slice(1)) this.#knows(node, entry)
    for (const entry of node.log.slice(1, node.commitIndex)) this.#isCommitted(entry)
    if (node.role.name === 'leader') this.#leaderships.set(node.currentTerm, `${node.id}#0`)
    if (node.votedFor !== null) this.#votes.set(`${node.id} in ${node.currentTerm}`, node.votedFor)
  }

  /** A promise that left its node. */
  left(message: Message): void {
    if (message.type !== 'RequestVoteReply' || message.preVote || !message.granted) return
    const vote = `${message.from} in ${message.term}`
    const other = this.#votes.get(vote)
    assert(other === undefined || other === message.to, `one vote a term, also across a crash: ${vote}`)
    this.#votes.set(vote, message.to)
  }

  #matches(before: RaftNode, after: RaftNode): void {
    for (const entry of after.log.slice(after.log.divergence(before.log))) this.#knows(after, entry)
  }

  #knows({ log }: RaftNode, entry: Entry): void {
    const key = `${entry.index} of term ${entry.term}`
    const print = `${log.termAt(entry.index - 1)} ${printOf(entry)}`
    const known = this.#entries.get(key)
    assert(known === undefined || known === print, `Log Matching: entry ${key}`)
    this.#entries.set(key, print)
  }

  #commits(before: RaftNode, after: RaftNode, disk: (id: NodeId) => Durable): void {
    if (after.commitIndex === before.commitIndex) return
    for (const entry of after.log.slice(before.commitIndex + 1, after.commitIndex)) this.#isCommitted(entry)
    if (after.role.name !== 'leader') return
    const { term } = after.log.at(after.commitIndex)!
    const stored = isQuorum(configurationOf(after), (id) => isStored(disk(id), after.commitIndex, term))
    assert(stored, `entry ${after.commitIndex} is durable on a majority before ${after.id} calls it committed`)
  }

  #isCommitted(entry: Entry): void {
    const known = this.#committed.get(entry.index)
    assert(known === undefined || known.print === printOf(entry), `State Machine Safety: entry ${entry.index} is committed as another`)
    this.#committed.set(entry.index, { term: entry.term, print: printOf(entry) })
    this.#lastCommitted = Math.max(this.#lastCommitted, entry.index)
  }

  #leads({ id, currentTerm, log }: RaftNode, start: number): void {
    const who = `${id}#${start}`
    const other = this.#leaderships.get(currentTerm)
    assert(other === undefined, `Election Safety: ${other} led term ${currentTerm} before ${who}`)
    this.#leaderships.set(currentTerm, who)
    for (let index = 1; index <= this.#lastCommitted; index++) {
      const committed = this.#committed.get(index)
      const isCovered = index < log.base.index
      assert(
        isCovered || committed === undefined || log.termAt(index) === committed.term,
        `Leader Completeness: ${id} lacks entry ${index}`,
      )
    }
  }
}

/** In what is left of its log, or in its snapshot, which holds only what is committed. */
function isStored({ entries, compaction }: Durable, index: Index, term: Term): boolean {
  return index <= (compaction?.snapshot.index ?? 0) || entries[index - 1 - (compaction?.base.index ?? 0)]?.term === term
}

const printOf = ({ term, time, body }: Entry): string => {
  return `${term} ${time} ${JSON.stringify(body, (_key, value: unknown) => (value instanceof Uint8Array ? [...value] : value))}`
}
