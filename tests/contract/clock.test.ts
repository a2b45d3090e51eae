import { describe, expect, test } from 'vitest'
import { TabClock, messageTasks, timerAlarm, type Alarm } from '../../client/tab/clock.ts'
import { MemoryClock } from '../support/memory-clock.ts'
import { clockScenes, type ClockWorld } from './clock.ts'

const memory = (): ClockWorld => {
  const clock = new MemoryClock()
  return { clock, later: (ms) => clock.pass(ms) }
}

/** Under Node there is no Worker of the web: the page's own timers, as where Workers fail. */
const timers = (): ClockWorld => ({
  clock: new TabClock({ monotonic: () => performance.now(), wall: () => Date.now(), alarm: timerAlarm, tasks: messageTasks }),
  later: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
})

describe('Clock in memory', () => {
  const scenes = clockScenes.filter(({ title }) => !title.includes('run fast')) // Its time stands still when it is read.
  test.each(scenes)('$title', ({ play }) => play(memory()))
})

describe('Clock over timers', () => {
  test.each(clockScenes)('$title', ({ play }) => play(timers()))
})

describe('Clock over clocks that misbehave', () => {
  function driven() {
    const time = { monotonic: 1_000, wall: 1_700_000_000_000, ring: () => {}, delays: [] as number[] }
    const alarm = (ring: () => void): Alarm => {
      time.ring = ring
      return { set: (delay) => time.delays.push(delay), close: () => {} }
    }
    const clock = new TabClock({ monotonic: () => time.monotonic, wall: () => time.wall, alarm, tasks: messageTasks })
    return { time, clock }
  }

  test('a suspension through which performance.now() stood still counts', () => {
    const { time, clock } = driven()
    const before = clock.now()
    time.wall += 60_000
    time.monotonic += 5
    expect(clock.now() - before).toBe(60_000)
    time.wall += 10
    time.monotonic += 10
    expect(clock.now() - before).toBe(60_010)
  })

  test('a suspension that performance.now() counted and Date.now() did not counts once', () => {
    const { time, clock } = driven()
    const before = clock.now()
    time.monotonic += 60_000
    expect(clock.now() - before).toBe(60_000)
    time.wall += 60_000 // Caught up later.
    time.monotonic += 60_000
    expect(clock.now() - before).toBe(120_000)
  })

  test('a stall between the readings of the two clocks is no suspension', () => {
    let time = 0
    let stalls: number[] = []
    const read = (): number => {
      time += stalls.shift() ?? 0
      return time
    }
    const clock = new TabClock({ monotonic: read, wall: read, alarm: () => ({ set: () => {}, close: () => {} }), tasks: messageTasks })
    for (const stall of [0, 1, 2, 3]) {
      const start = time
      const before = clock.now()
      stalls = [0, 0, 0, 0]
      stalls[stall] = 400
      clock.now()
      stalls = []
      expect(clock.now() - before).toBe(time - start)
    }
  })

  test('a wall clock that is set back changes nothing', () => {
    const { time, clock } = driven()
    const before = clock.now()
    time.wall -= 3_600_000
    time.monotonic += 20
    expect(clock.now() - before).toBe(20)
    time.wall += 30
    time.monotonic += 30
    expect(clock.now() - before).toBe(50)
  })

  test('rounding of the wall clock does not add up', () => {
    const { time, clock } = driven()
    const before = clock.now()
    for (let i = 0; i < 10_000; i++) {
      time.monotonic += 0.25
      time.wall = Math.round(1_700_000_000_000 + (time.monotonic - 1_000)) + (i % 2) * 20
      clock.now()
    }
    expect(clock.now() - before).toBe(2_500)
  })

  test('an alarm that rings early wakes nobody and is set again', () => {
    const { time, clock } = driven()
    let woken = 0
    clock.wake(clock.now() + 50, () => woken++)
    time.monotonic += 30
    time.ring()
    expect([woken, time.delays]).toEqual([0, [50, 20]])
    time.monotonic += 20
    time.ring()
    expect([woken, time.delays]).toEqual([1, [50, 20]])
  })

  test('an earlier wake moves the alarm forward; what is due together comes in order of time', () => {
    const { time, clock } = driven()
    const came: number[] = []
    for (const delay of [60, 20, 40]) clock.wake(clock.now() + delay, () => came.push(delay))
    expect(time.delays).toEqual([60, 20])
    time.monotonic += 100
    time.ring()
    expect(came).toEqual([20, 40, 60])
  })

  test('a deadline that is put off again and again costs one message to the alarm', () => {
    const { time, clock } = driven()
    let cancel = (): void => {}
    for (let i = 0; i < 100; i++) {
      cancel()
      cancel = clock.wake(clock.now() + 100 + i, () => {})
    }
    expect(time.delays).toEqual([100])
  })

  test('what is due when it is asked for needs no alarm', async () => {
    const { time, clock } = driven()
    await new Promise<void>((resolve) => clock.wake(clock.now(), resolve))
    clock.wake(clock.now() + 50, () => {})
    expect(time.delays).toEqual([50])
  })

  test('a clock that is closed calls nobody', async () => {
    const { clock } = driven()
    let woken = 0
    clock.wake(clock.now(), () => woken++)
    clock.close()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(woken).toBe(0)
  })

  test('how late the last wake was is known', () => {
    const { time, clock } = driven()
    clock.wake(clock.now() + 50, () => {})
    time.monotonic += 350
    time.ring()
    expect(clock.lateness).toBe(300)
  })
})
