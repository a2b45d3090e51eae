/** One page load: the real life of a list over simulated ports. A tab of a browser outlives it. */
import type { MachineId, Millis, NodeId, TabId } from '../host/ports.ts'
import type { PendingCommand } from '../host/proposals.ts'
import type { Transition } from '../host/transition.ts'
import { Life } from '../life/life.ts'
import type { LifeOptions } from '../life/options.ts'
import { LEVELS } from '../limits.ts'
import type { CommandResult } from '../list/commands.ts'
import type { RaftNode, Settings } from '../raft/node.ts'
import type { Levels } from '../raft/types.ts'
import { SimClock } from './clock.ts'
import { SimDisk, SimOutbox, SimRegistry } from './disk.ts'
import type { Writing } from './disk.ts'
import { SimLocks } from './locks.ts'
import type { LockTable } from './locks.ts'
import type { Planned } from './agenda.ts'
import type { ClockWish } from './clock.ts'
import type { Dice } from './dice.ts'
import type { Profile } from './profile.ts'
import type { Storage } from './storage.ts'
import { SimTransport } from './transport.ts'
import type { Medium, Station } from './transport.ts'
import type { World } from './world.ts'

/** Where a crash catches a save: DESIGN 4 lives between these. */
export type SaveStage = 'asked' | 'half' | 'landed' | 'told'

interface PendingWrite {
  readonly planned: Planned
  readonly what: () => void
  /** What was asked of the disk needs the page no more. */
  readonly isAdd: boolean
  /** The worst that the rules of a journal must bear; in the origin's database transactions keep their order. */
  readonly mayBeLate: boolean
}

/** The one list of a simulated world. */
export const ROOM = 'room'

/** The browser a page runs in. */
export interface Home {
  readonly index: number
  readonly id: MachineId
  readonly clock: ClockWish
  readonly storage: Storage
  readonly locks: LockTable
}

/** The tab a page is loaded in. What it remembers survives a reload; a duplicate begins with the same. */
export interface Seat {
  readonly name: string
  remembered: NodeId | null
  page: Page | null
  /** Pages it has loaded. */
  loads: number
}

/** The world around a page, and who watches it. */
export interface Around {
  readonly world: World
  readonly profile: Profile
  readonly settings: Settings
  readonly network: Medium
  readonly dice: { readonly clock: Dice; readonly disk: Dice }
  /** `place`: which node's journal, in which browser. */
  landed(place: string, number: number, record: Uint8Array, replaces: boolean): void
  retired(page: Page, node: NodeId): void
  /** A node stopped, though nothing is known to have gone wrong with its disk and its page stays. */
  stopped(page: Page, node: NodeId): void
  kept(session: string, seq: number, bytes: Uint8Array): void
  /** Whoever had this command on this page was told what came of it. */
  settled(page: Page, command: PendingCommand, result: CommandResult): void
  /** After every turn of a node of this page, and whenever else it may look different. */
  changed(page: Page, nodes: readonly RaftNode[]): void
  died(page: Page): void
  crashAtSave(page: Page): void
  /** Whoever looks on. */
  readonly transition: ((transition: Transition) => void) | undefined
}

export class Page implements Station {
  readonly tab: TabId
  readonly name: string
  readonly machine: number
  readonly home: Home
  readonly storage: Storage
  readonly seat: Seat
  readonly clock: SimClock
  readonly options: LifeOptions
  /** Dice of its own, so that one crash fewer leaves the others as they are. */
  readonly fate: Dice
  isAlive = true
  isFrozen = false
  life: Life | null = null
  /** The next save of this page is the last: crash there. */
  trap: SaveStage | null = null
  readonly #around: Around
  readonly #pending = new Set<PendingWrite>()
  #missed: (() => void)[] = []
  #isLeaving = false

