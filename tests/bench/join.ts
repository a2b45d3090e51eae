/** A full list with a long log: a new tab becomes a voter while edits go on, and the list is reopened alone. */
import type { BrowserContext, Page } from 'playwright-core'
import { p50, p99, round } from './figures.ts'
import type { Figures } from './figures.ts'
import { untilShown, untilWhole } from './reopen.ts'
import { LATEST_MS, closeTabs, foundList, leaderFirst, openTab, pause, untilVoters } from './tabs.ts'

/** How often somebody edits while the new tab comes. */
const EDIT_EVERY_MS = 100
/** Longer than a commit hint takes, so that who comes alone knows what is agreed. */
const REST_MS = 3_000
const REOPENINGS = 10
/** So that the browser is done with the tab that was closed. */
const GONE_MS = 2_000

export interface Size {
  readonly items: number
  readonly entries: number
}

export async function joinAndReopen(contexts: readonly BrowserContext[], base: string, size: Size): Promise<Figures> {
  const [first, ...rest] = contexts as [BrowserContext, ...BrowserContext[]]
  const pages = [await foundList(first, base)]
  const url = pages[0]!.url()
  await fillList(pages[0]!, size)
  for (const context of rest) {
    pages.push(await openTab(context, url))
    await untilVoters(pages, pages.length)
  }
  const joined = await join(pages, rest.at(-1)!, url)
  await pause(REST_MS)
  const lastIndex = await pages[0]!.evaluate(() => window.flotilla.status()!.lastApplied)
  await closeTabs([...pages, joined.page])
  const reopened: number[] = []
  const whole: number[] = []
  for (let k = 0; k < REOPENINGS; k++) {
    await pause(GONE_MS)
    const alone = await first.newPage()
    await alone.goto(url, { waitUntil: 'commit' })
    reopened.push(await untilShown(alone, lastIndex))
    whole.push(await untilWhole(alone))
    await alone.close()
  }
  const { seconds, elections, slowest } = joined
  return {
    join_s: round(seconds),
    join_elections: elections,
    join_edit_ms_max: Math.round(slowest),
    reopen_ms: Math.round(p50(reopened)),
    reopen_ms_p99: Math.round(p99(reopened)),
    reopen_whole_ms: Math.round(p50(whole)),
  }
}

/** So many items, then edits of the first until the log has so many entries. */
async function fillList(page: Page, size: Size): Promise<void> {
  await page.evaluate(async ({ items, entries }) => {
    const all = (count: number, edit: (k: number) => Promise<{ ok: boolean }>): Promise<{ ok: boolean }[]> =>
      Promise.all(Array.from({ length: count }, (_, k) => edit(k)))
    for (let done = 0; done < items; done += 1_000) await all(1_000, (k) => window.flotilla.add(`item ${done + k}`))
    const { id } = window.flotilla.items()[0]!
    while (window.flotilla.status()!.lastApplied < entries) await all(1_000, (k) => window.flotilla.edit(id, `text ${k}`))
  }, size)
}

interface Joined {
  readonly page: Page
  /** From the new tab's navigation until it knows that it is a voter. */
  readonly seconds: number
  /** Terms that began meanwhile. */
  readonly elections: number
  /** In ms, of the edits that a follower made meanwhile. */
  readonly slowest: number
}

async function join(pages: readonly Page[], context: BrowserContext, url: string): Promise<Joined> {
  const follower = (await leaderFirst(pages)).at(-1)!
  const termBefore = await follower.evaluate(() => window.flotilla.status()!.term)
  await editOn(follower)
  const page = await openTab(context, url)
  const took = await page.waitForFunction(
    () => {
      const status = window.flotilla.status()
      return status !== null && status.id !== null && status.voters.includes(status.id) ? performance.now() : false
    },
    null,
    { polling: 10, timeout: LATEST_MS },
  )
  const slowest = await editNoMore(follower)
  const elections = (await follower.evaluate(() => window.flotilla.status()!.term)) - termBefore
  return { page, seconds: Number(await took.jsonValue()) / 1_000, elections, slowest }
}

async function editOn(page: Page): Promise<void> {
  await page.evaluate((every) => {
    const { id } = window.flotilla.items()[0]!
    window.bench.edits = []
    window.bench.timer = window.setInterval(() => {
      const edit = { at: performance.now(), agreed: Infinity }
      window.bench.edits.push(edit)
      void window.flotilla.edit(id, `edit ${edit.at}`).then(() => (edit.agreed = performance.now()))
    }, every)
  }, EDIT_EVERY_MS)
}

/** Ends it; how long the slowest edit took, once all are agreed. */
async function editNoMore(page: Page): Promise<number> {
  await page.evaluate(() => clearInterval(window.bench.timer))
  await page.waitForFunction(() => window.bench.edits.every(({ agreed }) => agreed < Infinity), null, { timeout: LATEST_MS })
  return page.evaluate(() => Math.max(...window.bench.edits.map(({ at, agreed }) => agreed - at)))
}
