import { describe, test } from 'vitest'
import { TabClock, messageTasks, timerAlarm } from '../../client/tab/clock.ts'
import { MemoryMachine, type MemoryLocks } from '../support/memory-locks.ts'
import { LocalDocument, locksScenes, type LocksDocument, type LocksWorld } from './locks.ts'
import { playable } from './scene.ts'
import { unused } from './worlds.ts'

function memory(): LocksWorld {
  const machine = new MemoryMachine(
    new TabClock({ monotonic: () => performance.now(), wall: () => Date.now(), alarm: timerAlarm, tasks: messageTasks }),
  )
  const locksOf = new Map<LocksDocument, MemoryLocks>()
  const open = async (): Promise<LocksDocument> => {
    const locks = machine.open()
    const document = new LocalDocument(locks)
    locksOf.set(document, locks)
    return document
  }
  const die = async (document: LocksDocument): Promise<void> => machine.die(locksOf.get(document)!)
  return { open, name: unused, close: die, crash: die }
}

describe('Locks in memory', () => {
  test.each(playable(locksScenes, memory()))('$title', ({ play }) => play(memory()))
})
