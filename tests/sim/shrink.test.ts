/** A failing run is made small, and stays a failing run. */
import { expect, test } from 'vitest'
import { runSeed, scheduleOf } from '../../shared/sim/run.ts'
import type { Schedule, WholeVerdict } from '../../shared/sim/run.ts'
import { asTest, shrink } from '../../shared/sim/shrink.ts'
import { mutantNamed, plant } from '../mutants/plant.ts'

const EVENTS_MAX = 300_000

test('a planted mistake is shown by fewer faults in a milder world, in words that can be pasted', async () => {
  const planted = await plant(mutantNamed('whoever asks gets a vote, however short its log (5.4.1)'))
  const run = (schedule: Schedule): Promise<WholeVerdict> => planted.runSeed(schedule)
  let seed = 1
  while ((await run(scheduleOf(seed))).violation === null) seed++
  const drawn = scheduleOf(seed)
  const small = (await shrink(drawn, run, EVENTS_MAX))!

  const [before, after] = [await run(drawn), await run(small.schedule)]
  expect(after.violation).toEqual(small.violation)
  expect(after.violation!.law).toBe(before.violation!.law)
  expect(small.schedule.faults.length).toBeLessThanOrEqual(drawn.faults.length / 2)
  expect(small.schedule.profile).not.toEqual(drawn.profile)

  // What is pasted says all of it: read back, it is the very same schedule, and without the mistake all laws hold in it.
  const text = asTest(small, drawn)
  const options = text.slice(text.indexOf('runSeed(') + 'runSeed('.length, text.lastIndexOf(')\n  expect'))
  const { pasted } = (await import(`data:text/javascript,${encodeURIComponent(`export const pasted = ${options}`)}`)) as {
    readonly pasted: Schedule
  }
  expect(scheduleOf(pasted.seed, pasted)).toEqual(small.schedule)
  expect(await runSeed(pasted)).toMatchObject({ seed, violation: null })
})

test('a fault that is taken out leaves the others as they are', async () => {
  const drawn = scheduleOf(11)
  const struck = async (faults: Schedule['faults']): Promise<readonly string[]> => {
    const lines: string[] = []
    await runSeed({ seed: 11, faults, trace: (line) => lines.push(line) })
    return lines.filter((line) => /^ *[0-9.]+ fault /.test(line))
  }
  const [all, fewer] = [await struck(drawn.faults), await struck(drawn.faults.toSpliced(5, 1))]
  expect(all.length).toBeGreaterThan(8)
  expect(fewer).toEqual(all.toSpliced(5, 1))
})

test('a run that breaks no law is not shrunk', async () => {
  expect(await shrink(scheduleOf(1), runSeed, EVENTS_MAX)).toBeNull()
})
