/**
 * Figure 3 over all nodes and all their lives, looked at after every turn. It never crashes and forgets nothing, and believes
 * only states, messages that left a page and records that reached a disk.
 */
import type { NodeId } from '../host/ports.ts'
import type { Message } from '../raft/messages.ts'
import { configurationOf } from '../raft/node.ts'
import type { RaftNode } from '../raft/node.ts'
import { isQuorum, NO_CONFIGURATION } from '../raft/quorum.ts'
import type { Log } from '../raft/log.ts'
import type { Configuration, Entry, Index, Snapshot, Term } from '../raft/types.ts'
import { isSameEntry, printOf } from './entries.ts'
import { Journals } from './journals.ts'
import type { OnDisk } from './journals.ts'
import type { World } from './world.ts'

/** Who runs a node: a page. */
interface Runs {
  readonly name: string
}

interface Life {
  readonly by: Runs
  readonly node: RaftNode
}

interface Committed {
  readonly entry: Entry
  /** A term in which somebody knew it. */
  readonly knownIn: Term
}

interface Noted {
  readonly entry: Entry
  readonly previousTerm: Term
}

interface Reign {
  readonly node: NodeId
  readonly by: Runs
  /** As it was at the election. */
  readonly log: Log
}

/** Or in the snapshot that took its place, which holds only what is committed. */
function isIn(log: Log, { index, term }: Entry): boolean {
  return index < log.base.index || log.termAt(index) === term
}

export class Laws {
  readonly journals: Journals
  readonly #world: World
  readonly #onCommit: (entry: Entry) => void
  /** By the place of the journal, as the votes below: one node a place, but for a profile that was copied. */
  readonly #lives = new Map<string, Life>()
  /** By term and index: the entry, and the term of the one before. That is Log Matching, by induction. */
  readonly #book = new Map<Term, Map<Index, Noted>>()
  readonly #committed: Committed[] = []
  #configuration: Configuration = NO_CONFIGURATION
  /** By index: the hash. */
  readonly #snapshots = new Map<Index, number>()
  readonly #reigns = new Map<Term, Reign>()
  /** Who said AppendEntries in a term. */
  readonly #speakers = new Map<Term, NodeId>()
  readonly #votes = new Map<string, NodeId>()

  /** `onCommit` gets every entry of the one committed log, in order. */
  constructor(world: World, onCommit: (entry: Entry) => void) {
    this.#world = world
    this.#onCommit = onCommit
    this.journals = new Journals(
      world,
      (place, disk) => this.#onDisk(place, disk),
      (entries) => {
        for (const entry of entries) this.#learn(entry, entry.term)
      },
    )
  }

  get lastCommitted(): Index {
    return this.#committed.length
  }

  /** The newest that is committed. */
  get configuration(): Configuration {
    return this.#configuration
  }

  get reigns(): number {
    return this.#reigns.size
  }

