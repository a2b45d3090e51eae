/** A browser's profile that is copied: to where it goes on alone, or beside its original. */
import { describe, expect, test } from 'vitest'
import type { Fault } from '../../shared/sim/faults.ts'
import { runSeed, scheduleOf } from '../../shared/sim/run.ts'
import type { WholeVerdict } from '../../shared/sim/run.ts'

/** Three browsers with a tab each, and whoever the fault strikes is the first of them. */
const ARRIVALS: readonly Fault[] = [10, 20].map((at) => ({ at, kind: 'new-machine', who: 0, other: 0, lasts: 0 }))
const KIND = { quiet: 5_000, chaos: 3_000, machinesMax: 3, pagesMax: 1, isAtLeaders: false, commandEvery: 60 }

async function played(
  seed: number,
  ...faults: readonly Fault[]
): Promise<{ readonly verdict: WholeVerdict; readonly lines: readonly string[] }> {
  const { network, disk, settings } = scheduleOf(seed).profile
  const calm = { loss: 0, duplicate: 0, reorder: 0, spike: 0, farewellLoss: 0, farewellCut: 0, delayMax: 2, handshake: [20, 60] as const }
  const lines: string[] = []
  const verdict = await runSeed({
    seed,
    profile: {
      ...KIND,
      network: { ...network, ...calm },
      disk: { ...disk, saveMin: 1, saveMax: 2, slow: 0, failure: 0 },
      settings: { ...settings, electionMax: 300, preVote: true, appendBytes: 2_000 },
    },
    faults: [...ARRIVALS, ...faults],
    trace: (line) => lines.push(line),
  })
  return { verdict, lines }
}

const seen = (lines: readonly string[], what: RegExp): number => lines.filter((line) => what.test(line)).length

describe('a copied profile', () => {
  test('whose original never runs again is simply the node, and every law holds', async () => {
    const { verdict, lines } = await played(1, { at: 6_000, kind: 'move', who: 0, other: 0, lasts: 300 })
    expect(seen(lines, /disk +is moved/)).toBe(1)
    expect(seen(lines, /refuses .*: copied/)).toBe(0)
    expect(verdict).toMatchObject({ violation: null, tolerated: null })
  })

  test('whose original runs and is in touch is told at once, stops, and the list of the others is safe', async () => {
    for (const seed of [1, 2]) {
      const { verdict, lines } = await played(seed, { at: 6_000, kind: 'copy', who: 0, other: 0, lasts: 300 })
      expect(seen(lines, /disk +is copied/)).toBe(1)
      const refusedAt = lines.filter((line) => /refuses .*: copied/.test(line)).map((line) => Number(line.slice(0, 10)))
      expect(refusedAt.length).toBeGreaterThan(0)
      expect(refusedAt[0]).toBeLessThan(9_000)
      expect(verdict).toMatchObject({ violation: null, tolerated: null })
    }
  })

  test('that was kept apart from its original may have voted twice; once they meet, one stops and no disk was harmed', async () => {
    const apart: Fault = { at: 5_900, kind: 'partition', who: 0.9, other: 0.1, lasts: 2_000 }
    const harmed: string[] = []
    for (let seed = 1; seed <= 6 && harmed.length === 0; seed++) {
      const { verdict } = await played(seed, apart, { at: 6_000, kind: 'copy', who: 0, other: 0, lasts: 300 })
      expect(verdict.violation).toBeNull()
      if (verdict.tolerated !== null) harmed.push(verdict.tolerated.law)
    }
    expect(harmed, 'else nothing would have to be suspended').not.toEqual([])
  })
})

test('seeds draw profiles that move and profiles that are copied, and both are played', async () => {
  const kinds = (seed: number): readonly string[] => scheduleOf(seed).faults.map(({ kind }) => kind)
  const first = (kind: string, seen: RegExp) => async (): Promise<boolean> => {
    for (let seed = 1; seed <= 200; seed++) {
      const lines: string[] = []
      if (!kinds(seed).includes(kind)) continue
      await runSeed({ seed, trace: (line) => lines.push(line) })
      if (lines.some((line) => seen.test(line))) return true
    }
    return false
  }
  expect(await first('move', /disk +is moved/)()).toBe(true)
  expect(await first('copy', /disk +is copied/)()).toBe(true)
})

test('a farewell arrives whole, never, or only to the first of those it was for', async () => {
  const ends = new Set<string>()
  for (let seed = 1; seed <= 40 && ends.size < 3; seed++) {
    await runSeed({
      seed,
      trace: (line) => {
        const cut = /is cut off after (\d+) of (\d+) farewells/.exec(line)
        if (cut !== null) ends.add(cut[1] === '0' ? 'never' : 'cut off')
        else if (line.includes('"type":"Farewell"')) ends.add('some')
      },
    })
  }
  expect([...ends].toSorted()).toEqual(['cut off', 'never', 'some'])
})
