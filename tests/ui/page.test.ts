/** The page in a real browser, over a list in memory: what hands, keys and other people do to it. */
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { Item, Standing } from '../../client/ui/view.ts'
import { galleryPages } from './gallery-pages.ts'

const TEST_MS = 60_000

const openPage = galleryPages()
let page: Page

async function open(query: string, phone = false): Promise<void> {
  page = await openPage(query, phone)
}

const texts = () => page.locator('[data-item] .text').allInnerTexts()
const checkbox = (name: string) => page.getByRole('checkbox', { name, exact: true })
const wishes = () => page.evaluate(() => window.fake.wishes.map((wish) => wish.do))
/** How far the long item has come, says the cluster. */
const becomes = async (standing: Standing) => {
  await page.evaluate(
    (now) => window.fake.remote((items) => items.map((item) => (item.id === 's1.9' ? { ...item, standing: now } : item))),
    standing,
  )
  await page.locator(`[data-item="s1.9"][data-standing=${standing.is}]`).waitFor()
}
/** Somebody else puts an item first. */
const remoteFirst = () =>
  page.evaluate(() => {
    const item: Item = { id: 'r.1', text: 'Rope', revision: 1, done: false, standing: { is: 'agreed' } }
    window.fake.remote((items) => [item, ...items])
  })
const frames = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))