  /** After a turn: the states of all nodes of a page. `mark`: of its disk, where that is a copy. */
  look(by: Runs, nodes: readonly RaftNode[], mark = ''): void {
    for (const [place, life] of this.#lives) if (life.by === by && !nodes.some(({ id }) => id + mark === place)) this.#lives.delete(place)
    for (const node of nodes) {
      const place = node.id + mark
      const life = this.#lives.get(place)
      if (life?.node === node) continue
      if (life !== undefined && life.by !== by) this.#fail('one host a node', `${place} runs in ${life.by.name} and ${by.name}`)
      this.#lives.set(place, { by, node })
      this.#compare(by, life?.by === by ? life.node : null, node)
    }
  }

  /** A page died; its nodes may be started elsewhere. */
  forget(by: Runs): void {
    for (const [id, life] of this.#lives) if (life.by === by) this.#lives.delete(id)
  }

  /** What a message vouches for must be durable, and no two of one term may contradict each other. */
  sent(message: Message, mark = ''): void {
    const { type, from, to, term } = message
    const place = from + mark
    if (type === 'AppendEntries') this.#spoke(term, from)
    if (type === 'AppendEntriesReply' && message.result.success) {
      const { matchIndex } = message.result
      this.#mustBeDurable(place, message, ({ terms }) => terms.length >= matchIndex)
    }
    if (type === 'RequestVote' && !message.preVote) {
      const { lastLogIndex, lastLogTerm } = message
      this.#vote(place, term, from)
      // Its log may be another by now, but none that would get fewer votes (5.4.1): unless somebody leads the term already, whose
      // log it follows, so that its own votes decide nothing any more.
      const isOver = this.#reigns.has(term)
      const isAsGood = (terms: readonly Term[]): boolean =>
        isOver || (terms.at(-1) ?? 0) > lastLogTerm || ((terms.at(-1) ?? 0) === lastLogTerm && terms.length >= lastLogIndex)
      this.#mustBeDurable(place, message, ({ votedFor, terms }) => votedFor === from && isAsGood(terms))
    }
    if (type === 'RequestVoteReply' && !message.preVote && message.granted) {
      this.#vote(place, term, to)
      this.#mustBeDurable(place, message, ({ votedFor }) => votedFor === to)
    }
  }

  #compare(by: Runs, before: RaftNode | null, after: RaftNode): void {
    if (this.#world.isTracing) this.#describe(by, before, after)
    this.#checkEntries(before, after)
    if (after.snapshot !== null && after.snapshot !== before?.snapshot) this.#checkSnapshot(after, after.snapshot)
    const isElected = after.role.name === 'leader' && !(before?.role.name === 'leader' && before.currentTerm === after.currentTerm)
    if (isElected) this.#elected(by, after)
    if (after.abstains && after.role.name === 'leader') this.#fail('who cannot apply leads nobody', `${after.id} in ${by.name}`)
    // What was committed up to its base was known before it went there: see `checkSnapshot`.
    for (let index = Math.max(before?.commitIndex ?? 0, after.log.base.index) + 1; index <= after.commitIndex; index++)
      this.#commit(after, index)
    if (after.role.name === 'leader' && before !== null && after.commitIndex > before.commitIndex) this.#checkQuorum(after)
  }

  #checkEntries(before: RaftNode | null, { id, log }: RaftNode): void {
    if (before?.log === log) return
    for (let index = before === null ? log.base.index + 1 : log.divergence(before.log); index <= log.lastIndex; index++) {
      const entry = log.at(index)!
      const previousTerm = log.termAt(index - 1)!
      const page = this.#pageOf(entry.term)
      const known = page.get(index)
      if (known === undefined) page.set(index, { entry, previousTerm })
      else if (known.previousTerm !== previousTerm || !isSameEntry(known.entry, entry)) {
        const elsewhere = `${printOf(known.entry)} after term ${known.previousTerm}`
        return this.#fail('Log Matching', `${id} at ${index}: ${printOf(entry)} after term ${previousTerm}; elsewhere ${elsewhere}`)
      }
    }
  }

  /** It holds what is committed, ends where it says, and is the same wherever it was taken: State Machine Safety of all that is in it. */
  #checkSnapshot({ id }: RaftNode, { index, term, hash }: Snapshot): void {
    if (this.#committed[index - 1]?.entry.term !== term) {
      this.#fail('a snapshot holds what is committed', `${id} has one up to ${index} of term ${term}; ${this.lastCommitted} are committed`)
    }
    const known = this.#snapshots.get(index) ?? hash
    this.#snapshots.set(index, known)
    if (known !== hash) this.#fail('equal snapshots', `${id} has another one up to ${index} than others`)
  }

