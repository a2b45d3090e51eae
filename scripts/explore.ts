// `npm run explore`: visits small worlds state by state.
//
//   npm run explore                                 all of them, as far as `npm test` goes
//   npm run explore -- leaving                      those whose name contains this
//   npm run explore -- leaving --states 2000000     farther (a million states take about 2 GB and two minutes)
//   npm run explore -- --rules                      every rule switched off in turn, with the shortest way to harm
import { parseArgs } from 'node:util'
import { BROKEN_RULES } from '../tests/explore/broken-rules.ts'
import type * as Entry from '../tests/explore/entry.ts'
import { explore } from '../tests/explore/search.ts'
import type { Report } from '../tests/explore/search.ts'
import { WORLDS } from '../tests/explore/worlds.ts'
import { plantIn } from '../tests/mutants/plant.ts'

const { values, positionals } = parseArgs({
  options: { states: { type: 'string' }, rules: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const [wanted = ''] = positionals
const bound = values.states === undefined ? {} : { statesMax: Number(values.states) }

if (values.rules) await showRules()
else showWorlds()

function showWorlds(): void {
  let all = 0
  const startedAt = performance.now()
  for (const world of WORLDS.filter(({ name }) => name.includes(wanted))) {
    const before = performance.now()
    const report = explore(world, bound)
    all += report.states
    show(report, (performance.now() - before) / 1_000)
    if (report.violation !== null) process.exitCode = 1
  }
  const seconds = (performance.now() - startedAt) / 1_000
  console.log(`${all} states in ${seconds.toFixed(1)} s, ${Math.round(all / seconds)} a second`)
}

async function showRules(): Promise<void> {
  for (const { rule, world, patches, laws } of BROKEN_RULES.filter((broken) => broken.world.includes(wanted))) {
    const { exploreWorld } = await plantIn<typeof Entry>('tests/explore/entry.ts', patches)
    const before = performance.now()
    console.log(`WITHOUT: ${rule}`)
    show(exploreWorld(world, { laws, ...bound }), (performance.now() - before) / 1_000)
  }
}

function show(
  { name, states, transitions, depth, isComplete, events, waiting, waitingSchedule, violation }: Report,
  seconds: number,
): void {
  const end = violation !== null ? 'VIOLATION' : isComplete ? 'complete' : `cut at depth ${depth}`
  console.log(
    `${name}: ${states} states, ${transitions} transitions, depth ${depth}, ${end}, ${Math.round(states / seconds)} states a second`,
  )
  for (const [event, seen] of Object.entries(events)) console.log(`  ${seen} states: ${event}`)
  if (waitingSchedule !== null)
    console.log(`  ${waiting} states: a living majority waits for somebody who went, first after\n${lines(waitingSchedule)}`)
  if (violation !== null) console.log(`  ${violation.law}, after ${violation.schedule.length} moves:\n${lines(violation.schedule)}`)
}

function lines(schedule: readonly string[]): string {
  return schedule.map((line) => `    ${line}`).join('\n')
}
