/** Beside what a user would pick instead: the same browsers, the two taking turns, each on a list that begins empty. */
import type { BrowserContext, Page } from 'playwright-core'
import { burst } from './edits.ts'
import { p50, p99, round, spread } from './figures.ts'
import type { Figures } from './figures.ts'
import { closeTabs, leaderFirst, openCluster } from './tabs.ts'
import { startYSite } from './y-site.ts'

const ROUNDS = 2
/** A round, and how long after each other. */
const EDITS = 100
const GAP_MS = 40
const BURST = 2_000

/** From an edit in one tab until another has it. */
interface Times {
  readonly pending: number[]
  readonly agreed: number[]
  readonly followerPending: number[]
  readonly followerAgreed: number[]
  readonly theirs: number[]
}

export async function besideY(contexts: readonly BrowserContext[], base: string): Promise<Figures> {
  const site = await startYSite()
  const times: Times = { pending: [], agreed: [], followerPending: [], followerAgreed: [], theirs: [] }
  const speeds: { readonly ours: number; readonly theirs: number }[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const theirs = await measureTheirs(contexts, site.fresh(), times)
      speeds.push({ theirs, ours: await measureOurs(contexts, base, times) })
    }
  } finally {
    await site.close()
  }
  const [ours, theirs] = [p50(speeds.map((speed) => speed.ours)), p50(speeds.map((speed) => speed.theirs))]
  return {
    ...spread('seen_y_ms', times.theirs),
    ...spread('seen_pending_ms', times.pending),
    ...spread('seen_pending_follower_ms', times.followerPending),
    ...over('seen_pending_over_y', times.pending, times.theirs),
    ...over('seen_agreed_over_y', times.agreed, times.theirs),
    ...over('seen_pending_follower_over_y', times.followerPending, times.theirs),
    ...over('seen_agreed_follower_over_y', times.followerAgreed, times.theirs),
    y_edits_per_s: Math.round(theirs),
    edits_over_y: round(ours / theirs, 4),
  }
}

function over(name: string, ours: readonly number[], theirs: readonly number[]): Figures {
  return { [`${name}_p50`]: round(p50(ours) / p50(theirs)), [`${name}_p99`]: round(p99(ours) / p99(theirs)) }
}

/** Adds to the times; edits a second. */
async function measureOurs(contexts: readonly BrowserContext[], base: string, times: Times): Promise<number> {
  const pages = await leaderFirst(await openCluster(contexts, base))
  const [leader, follower, third] = pages as [Page, Page, Page]
  for (const [from, pending, agreed] of [
    [leader, times.pending, times.agreed],
    [follower, times.followerPending, times.followerAgreed],
  ] as const) {
    const starts = await from.evaluate(
      async ({ count, gap }) => {
        const all: { id: string; at: number }[] = []
        for (let k = 0; k < count; k++) {
          const at = performance.timeOrigin + performance.now()
          void window.flotilla.add(`edit ${k}`).then((result) => result.ok && all.push({ id: result.id!, at }))
          await new Promise((resolve) => setTimeout(resolve, gap))
        }
        while (all.length < count) await new Promise((resolve) => setTimeout(resolve, gap))
        return all
      },
      { count: EDITS, gap: GAP_MS },
    )
    for (const { id, at } of starts) {
      await third.waitForFunction((id) => window.bench.agreed.has(id), id)
      const seen = await third.evaluate((id) => ({ agreed: window.bench.agreed.get(id)!, received: window.bench.received.get(id)! }), id)
      agreed.push(seen.agreed - at)
      pending.push(seen.received - at)
    }
  }
  const speed = await burst(follower, pages)
  await closeTabs(pages)
  return speed
}

async function measureTheirs(contexts: readonly BrowserContext[], url: string, times: Times): Promise<number> {
  const pages = await Promise.all(contexts.map((context) => openY(context, url)))
  const [from, to] = pages as [Page, Page]
  await untilConnected(pages)
  const starts = await from.evaluate(
    async ({ count, gap }) => {
      const all: { id: string; at: number }[] = []
      for (let k = 0; k < count; k++) {
        const at = performance.timeOrigin + performance.now()
        all.push({ id: window.y.add(`edit ${k}`), at })
        await new Promise((resolve) => setTimeout(resolve, gap))
      }
      return all
    },
    { count: EDITS, gap: GAP_MS },
  )
  const seen = await seenAt(
    to,
    starts.map(({ id }) => id),
  )
  times.theirs.push(...starts.map(({ at }, k) => seen[k]! - at))
  const { start, ids } = await from.evaluate((count) => {
    const start = performance.timeOrigin + performance.now()
    return { start, ids: Array.from({ length: count }, (_, k) => window.y.add(`burst ${k}`)) }
  }, BURST)
  const ends = (await Promise.all(pages.map((page) => seenAt(page, ids)))).flat()
  await closeTabs(pages)
  return BURST / ((Math.max(...ends) - start) / 1_000)
}

async function openY(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForFunction(() => 'y' in window)
  return page
}

/** Every tab has seen an edit of every tab, and then nothing is still being made. */
async function untilConnected(pages: readonly Page[]): Promise<void> {
  const ids = await Promise.all(pages.map((page) => page.evaluate(() => window.y.add('hello'))))
  for (const page of pages) await seenAt(page, ids)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
}

async function seenAt(page: Page, ids: readonly string[]): Promise<readonly number[]> {
  await page.waitForFunction((ids) => ids.every((id) => window.y.seen.has(id)), ids)
  return page.evaluate((ids) => ids.map((id) => window.y.seen.get(id)!), ids)
}