  #pageOf(term: Term): Map<Index, Noted> {
    const known = this.#book.get(term)
    if (known !== undefined) return known
    const page = new Map<Index, Noted>()
    this.#book.set(term, page)
    return page
  }

  #elected(by: Runs, { id, currentTerm, log }: RaftNode): void {
    const other = this.#reigns.get(currentTerm)
    if (other !== undefined && (other.node !== id || other.by !== by)) {
      this.#fail('Election Safety', `term ${currentTerm}: ${other.node} in ${other.by.name}, and ${id} in ${by.name}`)
    }
    this.#reigns.set(currentTerm, { node: id, by, log })
    const last = this.#committed.findLast(({ knownIn }) => knownIn < currentTerm)
    if (last !== undefined && !isIn(log, last.entry)) {
      this.#fail('Leader Completeness', `${id} leads term ${currentTerm} without ${last.entry.index}`)
    }
  }

  #commit(node: RaftNode, index: Index): void {
    const entry = node.log.at(index)!
    const known = this.#committed[index - 1]
    if (known !== undefined) {
      if (isSameEntry(known.entry, entry)) return
      return this.#fail('State Machine Safety', `${index} is ${printOf(known.entry)}, but ${node.id} has ${printOf(entry)}`)
    }
    this.#learn(entry, node.currentTerm)
    for (const [term, { node: leader, log }] of this.#reigns) {
      if (term > node.currentTerm && !isIn(log, entry)) {
        this.#fail('Leader Completeness', `${leader} was elected in term ${term} without ${index}, committed in ${node.currentTerm}`)
      }
    }
  }

  #learn(entry: Entry, knownIn: Term): void {
    this.#committed.push({ entry, knownIn })
    if (entry.body.type === 'configuration') this.#configured(entry.body.configuration)
    this.#onCommit(entry)
  }

  /** One voter at a time, so that two majorities of neighbours always meet (dissertation 4.1). */
  #configured(next: Configuration): void {
    const [before, after] = [this.#configuration.voters, next.voters].map((voters) => voters.map(({ node }) => node))
    const changed = [...before!.filter((node) => !after!.includes(node)), ...after!.filter((node) => !before!.includes(node))]
    if (before!.length > 0 && changed.length > 1) this.#fail('one voter at a time', changed.join())
    this.#configuration = next
  }

  /** What a leader counts as committed lies on the disks of a majority of the configuration in force. */
  #checkQuorum(leader: RaftNode): void {
    const { commitIndex, log, id } = leader
    const entry = { index: commitIndex, term: log.termAt(commitIndex)! }
    if (isQuorum(configurationOf(leader), (voter) => this.journals.has(voter, entry))) return
    this.#fail('committed on a quorum', `${id} counts ${commitIndex} of term ${entry.term} as committed`)
  }

  /** A disk of a later term has outlived the message. */
  #mustBeDurable(place: string, { term, type }: Message, isOnDisk: (disk: OnDisk) => boolean): void {
    const disk = this.journals.of(place)
    if (disk !== null && (disk.term > term || (disk.term === term && isOnDisk(disk)))) return
    this.#fail('nothing is said before it is durable', `${type} of ${place} in term ${term}; on disk: ${JSON.stringify(disk)}`)
  }

  #onDisk(place: string, { term, votedFor }: OnDisk): void {
    if (votedFor !== null) this.#vote(place, term, votedFor)
  }

  #vote(place: string, term: Term, candidate: NodeId): void {
    const key = `${place} ${term}`
    const before = this.#votes.get(key)
    if (before === undefined) this.#votes.set(key, candidate)
    else if (before !== candidate) {
      this.#fail('one vote a term, in all its lives', `${place} in term ${term}: ${before}, then ${candidate}`)
    }
  }

  #spoke(term: Term, leader: NodeId): void {
    const known = this.#speakers.get(term) ?? leader
    this.#speakers.set(term, known)
    if (known !== leader) this.#fail('Election Safety', `${known} and ${leader} both speak as leaders of term ${term}`)
  }

  #describe(by: Runs, before: RaftNode | null, after: RaftNode): void {
    const stateOf = ({ role, currentTerm, log, commitIndex, configurations, saves }: RaftNode): string => {
      const { voters, learners } = configurations.at(-1)?.configuration ?? { voters: [], learners: [] }
      const members = `${voters.map(({ node }) => node).join()}/${learners.map(({ node }) => node).join()}`
      return `${role.name} t${currentTerm} log ${log.lastIndex}@${log.lastTerm} disk ${saves.durable.lastIndex} commit ${commitIndex} {${members}}`
    }
    const [was, is] = [before === null ? null : stateOf(before), stateOf(after)]
    if (was !== is) this.#world.trace(`${by.name}/${after.id}`, is)
  }

  #fail(law: string, detail: string): void {
    this.#world.fail(law, detail)
  }
}
