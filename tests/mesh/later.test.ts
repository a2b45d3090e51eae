/** An introducer whose code is still to come. */
import { expect, test } from 'vitest'
import { introduceLater } from '../../client/mesh/later.ts'
import type { Introduce, IntroducerEvents } from '../../client/mesh/types.ts'
import { MemoryClock } from '../support/memory-clock.ts'

/** What happened, in words; the code comes, or fails to, when the test says so. */
function scene() {
  const told: string[] = []
  const loads: { come(): Promise<void>; fail(): Promise<void> }[] = []
  const events = { count: (what: string) => told.push(what) } as unknown as IntroducerEvents
  const introduce: Introduce = (given) => {
    told.push(given === events ? 'introduced' : 'introduced to somebody else')
    return {
      signal: (to) => told.push(`signal to ${to}`),
      hurry: () => told.push('hurry'),
      close: () => told.push('close'),
    }
  }
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  const load = (): Promise<Introduce> =>
    new Promise((resolve, reject) => {
      const come = (): Promise<void> => (resolve(introduce), settled())
      const fail = (): Promise<void> => (reject(new Error('away')), settled())
      loads.push({ come, fail })
    })
  const clock = new MemoryClock()
  return { told, loads, clock, introducer: introduceLater(load, clock, events) }
}

test('introduces as soon as the code is there; what is signalled before is lost, as while it is down', async () => {
  const { told, loads, introducer } = scene()
  introducer.signal('b', new Uint8Array(1))
  introducer.hurry()
  await loads[0]!.come()
  introducer.signal('b', new Uint8Array(1))
  introducer.hurry()
  introducer.close()
  expect([told, loads.length]).toEqual([['introduced', 'signal to b', 'hurry', 'close'], 1])
})

test('code that does not come is asked for again later, or at once if the network may be back', async () => {
  const { told, loads, clock, introducer } = scene()
  await loads[0]!.fail()
  expect(loads.length).toBe(1)
  await clock.pass(250)
  expect(loads.length).toBe(2)
  await loads[1]!.fail()
  introducer.hurry()
  introducer.hurry()
  expect(loads.length).toBe(3)
  await loads[2]!.come()
  await clock.pass(60_000)
  expect([told, loads.length]).toEqual([['signaling:load', 'signaling:load', 'introduced'], 3])
})

test('a page that went meets nobody', async () => {
  const late = scene()
  late.introducer.close()
  await late.loads[0]!.come()
  const failing = scene()
  await failing.loads[0]!.fail()
  failing.introducer.close()
  await failing.clock.pass(60_000)
  expect([late.told, failing.told, failing.loads.length]).toEqual([[], ['signaling:load'], 1])
})
