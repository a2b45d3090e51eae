import { expect, test } from 'vitest'
import { Punctuality } from '../../shared/host/punctuality.ts'
import { MemoryClock } from '../support/memory-clock.ts'

/** Its timers, each so late as the list says; whether the tab counts as late after each. */
async function looked(...late: readonly number[]): Promise<{ readonly seen: readonly boolean[]; readonly told: number }> {
  const clock = new MemoryClock()
  let told = 0
  const punctuality = new Punctuality(clock, () => void told++)
  const seen: boolean[] = []
  for (const ms of late) {
    clock.jump(250 + ms)
    await clock.pass(0)
    seen.push(punctuality.isLate)
  }
  return { seen, told }
}

const times = (count: number, ms: number): readonly number[] => Array.from({ length: count }, () => ms)
const firstLate = (seen: readonly boolean[]): number => seen.indexOf(true) + 1

test('L11: a tab is late whose timers were late by more than a heartbeat for most of three seconds', async () => {
  expect(firstLate((await looked(...times(20, 51))).seen)).toBe(7)
  expect(firstLate((await looked(...times(20, 50))).seen)).toBe(0)
})

test('L11: one long stall is no lateness, nor are a few', async () => {
  expect(firstLate((await looked(...times(8, 0), 4_000, ...times(8, 0), ...times(6, 300), ...times(20, 0))).seen)).toBe(0)
})

test('L12: once late it stays so for thirty seconds, and tells each change once', async () => {
  const { seen, told } = await looked(...times(12, 100), ...times(140, 0))
  const isOver = seen.indexOf(false, firstLate(seen))
  // The last that was late enough to count left the window after half of it.
  expect(isOver).toBeGreaterThan(12 + 120)
  expect(seen.slice(isOver)).not.toContain(true)
  expect(told).toBe(2)
  // Of seven late ones in twelve the first leaves with the thirteenth; the thirty seconds are 120 timers more.
  expect((await looked(...times(7, 51), ...times(140, 0))).seen.indexOf(false, 7)).toBe(12 + 120 - 1)
})
