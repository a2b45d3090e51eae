/** A list of thousands in a real browser, idle only when the test says so: what is drawn when. */
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { galleryPages } from './gallery-pages.ts'
import { COUNT, frame, neverIdle, openLong, TEST_MS, whole } from './long-gallery.ts'

/** Fewer than all by far, more than are drawn for what is looked at. */
const FEW = COUNT / 4

const open = galleryPages()
let page: Page

beforeEach(async () => {
  page = await openLong(open)
})

const drawn = () => page.locator('[data-item]').count()
/** What the person sees: an item's id, or null, for every 20 px of the screen below the masthead. */
const sight = () =>
  page.evaluate(() =>
    Array.from({ length: 40 }, (_, k) => {
      const row = document.elementFromPoint(innerWidth / 2, 80 + k * 20)?.closest<HTMLElement>('[data-item], [data-gap]')
      return row == null ? 'no row' : (row.dataset['item'] ?? 'a gap')
    }),
  )
const scrolled = () => page.evaluate(() => scrollY)

describe('UI 3 a list of thousands', { timeout: TEST_MS }, () => {
  test('those in sight are drawn at once, the others when nothing else is to be done, and nothing moves', async () => {
    expect(await drawn()).toBeLessThan(FEW)
    expect(await sight()).not.toContain('a gap')
    const seen = await sight()
    await whole(page)
    await frame(page)
    expect(await page.locator('[data-gap]').count()).toBe(0)
    expect([await scrolled(), await sight()]).toEqual([0, seen])
  })

  test('where the person scrolls to is drawn in the same frame, and stays where it is', async () => {
    for (const part of [0.5, 0.9, 0.2]) {
      await page.evaluate((to) => window.scrollTo({ top: to * document.documentElement.scrollHeight, behavior: 'instant' }), part)
      await frame(page)
      expect(await sight()).not.toContain('a gap')
    }
    expect(await drawn()).toBeLessThan(FEW)
    const seen = await sight()
    await whole(page)
    await frame(page)
    expect(await sight()).toEqual(seen)
  })

  test('the cluster opens in sight, however far one has scrolled', async () => {
    await page.evaluate(() => window.scrollTo({ top: document.documentElement.scrollHeight / 2, behavior: 'instant' }))
    await page.getByRole('button', { name: /^Cluster: / }).click()
    const heading = page.getByRole('complementary', { name: 'Cluster' }).getByRole('heading')
    await heading.waitFor()
    await frame(page)
    const { y } = (await heading.boundingBox())!
    expect(y).toBeGreaterThan(0)
    expect(y).toBeLessThan(page.viewportSize()!.height)
  })

  test('the keyboard reaches rows that are not drawn yet', async () => {
    const focused = () => page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-item]')?.dataset['item'])
    await page.locator('[data-item="m.0"] input').focus()
    await page.keyboard.press('End')
    await expect.poll(focused).toBe(`m.${COUNT - 1}`)
    await page.keyboard.press('ArrowUp')
    await expect.poll(focused).toBe(`m.${COUNT - 2}`)
    expect(await drawn()).toBeLessThan(FEW)
  })

  test('all are drawn before the page is printed', async () => {
    const printed = await page.evaluate(() => {
      window.dispatchEvent(new Event('beforeprint'))
      return document.querySelectorAll('[data-item]').length
    })
    expect(printed).toBe(COUNT)
  })

  test('what others add meanwhile is there at once', async () => {
    await page.evaluate(() => {
      const standing = { is: 'agreed' } as const
      const added = { id: 'r.1', text: 'Rope', revision: 1, done: false, standing }
      window.fake.remote((items) => [...items.slice(0, 2), added, ...items.slice(2)])
    })
    await page.locator('[data-item="r.1"]').waitFor()
    // Those below slide to their places over it.
    await expect.poll(sight).toContain('r.1')
  })

  test('what a search hid is drawn piece by piece when it is over', async () => {
    await whole(page)
    await page.keyboard.press('/')
    await page.keyboard.type('item 1999')
    await expect.poll(drawn).toBe(1)
    await neverIdle(page)
    await page.keyboard.press('Escape')
    await page.locator('[data-gap]').first().waitFor({ state: 'attached' })
    expect(await sight()).not.toContain('a gap')
    await whole(page)
  })

  test('of many that come again and again those in sight are drawn, the others once it is over', async () => {
    await whole(page)
    const drawnOf = await page.evaluate(async (count) => {
      const real = performance.now.bind(performance)
      const at = real()
      // For the page it is as if more came all the time.
      performance.now = () => at
      window.fake.remote((items) => [
        ...items.slice(0, 2),
        ...Array.from({ length: count }, (_, k) => ({ ...items[0]!, id: `r.${k}`, text: `Rope ${k}` })),
        ...items.slice(2),
      ])
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 500)))
      const drawn = [...document.querySelectorAll<HTMLElement>('[data-item]')].filter((row) => row.dataset['item']!.startsWith('r.'))
      performance.now = real
      return { count: drawn.length, first: drawn[0]?.dataset['item'] }
    }, FEW)
    expect(drawnOf.first).toBe('r.0')
    expect(drawnOf.count).toBeLessThan(FEW / 2)
    expect(await sight()).not.toContain('a gap')
    await page.waitForFunction((count) => document.querySelectorAll('[data-item]').length === count, COUNT + FEW, { polling: 100 })
  })

  test('of a screenful in a long list those after it wait until nothing else is to be done', async () => {
    await whole(page)
    await neverIdle(page)
    const count = await page.evaluate(async () => {
      window.fake.remote((items) => [...items, ...Array.from({ length: 100 }, (_, k) => ({ ...items[0]!, id: `r.${k}` }))])
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
      return document.querySelectorAll('[data-item]').length
    })
    expect(count).toBeLessThan(COUNT + 100)
    await page.evaluate(() => window.idle())
    await page.waitForFunction((count) => document.querySelectorAll('[data-item]').length === count, COUNT + 100, { polling: 100 })
  })

  test('the line for new items stays in sight while others add, unless one has scrolled away from it', async () => {
    await whole(page)
    const field = page.getByRole('textbox', { name: 'Add an item' })
    const othersAdd = async (id: string): Promise<void> => {
      await page.evaluate((id) => window.fake.remote((items) => [...items, { ...items[0]!, id, text: id }]), id)
      await page.locator(`[data-item="${id}"]`).waitFor({ state: 'attached' })
      await frame(page)
    }
    await field.focus()
    await frame(page)
    for (const id of ['r.1', 'r.2', 'r.3']) await othersAdd(id)
    const { y } = (await field.boundingBox())!
    expect(y).toBeGreaterThan(0)
    expect(y).toBeLessThan(page.viewportSize()!.height)
    await page.evaluate(() => window.scrollTo({ top: 1_000, behavior: 'instant' }))
    await frame(page)
    const seen = await sight()
    await othersAdd('r.4')
    expect([await scrolled(), await sight()]).toEqual([1_000, seen])
  })

  test('an edit draws its own row, and no other', async () => {
    await whole(page)
    const touched = await page.evaluate(async () => {
      const rows = new Set<string | undefined>()
      const observer = new MutationObserver((records) => {
        for (const { target } of records) rows.add((target as Element).parentElement?.closest<HTMLElement>('[data-item]')?.dataset['item'])
      })
      observer.observe(document.querySelector('[role=list]')!, { childList: true, characterData: true, attributes: true, subtree: true })
      window.fake.remote((items) => items.map((item) => (item.id === 'm.1000' ? { ...item, text: 'Rope', revision: 2 } : item)))
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
      return [...rows]
    })
    expect(touched).toEqual(['m.1000'])
  })
})
