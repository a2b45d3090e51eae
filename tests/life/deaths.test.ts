/** Which tabs a tab waits for, and until when. */
import { expect, test } from 'vitest'
import { tabLock } from '../../shared/life/decisions.ts'
import { Deaths } from '../../shared/life/deaths.ts'
import { MemoryClock } from '../support/memory-clock.ts'
import { MemoryMachine } from '../support/memory-locks.ts'
import type { MemoryLocks } from '../support/memory-locks.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** One tab, and others whose locks it waits for. */
class Scene {
  readonly machine = new MemoryMachine(new MemoryClock())
  readonly waitedFor: string[] = []
  readonly died: string[] = []
  readonly deaths: Deaths

  constructor() {
    const locks = this.machine.open()
    const whenFree = locks.whenFree.bind(locks)
    locks.whenFree = (name, callback) => {
      this.waitedFor.push(name)
      return whenFree(name, callback)
    }
    this.deaths = new Deaths(locks, (tab) => this.died.push(tab))
  }

  async tab(name: string): Promise<MemoryLocks> {
    const document = this.machine.open()
    await document.take(tabLock(name), 0)
    return document
  }

  async die(...documents: readonly MemoryLocks[]): Promise<readonly string[]> {
    for (const document of documents) this.machine.die(document)
    await turn()
    return this.died
  }
}

test('K6: who is looked at again and again is waited for once, and heard of once', async () => {
  const scene = new Scene()
  const [a, b] = [await scene.tab('a'), await scene.tab('b')]
  scene.deaths.watch(['a'])
  scene.deaths.watch(['a', 'b'])
  scene.deaths.watch(['a', 'b'])
  expect(scene.waitedFor).toEqual([tabLock('a'), tabLock('b')])
  expect(await scene.die(b, a)).toEqual(['b', 'a'])
})

test('K6: who is out of sight is waited for no more, and again when it is back', async () => {
  const scene = new Scene()
  const [a, b] = [await scene.tab('a'), await scene.tab('b')]
  scene.deaths.watch(['a', 'b'])
  scene.deaths.watch(['b'])
  expect(await scene.die(a)).toEqual([])
  scene.deaths.watch([])
  scene.deaths.watch(['b'])
  expect(await scene.die(b)).toEqual(['b'])
})

test('K6: who has left hears nothing more', async () => {
  const scene = new Scene()
  const a = await scene.tab('a')
  scene.deaths.watch(['a'])
  scene.deaths.end()
  expect(await scene.die(a)).toEqual([])
})

test('K6: a guest, which can hold no lock, waits for nobody', async () => {
  const scene = new Scene()
  const guest = new Deaths(null, (tab) => scene.died.push(tab))
  const a = await scene.tab('a')
  guest.watch(['a'])
  expect(await scene.die(a)).toEqual([])
})
