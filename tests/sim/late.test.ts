/** Leaders whose timers come late, though early enough that nobody campaigns against them. */
import { expect, test } from 'vitest'
import type { Fault } from '../../shared/sim/faults.ts'
import { runSeed, scheduleOf } from '../../shared/sim/run.ts'

const SEEDS = 6
/** Four browsers with a tab each. */
const ARRIVALS: readonly Fault[] = [10, 20, 30].map((at) => ({ at, kind: 'new-machine', who: 0, other: 0, lasts: 0 }))
const KIND = {
  machinesMax: 4,
  pagesMax: 1,
  quiet: 2_000,
  chaos: 28_000,
  commandEvery: 500,
  isAtLeaders: false,
  lag: 120,
  copies: 0,
  moves: 0,
}
const CALM = { loss: 0, duplicate: 0, reorder: 0, spike: 0, delayMax: 2, handshake: [20, 60] as const }

test('L11, L12: they hand over to one that is on time, and nobody does so twice in half a minute', async () => {
  let [handed, seen] = [0, 0]
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { network, disk, settings } = scheduleOf(seed).profile
    const by: string[] = []
    const { violation } = await runSeed({
      seed,
      faults: ARRIVALS,
      profile: {
        ...KIND,
        network: { ...network, ...CALM },
        disk: { ...disk, slow: 0, failure: 0 },
        settings: { ...settings, electionMax: 300, preVote: true },
      },
      transition: (transition) => {
        if (transition.type !== 'stepped') return
        if (transition.inputs.some(({ type }) => type === 'transfer')) by.push(transition.node)
      },
    })
    expect(violation, `seed ${seed}`).toBeNull()
    expect(new Set(by).size, `seed ${seed}: ${by.join()}`).toBe(by.length)
    if (by.length > 0) handed++
    seen += by.length
  }
  expect(handed).toBeGreaterThan(0)
  expect(seen, 'no more than a late leader each').toBeLessThanOrEqual(2 * SEEDS)
})
