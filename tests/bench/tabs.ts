/** Tabs of one list that note what they see and when, on the clock that all browsers of this machine share. */
import type { BrowserContext, Page } from 'playwright-core'
import type { Flotilla } from '../../client/tab/console.ts'
import { startChromium } from '../support/browser.ts'
import type { Machine } from '../support/browser.ts'

declare global {
  interface Window {
    flotilla: Flotilla
    hiddenAt: number
    bench: {
      /** When this tab had the command in its log, and when it applied it. */
      readonly received: Map<string, number>
      readonly agreed: Map<string, number>
      leaderAt: { readonly leader: string; readonly at: number } | null
      edits: { readonly at: number; agreed: number }[]
      timer: number | undefined
    }
  }
}

/** Long enough to mean "at all": a long log takes its time to arrive. */
export const LATEST_MS = 300_000
/** How often something that a page does not tell is looked for. */
const LOOK_MS = 50

export async function startMachine(profile?: string): Promise<Machine> {
  const machine = await startChromium({ whole: true, ...(profile !== undefined && { profile }) })
  // What runs in a page was compiled here, by a compiler that names functions through a word of its own.
  await machine.context.addInitScript('globalThis.__name = (named) => named')
  // There before the page's own listener, which says farewell.
  await machine.context.addInitScript(() =>
    addEventListener('pagehide', () => (window.hiddenAt = performance.timeOrigin + performance.now())),
  )
  return machine
}

/** One that is there for this alone. */
export async function inOneBrowser<T>(work: (context: BrowserContext) => Promise<T>): Promise<T> {
  const machine = await startMachine()
  try {
    return await work(machine.context)
  } finally {
    await machine.discard()
  }
}

export async function openTab(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  await takeNotes(page)
  await page.waitForFunction(() => window.flotilla.status() !== null)
  return page
}

/** The first tab of a new list. */
export async function foundList(context: BrowserContext, base: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(base)
  const name = page.getByRole('textbox', { name: 'Name a new list' })
  await name.fill('Bench')
  await name.press('Enter')
  await page.waitForFunction(() => window.flotilla.status()?.role === 'leader')
  await takeNotes(page)
  return page
}

/** A new list with one tab for each of these browsers, all of them voters. */
export async function openCluster([first, ...rest]: readonly BrowserContext[], base: string): Promise<readonly Page[]> {
  const pages = [await foundList(first!, base)]
  for (const context of rest) pages.push(await openTab(context, pages[0]!.url()))
  await untilVoters(pages, pages.length)
  return pages
}

export async function untilVoters(pages: readonly Page[], count: number): Promise<void> {
  for (const page of pages) await page.waitForFunction((n) => window.flotilla.status()?.voters.length === n, count, { timeout: LATEST_MS })
}

/** Looks now and then: a page that waits for what never comes looks before every frame, and so draws all the time. */
export async function leaderFirst(pages: readonly Page[]): Promise<readonly Page[]> {
  for (;;) {
    const roles = await Promise.all(pages.map((page) => page.evaluate(() => window.flotilla.status()?.role)))
    const leader = pages[roles.indexOf('leader')]
    if (leader !== undefined) return [leader, ...pages.filter((page) => page !== leader)]
    await pause(LOOK_MS)
  }
}

export interface Settled {
  readonly leader: Page
  readonly id: string
  readonly others: readonly Page[]
}

/** Every tab hosts a voter, has a link to every other, and noted the same leader; and what it took to come there is over. */
export async function settled(pages: readonly Page[]): Promise<Settled> {
  for (;;) {
    const before = await ifSettled(pages)
    await pause(before === null ? LOOK_MS : REST_MS)
    const after = before === null ? null : await ifSettled(pages)
    if (after !== null && after.id === before?.id) return after
  }
}

/** The same, and what it took to come there may go on. */
export async function inTouch(pages: readonly Page[]): Promise<void> {
  while ((await ifSettled(pages)) === null) await pause(LOOK_MS)
}

/** A browser that starts takes all processors for a while, and makes others late. */
const REST_MS = 2_000

async function ifSettled(pages: readonly Page[]): Promise<Settled | null> {
  const [leader, ...others] = (await leaderFirst(pages)) as [Page, ...Page[]]
  const id = await leader.evaluate(() => window.flotilla.status()!.id!)
  const stands = await Promise.all(pages.map((page) => page.evaluate(standing)))
  const isSettled = stands.every(({ known, isVoter, peers, voters }, k) => {
    const isLeader = pages[k] === leader
    return (isLeader || known === id) && isVoter && peers === pages.length - 1 && voters === pages.length
  })
  return isSettled ? { leader, id, others } : null
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function standing(): { readonly known: string | null; readonly isVoter: boolean; readonly peers: number; readonly voters: number } {
  const { id, peers, voters } = window.flotilla.status()!
  const isVoter = id !== null && voters.includes(id)
  return { known: window.bench.leaderAt?.leader ?? null, isVoter, peers: peers.length, voters: voters.length }
}

/** As a person closes it: `pagehide` runs. */
export async function closeTabs(pages: readonly Page[]): Promise<void> {
  await Promise.all(pages.map((page) => page.close({ runBeforeUnload: false })))
}

/** Of the tab that was closed last in the browser of this one. */
export async function closedAt(page: Page): Promise<number> {
  return Number(await page.evaluate(() => localStorage.getItem('bench:closed-at')))
}

async function takeNotes(page: Page): Promise<void> {
  await page.evaluate(() => {
    const now = (): number => performance.timeOrigin + performance.now()
    window.bench = { received: new Map(), agreed: new Map(), leaderAt: null, edits: [], timer: undefined }
    window.flotilla.subscribe((event) => {
      if (event.type === 'agreed') return void window.bench.agreed.set(event.id, now())
      if (event.type === 'received') return void window.bench.received.set(event.id, window.bench.received.get(event.id) ?? now())
      const leader = window.flotilla.status()?.leader ?? null
      if (leader !== null && leader !== window.bench.leaderAt?.leader) window.bench.leaderAt = { leader, at: now() }
    })
    addEventListener('pagehide', () => localStorage.setItem('bench:closed-at', String(window.hiddenAt)))
  })
}
