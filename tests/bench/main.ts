/** `npm run bench`: three tabs of one machine on a profile on disk, all figures in one run. `-- --json`: one object on the last line. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { startServer } from '../../server/server.ts'
import type { Flotilla } from '../../client/tab/console.ts'
import { startChromium } from '../support/browser.ts'
import { p50, p99, round } from './figures.ts'
import { roundTrips, strictWrites } from './limits.ts'
import { simulatorSpeed } from './sim.ts'

declare global {
  interface Window {
    flotilla: Flotilla
    bench: { seen: Map<string, number>; leaderAt: { leader: string; at: number } | null; edits: { at: number; agreed: number }[] }
  }
}

const EDITS = 300
const BURST = 2_000
const CLOSINGS = 30
const REOPENINGS = 10
const LOG = 50_000
const dist = join(import.meta.dirname, '../../dist')

/** A tab that notes when it applied what, on the clock that all tabs of this machine share. */
async function openTab(context: Awaited<ReturnType<typeof startChromium>>['context'], url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  await page.evaluate(() => {
    window.bench = { seen: new Map(), leaderAt: null, edits: [] }
    const now = (): number => performance.timeOrigin + performance.now()
    window.flotilla.subscribe((event) => {
      if (event.type === 'agreed') return window.bench.seen.set(event.id, now())
      const leader = window.flotilla.status()?.leader ?? null
      if (leader !== null && leader !== window.bench.leaderAt?.leader) window.bench.leaderAt = { leader, at: now() }
      return undefined
    })
    addEventListener('pagehide', () => localStorage.setItem('bench:closed-at', String(now())))
  })
  return page
}

async function voters(pages: readonly Page[], count: number): Promise<void> {
  for (const page of pages) await page.waitForFunction((n) => window.flotilla.status()?.voters.length === n, count, { timeout: 60_000 })
}

async function leaderFirst(pages: readonly Page[]): Promise<readonly Page[]> {
  const leads = (page: Page): Promise<Page> => page.waitForFunction(() => window.flotilla.status()?.role === 'leader').then(() => page)
  const leader = await Promise.any(pages.map(leads))
  return [leader, ...pages.filter((page) => page !== leader)]
}

/** One edit after the other from one tab: until agreed there, and until another tab has applied it. */
async function edits(from: Page, to: Page): Promise<{ readonly agreed: readonly number[]; readonly seen: readonly number[] }> {
  const mine = await from.evaluate(async (count) => {
    const all: { id: string; start: number; took: number }[] = []
    for (let k = 0; k < count; k++) {
      const before = performance.now()
      const result = await window.flotilla.add(`edit ${k}`)
      if (!result.ok) throw new Error(result.reason)
      all.push({ id: result.id!, start: performance.timeOrigin + before, took: performance.now() - before })
    }
    return all
  }, EDITS)
  await to.waitForFunction((id) => window.bench.seen.has(id), mine.at(-1)!.id)
  const seen = await to.evaluate(
    (ids) => ids.map((id) => window.bench.seen.get(id)!),
    mine.map(({ id }) => id),
  )
  return { agreed: mine.map(({ took }) => took), seen: seen.map((at, k) => at - mine[k]!.start) }
}

async function burst(from: Page, pages: readonly Page[]): Promise<number> {
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
      await page.waitForFunction((id) => window.bench.seen.has(id), last)
      return page.evaluate((id) => window.bench.seen.get(id)!, last)
    }),
  )
  return BURST / ((Math.max(...ends) - start) / 1_000)
}

/** From the leader's pagehide until every other tab knows the next leader. */
async function closings(
  context: Awaited<ReturnType<typeof startChromium>>['context'],
  pages: readonly Page[],
  url: string,
): Promise<{ readonly times: readonly number[]; readonly open: readonly Page[] }> {
  let open = pages
  const times: number[] = []
  for (let k = 0; k < CLOSINGS; k++) {
    const [leader, ...others] = await leaderFirst(open)
    const old = await leader!.evaluate(() => window.flotilla.status()!.id)
    await leader!.close({ runBeforeUnload: false })
    for (const page of others)
      await page.waitForFunction((id) => (window.bench.leaderAt?.leader ?? id) !== id && window.flotilla.status()!.leader !== null, old)
    const known = await Promise.all(others.map((page) => page.evaluate(() => window.bench.leaderAt!.at)))
    const closedAt = Number(await others[0]!.evaluate(() => localStorage.getItem('bench:closed-at')))
    times.push(Math.max(...known) - closedAt)
    open = [...others, await openTab(context, url)]
    await voters(open, 3)
  }
  return { times, open }
}

/** All others are closed at once: from the last pagehide until an edit made after it is agreed in the tab that stays. */
async function leftAlone([stays, ...others]: readonly Page[]): Promise<number> {
  await stays!.evaluate(() => {
    const now = (): number => performance.timeOrigin + performance.now()
    window.bench.edits = []
    setInterval(() => {
      const edit = { at: now(), agreed: Infinity }
      window.bench.edits.push(edit)
      void window.flotilla.add('alone').then(() => (edit.agreed = now()))
    }, 20)
  })
  await Promise.all(others.map((page) => page.close({ runBeforeUnload: false })))
  const took = await stays!.waitForFunction(() => {
    const closedAt = Number(localStorage.getItem('bench:closed-at'))
    const first = window.bench.edits.find(({ at, agreed }) => at >= closedAt && agreed < Infinity)
    return first === undefined ? false : first.agreed - closedAt
  })
  return (await took.jsonValue()) as number
}

