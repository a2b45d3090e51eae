import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Dice } from '../../shared/sim/dice.ts'
import { runSeed } from '../../shared/sim/run.ts'

const SEEDS = [3, 41, 72, 97]

async function traceOf(seed: number, drain?: () => Promise<void>): Promise<{ readonly lines: number; readonly hash: string }> {
  const hash = createHash('sha256')
  let lines = 0
  const trace = (line: string): void => {
    lines++
    hash.update(`${line}\n`)
  }
  await runSeed({ seed, trace, ...(drain === undefined ? {} : { drain }) })
  return { lines, hash: hash.digest('hex') }
}

describe('one seed decides everything', () => {
  test.each(SEEDS)('seed %i gives the same trace, byte for byte, when it is run again', async (seed) => {
    const first = await traceOf(seed)
    expect(first.lines).toBeGreaterThan(1_000)
    expect(await traceOf(seed)).toEqual(first)
  })

  test.each(SEEDS)('seed %i gives the same trace when every promise surely ends before time goes on', async (seed) => {
    // An immediate comes after all promise jobs: so nothing was under way when the world believed that all was quiet.
    const surely = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    expect(await traceOf(seed, surely)).toEqual(await traceOf(seed))
  })

  test('a run without a trace ends like the run with one', async () => {
    const verdict = await runSeed({ seed: 7 })
    expect(await runSeed({ seed: 7, trace: () => {} })).toEqual(verdict)
    expect(verdict.steps).toBeGreaterThan(100)
  })

  test('other seeds give other traces', async () => {
    const hashes = await Promise.all([1, 2, 3, 4].map(async (seed) => (await traceOf(seed)).hash))
    expect(new Set(hashes).size).toBe(4)
  })
})

describe('dice', () => {
  test('are sfc32: the same numbers on every machine', () => {
    const dice = new Dice(42, 'golden')
    expect([dice.next(), dice.next(), dice.below(1_000_000), dice.between(5, 6)]).toMatchInlineSnapshot(`
      [
        0.7497433288954198,
        0.9369468663353473,
        997660,
        5.567626251606271,
      ]
    `)
  })

  test('of another stream roll other numbers', () => {
    const [one, other] = [new Dice(1, 'network'), new Dice(1, 'disk')]
    expect(one.next()).not.toBe(other.next())
  })
})