  constructor(around: Around, home: Home, seat: Seat) {
    const { world, network } = around
    const { storage } = home
    this.storage = storage
    // A profile that was wiped or went on elsewhere is no longer what this browser has.
    const isInUse = (): boolean => home.storage === storage
    this.#around = around
    this.tab = world.mintId()
    this.name = seat.name
    this.machine = home.index
    this.home = home
    this.seat = seat
    this.fate = world.dice(`fate ${seat.name} ${++seat.loads}`)
    this.clock = new SimClock(world, this, home.clock, around.dice.clock)
    const writing: Writing = {
      write: (place, what, isAdd) => this.#write(place, what, isAdd),
      dice: around.dice.disk,
      profile: () => around.profile.disk,
      landed: (node, number, record, replaces) => {
        if (isInUse()) around.landed(storage.placeOf(node), number, record, replaces)
      },
      retired: (node) => around.retired(this, node),
      closed: (node, hasFailed) => {
        if (!hasFailed && !this.#isLeaving && this.isAlive) around.stopped(this, node)
      },
    }
    this.options = {
      tab: this.tab,
      room: ROOM,
      build: 'sim',
      settings: around.settings,
      replica: { levels: this.#build(), checksumEvery: around.profile.checksumEvery, sessions: around.profile.sessions },
      snapshotAfter: around.profile.snapshotAfter,
      clock: this.clock,
      transport: new SimTransport(this, network),
      disk: new SimDisk(storage, writing),
      registry: new SimRegistry(storage, writing, home.id),
      outbox: new SimOutbox(storage, writing, (session, seq, bytes) => {
        if (isInUse()) around.kept(session, seq, bytes)
      }),
      locks: new SimLocks(home.locks, this, world),
      mintId: () => world.mintId(),
      remembered: {
        get: () => seat.remembered,
        set: (_, node) => {
          seat.remembered = node
        },
      },
    }
  }

  /** Loads the page: from now on it lives by itself. */
  open(): void {
    this.#around.world.answered()
    const { transition } = this.#around
    const settled = (command: PendingCommand, result: CommandResult): void => this.#around.settled(this, command, result)
    Life.open(this.options, () => this.#changed(), { transition, settled }).then(
      (life) => {
        this.life = life
        this.#changed()
      },
      (error: unknown) => this.#around.world.fail('nothing throws', `${this.name}: ${String(error)}`),
    )
  }

  /** Once there is a newer one most pages load it; of some an older is in a cache. */
  #build(): Levels {
    const { world, profile } = this.#around
    const { newBuildAt, oldBuilds } = profile
    const isNew = world.now >= newBuildAt && !world.dice(`build ${this.seat.name} ${this.seat.loads}`).chance(oldBuilds)
    return { min: LEVELS.min, max: isNew ? LEVELS.max + 1 : LEVELS.max }
  }

  /** It met a level that it does not have, and asks to be reloaded. */
  get isTooOld(): boolean {
    return this.life?.list.stop?.type === 'level'
  }

  get nodes(): readonly RaftNode[] {
    return this.isAlive && this.life !== null ? this.life.host.hosted : []
  }

  /** A promise of a port is settled. */
  answer(resolve: () => void): void {
    this.deliver(() => {
      this.#around.world.answered()
      resolve()
    })
  }

  deliver(run: () => void): void {
    if (!this.isAlive) return
    if (this.isFrozen) this.#missed.push(run)
    else {
      this.#around.world.touch()
      run()
    }
  }

  /** pagehide, in order. The page is gone after it. */
  leave(): void {
    if (!this.isAlive || this.isFrozen) return this.crash()
    const { world } = this.#around
    world.touch()
    this.#isLeaving = true
    this.life?.leave()
    this.#die(this.fate.between(15, 31))
  }

  crash(): void {
    if (this.isAlive) this.#die(this.fate.between(20, 69))
  }

  freeze(): void {
    if (!this.isAlive || this.isFrozen) return
    this.isFrozen = true
    this.#around.network.look()
  }

  /** What waited comes in a burst, each in a turn of its own. */
  thaw(): void {
    if (!this.isAlive || !this.isFrozen) return
    this.isFrozen = false
    const missed = this.#missed
    this.#missed = []
    for (const run of missed) this.#around.world.after(0, () => this.deliver(run))
    this.#around.network.look()
  }

  #changed(): void {
    this.#around.world.activity++
    if (this.isAlive && this.life !== null) this.#around.changed(this, this.life.host.hosted)
  }

  #die(locksFreedAfter: Millis): void {
    const { network } = this.#around
    this.isAlive = false
    this.#missed = []
    this.#around.died(this)
    for (const write of this.#pending) this.#cutOff(write)
    this.#pending.clear()
    this.home.locks.freeAll(this, locksFreedAfter)
    this.seat.page = null
    network.look()
  }

  #write<T>(place: string, what: () => T, isAdd: boolean): Promise<T> {
    const { world, dice, profile } = this.#around
    const { saveMin, saveMax, slow, slowMax } = profile.disk
    world.activity++
    const isSlow = dice.disk.chance(slow)
    const at = this.home.storage.queue(place, world.now + dice.disk.between(saveMin, isSlow ? slowMax : saveMax))
    return new Promise((resolve) => {
      const planned = world.at(at, () => {
        this.#pending.delete(pending)
        const outcome = what()
        if (isTrapped === 'landed') this.#around.crashAtSave(this)
        this.answer(() => resolve(outcome))
      })
      const pending: PendingWrite = { planned, what, isAdd, mayBeLate: place !== 'origin' }
      const isTrapped = isAdd && place !== 'origin' ? this.trap : null
      if (isTrapped !== null) this.#spring(isTrapped, at)
      this.#pending.add(pending)
    })
  }

  #spring(stage: SaveStage, landsAt: Millis): void {
    const { world } = this.#around
    this.trap = null
    if (stage === 'landed') return
    const at = stage === 'asked' ? world.now : stage === 'half' ? this.fate.between(world.now, landsAt) : landsAt + 0.001
    world.at(at, () => this.#around.crashAtSave(this))
  }

  /** The page died with this under way: lost, landed in time, or landed late. What it would have had to read first is lost. */
  #cutOff({ planned, what, isAdd, mayBeLate }: PendingWrite): void {
    const { world, dice, profile } = this.#around
    const { lost, late } = profile.disk
    const fate = dice.disk.next()
    if (isAdd && fate >= lost + (mayBeLate ? late : 0)) return
    planned.run = null
    if (isAdd && fate >= lost) world.at(planned.at + dice.disk.between(0, 300), what)
  }
}
