/** When a page draws. */
import { describe, expect, test } from 'vitest'
import { Pacer } from '../../client/state/pacer.ts'
import type { Frames } from '../../client/state/pacer.ts'
import { MemoryClock } from '../support/memory-clock.ts'

const FRAME = 16

/** Drawings take `cost` ms of the time that is played. */
function played({ cost = 0, isHidden = false } = {}) {
  const clock = new MemoryClock()
  const drawn: number[] = []
  const state = { isElecting: false }
  let spent = 0
  const now = (): number => clock.now() + spent
  const frames: Frames = {
    now,
    isHidden: () => isHidden,
    later: (delay, run) => clock.wake(clock.now() + delay, run),
    atNextFrame: (run) => void clock.wake(isHidden ? clock.now() : (Math.floor(clock.now() / FRAME) + 1) * FRAME, run),
  }
  const pacer = new Pacer(
    frames,
    () => {
      drawn.push(now())
      spent += cost
    },
    () => state.isElecting,
  )
  /** Something changes every millisecond. */
  const pour = async (ms: number): Promise<void> => {
    for (let k = 0; k < ms; k++) {
      pacer.drawSoon()
      await clock.pass(1)
      await clock.pass(0) // What a drawing left behind comes before anything else.
    }
  }
  return { clock, now, pacer, drawn, state, pour }
}

describe('a page draws', () => {
  test('once an animation frame, however often something changes', async () => {
    const { drawn, pour } = played()
    await pour(10 * FRAME)
    expect(drawn).toEqual(Array.from({ length: drawn.length }, (_, k) => (k + 1) * FRAME))
    expect(drawn.length).toBe(10)
  })

  test('a tenth of the time at most while changes pour in', async () => {
    const { drawn, now, pour } = played({ cost: 10 })
    await pour(2_000)
    expect(drawn.length * 10).toBeLessThanOrEqual(now() / 10 + 10)
    expect(drawn.length).toBeGreaterThan(10)
  })

  test('no later than a quarter of a second and a frame after one that took long', async () => {
    const { drawn, pour } = played({ cost: 100 })
    await pour(2_000)
    for (const [k, at] of drawn.slice(1).entries()) expect(at - (drawn[k]! + 100)).toBeLessThanOrEqual(250 + 2 * FRAME)
  })

  test.each([
    ['that is new', (pacer: Pacer) => (pacer.hurry(), pacer.drawSoon())],
    ['after something that waits', (pacer: Pacer) => (pacer.drawSoon(), pacer.hurry())],
  ])('what one did oneself at the next frame, whatever rest is left: %s', async (_, wish) => {
    const { clock, now, pacer, drawn } = played({ cost: 20 })
    pacer.drawSoon()
    await clock.pass(FRAME)
    await clock.pass(5)
    expect(drawn.length).toBe(1)
    const before = now()
    wish(pacer)
    await clock.pass(2 * FRAME)
    expect(drawn[1]! - before).toBeLessThanOrEqual(FRAME)
  })

  test('after the vote that others may wait for, but an election that goes on holds nothing up', async () => {
    const { clock, drawn, state, pour } = played()
    state.isElecting = true
    await pour(100)
    expect(drawn).toEqual([])
    state.isElecting = false
    await pour(2 * FRAME)
    expect(drawn.length).toBeGreaterThan(0)
    drawn.length = 0
    state.isElecting = true
    const before = clock.now()
    await pour(1_000)
    expect(drawn[0]! - before).toBeLessThan(250)
    expect(drawn.length).toBeGreaterThan(40)
  })

  test('what one did oneself while nobody leads, too', async () => {
    const { clock, pacer, drawn, state } = played()
    state.isElecting = true
    pacer.drawSoon()
    await clock.pass(1)
    pacer.hurry()
    await clock.pass(FRAME)
    expect(drawn.length).toBe(1)
  })

  test('four times a second where nobody sees it', async () => {
    const { drawn, pour } = played({ isHidden: true })
    await pour(1_000)
    expect(drawn.length).toBeGreaterThanOrEqual(3)
    expect(drawn.length).toBeLessThanOrEqual(4)
  })
})