/** No tab is open and one comes: from its navigation until its first edit is agreed. */
async function reopened(context: Awaited<ReturnType<typeof startChromium>>['context'], url: string): Promise<number> {
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForFunction(() => (window.flotilla?.status() ?? null) !== null, null, { polling: 10 })
  const took = await page.evaluate(async () => {
    await window.flotilla.add('again')
    return performance.now()
  })
  await page.close()
  return took
}

/** A list with a long log, reopened by its only tab: from navigation until everything is applied and the list is drawn. */
async function openLong(page: Page, base: string): Promise<number> {
  await newList(page, base)
  const lastIndex = await page.evaluate(async (count) => {
    const first = await window.flotilla.add('an item')
    if (!first.ok) throw new Error(first.reason)
    for (let done = 0; done < count; done += 1_000) {
      await Promise.all(Array.from({ length: 1_000 }, (_, k) => window.flotilla.edit(first.id!, `text ${done + k}`)))
    }
    return window.flotilla.status()!.lastApplied
  }, LOG)
  await page.reload({ waitUntil: 'commit' })
  const opened = await page.waitForFunction(
    (index) => {
      const isDrawn = document.querySelector('[data-item]') !== null && (window.flotilla?.status()?.lastApplied ?? 0) >= index
      return isDrawn ? performance.now() : false
    },
    lastIndex,
    { polling: 10, timeout: 300_000 },
  )
  return (await opened.jsonValue()) as number
}

async function newList(page: Page, base: string): Promise<void> {
  await page.goto(base)
  const name = page.getByRole('textbox', { name: 'Name a new list' })
  await name.fill('Bench')
  await name.press('Enter')
  await page.waitForFunction(() => window.flotilla.status()?.role === 'leader')
}

/** What a first visit downloads, each file compressed by itself. */
function pageSize(): number {
  const files = [join(dist, 'index.html'), ...readdirSync(join(dist, 'assets')).map((name) => join(dist, 'assets', name))]
  return files.filter((file) => !file.endsWith('.map')).reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0) / 1_024
}

async function measure(): Promise<Readonly<Record<string, number>>> {
  const server = await startServer({ port: 0, dist })
  const base = `http://localhost:${server.port}/`
  const machine = await startChromium({ whole: true })
  try {
    const { context } = machine
    // What runs in a page was compiled here, by a compiler that names functions through a word of its own.
    await context.addInitScript('globalThis.__name = (named) => named')
    const founder = context.pages()[0]!
    await newList(founder, base)
    const url = founder.url()
    const pages = [await openTab(context, url), await openTab(context, url)]
    await voters([founder, ...pages], 3)
    // The founder was opened without notes; it makes room for a tab that has them.
    await founder.close()
    pages.push(await openTab(context, url))
    await voters(pages, 3)
    const [leader, follower, third] = await leaderFirst(pages)
    const rtt = p50(await roundTrips(leader!, follower!, 500))
    const write = p50(await strictWrites([leader!, follower!, third!], 300))
    const fromLeader = await edits(leader!, third!)
    const fromFollower = await edits(follower!, third!)
    const perSecond = await burst(follower!, pages)
    const { times: handoff, open } = await closings(context, pages, url)
    const alone = await context.newPage()
    const editable = await leftAlone(open)
    await open[0]!.close()
    const again: number[] = []
    for (let k = 0; k < REOPENINGS; k++) again.push(await reopened(context, url))
    const long = await openLong(alone, base)
    return {
      rtt_ms_p50: round(rtt),
      write_ms_p50: round(write),
      agreed_leader_ms_p50: round(p50(fromLeader.agreed)),
      agreed_leader_ms_p99: round(p99(fromLeader.agreed)),
      agreed_follower_ms_p50: round(p50(fromFollower.agreed)),
      agreed_follower_ms_p99: round(p99(fromFollower.agreed)),
      agreed_leader_over_limit_p50: round(p50(fromLeader.agreed) / (rtt + write)),
      agreed_follower_over_limit_p50: round(p50(fromFollower.agreed) / (2 * rtt + write)),
      seen_agreed_ms_p50: round(p50(fromLeader.seen)),
      seen_agreed_follower_ms_p50: round(p50(fromFollower.seen)),
      edits_per_s: Math.round(perSecond),
      handoff_ms_p50: round(p50(handoff), 1),
      handoff_ms_p99: round(p99(handoff), 1),
      left_alone_ms: round(editable, 1),
      reopen_editable_ms_p50: round(p50(again), 1),
      open_50k_ms: Math.round(long),
      page_gzip_kb: round(pageSize(), 1),
    }
  } finally {
    await machine.discard()
    await server.close()
  }
}

const simulator = await simulatorSpeed()
const figures = {
  ...(await measure()),
  sim_events_per_s: Math.round(simulator.eventsPerSecond),
  sim_seeds_per_minute: Math.round(simulator.seedsPerMinute),
}
for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(34)} ${value}`)
if (process.argv.includes('--json')) console.log(JSON.stringify(figures))
