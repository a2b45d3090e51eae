import { expect, test } from 'vitest'
import { World } from '../../shared/sim/world.ts'

test('a world in which time stands still is a failure, and not a hang', async () => {
  const world = new World({ seed: 1, budget: 10, trace: null })
  const again = (): void => void world.after(0, again)
  world.after(5, again)
  await world.run(10)
  expect(world.violation).toMatchObject({ at: 5, law: 'no livelock' })
})