describe('UI 7 keyboard', { timeout: TEST_MS }, () => {
  test('Enter edits, Enter again keeps and opens lines below, Esc ends on the item', async () => {
    await open('state=list')
    await checkbox('Tent, the big one').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.type(' and pegs')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Rope\nKite\n')
    await page.keyboard.press('Escape')
    await expect.poll(texts).toEqual(expect.arrayContaining(['Kite']))
    expect((await texts()).slice(0, 4)).toEqual(['Tent, the big one and pegs', 'Rope', 'Kite', 'Camping stove and two gas cartridges'])
    await expect.poll(() => checkbox('Kite').evaluate((box) => box === document.activeElement)).toBe(true)
  })

  test('one tab stop, arrows walk, Alt+arrows move, Delete deletes and Ctrl+Z brings it back', async () => {
    await open('state=list')
    expect(await page.locator('[data-item] [tabindex="0"]').count()).toBe(1)
    await checkbox('Tent, the big one').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Alt+ArrowUp')
    await expect.poll(async () => (await texts())[0]).toBe('Camping stove and two gas cartridges')
    await expect.poll(() => checkbox('Camping stove and two gas cartridges').evaluate((box) => box === document.activeElement)).toBe(true)
    await page.keyboard.press('Delete')
    await page.getByRole('button', { name: 'Undo' }).waitFor()
    expect((await texts())[0]).toBe('Tent, the big one')
    await page.keyboard.press('Control+z')
    await expect.poll(async () => (await texts())[0]).toBe('Camping stove and two gas cartridges')
  })

  test('lines typed in haste stay in order, and pasted ones become items', async () => {
    await open('state=empty')
    await page.getByRole('textbox', { name: 'Add an item' }).focus()
    await page.keyboard.type('One\nTwo\nThree\n', { delay: 0 })
    await expect.poll(texts).toEqual(['One', 'Two', 'Three'])
    await page.getByRole('textbox', { name: 'Add an item' }).evaluate((field) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', 'Four\n\n  Five ')
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    })
    await expect.poll(texts).toEqual(['One', 'Two', 'Three', 'Four', 'Five'])
  })

  test('S, ? and C open what they name, and the focus comes back', async () => {
    await open('state=list')
    await checkbox('Water filter').focus()
    await page.keyboard.press('s')
    await page.getByRole('dialog', { name: 'Share "Island weekend"' }).getByRole('link', { name: 'Open another tab' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('c')
    await page
      .getByRole('complementary', { name: 'Cluster' })
      .getByRole('row', { name: /Ben Leader 7 55 53/ })
      .waitFor()
    expect(await checkbox('Water filter').evaluate((box) => box === document.activeElement)).toBe(true)
  })
})

describe('UI 7 pointer and finger', { timeout: TEST_MS }, () => {
  test('the native checkbox is what is pressed, and a click in the text edits there', async () => {
    await open('state=list')
    await checkbox('Water filter').check()
    await expect.poll(() => checkbox('Water filter').isChecked()).toBe(true)
    await page.getByText('Playing cards').click({ position: { x: 2, y: 10 } })
    const field = page.getByRole('textbox', { name: 'Edit Playing cards' })
    expect(await field.evaluate((area) => (area as HTMLTextAreaElement).selectionStart)).toBe(0)
  })

  test('a row is dragged by its grip, and Esc would have cancelled it', async () => {
    await open('state=list')
    for (const ending of ['Escape', 'drop'] as const) {
      await checkbox('Water filter').hover()
      const grip = page.getByRole('button', { name: 'Move Water filter' })
      const box = (await grip.boundingBox())!
      await page.mouse.move(box.x + 5, box.y + 20)
      await page.mouse.down()
      await page.mouse.move(box.x + 5, box.y - 100, { steps: 4 })
      await page.mouse.move(box.x + 5, box.y - 185, { steps: 4 })
      if (ending === 'Escape') await page.keyboard.press('Escape')
      await page.mouse.up()
      await frames()
      expect((await texts())[0]).toBe(ending === 'drop' ? 'Water filter' : 'Tent, the big one')
    }
    expect(await wishes()).toEqual(['move'])
  })

  test('on a phone the hand bar moves the item that is edited, and the field keeps the focus', async () => {
    await open('state=list', true)
    await page.getByText('Water filter').tap()
    await page.getByRole('toolbar', { name: 'Water filter' }).getByRole('button', { name: 'Move up' }).tap()
    await expect.poll(async () => (await wishes()).includes('move')).toBe(true)
    await frames()
    expect(await page.getByRole('textbox', { name: 'Edit Water filter' }).evaluate((area) => area === document.activeElement)).toBe(true)
    await page.getByRole('button', { name: 'OK' }).tap()
    await expect.poll(() => page.getByRole('toolbar').count()).toBe(0)
  })

  test('on a phone what one adds comes into sight, above a notice too', async () => {
    await open('state=twin', true)
    const field = page.getByRole('textbox', { name: 'Add an item' })
    for (let k = 0; k < 12; k++) {
      await field.fill(`Rope ${k}`)
      await field.press('Enter')
      await checkbox(`Rope ${k}`).waitFor({ state: 'attached' })
    }
    const edgeOf = (selector: string, side: 'top' | 'bottom') =>
      page.evaluate(
        ([selector, side]) => [...document.querySelectorAll(selector!)].at(-1)!.getBoundingClientRect()[side as 'top'],
        [selector, side],
      )
    await expect.poll(async () => (await edgeOf('[data-item]', 'bottom')) <= (await edgeOf('.notice', 'top'))).toBe(true)
  })
})

describe('UI 10 what must never happen', { timeout: TEST_MS }, () => {
  test('1: a row does not move under the pointer because of somebody else', async () => {
    await open('state=list')
    const under = () => page.evaluate(() => document.elementFromPoint(500, 400)?.closest<HTMLElement>('[data-item]')?.dataset['item'])
    await page.mouse.move(500, 400)
    const id = await under()
    await page.mouse.move(501, 400)
    await remoteFirst()
    await frames()
    expect(await under()).toBe(id)
  })

  test.each([
    { scrolled: 0, meant: 'what lay there' },
    { scrolled: 80, meant: 'what lies there, once scrolled' },
  ])('1: a press that rows moved away from means $meant', async ({ scrolled }) => {
    await open('state=list')
    const { under, edited } = await page.evaluate(async (scrolled) => {
      const framesOf = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
      const itemOf = (id: string): Item => ({ id, text: id, revision: 1, done: false, standing: { is: 'agreed' } })
      window.fake.remote((items) => [...items, ...Array.from({ length: 40 }, (_, i) => itemOf(`more.${i}`))])
      await framesOf()
      const idAt = (): string => document.elementFromPoint(500, 400)!.closest<HTMLElement>('[data-item]')!.dataset['item']!
      let under = idAt()
      const press = new MouseEvent('click', { clientX: 500, clientY: 400, detail: 1, bubbles: true })
      window.fake.remote((items) => [itemOf('rope'), ...items])
      await framesOf()
      await Promise.all(document.getAnimations().map(({ finished }) => finished))
      if (idAt() === under) throw new Error('nothing moved')
      window.scrollBy({ top: scrolled, behavior: 'instant' })
      if (scrolled > 0) under = idAt()
      document.elementFromPoint(500, 400)!.dispatchEvent(press)
      await framesOf()
      return { under, edited: document.querySelector<HTMLElement>('.row.editing')?.dataset['item'] }
    }, scrolled)
    expect(edited).toBe(under)
  })

  test('2: an item deleted by another while it is edited stays, with what was typed', async () => {
    await open('state=list')
    await checkbox('Playing cards').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.type(' and dice')
    await page.evaluate(() => window.fake.remote((items) => items.filter((item) => item.text !== 'Playing cards')))
    await frames()
    const field = page.getByRole('textbox', { name: 'Edit Playing cards' })
    expect(await field.inputValue()).toBe('Playing cards and dice')
    expect(await field.evaluate((area) => area === document.activeElement)).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Add again' }).click()
    await expect.poll(texts).toEqual(expect.arrayContaining(['Playing cards and dice']))
  })

  test('2: what others do takes neither focus nor caret', async () => {
    await open('state=list')
    await checkbox('Tent, the big one').focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('ArrowLeft')
    await page.evaluate(() => window.fake.remote((items) => items.toReversed()))
    await frames()
    const caret = () => page.evaluate(() => (document.activeElement as HTMLTextAreaElement).selectionStart)
    expect(await caret()).toBe('Tent, the big one'.length - 1)
  })

  test('4: no state of a row shifts the layout', async () => {
    await open('state=list&agree=never')
    await page.evaluate(() => {
      const seen = { shift: 0 }
      Object.assign(window, { seen })
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.shift += (entry as PerformanceEntry & { value: number }).value
      }).observe({ type: 'layout-shift' })
    })
    const rain = page.locator('[data-item]', { hasText: 'Rain jackets' })
    await page.evaluate(() => window.fake.wish({ do: 'check', id: 's1.9', done: true }))
    await rain.getByRole('img', { name: 'Not yet agreed, stored in 1 of 5 tabs' }).waitFor()
    await rain.getByText('not yet agreed', { exact: true }).waitFor()
    await becomes({ is: 'agreed' })
    await becomes({ is: 'refused', why: 'too-long', by: null })
    await rain.getByText('Too long: 2,000 letters at most').waitFor()
    await rain.hover()
    await frames()
    expect(await page.evaluate(() => (window as unknown as { seen: { shift: number } }).seen.shift)).toBe(0)
  })
})

