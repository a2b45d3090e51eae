// `npm run mutants`: plants every mistake of tests/mutants and tells which test notices it first, and after how many worlds the
// swarm does. Writes tests/mutants/kills.jsonl, and the tables of docs/evidence.md from it.
//
//   npm run mutants                       all of them, 20 seeds each (an hour and a half on one core)
//   npm run mutants -- vote               those whose name contains this; the rest of the table stays as it is
//   npm run mutants -- --seeds 200        more worlds each
//   npm run mutants -- --on               asks only for what was not found yet, and goes on after the seeds looked at
//   npm run mutants -- --only tests       the tests alone; `--only swarm` the worlds alone; `--only bare` those of cores alone
//   npm run mutants -- --only table       writes the tables anew and plants nothing
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isCaught, KILLS, readKills, tables } from '../tests/mutants/kills.ts'
import type { Kill } from '../tests/mutants/kills.ts'
import { MUTANTS } from '../tests/mutants/list.ts'
import type { Mutant } from '../tests/mutants/mutant.ts'
import { SURVIVORS } from '../tests/mutants/survivors.ts'
import { isInCore, swarm } from '../tests/mutants/swarm.ts'
import type { Swarmed, Worlds } from '../tests/mutants/swarm.ts'
import { NOT_LOADED, unitTests } from '../tests/mutants/units.ts'
import type { CaughtByTest } from '../tests/mutants/units.ts'

type Order =
  | { readonly type: 'test'; readonly mutant: Mutant }
  | { readonly type: 'swarm'; readonly mutant: Mutant; readonly worlds: Worlds; readonly from: number; readonly to: number }
type Answer =
  /** Something began or ended: it is not stuck. */
  | { readonly type: 'goes on'; readonly title?: string }
  | { readonly type: 'tested'; readonly test: CaughtByTest | null }
  | { readonly type: 'swarmed'; readonly swarm: Swarmed }

/** So many seconds without a word, and a mistake made it run for ever. Seconds in which this process ran: it may be stopped, too. */
const STUCK_AFTER = 90
const ORDERS_MAX = 40
/** Of bare worlds so many run in the time of a whole one, about. */
const BARE_TIMES = 5
const EVIDENCE = join(import.meta.dirname, '../docs/evidence.md')
const BEGIN = '<!-- kill table: npm run mutants -->'
const END = '<!-- end of the kill table -->'

/** The process that plants: a mistake may make it run for ever, so another one looks on. */
function serve(): void {
  const say = (answer: Answer): void => void process.send!(answer)
  const units = unitTests((title) => say({ type: 'goes on', title }))
  process.on('message', (order: Order) => {
    if (order.type === 'test') void units.then(async (tests) => say({ type: 'tested', test: await tests.run(order.mutant.patches) }))
    else
      void swarm(order.mutant, order.worlds, order.from, order.to, () => say({ type: 'goes on' })).then((swarm) =>
        say({ type: 'swarmed', swarm }),
      )
  })
}

class Planter {
  #child: ChildProcess | null = null
  #asked = 0

