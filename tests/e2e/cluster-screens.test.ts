/** A picture of each main state, to be looked at beside the drawings; kept in artefacts/screens. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Stage } from '../support/stage.ts'
import type { Tab } from '../support/tab.ts'

const SCREENS = join(import.meta.dirname, '../../artefacts/screens')
const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 844 }
const ITEMS = ['Tent', 'Camping stove and two gas cartridges', 'Coffee', 'Head torch', 'Sunscreen', 'Map of the islands', 'Rope, 30 m']

const stage = new Stage()
beforeAll(() => mkdirSync(SCREENS, { recursive: true }))
afterAll(() => stage.close())

async function shoot({ page }: Tab, name: string, size = DESKTOP, colours: 'light' | 'dark' = 'light'): Promise<void> {
  await page.setViewportSize(size)
  await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' })
  await page.bringToFront()
  const picture = await page.screenshot({ path: join(SCREENS, `${name}.png`) })
  // A page of one colour makes a far smaller picture.
  expect(picture.byteLength).toBeGreaterThan(6_000)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} fits its width`).toBe(true)
}

/** As it is drawn for a desktop, a desktop in the dark, a phone and a phone in the dark. */
async function shootAll(tab: Tab, name: string): Promise<void> {
  await shoot(tab, name)
  await shoot(tab, `${name}-dark`, DESKTOP, 'dark')
  await shoot(tab, `${name}-phone-dark`, PHONE, 'dark')
  await shoot(tab, `${name}-phone`, PHONE)
  await tab.page.setViewportSize(DESKTOP)
}

describe('pictures', () => {
  test('front page, empty list, list, panel and sheets', () =>
    stage.play(async (scene) => {
      const tab = await scene.open('S', 'S1')
      await tab.page.getByRole('textbox', { name: 'Name a new list' }).waitFor()
      await shootAll(tab, 'front-empty')
      await tab.found('Island weekend')
      await tab.page.getByText('Yours alone for now.').waitFor()
      await scene.until('it leads', async () => (await tab.status())?.role === 'leader')
      await shootAll(tab, 'empty')

      const others = [await scene.open('S', 'S2', tab.link), await scene.open('T', 'T3', tab.link)]
      await scene.allVoters([tab, ...others])
      for (const text of ITEMS) await tab.add(text)
      await tab.check('Coffee')
      await scene.until('it is all agreed', async () => (await others[1]!.items()).filter(({ done }) => done).length === 1)
      // The tick of the last agreement fades by itself.
      await scene.until('nothing is being said', async () => (await tab.page.getByRole('button', { name: 'Got it' }).count()) === 1)
      await shoot(tab, 'list-twin')
      await tab.page.getByRole('button', { name: 'Got it' }).click()
      await shootAll(tab, 'list')
      await tab.row('Head torch').getByText('Head torch').click()
      await shoot(tab, 'list-editing')
      await shoot(tab, 'list-editing-phone', PHONE)
      await tab.page.setViewportSize(DESKTOP)
      await tab.page.keyboard.press('Escape')
      await tab.row('Tent').hover()
      await tab.page.getByRole('button', { name: 'Actions for Tent' }).click()
      await tab.page.getByText(/^Agreed\. Stored in (\d) of \1 tabs?\.$/).waitFor()
      await shoot(tab, 'item-menu')
      await tab.page.keyboard.press('Escape')
      await tab.choose('Sunscreen', 'Delete')
      await tab.page.getByText('Deleted “Sunscreen”').first().waitFor()
      await shoot(tab, 'list-deleted')
      await tab.page.getByRole('button', { name: 'Undo' }).click()

      await tab.cluster.click()
      await tab.page.getByRole('complementary', { name: 'Cluster' }).waitFor()
      await shootAll(tab, 'cluster')
      await tab.page.getByRole('button', { name: 'Close cluster' }).click()
      await tab.page.getByRole('button', { name: 'Share', exact: true }).click()
      await tab.page.getByRole('dialog', { name: 'Share "Island weekend"' }).waitFor()
      await shootAll(tab, 'share')
      await tab.page.keyboard.press('Escape')
      await tab.page.getByRole('button', { name: 'List menu' }).click()
      await shoot(tab, 'list-menu')
      await tab.page.getByRole('menuitem', { name: /^Keyboard/ }).click()
      await tab.page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
      await shoot(tab, 'keyboard')
      await tab.page.keyboard.press('Escape')

      const front = await scene.open('S', 'S4')
      await front.page.getByRole('link', { name: /Island weekend/ }).waitFor()
      await shootAll(front, 'front')
    }))

  test('looking, waiting and too few', () =>
    stage.play(async (scene) => {
      const tabs = await scene.cluster(['S', 'T', 'T'], 'Garden work')
      for (const text of ITEMS) await tabs[0]!.add(text)
      await scene.agree()
      await tabs[0]!.cut(tabs.slice(1))
      await scene.until('it is alone', async () => !(await tabs[0]!.status())!.majority)
      await tabs[0]!.add('Wheelbarrow')
      await tabs[0]!.slip('Waiting for one more tab').waitFor()
      await tabs[0]!.row('Wheelbarrow').getByText('not yet agreed', { exact: true }).waitFor()
      await shootAll(tabs[0]!, 'too-few')
      for (const tab of tabs) await tab.close()

      const stranger = await scene.open('U', 'U4', tabs[0]!.link)
      await stranger.page.getByText('Looking for somebody who has this list').waitFor()
      await shoot(stranger, 'looking')
      await stranger.page.getByRole('heading', { name: 'Nobody with this list is here right now' }).waitFor()
      await shootAll(stranger, 'waiting')
    }))
})
