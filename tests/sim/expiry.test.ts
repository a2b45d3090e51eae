/** Worlds in which sessions expire while their tabs live: what nobody can know is said, and nothing takes effect twice. */
import { expect, test } from 'vitest'
import { SESSIONS } from '../../shared/limits.ts'
import type { SessionLimits } from '../../shared/replica/sessions.ts'
import { runSeed } from '../../shared/sim/run.ts'

const SEEDS = 4
const FEW: SessionLimits = { count: 3, idle: SESSIONS.idle }
const BRIEF: SessionLimits = { count: SESSIONS.count, idle: 1_000 }

/** How often something was given back, how many sessions asked, and how many of those that their pages began later. */
async function played(sessions: SessionLimits): Promise<readonly [number, number, number]> {
  const asked = new Set<string>()
  let givenBack = 0
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violation } = await runSeed({
      seed,
      profile: { sessions, machinesMax: 3, pagesMax: 2, arrivals: 4, copies: 0 },
      trace: (line) => {
        if (line.includes(' is given back ')) givenBack++
        const session = /asks for (\S+)\.\d+$/.exec(line)?.[1]
        if (session !== undefined) asked.add(`${seed} ${session}`)
      },
    })
    expect(violation, `seed ${seed}`).toBeNull()
  }
  return [givenBack, asked.size, [...asked].filter((session) => !session.includes(' t0_')).length]
}

test.each([
  ['few', FEW],
  ['brief', BRIEF],
])('C14 C15 C16 C17: with %s sessions pages begin others, some commands are given back, and everybody agrees', async (_, sessions) => {
  const [givenBack, asked, begun] = await played(sessions)
  expect(givenBack).toBeGreaterThan(0)
  expect(begun).toBeGreaterThan(SEEDS)
  expect(asked).toBeGreaterThan(begun)
})

test('C14: with the sessions that the product remembers nothing is given back', async () => {
  expect((await played(SESSIONS))[0]).toBe(0)
})
