/** This browser, as a life needs it: its clock, its disk, its locks, what it remembers. Made once a page. */
import { journalDisk } from '../disk/journal.ts'
import { mintId } from '../disk/id.ts'
import { MemoryDisk, MemoryOutbox, MemoryRegistry, MemoryStorage } from '../disk/memory.ts'
import { OriginDatabase } from '../disk/origin.ts'
import { DatabaseOutbox } from '../disk/outbox.ts'
import { DatabaseRegistry } from '../disk/registry.ts'
import type { Transition } from '../../shared/host/transition.ts'
import type { LifePorts } from '../../shared/life/options.ts'
import { TabClock } from './clock.ts'
import { WebLocks } from './locks.ts'

export interface Browser extends LifePorts {
  readonly clock: TabClock
  /** Who looks on at the nodes of this page, whatever list is open. */
  readonly onlookers: Onlookers
}

export type Onlookers = Set<(transition: Transition) => void>

export function openBrowser(): Browser {
  const clock = new TabClock()
  const onlookers: Onlookers = new Set()
  // On plain http from another host there are no locks: a guest keeps everything in memory (DESIGN 6).
  if (!('locks' in navigator)) {
    const storage = new MemoryStorage()
    const [disk, registry, outbox] = [new MemoryDisk(storage), new MemoryRegistry(storage), new MemoryOutbox(storage)]
    return { clock, onlookers, disk, registry, outbox, locks: null, mintId, remembered: { get: () => null, set: () => {} } }
  }
  const database = new OriginDatabase()
  return {
    clock,
    onlookers,
    disk: journalDisk(),
    registry: new DatabaseRegistry(database),
    outbox: new DatabaseOutbox(database),
    locks: new WebLocks(),
    mintId,
    remembered: tabMemory(),
  }
}

/** sessionStorage: survives a reload of this tab, and is copied when the tab is duplicated. */
function tabMemory(): LifePorts['remembered'] {
  const key = (room: string): string => `flotilla:node:${room}`
  return {
    get: (room) => sessionStorage.getItem(key(room)),
    set: (room, node) => (node === null ? sessionStorage.removeItem(key(room)) : sessionStorage.setItem(key(room), node)),
  }
}
