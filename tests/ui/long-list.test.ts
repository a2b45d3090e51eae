/** A list of thousands in a real browser, idle only when the test says so: what is drawn when. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { SECTION } from '../../client/ui/sections.ts'
import { Gallery } from './gallery-site.ts'

const BUILD_MS = 120_000
const TEST_MS = 60_000
const COUNT = 2_000
/** Fewer than all by far, more than are drawn for what is looked at. */
const FEW = COUNT / 4

declare global {
  interface Window {
    /** Lets the page be idle from now on. */
    idle: () => void
  }
}

let gallery: Gallery
let page: Page
let troubles: string[]

beforeAll(async () => {
  gallery = await Gallery.build()
}, BUILD_MS)

afterAll(() => gallery?.close())

/** Thousands of items come to a page that is never idle. */
beforeEach(async () => {
  troubles = []
  page = await gallery.open('state=list', false, (trouble) => troubles.push(trouble))
  await neverIdle()
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
})

afterEach(async () => {
  await page.close()
  expect(troubles).toEqual([])
})

const neverIdle = () =>
  page.evaluate(() => {
    const real = window.requestIdleCallback.bind(window)
    const waiting: IdleRequestCallback[] = []
    window.requestIdleCallback = (work) => waiting.push(work)
    window.idle = () => {
      window.requestIdleCallback = real
      for (const work of waiting) real(work)
    }
  })
const drawn = () => page.locator('[data-item]').count()
const frame = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))))
const whole = async (): Promise<void> => {
  await page.evaluate(() => window.idle())
  await page.waitForFunction((count) => document.querySelectorAll('[data-item]').length === count, COUNT, { polling: 100 })
}
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
    await whole()
    await frame()
    expect(await page.locator('[data-gap]').count()).toBe(0)
    expect([await scrolled(), await sight()]).toEqual([0, seen])
  })

  test('where the person scrolls to is drawn in the same frame, and stays where it is', async () => {
    for (const part of [0.5, 0.9, 0.2]) {
      await page.evaluate((to) => window.scrollTo({ top: to * document.documentElement.scrollHeight, behavior: 'instant' }), part)
      await frame()
      expect(await sight()).not.toContain('a gap')
    }
    expect(await drawn()).toBeLessThan(FEW)
    const seen = await sight()
    await whole()
    await frame()
    expect(await sight()).toEqual(seen)
  })

  test('the cluster opens in sight, however far one has scrolled', async () => {
    await page.evaluate(() => window.scrollTo({ top: document.documentElement.scrollHeight / 2, behavior: 'instant' }))
    await page.getByRole('button', { name: /^Cluster: / }).click()
    const heading = page.getByRole('complementary', { name: 'Cluster' }).getByRole('heading')
    await heading.waitFor()
    await frame()
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
    await whole()
    await page.keyboard.press('/')
    await page.keyboard.type('item 1999')
    await expect.poll(drawn).toBe(1)
    await neverIdle()
    await page.keyboard.press('Escape')
    await page.locator('[data-gap]').first().waitFor({ state: 'attached' })
    expect(await sight()).not.toContain('a gap')
    await whole()
  })

  test('of many that come again and again those in sight are drawn, the others once it is over', async () => {
    await whole()
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
    await whole()
    await neverIdle()
    const count = await page.evaluate(async () => {
      window.fake.remote((items) => [...items, ...Array.from({ length: 100 }, (_, k) => ({ ...items[0]!, id: `r.${k}` }))])
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
      return document.querySelectorAll('[data-item]').length
    })
    expect(count).toBeLessThan(COUNT + 100)
    await page.evaluate(() => window.idle())
    await page.waitForFunction((count) => document.querySelectorAll('[data-item]').length === count, COUNT + 100, { polling: 100 })
  })

  test('what is near the screen is laid out whole, and what is far is not', async () => {
    await whole()
    const visibilityOf = (id: string) =>
      page.evaluate((id) => getComputedStyle(document.querySelector(`[data-item="${id}"]`)!.parentElement!).contentVisibility, id)
    await expect.poll(() => visibilityOf('m.0')).toBe('visible')
    expect(await visibilityOf('m.1000')).toBe('auto')
    await page.evaluate(() => document.querySelector('[data-item="m.1000"]')!.scrollIntoView())
    await expect.poll(() => visibilityOf('m.1000')).toBe('visible')
    await expect.poll(() => visibilityOf('m.0')).toBe('auto')
  })

  test('whoever scrolls up to rows that were never laid out sees them come in at the pace of the scrolling', async () => {
    await whole()
    // Neither the focus nor the pointer is where the person looks.
    await page.locator('[data-item="m.5"] input').focus()
    await page.mouse.move(page.viewportSize()!.width - 5, 400)
    await page.evaluate(() => window.scrollTo({ top: document.documentElement.scrollHeight / 2, behavior: 'instant' }))
    for (let frames = 0; frames < 3; frames++) await frame()
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
    await whole()
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
    await frame()
    const before = await edited()
    expect(before).toMatchObject({ words: 'Item 31'.concat(' that goes on and on'.repeat(12), 'abc'), isFocused: true })
    await page.evaluate(() => {
      window.fake.remote((items) => {
        const rest = items.filter(({ id }) => id !== 'm.30')
        return [...rest.slice(0, 1_500), items[30]!, ...rest.slice(1_500)]
      })
    })
    await page.waitForFunction(() => document.querySelector('[data-item="m.31"]')!.previousElementSibling?.matches('[data-item="m.29"]'))
    await frame()
    expect(await edited()).toEqual(before)
  })

  test('where so many rows come that their section is divided, the row in use stays the same element', async () => {
    await whole()
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

  test('a row is moved over the border of its section by keyboard and by mouse, and keeps the focus', async () => {
    await whole()
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

  test('an edit draws its own row, and no other', async () => {
    await whole()
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
