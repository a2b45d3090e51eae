/** The page over a list of thousands, in a real browser that is idle only when the test says so. */
import type { Page } from 'playwright-core'
import type { OpenPage } from './gallery-pages.ts'

export const TEST_MS = 60_000
export const COUNT = 2_000

declare global {
  interface Window {
    /** Lets the page be idle from now on. */
    idle: () => void
  }
}

/** Thousands of items, every tenth of several lines, come to a page that is never idle. */
export async function openLong(open: OpenPage): Promise<Page> {
  const page = await open('state=list')
  await neverIdle(page)
  await page.evaluate((count) => {
    const standing = { is: 'agreed' } as const
    const long = ' that goes on and on'.repeat(12)
    window.fake.remote(() =>
      Array.from({ length: count }, (_, k) => {
        const text = `Item ${k + 1}${k % 10 === 0 ? long : ''}`
        return { id: `m.${k}`, text, revision: 1, done: false, standing }
      }),
    )
  }, COUNT)
  await page.locator('[data-item="m.0"]').waitFor()
  return page
}

export const neverIdle = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const real = window.requestIdleCallback.bind(window)
    const waiting: IdleRequestCallback[] = []
    window.requestIdleCallback = (work) => waiting.push(work)
    window.idle = () => {
      window.requestIdleCallback = real
      for (const work of waiting) real(work)
    }
  })

export const frame = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))))

/** Lets it be idle until all rows are drawn. */
export async function whole(page: Page): Promise<void> {
  await page.evaluate(() => window.idle())
  await page.waitForFunction((count) => document.querySelectorAll('[data-item]').length === count, COUNT, { polling: 100 })
}