describe('UI 6 what waited too long', { timeout: TEST_MS }, () => {
  test('C16: keeps its words, and is sent again or let go, as its writer says', async () => {
    await open('state=unknown')
    const row = page.locator('[data-item][data-standing=refused]')
    await row.getByText('May not be agreed').waitFor()
    await page.getByText('2 changes of yours may not be agreed').first().waitFor()
    await page.locator('.toast').getByRole('button', { name: 'Send again' }).click()
    await row.getByRole('button', { name: 'Send again' }).waitFor()
    await row.getByRole('button', { name: 'Fine' }).click()
    await row.waitFor({ state: 'detached' })
    expect(await wishes()).toEqual(['send-again', 'dismiss-toast', 'dismiss'])
  })
})

describe('UI 12 names', { timeout: TEST_MS }, () => {
  test('the cluster button says in words and in its description how the tabs stand', async () => {
    await open('state=list')
    const cluster = page.getByRole('button', { name: 'Cluster: 5 tabs, all in touch' })
    expect(await cluster.getAttribute('aria-describedby')).toBe('helm')
    expect(await page.locator('#helm').textContent()).toBe('This tab is a follower in term 7. Ben leads.')
  })

  test('every control of a row is called by the item', async () => {
    await open('state=list')
    await page.getByRole('list', { name: 'Items' }).waitFor()
    await checkbox('Water filter').hover()
    await page.getByRole('button', { name: 'Actions for Water filter' }).click()
    for (const name of ['Edit', 'Done', 'Move up', 'Move down', 'Move to top', 'Move to end', 'Delete']) {
      expect(await page.getByRole('menuitem', { name, exact: true }).count()).toBe(1)
    }
    await page.getByRole('menuitem', { name: 'Move to top', exact: true }).click()
    await expect.poll(async () => (await texts())[0]).toBe('Water filter')
  })

  test('a list is named on the front page, and renamed on its own', async () => {
    await open('state=first')
    await page.getByRole('textbox', { name: 'Name a new list' }).fill('Game night')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Game night', exact: true }).click()
    await page.getByRole('textbox', { name: 'Name of the list' }).fill('Chess night')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Chess night' }).waitFor()
    expect(await page.title()).toBe('Chess night · Flotilla')
  })
})
