/** Storage that is wiped, or that is older than it was: what a cluster bears as long as a majority of the voters keep theirs. */
import type { NodeId } from '../host/ports.ts'
import { configurationOf } from '../raft/node.ts'
import type { RaftNode } from '../raft/node.ts'
import { isQuorum, NO_CONFIGURATION } from '../raft/quorum.ts'
import { LEVELS } from '../limits.ts'
import type { Configuration } from '../raft/types.ts'
import { decodeRecord } from '../wire/record.ts'
import type { Laws } from './laws.ts'
import type { Machine } from './machine.ts'
import type { Oracle } from './oracle.ts'
import type { Page } from './page.ts'
import type { World } from './world.ts'

interface Watched {
  readonly world: World
  readonly laws: Laws
  readonly oracle: Oracle
  readonly machines: readonly Machine[]
}

export class Losses {
  readonly #watched: Watched
  /** Rolled back: they never run again. */
  readonly #rolledBack = new Set<NodeId>()
  readonly #corrupt = new Set<Page>()

  constructor(watched: Watched) {
    this.#watched = watched
  }

  has(node: NodeId): boolean {
    return this.#rolledBack.has(node)
  }

  /** What its machine says is worth nothing; its log is as good as any. */
  isCorrupt(page: Page): boolean {
    return this.#corrupt.has(page)
  }

  /** The list in its memory is another from now on, though its log is not. What such a page shows is not asked for. */
  corrupt(page: Page): void {
    if (page.life === null) return
    const { world } = this.#watched
    world.trace(page.name, 'is corrupt')
    world.suspend(['equal lists', 'a read shows what is committed'])
    this.#corrupt.add(page)
    page.life.list.agreed.apply(LEVELS.min, { type: 'add', after: null, text: 'corrupt' }, { id: 'corrupt.1' })
  }

  /** Do the disks of these browsers hold a majority of the voters of every configuration that may be in force among them? */
  areEnough(machines: readonly Machine[], without: NodeId | null = null): boolean {
    const { laws } = this.#watched
    const all = machines.flatMap(({ storage }) => [...storage.journals.keys()])
    const stored = new Set(all.filter((node) => node !== without && !this.#rolledBack.has(node)))
    if (laws.configuration.voters.length === 0) return false // Nobody has shown yet what was founded.
    const onDisk = [...stored].map((node) => laws.journals.of(node)?.configurations.at(-1)?.configuration ?? NO_CONFIGURATION)
    return [laws.configuration, ...onDisk].every((inForce) => isMajority(inForce, stored))
  }

  /** Somebody clears everything that this browser stored. Whether it was done: not if it would be the end of the list. */
  wipe(machine: Machine): boolean {
    const others = this.#watched.machines.filter((other) => other !== machine)
    if (!this.areEnough(others) || !this.suit(this.#watched.machines, others)) return false
    this.#watched.oracle.wiped([...machine.storage.sessions.keys()])
    machine.wipe()
    return true
  }

  /** A journal is as it was before its last start, which the registry remembers. Whether there was one to do it to. */
  rollBack(machine: Machine): boolean {
    const { machines } = this.#watched
    for (const [node, records] of machine.storage.journals) {
      const last = lastStart(records)
      const remembered = machine.storage.nodes.get(node)?.incarnation ?? 0
      if (last === null || this.has(node) || remembered < last.incarnation) continue
      if (!this.areEnough(machines, node) || !this.suit(machines, machines, node)) continue
      for (const number of records.keys()) if (number >= last.number) records.delete(number)
      this.#rolledBack.add(node)
      return true
    }
    return false
  }

  /**
   * Can the nodes that run in these browsers go on with the disks of those? A change that is on few disks yet may need somebody
   * who goes; then all wait until that disk is back (SCHEDULES U1 to U3).
   */
  suit(running: readonly Machine[], disks: readonly Machine[], without: NodeId | null = null): boolean {
    const stored = new Set(disks.flatMap(({ storage }) => [...storage.journals.keys()]).filter((node) => node !== without))
    const living = running.flatMap(({ pages }) => pages.flatMap(({ nodes }): readonly RaftNode[] => nodes))
    return living.every((node) => isMajority(configurationOf(node), stored))
  }
}

function isMajority(configuration: Configuration, stored: ReadonlySet<NodeId>): boolean {
  return configuration.voters.length === 0 || isQuorum(configuration, (node) => stored.has(node))
}

/** Null where no record would be left before it. */
function lastStart(records: ReadonlyMap<number, Uint8Array>): { readonly number: number; readonly incarnation: number } | null {
  const numbers = [...records.keys()].sort((a, b) => a - b)
  for (const number of numbers.slice(1).toReversed()) {
    const read = decodeRecord(number, records.get(number)!)
    if (read.ok && read.value.kind === 'start') return { number, incarnation: read.value.incarnation }
  }
  return null
}
