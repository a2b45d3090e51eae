/** Edits beside the limit of what the browser allows: one after the other, and all at once. */
import type { Page } from 'playwright-core'
import { p50, p99, round, spread } from './figures.ts'
import type { Figures } from './figures.ts'
import { bareMajority, closeLimits, openLimits, roundTrips, strictWrites } from './limits.ts'
import { leaderFirst } from './tabs.ts'

/** Each measure is taken a part at a time, in turns, so that a machine that is slower for a while is so for all of them. */
const ROUNDS = 10
const EDITS = 300
const TRIPS = 500
const BURST = 2_000

export async function editFigures(pages: readonly Page[]): Promise<Figures> {
  const three = (await leaderFirst(pages)) as [Page, Page, Page]
  const [leader, follower, third] = three
  const rtt: number[] = []
  const write: number[] = []
  const bare: number[] = []
  const fromLeader: Edits = { agreed: [], seen: [] }
  const fromFollower: Edits = { agreed: [], seen: [] }
  await openLimits(three)
  for (let k = 0; k < ROUNDS; k++) {
    rtt.push(...(await roundTrips(three, TRIPS / ROUNDS)))
    write.push(...(await strictWrites(three, EDITS / ROUNDS)))
    bare.push(...(await bareMajority(three, EDITS / ROUNDS)))
    await oneByOne(leader, third, EDITS / ROUNDS, fromLeader)
    await oneByOne(follower, third, EDITS / ROUNDS, fromFollower)
  }
  await closeLimits(three)
  const perSecond = await burst(follower, pages)
  const over = (of: (values: readonly number[]) => number, agreed: readonly number[], trips: number): number =>
    round(of(agreed) / (trips * of(rtt) + of(write)))
  return {
    ...spread('rtt_ms', rtt),
    ...spread('write_ms', write),
    ...spread('bare_ms', bare),
    ...spread('agreed_leader_ms', fromLeader.agreed),
    ...spread('agreed_follower_ms', fromFollower.agreed),
    agreed_leader_over_limit_p50: over(p50, fromLeader.agreed, 1),
    agreed_leader_over_limit_p99: over(p99, fromLeader.agreed, 1),
    agreed_follower_over_limit_p50: over(p50, fromFollower.agreed, 2),
    agreed_follower_over_limit_p99: over(p99, fromFollower.agreed, 2),
    agreed_leader_over_bare_p50: round(p50(fromLeader.agreed) / p50(bare)),
    agreed_leader_over_bare_p99: round(p99(fromLeader.agreed) / p99(bare)),
    ...spread('seen_agreed_ms', fromLeader.seen),
    ...spread('seen_agreed_follower_ms', fromFollower.seen),
    edits_per_s: Math.round(perSecond),
  }
}

/** In milliseconds: until agreed where it was made, and until another tab has applied it. */
interface Edits {
  readonly agreed: number[]
  readonly seen: number[]
}

/** Edits from one tab, one after the other. */
async function oneByOne(from: Page, to: Page, count: number, edits: Edits): Promise<void> {
  const mine = await from.evaluate(async (count) => {
    const all: { id: string; start: number; took: number }[] = []
    for (let k = 0; k < count; k++) {
      const before = performance.now()
      const result = await window.flotilla.add(`edit ${k}`)
      if (!result.ok) throw new Error(result.reason)
      all.push({ id: result.id!, start: performance.timeOrigin + before, took: performance.now() - before })
    }
    return all
  }, count)
  await to.waitForFunction((id) => window.bench.agreed.has(id), mine.at(-1)!.id)
  const seen = await to.evaluate(
    (ids) => ids.map((id) => window.bench.agreed.get(id)!),
    mine.map(({ id }) => id),
  )
  edits.agreed.push(...mine.map(({ took }) => took))
  edits.seen.push(...seen.map((at, k) => at - mine[k]!.start))
}

/** Edits a second, proposed one by one without waiting, until every tab has applied them all. */
export async function burst(from: Page, pages: readonly Page[]): Promise<number> {
  const { start, last } = await from.evaluate(async (count) => {
    const start = performance.timeOrigin + performance.now()
    const all = Array.from({ length: count }, (_, k) => window.flotilla.add(`burst ${k}`))
    const results = await Promise.all(all)
    const last = results.at(-1)!
    if (!last.ok) throw new Error(last.reason)
    return { start, last: last.id! }
  }, BURST)
  const ends = await Promise.all(
    pages.map(async (page) => {
      await page.waitForFunction((id) => window.bench.agreed.has(id), last)
      return page.evaluate((id) => window.bench.agreed.get(id)!, last)
    }),
  )
  return BURST / ((Math.max(...ends) - start) / 1_000)
}
