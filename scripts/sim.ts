// `npm run sim`: runs simulated worlds.
//
//   npm run sim -- --seed 42             one seed, with its trace
//   npm run sim -- --seed 42 --shrink    a failing seed made small, printed as a test
//   npm run sim -- --seeds 500           seeds 1 to 500 on all cores; stops at the first that fails, and shrinks it
//   npm run sim -- --seeds 500 --from 9  seeds 9 to 508
//   npm run sim -- --seeds 500 --all     goes on after a failure, and shrinks none
//   npm run sim -- --bare ...            worlds of cores alone, without tabs, bytes and list; they are not shrunk
import { parseArgs } from 'node:util'
import { runBareSeed } from '../shared/sim/bare/run.ts'
import { runSeed, scheduleOf } from '../shared/sim/run.ts'
import { asTest, shrink } from '../shared/sim/shrink.ts'
import type { Verdict } from '../shared/sim/verdict.ts'
import { search } from './sim-search.ts'

/** What shrinking may cost: about a minute. */
const SHRINK_EVENTS = 1_000_000
const PROGRESS_MS = 5_000

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string' },
    all: { type: 'boolean', default: false },
    bare: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
  },
})
// A promise of the code under test that nobody waits for: a bug like any other, but it cannot say which law it broke.
process.on('unhandledRejection', (error) => {
  console.error('a promise was rejected:', error)
  process.exit(1)
})

if (values.seed === undefined) await searchAll(Number(values.from ?? 1), Number(values.seeds ?? 100))
else if (values.shrink) await shrinkSeed(Number(values.seed))
else await show(Number(values.seed))

async function show(seed: number): Promise<void> {
  const verdict = await (values.bare ? runBareSeed : runSeed)({ seed, trace: (line) => console.log(line) })
  console.log(describe(verdict))
  if (verdict.violation !== null) process.exitCode = 1
}

async function shrinkSeed(seed: number): Promise<void> {
  const drawn = scheduleOf(seed)
  const tell = line()
  const small = await shrink(drawn, runSeed, SHRINK_EVENTS, ({ faults }) => tell(`shrinking seed ${seed}: ${faults.length} faults`))
  tell.end()
  if (small === null) return console.log(`seed ${seed} breaks no law`)
  process.exitCode = 1
  const { faults } = small.schedule
  console.log(
    `from ${drawn.faults.length} faults to ${faults.length} in ${small.runs} runs: ${small.violation.detail}\n\n${asTest(small, drawn)}\n`,
  )
}

async function searchAll(from: number, count: number): Promise<void> {
  const startedAt = performance.now()
  const rate = (events: number): number => Math.round((events / (performance.now() - startedAt)) * 1_000)
  const broken: number[] = []
  const tell = line()
  const found = await search({
    from,
    count,
    isBare: values.bare,
    all: values.all,
    failed: (seed, verdict, why) => {
      tell.end()
      console.log(
        `${verdict === null ? `seed ${seed}: ${why}` : describe(verdict)}\nsee: npm run sim -- ${values.bare ? '--bare ' : ''}--seed ${seed}\n`,
      )
      if (verdict !== null) broken.push(seed)
    },
    progress: (seeds, events) => tell(`${seeds} of ${count} seeds, ${events} events, ${rate(events)} a second`),
  })
  tell.end()
  const perMinute = Math.round((found.seeds / (performance.now() - startedAt)) * 60_000)
  const summary = `${found.seeds} seeds, ${found.events} events, ${rate(found.events)} events a second, ${perMinute} seeds a minute`
  if (broken.length > 0 && !values.all && !values.bare) await shrinkSeed(Math.min(...broken))
  if (found.failures > 0) process.exitCode = 1
  console.log(summary)
}

/** A line that is rewritten in place, or on paper said again now and then. */
function line(): ((text: string) => void) & { end(): void } {
  const isScreen = process.stdout.isTTY
  let saidAt = performance.now()
  let isOpen = false
  const say = (text: string): void => {
    if (!isScreen && performance.now() - saidAt < PROGRESS_MS) return
    saidAt = performance.now()
    isOpen = isScreen
    process.stdout.write(isScreen ? `\r\u{1b}[2K${text}` : `${text}\n`)
  }
  const end = (): void => {
    if (isOpen) process.stdout.write('\r\u{1b}[2K')
    isOpen = false
  }
  return Object.assign(say, { end })
}

function describe({ seed, violation, steps, commits, reigns, answered }: Verdict): string {
  const numbers = `${steps} events, ${commits} entries committed, ${reigns} leaders, ${answered} answers`
  if (violation === null) return `seed ${seed}: all laws held; ${numbers}`
  return `seed ${seed} at ${violation.at.toFixed(3)}: ${violation.law}: ${violation.detail}\n(${numbers})`
}
