/** One test a world: its laws hold in every state visited, it is as large as it was, and what it is about happens in it. */
import { describe, expect, test } from 'vitest'
import { explore } from './search.ts'
import type { World } from './state.ts'

export function holdInEveryState(worlds: readonly World[]): void {
  describe('in every state that can be reached the laws hold', () => {
    test.each(worlds)('$name', (world) => {
      const { violation, states, isComplete, events, waiting } = explore(world)
      expect(violation).toBeNull()
      expect(states, 'a world that shrinks proves less').toBeGreaterThanOrEqual(world.statesMin)
      expect(isComplete).toBe(states < world.statesMax)
      for (const [event, seen] of Object.entries(events)) expect(seen, event).toBeGreaterThan(0)
      expect(waiting > 0, 'a living majority that waits for somebody who went').toBe(world.knowsWaiting ?? false)
    })
  })
}
