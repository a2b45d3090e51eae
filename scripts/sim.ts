// `npm run sim`: runs simulated worlds.
//
//   npm run sim -- --seed 42             one seed, with its trace
//   npm run sim -- --seeds 500           seeds 1 to 500; stops at the first that fails
//   npm run sim -- --seeds 500 --from 9  seeds 9 to 508
//   npm run sim -- --seeds 500 --all     goes on after a failure
import { parseArgs } from 'node:util'
import { runSeed } from '../shared/sim/run.ts'
import type { Verdict } from '../shared/sim/run.ts'

const { values } = parseArgs({
  options: { seed: { type: 'string' }, seeds: { type: 'string' }, from: { type: 'string' }, all: { type: 'boolean', default: false } },
})
let current = 0
// A promise of the code under test that nobody waits for: a bug like any other, but it cannot say which law it broke.
process.on('unhandledRejection', (error) => {
  console.error(`a promise was rejected in seed ${current}:`, error)
  process.exit(1)
})

if (values.seed === undefined) await search(Number(values.from ?? 1), Number(values.seeds ?? 100))
else await show(Number(values.seed))

async function show(seed: number): Promise<void> {
  const verdict = await run(seed, (line) => console.log(line))
  console.log(describe(verdict))
  if (verdict.violation !== null) process.exitCode = 1
}

async function search(from: number, count: number): Promise<void> {
  const startedAt = performance.now()
  let [seeds, steps] = [0, 0]
  for (let seed = from; seed < from + count; seed++) {
    const verdict = await run(seed)
    seeds++
    steps += verdict.steps
    if (verdict.violation === null) continue
    process.exitCode = 1
    console.log(`${describe(verdict)}\nsee: npm run sim -- --seed ${seed}\n`)
    if (!values.all) break
  }
  const seconds = (performance.now() - startedAt) / 1_000
  console.log(
    `${seeds} seeds, ${steps} events, ${Math.round(steps / seconds)} events a second, ${((seeds / seconds) * 60).toFixed(0)} seeds a minute`,
  )
}

function run(seed: number, trace?: (line: string) => void): Promise<Verdict> {
  current = seed
  return runSeed({ seed, ...(trace === undefined ? {} : { trace }) })
}

function describe({ seed, violation, steps, commits, reigns, answered }: Verdict): string {
  const numbers = `${steps} events, ${commits} entries committed, ${reigns} leaders, ${answered} clients answered`
  if (violation === null) return `seed ${seed}: all laws held; ${numbers}`
  return `seed ${seed} at ${violation.at.toFixed(3)}: ${violation.law}: ${violation.detail}\n(${numbers})`
}
