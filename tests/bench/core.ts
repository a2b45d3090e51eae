/** The core alone: three nodes in memory, where a save is done at once and a message arrives at once. Compiled as the page is. */
import { LIMITS, TIMES } from '../../shared/limits.ts'
import { start } from '../../shared/raft/node.ts'
import type { RaftNode, Settings } from '../../shared/raft/node.ts'
import type { Input, Outgoing } from '../../shared/raft/step.ts'
import { step } from '../../shared/raft/step.ts'
import type { Command, Configuration, Entry, Index, NodeId } from '../../shared/raft/types.ts'

/** What the page runs with. */
const SETTINGS: Settings = {
  electionMin: TIMES.electionMin,
  electionMax: TIMES.electionMax,
  heartbeat: TIMES.heartbeat,
  preVote: true,
  checkQuorum: TIMES.checkQuorum,
  appendBytes: LIMITS.appendBytes,
  appendsInFlight: LIMITS.appendsInFlight,
  windowMin: LIMITS.windowMin,
  uncommittedMax: LIMITS.proposalsInFlight,
  chunkBytes: LIMITS.chunkBytes,
  logTail: LIMITS.logTail,
}
const IDS: readonly NodeId[] = ['A', 'B', 'C']
/** The clock stands still, so nobody's heartbeat and nobody's patience is measured along. */
const MOMENT = { now: 0, random: 0.5 }

interface Server {
  node: RaftNode
  inbox: Input[]
}

/** A leader with two followers whose logs began with `entries`. */
export class CoreCluster {
  readonly #servers: ReadonlyMap<NodeId, Server>
  readonly #leader: Server
  /** Turns of any node so far. */
  steps = 0

  constructor(entries: number) {
    const log = logOf(entries)
    const durable = { currentTerm: 1, votedFor: null, entries: log, commitIndex: log.length }
    this.#servers = new Map(IDS.map((id) => [id, { node: start(id, durable, SETTINGS, MOMENT), inbox: [] }]))
    this.#leader = this.#servers.get('A')!
    for (const { inbox } of this.#servers.values()) inbox.push({ type: 'applied', index: log.length })
    this.#leader.inbox.push({ type: 'message', message: { type: 'TimeoutNow', from: 'B', to: 'A', term: 1 } })
    this.#settle()
    if (this.#leader.node.role.name !== 'leader') throw new Error('A was not elected')
  }

  get commitIndex(): Index {
    return this.#leader.node.commitIndex
  }

  /** Proposes these in one turn and goes on until nobody has anything left to do. */
  commit(commands: readonly Command[]): void {
    this.#leader.inbox.push({ type: 'proposal', commands })
    this.#settle()
  }

  #settle(): void {
    for (let isBusy = true; isBusy;) {
      isBusy = false
      for (const server of this.#servers.values()) {
        if (server.inbox.length === 0) continue
        isBusy = true
        this.#turn(server)
      }
    }
  }

  /** As a runner does it: what waits for the save leaves once it is done, and then the core hears of it. */
  #turn(server: Server): void {
    const { inbox } = server
    server.inbox = []
    const { node, output } = step(server.node, inbox, MOMENT)
    this.steps++
    server.node = node
    // No save is ever in flight when a turn begins, so all that is sent may leave by now.
    this.#send(output.send)
    if (output.save !== null) server.inbox.push({ type: 'saved', number: output.save.number })
    if (output.apply.length > 0) server.inbox.push({ type: 'applied', index: output.apply.at(-1)!.index })
    if (output.refused.length > 0) throw new Error(`refused: ${output.refused[0]!.reason}`)
  }

  #send(outgoing: readonly Outgoing[]): void {
    for (const { message } of outgoing) this.#servers.get(message.to)!.inbox.push({ type: 'message', message })
  }
}

export function commandsOf(session: string, count: number): readonly Command[] {
  return Array.from({ length: count }, (_, k) => ({ header: { session, seq: k + 1, settled: 0 }, bytes: BYTES, signature: null }))
}

/** About what adding an item takes. */
const BYTES = new Uint8Array(60)

function logOf(length: number): readonly Entry[] {
  const configuration: Configuration = {
    voters: IDS.map((node) => ({ node, machine: `machine-of-${node}`, levels: { min: 1, max: 1 }, votes: true })),
    learners: [],
  }
  const first: Entry = { index: 1, term: 1, time: 0, body: { type: 'configuration', configuration } }
  const commands = commandsOf('before', length - 1)
  return [first, ...commands.map((command, k): Entry => ({ index: k + 2, term: 1, time: 0, body: { type: 'command', command } }))]
}