  /** The answer, or what it was at when it got stuck. */
  ask(order: Order): Promise<Answer | { readonly type: 'stuck'; readonly title: string; readonly count: number }> {
    // What is planted in one process stays in its memory.
    if (++this.#asked % ORDERS_MAX === 0) this.stop()
    this.#child ??= fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const child = this.#child
    return new Promise((resolve) => {
      let [title, count] = ['', 0]
      const end = (answer: Awaited<ReturnType<Planter['ask']>>): void => {
        clearInterval(ticking)
        child.off('message', hear)
        child.off('exit', stuck)
        resolve(answer)
      }
      const stuck = (): void => {
        this.stop()
        end({ type: 'stuck', title, count })
      }
      let silent = 0
      const ticking = setInterval(() => ++silent >= STUCK_AFTER && stuck(), 1_000)
      const hear = (answer: Answer): void => {
        if (answer.type !== 'goes on') return end(answer)
        silent = 0
        title = answer.title ?? title
        count++
      }
      child.on('message', hear)
      child.on('exit', stuck)
      child.send(order)
    })
  }

  stop(): void {
    this.#child?.kill('SIGKILL')
    this.#child = null
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { seeds: { type: 'string', default: '20' }, only: { type: 'string' }, on: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const kills = new Map(existsSync(KILLS) ? readKills() : [])
  const wanted = values.only === 'table' ? [] : MUTANTS.filter(({ name }) => positionals.every((part) => name.includes(part)))
  const planter = new Planter()
  const startedAt = performance.now()
  for (const [at, mutant] of wanted.entries()) {
    let kill: Kill = kills.get(mutant.name) ?? { name: mutant.name, test: null, swarm: null }
    const asks = (what: string): boolean => values.only === undefined || values.only === what
    const [whole, bare] = values.on ? [kill.swarm, kill.bare ?? null] : [null, null]
    if (asks('tests') && !(values.on && kill.test !== null)) kill = { ...kill, test: await test(planter, mutant) }
    if (asks('swarm')) kill = { ...kill, swarm: await search(planter, mutant, 'whole', Number(values.seeds), whole) }
    const bareSeeds = BARE_TIMES * Number(values.seeds)
    if (asks('bare') && isInCore(mutant)) kill = { ...kill, bare: await search(planter, mutant, 'bare', bareSeeds, bare) }
    kills.set(mutant.name, kill)
    write(kills)
    console.log(`${at + 1}/${wanted.length} ${Math.round((performance.now() - startedAt) / 1_000)} s: ${describe(kill)}`)
  }
  planter.stop()
  write(kills)
  const missed = wanted.filter(({ name }) => !isCaught(kills.get(name)!) && SURVIVORS[name] === undefined)
  const noticed = wanted.filter(({ name }) => isCaught(kills.get(name)!) && SURVIVORS[name] !== undefined)
  for (const { name } of wanted.filter(({ name }) => kills.get(name)!.test?.title === NOT_LOADED)) console.log(`DOES NOT FIT: ${name}`)
  for (const { name } of missed) console.log(`NOBODY NOTICES: ${name}`)
  for (const { name } of noticed) console.log(`NOTICED AFTER ALL: ${name}`)
  if (missed.length + noticed.length > 0) process.exitCode = 1
}

async function test(planter: Planter, mutant: Mutant): Promise<CaughtByTest | null> {
  const answer = await planter.ask({ type: 'test', mutant })
  if (answer.type === 'stuck')
    return { file: '', title: answer.title === '' ? 'never ends' : `never ends: ${answer.title.split(' > ').at(-1)}` }
  return answer.type === 'tested' ? answer.test : null
}

async function search(planter: Planter, mutant: Mutant, worlds: Worlds, to: number, known: Swarmed | null): Promise<Swarmed> {
  if (known !== null && (known.law !== null || known.seeds >= to)) return known
  const from = (known?.seeds ?? 0) + 1
  const answer = await planter.ask({ type: 'swarm', mutant, worlds, from, to })
  if (answer.type === 'stuck') return { seeds: from + answer.count, law: 'never ends' }
  return answer.type === 'swarmed' ? answer.swarm : { seeds: 0, law: null }
}

/** In the order of the list; what is no longer planted goes. */
function write(kills: ReadonlyMap<string, Kill>): void {
  const inOrder = MUTANTS.flatMap(({ name }) => kills.get(name) ?? [])
  writeFileSync(KILLS, inOrder.map((kill) => `${JSON.stringify(kill)}\n`).join(''))
  const text = readFileSync(EVIDENCE, 'utf8')
  const [before, after] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (before < 0 || after < before) return
  writeFileSync(
    EVIDENCE,
    `${text.slice(0, before)}${BEGIN}\n\n${tables(new Map(inOrder.map((kill) => [kill.name, kill])))}\n\n${text.slice(after)}`,
  )
}

function describe({ name, test, swarm, bare }: Kill): string {
  const tested = test === null ? 'no test' : `${test.file} ${test.title.split(' > ').at(-1)}`
  const found = (what: string, swarmed: Swarmed | null | undefined): string => {
    if (swarmed == null) return ''
    return swarmed.law === null ? `; not in ${swarmed.seeds} ${what}` : `; ${what} ${swarmed.seeds}: ${swarmed.law}`
  }
  return `${name}: ${tested}${found('worlds', swarm)}${found('bare worlds', bare)}`
}

if (process.send === undefined) await main()
else serve()
