import { describe, expect, test } from 'vitest'
import { plainTransition } from '../../shared/host/transition.ts'
import { runSeed } from '../../shared/sim/run.ts'
import { Check } from './check.ts'
import { merge } from './merge.ts'
import type { Seen } from './merge.ts'
import { observe } from './observe.ts'
import { print } from './print.ts'

/** One world, recorded node by node. */
async function streamsOf(seed: number): Promise<Map<string, Seen[]>> {
  const streams = new Map<string, Seen[]>()
  await runSeed({
    seed,
    transition: (transition) => {
      const observation = observe(plainTransition(transition))
      streams.set(observation.node, [...(streams.get(observation.node) ?? []), { at: 0, observation }])
    },
  })
  return streams
}

describe('records of several tabs', () => {
  test('are brought into an order in which what is received was sent before, whatever their clocks say', async () => {
    const streams = await streamsOf(8)
    expect(streams.size).toBeGreaterThan(1)
    const merged = merge([...streams.values()])
    const check = new Check()
    for (const observation of merged) check.see(observation)
    expect(print(check.deviation)).toBe('a behaviour of the specification')
    expect(check.observed).toBe([...streams.values()].flat().length)
  })

  test('of which one is missing are not explained', async () => {
    const [, ...rest] = (await streamsOf(8)).values()
    const check = new Check()
    for (const observation of merge(rest)) check.see(observation)
    expect(check.deviation?.guard).toBe('it was sent')
  })

  test('are cut where they go on after the record of a sender has ended, and nowhere else', async () => {
    const streams = [...(await streamsOf(8)).values()]
    const whole = streams.flat().length
    const [first, ...rest] = streams as [Seen[], ...Seen[][]]
    const half = first.slice(0, first.length / 2)
    const check = new Check()
    for (const observation of merge([half, ...rest])) check.see(observation)
    expect(print(check.deviation)).toBe('a behaviour of the specification')
    expect(check.observed).toBeGreaterThan(half.length)
    expect(check.observed).toBeLessThan(whole)

    // The same record, which by its clock goes on for long: what was received meanwhile was never sent.
    const later = [...half.slice(0, -1), { ...half.at(-1)!, at: 10_000 }]
    const strict = new Check()
    for (const observation of merge([later, ...rest])) strict.see(observation)
    expect(strict.deviation?.guard).toBe('it was sent')
  })
})
