/** A tab whose list went wrong in its memory is found out, and the others go on. */
import { describe, expect, test } from 'vitest'
import type { Fault } from '../../shared/sim/faults.ts'
import { runSeed, scheduleOf } from '../../shared/sim/run.ts'

const ARRIVALS: readonly Fault[] = [10, 20].map((at) => ({ at, kind: 'new-machine', who: 0, other: 0, lasts: 0 }))
const CALM = { loss: 0, duplicate: 0, reorder: 0, spike: 0, farewellLoss: 0, farewellCut: 0, delayMax: 2, handshake: [20, 60] as const }

async function played(
  checksumEvery: number,
  ...faults: readonly Fault[]
): Promise<{ readonly law: string | null; readonly lines: string[] }> {
  const { network, disk, settings } = scheduleOf(1).profile
  const lines: string[] = []
  const { violation } = await runSeed({
    seed: 1,
    profile: {
      quiet: 5_000,
      chaos: 3_000,
      machinesMax: 3,
      pagesMax: 1,
      isAtLeaders: false,
      commandEvery: 60,
      checksumEvery,
      network: { ...network, ...CALM },
      disk: { ...disk, saveMin: 1, saveMax: 2, slow: 0, failure: 0 },
      settings: { ...settings, electionMax: 300, preVote: true, appendBytes: 2_000 },
    },
    faults: [...ARRIVALS, ...faults],
    trace: (line) => lines.push(line),
  })
  return { law: violation?.law ?? null, lines }
}

const seen = (lines: readonly string[], what: RegExp): number => lines.filter((line) => what.test(line)).length
/** The founder leads: the last of three does not. */
const corrupt: Fault = { at: 6_000, kind: 'corrupt', who: 0.9, other: 0, lasts: 0 }

describe('checksums', () => {
  test('C11: a tab whose list went wrong stops within the next checksums, the others agree, and it is well after a reload', async () => {
    const { law, lines } = await played(10, corrupt)
    expect(seen(lines, /is corrupt/)).toBe(1)
    const stopped = lines.filter((line) => /stopped .*: disagrees/.test(line))
    expect(stopped.map((line) => Number(line.slice(0, 10)) < 8_000)).toEqual([true])
    expect(law).toBeNull()
  })

  test('C10: where nobody is wrong nobody stops, however often they compare', async () => {
    const { law, lines } = await played(2)
    expect(seen(lines, /"type":"checksum"/)).toBeGreaterThan(20)
    expect(seen(lines, /disagrees/)).toBe(0)
    expect(law).toBeNull()
  })
})
