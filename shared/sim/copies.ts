/**
 * Profiles that are copied. One that goes on elsewhere and never again where it was is simply the same browser. One that goes on in
 * both places is as bad as a node that lies: it can vote twice, count itself on two disks, number two edits alike, and nobody knows
 * before somebody is in touch with both (DESIGN 8). So what holds for the cluster as a whole is not asked for from then on; what
 * holds for each disk, each browser and each page is, and that a copy is told when it is met.
 */
import type { NodeId } from '../host/ports.ts'
import { configurationOf } from '../raft/node.ts'
import { isQuorum } from '../raft/quorum.ts'
import { replay } from '../wire/replay.ts'
import type { ClockWish } from './clock.ts'
import type { Laws } from './laws.ts'
import type { Losses } from './losses.ts'
import type { Machine } from './machine.ts'
import type { Page } from './page.ts'
import type { World } from './world.ts'

/** Laws about what several nodes, or several tabs of one session, do together; the others stay in force. */
const OF_THE_WHOLE: readonly string[] = [
  'Election Safety',
  'Log Matching',
  'Leader Completeness',
  'State Machine Safety',
  'a snapshot holds what is committed',
  'equal snapshots',
  'committed on a quorum',
  'one voter at a time',
  'no voter stops',
  'no gaps in a session',
  'the committed log applies',
  'no phantoms',
  'what is agreed is committed',
  'one outcome',
  'read your writes',
  'results come in the order of the session',
  'only what expired is given back',
  'what was given back takes no effect',
  'reads see what was agreed',
  'a read shows what is committed',
]

interface Watched {
  readonly world: World
  readonly laws: Laws
  readonly losses: Losses
  readonly machines: readonly Machine[]
  readonly pages: readonly Page[]
  newMachine(): Machine
  drawClock(): ClockWish
}

export class Copies {
  readonly #cluster: Watched
  /** Nodes on two disks, both of which are in use. */
  readonly #nodes = new Set<NodeId>()
  readonly #machines = new Set<Machine>()

  constructor(cluster: Watched) {
    this.#cluster = cluster
  }

  get areLive(): boolean {
    return this.#nodes.size > 0
  }

  /** Who is told that it is a copy stops with all nodes of its tab, and none of them runs again. */
  concern(machine: number): boolean {
    return this.#machines.has(this.#cluster.machines[machine]!)
  }

  /** Nothing of this browser runs: what it has stored goes on in another, with other locks and another clock. */
  move(machine: Machine): boolean {
    if (machine.storage.journals.size === 0) return false
    machine.moveTo(this.#cluster.drawClock(), machine.storage.copy(machine.storage.mark))
    return true
  }

  /** What it has stored is copied to one more browser, which opens a tab, while this one goes on. Null where nothing is stored. */
  copy(machine: Machine): Machine | null {
    const { laws, world } = this.#cluster
    const nodes = [...machine.storage.journals.keys()]
    if (nodes.length === 0 || machine.storage.mark !== '') return null
    const copy = this.#cluster.newMachine()
    copy.id = machine.id
    copy.storage = machine.storage.copy(`-copy-${copy.index + 1}`)
    this.#machines.add(machine).add(copy)
    world.suspend(OF_THE_WHOLE)
    for (const node of nodes) {
      this.#nodes.add(node)
      laws.journals.copied(node, copy.storage.placeOf(node))
    }
    return copy
  }

  /** Nodes that run in two browsers. */
  get twice(): readonly NodeId[] {
    const running = this.#cluster.pages.flatMap(({ nodes }) => nodes.map(({ id }) => id))
    return running.filter((id, at) => running.indexOf(id) !== at)
  }

  /** Are the voters that were neither copied nor lost a majority by themselves, whatever change is under way? And nobody was harmed yet. */
  get leaveAMajority(): boolean {
    const { laws, losses, machines, pages, world } = this.#cluster
    const stored = new Set(machines.flatMap(({ storage }) => [...storage.journals.keys()]))
    const goesOn = (voter: NodeId): boolean => stored.has(voter) && !this.#nodes.has(voter) && !losses.has(voter)
    const inForce = pages.flatMap(({ nodes }) => nodes.map(configurationOf)).filter(({ voters }) => voters.length > 0)
    return world.tolerated === null && [laws.configuration, ...inForce].every((configuration) => isQuorum(configuration, goesOn))
  }

  /** Nobody was harmed silently: each journal says one thing or says that it is damaged, and who was told to stop did. */
  check(): void {
    const { machines, losses, world } = this.#cluster
    for (const { index, storage, pages } of machines) {
      for (const [node, records] of storage.journals) {
        const read = replay([...records].map(([number, bytes]) => ({ number, bytes })).sort((a, b) => a.number - b.number))
        if (!read.ok && !losses.has(node))
          world.fail('a copy harms no journal', `${node} in browser ${index + 1}: ${JSON.stringify(read.error)}`)
      }
      for (const { id } of pages.flatMap(({ nodes }) => nodes)) {
        if (storage.nodes.get(id)?.retired === true) world.fail('who is retired never runs again', `${id} in browser ${index + 1}`)
      }
    }
  }
}
