/**
 * One election after a crash, in virtual time: the real core of every server, a network and disks, and nothing else. Made for ten
 * thousand elections in a row, so it knows no faults besides the crash.
 */
import type { Message } from '../../shared/raft/messages.ts'
import type { Durable, RaftNode } from '../../shared/raft/node.ts'
import { start } from '../../shared/raft/node.ts'
import type { Input, Outgoing } from '../../shared/raft/step.ts'
import { step } from '../../shared/raft/step.ts'
import type { Entry, Millis, NodeId, SaveNumber, Term } from '../../shared/raft/types.ts'
import { SETTINGS, configuration, drawnEntry } from '../support/cluster-picture.ts'

/** Drawn for each message and each save from a number in [0, 1). */
export type Delay = (random: number) => Millis

export interface World {
  readonly servers: number
  /** Down besides the leader that crashes, from before the election. */
  readonly failed: number
  readonly electionMin: Millis
  readonly electionMax: Millis
  /** One way, between any two. */
  readonly latency: Delay
  readonly save: Delay
  readonly preVote: boolean
  /** Every log has another length; else all are alike. */
  readonly logsDiffer: boolean
}

export interface Outcome {
  /** From the heartbeat that set all timers going until every other living server has heard the new leader; null when stopped early. */
  readonly electedAfter: Millis | null
  /** The first term in which anybody stood had a leader. */
  readonly firstTermWon: boolean
}

interface Server {
  node: RaftNode
  wake: Millis
  saved: SaveNumber
  held: Outgoing[]
}

type Happening =
  | { readonly at: Millis; readonly type: 'message'; readonly message: Message }
  | { readonly at: Millis; readonly type: 'saved'; readonly id: NodeId; readonly number: SaveNumber }

/** The term of the leader that crashes. */
const TERM: Term = 1
const EVENTS_MAX = 1_000_000

export function elect(world: World, dice: () => number, { firstTermOnly = false } = {}): Outcome {
  const election = new Election(world, dice)
  for (let count = 0; count < EVENTS_MAX; count++) {
    const outcome = election.outcome(firstTermOnly)
    if (outcome !== null) return outcome
    election.next()
  }
  throw new Error('nobody is ever elected')
}

class Election {
  readonly #world: World
  readonly #dice: () => number
  readonly #servers = new Map<NodeId, Server>()
  /** Latest first. */
  readonly #agenda: Happening[] = []
  #now: Millis = 0
  #firstLeader: Term | null = null
  /** Above the first term anybody stood in, that one is over. */
  #highest: Term = TERM
  readonly #heard = new Set<NodeId>()

  constructor(world: World, dice: () => number) {
    this.#world = world
    this.#dice = dice
    const { servers, failed, electionMin, electionMax, preVote } = world
    const settings = { ...SETTINGS, electionMin, electionMax, heartbeat: electionMin / 2, preVote }
    const ids = Array.from({ length: servers }, (_, k) => `s${k}`)
    const [leader, ...others] = ids as [NodeId, ...NodeId[]]
    for (const [k, id] of others.slice(failed).entries()) {
      const entries = logOf(ids, world.logsDiffer ? 1 + k : 1)
      const durable: Durable = { currentTerm: TERM, votedFor: leader, entries, commitIndex: 1 }
      const node = start(id, durable, settings, { now: 0, random: 0 })
      this.#servers.set(id, { node, wake: 0, saved: 0, held: [] })
      this.#act(id, { type: 'message', message: heartbeat(leader, id, entries.at(-1)!) })
    }
    // The answers go to the leader, which is no more.
    this.#agenda.length = 0
  }

  next(): void {
    const soonest = this.#soonest()
    const happening = this.#agenda.at(-1)
    if (happening === undefined || soonest.wake < happening.at) {
      this.#now = soonest.wake
      return this.#act(soonest.node.id, { type: 'wake' })
    }
    this.#agenda.pop()
    this.#now = happening.at
    if (happening.type === 'saved') return this.#saved(happening.id, happening.number)
    const { message } = happening
    this.#act(message.to, { type: 'message', message })
    if (message.type === 'AppendEntries' && message.term >= this.#server(message.to).node.currentTerm) this.#heard.add(message.to)
  }

  /** Null as long as it is undecided. */
  outcome(firstTermOnly: boolean): Outcome | null {
    const firstTermWon = this.#firstLeader === TERM + 1
    if (firstTermOnly && (this.#firstLeader !== null || this.#highest > TERM + 1)) return { electedAfter: null, firstTermWon }
    return this.#heard.size < this.#servers.size - 1 ? null : { electedAfter: this.#now, firstTermWon }
  }

  #act(id: NodeId, input: Input): void {
    const server = this.#server(id)
    const { node, output } = step(server.node, [input], { now: this.#now, random: this.#dice() })
    if (node.role.name === 'leader' && server.node.role.name !== 'leader') {
      this.#firstLeader ??= node.currentTerm
      this.#heard.clear()
    }
    this.#highest = Math.max(this.#highest, node.currentTerm)
    server.node = node
    server.wake = output.wake
    for (const outgoing of output.send) {
      if (outgoing.after === null || outgoing.after <= server.saved) this.#send(outgoing.message)
      else server.held.push(outgoing)
    }
    if (output.save === null) return
    const took = this.#world.save(this.#dice())
    if (took === 0) this.#saved(id, output.save.number)
    else this.#plan({ at: this.#now + took, type: 'saved', id, number: output.save.number })
  }

  #saved(id: NodeId, number: SaveNumber): void {
    const server = this.#server(id)
    server.saved = number
    const ready = server.held.filter(({ after }) => after! <= number)
    server.held = server.held.filter(({ after }) => after! > number)
    for (const { message } of ready) this.#send(message)
    this.#act(id, { type: 'saved', number })
  }

  #send(message: Message): void {
    if (this.#servers.has(message.to)) this.#plan({ at: this.#now + this.#world.latency(this.#dice()), type: 'message', message })
  }

  /** Of two at one time the one planned first. */
  #plan(happening: Happening): void {
    let at = this.#agenda.length
    while (at > 0 && this.#agenda[at - 1]!.at <= happening.at) at--
    this.#agenda.splice(at, 0, happening)
  }

  #soonest(): Server {
    let soonest: Server | null = null
    for (const server of this.#servers.values()) if (soonest === null || server.wake < soonest.wake) soonest = server
    return soonest!
  }

  #server(id: NodeId): Server {
    return this.#servers.get(id)!
  }
}

/** The configuration, and more entries up to `length`. */
function logOf(ids: readonly NodeId[], length: number): readonly Entry[] {
  const first: Entry = { index: 1, term: TERM, time: 0, body: { type: 'configuration', configuration: configuration(ids) } }
  return [first, ...Array.from({ length: length - 1 }, (_, k) => drawnEntry(2 + k, TERM))]
}

/** The last one, which arrives everywhere at once. */
function heartbeat(from: NodeId, to: NodeId, { index, term }: Entry): Message {
  const empty = { entries: [], leaderCommit: 1, sentAt: 0, matches: [], pace: null, quiet: false }
  return { type: 'AppendEntries', from, to, term: TERM, prevLogIndex: index, prevLogTerm: term, ...empty }
}
