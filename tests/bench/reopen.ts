/** No tab is open and one comes. */
import type { BrowserContext, Page } from 'playwright-core'
import { LATEST_MS, foundList } from './tabs.ts'

const REOPENINGS = 10
const LOG = 50_000

/** From its navigation until its first edit is agreed, again and again. */
export async function reopenings(context: BrowserContext, url: string): Promise<readonly number[]> {
  const times: number[] = []
  for (let k = 0; k < REOPENINGS; k++) {
    const page = await context.newPage()
    await page.goto(url)
    await page.waitForFunction(() => (window.flotilla?.status() ?? null) !== null, null, { polling: 10 })
    const took = await page.evaluate(async () => {
      await window.flotilla.add('again')
      return performance.now()
    })
    times.push(took)
    await page.close()
  }
  return times
}

/** A list with a long log, reloaded by its only tab: from navigation until everything is applied and the list is drawn. */
export async function openLong(context: BrowserContext, base: string): Promise<number> {
  const page = await foundList(context, base)
  const lastIndex = await lengthenLog(page, LOG)
  await page.reload({ waitUntil: 'commit' })
  const took = await untilShown(page, lastIndex)
  await page.close()
  return took
}

/** So many edits of one item, agreed; returns the index of the last. */
function lengthenLog(page: Page, count: number): Promise<number> {
  return page.evaluate(async (count) => {
    const first = await window.flotilla.add('an item')
    if (!first.ok) throw new Error(first.reason)
    for (let done = 0; done < count; done += 1_000) {
      const size = Math.min(1_000, count - done)
      await Promise.all(Array.from({ length: size }, (_, k) => window.flotilla.edit(first.id!, `text ${done + k}`)))
    }
    return window.flotilla.status()!.lastApplied
  }, count)
}

/** From the tab's navigation until it has applied the log up to `lastIndex` and the list is drawn, as much of it as the screen shows. */
export async function untilShown(page: Page, lastIndex: number): Promise<number> {
  const shown = await page.waitForFunction(
    (index) => {
      const isDrawn = document.querySelector('[data-item]') !== null && (window.flotilla?.status()?.lastApplied ?? 0) >= index
      return isDrawn ? performance.now() : false
    },
    lastIndex,
    { polling: 10, timeout: LATEST_MS },
  )
  return (await shown.jsonValue()) as number
}

/** From the tab's navigation until every item has its row. */
export async function untilWhole(page: Page): Promise<number> {
  const whole = await page.waitForFunction(
    () => document.querySelectorAll('[data-item]').length === window.flotilla.items().length && performance.now(),
    null,
    { polling: 50, timeout: LATEST_MS },
  )
  return (await whole.jsonValue()) as number
}
