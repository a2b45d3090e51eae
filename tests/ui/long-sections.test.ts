/** A list of thousands in sections, in a real browser: what stays where it is, and as it is, when rows move. */
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { SECTION } from '../../client/ui/sections.ts'
import { galleryPages } from './gallery-pages.ts'
import { frame, openLong, TEST_MS, whole } from './long-gallery.ts'

const open = galleryPages()
let page: Page

beforeEach(async () => {
  page = await openLong(open)
})

describe('UI 3 a long list in sections', { timeout: TEST_MS }, () => {
  test('what is near the screen is laid out whole, and what is far is not', async () => {
    await whole(page)
    const visibilityOf = (id: string) =>
      page.evaluate((id) => getComputedStyle(document.querySelector(`[data-item="${id}"]`)!.parentElement!).contentVisibility, id)
    await expect.poll(() => visibilityOf('m.0')).toBe('visible')
    expect(await visibilityOf('m.1000')).toBe('auto')
    await page.evaluate(() => document.querySelector('[data-item="m.1000"]')!.scrollIntoView())
    await expect.poll(() => visibilityOf('m.1000')).toBe('visible')
    await expect.poll(() => visibilityOf('m.0')).toBe('auto')
  })

  test('whoever scrolls up to rows that were never laid out sees them come in at the pace of the scrolling', async () => {
    await whole(page)
    // Neither the focus nor the pointer is where the person looks.
    await page.locator('[data-item="m.5"] input').focus()
    await page.mouse.move(page.viewportSize()!.width - 5, 400)
    await page.evaluate(() => window.scrollTo({ top: document.documentElement.scrollHeight / 2, behavior: 'instant' }))
    for (let frames = 0; frames < 3; frames++) await frame(page)
    for (let k = 0; k < 30; k++) {
      const moved = await page.evaluate(async () => {
        const row = document.elementFromPoint(innerWidth / 2, 120)!.closest('[data-item]')!
        const before = row.getBoundingClientRect().top
        window.scrollBy({ top: -300, behavior: 'instant' })
        for (let frames = 0; frames < 2; frames++) await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
        return row.getBoundingClientRect().top - before
      })
      expect(Math.abs(moved - 300)).toBeLessThan(2)
    }
  })

  test('a row that another moves far away while it is edited keeps its words, its caret and its place on the screen', async () => {
    await whole(page)
    const field = page.locator('[data-item="m.30"] textarea')
    await page.locator('[data-item="m.30"] input').focus()
    await page.keyboard.press('Enter')
    await field.pressSequentially('abc')
    await page.keyboard.press('ArrowLeft')
    const edited = () =>
      field.evaluate((field: HTMLTextAreaElement) => ({
        words: field.value,
        caret: [field.selectionStart, field.selectionEnd],
        isFocused: document.activeElement === field,
        top: Math.round(field.getBoundingClientRect().top),
      }))
    await frame(page)
    const before = await edited()
    expect(before).toMatchObject({ words: 'Item 31'.concat(' that goes on and on'.repeat(12), 'abc'), isFocused: true })
    await page.evaluate(() => {
      window.fake.remote((items) => {
        const rest = items.filter(({ id }) => id !== 'm.30')
        return [...rest.slice(0, 1_500), items[30]!, ...rest.slice(1_500)]
      })
    })
    await page.waitForFunction(() => document.querySelector('[data-item="m.31"]')!.previousElementSibling?.matches('[data-item="m.29"]'))
    await frame(page)
    expect(await edited()).toEqual(before)
  })

  test('where so many rows come that their section is divided, the row in use stays the same element', async () => {
    await whole(page)
    const comeAbove = async (name: string): Promise<void> => {
      for (let k = 0; k < 2 * SECTION; k++) {
        await page.evaluate(
          ([id]) => window.fake.remote((items) => [...items.slice(0, 10), { ...items[0]!, id: id!, text: id! }, ...items.slice(10)]),
          [`${name}.${k}`],
        )
        await page.locator(`[data-item="${name}.${k}"]`).waitFor({ state: 'attached' })
      }
    }
    await page.locator('[data-item="m.25"] input').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.keyboard.type('milk')
    const field = await page.locator('[data-draft] textarea').elementHandle()
    await comeAbove('one')
    await page.keyboard.type(' and eggs')
    expect(await field.evaluate((field: HTMLTextAreaElement) => [field.isConnected, field.value])).toEqual([true, 'milk and eggs'])
    await page.keyboard.press('Escape')

    const box = await page.locator('[data-item="m.30"] input').elementHandle()
    await box.hover()
    await page.mouse.down()
    await comeAbove('two')
    await page.mouse.up()
    await expect.poll(() => box.evaluate((box: HTMLInputElement) => [box.isConnected, box.checked])).toEqual([true, true])
  })

  test('a menu whose item another moves far away gives the focus back to the item', async () => {
    await whole(page)
    await page.locator('[data-item="m.30"]').hover()
    await page.locator('[data-item="m.30"] .more').click()
    await page.getByRole('menu', { name: 'Item 31' }).waitFor()
    await page.evaluate(() => {
      window.fake.remote((items) => {
        const rest = items.filter(({ id }) => id !== 'm.30')
        return [...rest.slice(0, 1_500), items[30]!, ...rest.slice(1_500)]
      })
    })
    await page.waitForFunction(() => document.querySelector('[data-item="m.31"]')!.previousElementSibling?.matches('[data-item="m.29"]'))
    await page.keyboard.press('Escape')
    await expect.poll(() => page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-item]')?.dataset['item'])).toBe('m.30')
  })

  test('a row is moved over the border of its section by keyboard and by mouse, and keeps the focus', async () => {
    await whole(page)
    const order = () =>
      page.evaluate(() => [...document.querySelectorAll<HTMLElement>('[data-item]')].slice(44, 56).map((row) => row.dataset['item']))
    const focused = () => page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-item]')?.dataset['item'])
    await page.locator('[data-item="m.47"] input').focus()
    for (let k = 0; k < 4; k++) await page.keyboard.press('Alt+ArrowDown')
    await expect.poll(order).toEqual([44, 45, 46, 48, 49, 50, 51, 47, 52, 53, 54, 55].map((k) => `m.${k}`))
    expect(await focused()).toBe('m.47')
    await page.locator('[data-item="m.47"]').hover()
    const grip = (await page.locator('[data-item="m.47"] .grip').boundingBox())!
    const goal = (await page.locator('[data-item="m.46"]').boundingBox())!
    await page.mouse.move(grip.x + grip.width / 2, grip.y + grip.height / 2)
    await page.mouse.down()
    await page.mouse.move(grip.x, goal.y + goal.height - 4, { steps: 8 })
    await page.mouse.up()
    await expect.poll(order).toEqual(Array.from({ length: 12 }, (_, k) => `m.${44 + k}`))
  })
})
