/** Nodes of this machine that nobody hosts: which to open, and how (DESIGN 6). */
import type { Host } from '../host/host.ts'
import type { Millis, NodeId } from '../host/ports.ts'
import { BEGINNING } from '../raft/log.ts'
import { configurationOf, configurationsIn } from '../raft/node.ts'
import { membersOf, NO_CONFIGURATION } from '../raft/quorum.ts'
import type { Damage } from '../wire/replay.ts'
import { reopen } from './birth.ts'
import type { Alive } from './birth.ts'
import { candidates, compareLogs, isAllHere, nodeLock, nodesToAdopt } from './decisions.ts'
import type { AdoptionScene } from './decisions.ts'
import type { HeldLocks } from './held-locks.ts'
import type { LifeOptions, WhyStopped } from './options.ts'
import type { NodeRecord } from './ports.ts'
import type { Shortage } from './shortage.ts'

/** How long a reload waits for the document it replaces to let go of its node. */
export const RELOAD_MS = 2_000

export interface Opened {
  /** The one with the newest log first. */
  readonly alive: readonly Alive[]
  /** A journal that cannot be trusted, or a disk that does not answer: nothing may be hosted in its place. */
  readonly trouble: WhyStopped | null
}

/** A list can be shown by `first` alone; `more` waits for nobody to see it. */
interface AtStart {
  readonly first: Opened
  readonly more: (() => Promise<Opened>) | null
}

type Needed = Omit<AdoptionScene, 'held' | 'stored'>

const NONE: Opened = { alive: [], trouble: null }

export class Orphans {
  readonly #options: LifeOptions
  readonly #held: HeldLocks

  constructor(options: LifeOptions, held: HeldLocks) {
    this.#options = options
    this.#held = held
  }

  /** The best orphan; and beside it, where nobody is elsewhere, what else a majority needs that no held lock provides. */
  async openAtStart(machine: string, stored: readonly NodeRecord[]): Promise<AtStart> {
    const { room, remembered } = this.#options
    const mine = remembered.get(room)
    const first = await this.#openFirst(candidates(stored, mine), mine)
    const [alive] = first.alive
    const configuration = alive && configurationsIn(alive.saved.entries, alive.saved.compaction?.snapshot).at(-1)?.configuration
    if (alive === undefined || configuration === undefined || !isAllHere(configuration, machine)) return { first, more: null }
    const hosted = [alive.saved.node]
    const calm = { votersByAny: [], membersByAny: [], newest: lastOf(alive), isUrgent: false, trustsHeld: true }
    const more = (): Promise<Opened> => this.openNeeded({ configuration, hosted, linked: [], ...calm })
    if (!stored.some((record) => !record.retired && compareLogs(record, lastOf(alive)) > 0)) return { first, more }
    // What is known to be old is not shown first.
    const others = await more()
    const all = [alive, ...others.alive].toSorted((a, b) => compareLogs(lastOf(b), lastOf(a)))
    return { first: { ...others, alive: all }, more: null }
  }

  /** Voters with free locks here, as many as a majority needs that neither a link nor a held lock provides. */
  async openNeeded(needed: Needed): Promise<Opened> {
    const { registry, room, locks } = this.#options
    if (locks === null) return NONE
    const [held, stored] = await Promise.all([locks.held(), registry.nodes(room)])
    const records = nodesToAdopt({ ...needed, held, stored }).map((node) => stored.find((one) => one.node === node)!)
    const opened = await Promise.all(records.map((record) => this.#open(record, 0)))
    return { alive: opened.flatMap(({ alive }) => alive), trouble: opened.findLast(({ trouble }) => trouble !== null)?.trouble ?? null }
  }

  async #openFirst(records: readonly NodeRecord[], mine: NodeId | null): Promise<Opened> {
    for (const record of records) {
      const opened = await this.#open(record, record.node === mine ? RELOAD_MS : 0)
      if (opened.alive.length > 0 || opened.trouble !== null) return opened
    }
    return NONE
  }

  /** Lock, then open. Nothing if somebody else runs it or if it was retired. */
  async #open(record: NodeRecord, patience: Millis): Promise<Opened> {
    const { disk, registry, locks, mintId } = this.#options
    const { node } = record
    if (!(await this.#held.take(nodeLock(node), 0))) {
      // A document that answers is alive and hosts it, so this is a duplicated tab; silence is the document we replace.
      if (patience === 0 || locks === null || (await locks.ask(node))) return NONE
      if (!(await this.#held.take(nodeLock(node), patience))) return NONE
    }
    const opened = await reopen(disk, node, mintId(), record.incarnation)
    if (opened.ok) return { alive: [opened.value], trouble: null }
    this.#held.release(nodeLock(node))
    const { error } = opened
    switch (error.type) {
      case 'missing':
        await registry.removeNode(node)
        return NONE
      case 'refused':
        return this.#retire(record, error.error)
      case 'collision':
      case 'full':
      case 'aborted':
        return { alive: [], trouble: { why: 'storage', error } }
    }
  }

  /** It never runs again; its journal stays, so that it can be saved elsewhere. */
  async #retire(record: NodeRecord, damage: Damage): Promise<Opened> {
    await this.#options.registry.putNode({ ...record, lastTerm: 0, lastIndex: 0, retired: true })
    return { alive: [], trouble: damage.type === 'retired' ? null : { why: 'damaged', node: record.node, damage } }
  }
}

function lastOf({ saved }: Alive): { readonly lastTerm: number; readonly lastIndex: number } {
  const { index: lastIndex, term: lastTerm } = saved.entries.at(-1) ?? saved.compaction?.base ?? BEGINNING
  return { lastTerm, lastIndex }
}

/** What a tab that lacks a majority or a leader takes, as its nodes know it. */
export function neededBy({ hosted, routes }: Host, { isUrgent, trustsHeld }: Shortage): Needed {
  // The main node may be a newcomer that knows less than what was taken since.
  const newest = hosted.toSorted((a, b) => compareLogs(b.log, a.log))[0]
  const configurations = hosted.map(configurationOf)
  const configuration = newest === undefined ? NO_CONFIGURATION : configurationOf(newest)
  const linked = configuration.voters.map(({ node }) => node).filter((node) => routes.tabOf(node) !== null)
  return {
    configuration,
    hosted: hosted.map(({ id }) => id),
    linked,
    votersByAny: configurations.flatMap(({ voters }) => voters.map(({ node }) => node)),
    membersByAny: configurations.flatMap((some) => membersOf(some).map(({ node }) => node)),
    newest: newest?.log ?? null,
    isUrgent,
    trustsHeld,
  }
}
