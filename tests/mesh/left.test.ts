/** What the mesh says of tabs that the signaling server lost sight of. */
import { expect, test } from 'vitest'
import { MemoryAir } from '../support/memory-air.ts'
import { MemoryClock } from '../support/memory-clock.ts'

test('E26: a tab that the signaling server loses sight of is named while its link is up, and not when the link is down too', async () => {
  const clock = new MemoryClock()
  const air = new MemoryAir(clock)
  const [a, b] = [air.open('a'), air.open('b')]
  await clock.pass(100)
  b.leave()
  await clock.pass(10)
  expect(a.told).toEqual(['up b', 'left b'])
  b.mesh.close()
  await clock.pass(10)
  b.arrive()
  b.leave()
  expect(a.told).toEqual(['up b', 'left b', 'down b'])
})
