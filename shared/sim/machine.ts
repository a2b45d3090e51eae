/** A browser on one device: its profile, its locks, and the tabs in its window. */
import type { MachineId, NodeId } from '../host/ports.ts'
import type { ClockWish } from './clock.ts'
import { LockTable } from './locks.ts'
import type { Home, Page, Seat } from './page.ts'
import { Storage } from './storage.ts'
import type { World } from './world.ts'

export class Machine implements Home {
  readonly index: number
  id: MachineId
  clock: ClockWish
  storage = new Storage()
  locks: LockTable
  readonly tabs: Seat[] = []
  readonly #world: World
  #opened = 0

  constructor(world: World, index: number, clock: ClockWish) {
    this.#world = world
    this.index = index
    this.id = world.mintId()
    this.clock = clock
    this.locks = new LockTable(world)
  }

  /** Everything it stored is gone, and that it ever was this browser. What is still being written lands nowhere. */
  wipe(): void {
    this.id = this.#world.mintId()
    this.storage = new Storage()
    for (const tab of this.tabs) tab.remembered = null
  }

  /** Another device with a copy of the profile takes the place of this one, which nobody opens again. */
  moveTo(clock: ClockWish, storage: Storage): void {
    this.clock = clock
    this.storage = storage
    this.locks = new LockTable(this.#world)
  }

  get pages(): readonly Page[] {
    return this.tabs.flatMap(({ page }) => (page === null ? [] : [page]))
  }

  newTab(remembered: NodeId | null): Seat {
    const tab: Seat = { name: `${this.index + 1}.${++this.#opened}`, remembered, page: null, loads: 0 }
    this.tabs.push(tab)
    return tab
  }

  /** A page is loaded in it, whoever closed the tab meanwhile. */
  keep(tab: Seat): void {
    if (!this.tabs.includes(tab)) this.tabs.push(tab)
  }

  /** The tab is closed, not only its page gone. */
  drop(tab: Seat): void {
    const at = this.tabs.indexOf(tab)
    if (at >= 0) this.tabs.splice(at, 1)
  }
}
