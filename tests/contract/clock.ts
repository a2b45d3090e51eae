/** What every Clock promises. */
import type { Clock, Millis } from '../../shared/host/ports.ts'
import { check, same, within, type Scene } from './scene.ts'

export interface ClockWorld {
  readonly clock: Clock
  /** Lets at least this much time pass. */
  readonly later: (ms: Millis) => Promise<void>
}

const AT_ALL_MS = 20_000

export const clockScenes: readonly Scene<ClockWorld>[] = [
  {
    title: 'time never goes back, and passes',
    async play({ clock, later }) {
      const start = clock.now()
      let last = start
      for (let i = 0; i < 20_000; i++) {
        const now = clock.now()
        check(now >= last, `from ${last} back to ${now}`)
        last = now
      }
      await later(30)
      check(clock.now() - start >= 29, 'no time has passed')
    },
  },
  {
    title: 'reading the clock often does not make it run fast',
    async play({ clock }) {
      const wall = clock.wall()
      const time = clock.now()
      while (clock.wall() - wall < 150 && clock.now() - time < 1_000) clock.now()
      const passed = clock.now() - time
      const really = clock.wall() - wall
      check(passed < really + 30, `${passed} ms in ${really} ms`)
    },
  },
  {
    title: 'a wake is never early and never within the call that asks for it',
    async play(world) {
      for (const delay of [-5, 0, 0.4, 1, 7.7, 30]) {
        const at = world.clock.now() + delay
        let inside = true
        const woken = wakeAt(world.clock, at, () => check(!inside, 'called back within wake'))
        inside = false
        await pass(world, woken, delay)
        check((await woken) >= at, `woken ${at - (await woken)} ms early`)
      }
    },
  },
  {
    title: 'wakes come in order of their times, whatever the order of asking',
    async play(world) {
      const now = world.clock.now()
      const order: number[] = []
      const wakes = [40, 5, 60, 20].map((delay) => wakeAt(world.clock, now + delay, () => order.push(delay)))
      await pass(world, Promise.all(wakes), 60)
      same(order, [5, 20, 40, 60], 'order')
    },
  },
  {
    title: 'a cancelled wake never comes, the others do; cancelling again is fine',
    async play(world) {
      const now = world.clock.now()
      const came: string[] = []
      const cancel = world.clock.wake(now + 10, () => came.push('cancelled at once'))
      const cancelLater = world.clock.wake(now + 30, () => came.push('cancelled later'))
      const kept = wakeAt(world.clock, now + 40, () => {})
      cancel()
      cancel()
      await world.later(5)
      const before = [...came] // A stalled page may have been woken by now.
      cancelLater()
      await pass(world, kept, 60)
      cancel()
      same(came, before, 'came')
      check(!came.includes('cancelled at once'), 'a cancelled wake came')
    },
  },
  {
    title: 'a wake that is due when it is asked for comes in a task of its own, unless it is cancelled',
    async play(world) {
      const { clock } = world
      const came: string[] = []
      const due = [clock.now(), clock.now() - 50].map((at, k) => wakeAt(clock, at, () => came.push(`due ${k}`)))
      const cancel = clock.wake(clock.now(), () => came.push('cancelled'))
      cancel()
      await Promise.resolve()
      same(came, [], 'came within the task that asked')
      await pass(world, Promise.all(due), 0)
      await pass(
        world,
        wakeAt(clock, clock.now(), () => came.push('next')),
        0,
      )
      same([...came].sort(), ['due 0', 'due 1', 'next'], 'came')
    },
  },
  {
    title: 'of wakes that are due, one may ask for another while the rest wait',
    async play(world) {
      const { clock } = world
      const asked = new Promise<void>((resolve) => {
        clock.wake(clock.now(), () => clock.wake(clock.now(), resolve))
      })
      const other = wakeAt(clock, clock.now(), () => {})
      await pass(world, Promise.all([asked, other]), 0)
      await pass(
        world,
        wakeAt(clock, clock.now(), () => {}),
        0,
      )
    },
  },
  {
    title: 'an earlier wake asked for later still comes first, and each comes once',
    async play(world) {
      const now = world.clock.now()
      const order: string[] = []
      const late = wakeAt(world.clock, now + 60, () => order.push('late'))
      const early = wakeAt(world.clock, now + 10, () => order.push('early'))
      await pass(world, Promise.all([late, early]), 60)
      await world.later(30)
      same(order, ['early', 'late'], 'order')
    },
  },
  {
    title: 'of a deadline put off a hundred times only the last comes, once',
    async play(world) {
      const came: number[] = []
      const cancelled = new Set<number>()
      let cancel = (): void => {}
      const start = world.clock.now()
      for (let i = 0; i < 100; i++) {
        cancel()
        if (!came.includes(i - 1)) cancelled.add(i - 1)
        cancel = world.clock.wake(start + 30 + i / 2, () => came.push(i))
        if (i % 10 === 0) await world.later(1)
      }
      await pass(
        world,
        wakeAt(world.clock, start + 120, () => {}),
        150,
      )
      same(
        came.filter((i) => cancelled.has(i)),
        [],
        'cancelled wakes that came',
      )
      same(came.filter((i) => i === 99).length, 1, 'times that the last one came')
    },
  },
  {
    title: 'a callback may ask for the next wake',
    async play(world) {
      const { clock } = world
      const start = clock.now()
      const times: Millis[] = []
      const chain = new Promise<void>((resolve) => {
        const next = (): void => {
          times.push(clock.now())
          if (times.length === 4) resolve()
          else clock.wake(clock.now() + 5, next)
        }
        clock.wake(start + 5, next)
      })
      await pass(world, chain, 40)
      const gaps = times.map((time, i) => time - (times[i - 1] ?? start))
      check(
        gaps.every((gap) => gap >= 5),
        `gaps ${gaps.join(' ')}`,
      )
    },
  },
  {
    title: 'a callback that cancels another due one is obeyed',
    async play(world) {
      const at = world.clock.now() + 10
      const came: string[] = []
      const cancels: (() => void)[] = []
      const either = (name: string) => (): void => {
        came.push(name)
        for (const cancel of cancels) cancel()
      }
      cancels.push(world.clock.wake(at, either('first')), world.clock.wake(at, either('second')))
      const end = wakeAt(world.clock, at + 20, () => {})
      await pass(world, end, 40)
      same(came, ['first'], 'came')
    },
  },
  {
    title: 'random numbers lie in [0, 1) and spread',
    async play({ clock }) {
      const numbers = Array.from({ length: 400 }, () => clock.random())
      check(
        numbers.every((number) => number >= 0 && number < 1),
        'outside [0, 1)',
      )
      const tenths = new Set(numbers.map((number) => Math.floor(number * 10)))
      same(tenths.size, 10, 'tenths met')
    },
  },
]

/** Resolves with the time of the wake. */
function wakeAt(clock: Clock, at: Millis, also: () => void): Promise<Millis> {
  return new Promise((resolve, reject) => {
    clock.wake(at, () => {
      try {
        also()
        resolve(clock.now())
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    })
  })
}

async function pass(world: ClockWorld, event: Promise<unknown>, ms: Millis): Promise<void> {
  await world.later(Math.max(ms, 0))
  await within(AT_ALL_MS, 'a wake', event)
}
