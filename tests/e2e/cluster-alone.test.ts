/** One tab: from the front page to a list that survives a reload, with the keyboard and the mouse. */
import { afterAll, describe, expect, test } from 'vitest'
import { Stage } from '../support/stage.ts'

const stage = new Stage()
afterAll(() => stage.close())

describe('one tab', () => {
  test('founds a list, works on it, and finds it again after a reload as the same node', () =>
    stage.play(async (scene) => {
      const tab = await scene.open('A', 'A1')
      await tab.found('Island weekend')
      await tab.page.getByRole('heading', { name: 'Island weekend' }).waitFor()
      expect(new URL(tab.link).hash).toMatch(/^#[\w-]{22}$/)
      await tab.page.getByText('Yours alone for now.').waitFor()

      for (const text of ['Tent', 'Stove', 'Cofee', 'Sunscreen']) await tab.add(text)
      expect(await scene.agree()).toEqual(['Tent', 'Stove', 'Cofee', 'Sunscreen'])
      await tab.edit('Cofee', 'Coffee')
      await tab.check('Stove')
      await tab.choose('Coffee', 'Move to top')
      await tab.press('Tent', 'Alt+ArrowDown')
      await tab.rename('Island week')
      await scene.until('all of it is agreed', async () => (await tab.status())!.pending === 0)
      expect(await scene.agree()).toEqual(['Coffee', 'Stove', 'Tent', 'Sunscreen'])
      expect((await tab.shown()).map(({ done }) => done)).toEqual([false, true, false, false])

      await tab.choose('Sunscreen', 'Delete')
      await tab.page.getByText('Deleted “Sunscreen”').first().waitFor()
      expect(await scene.agree()).toEqual(['Coffee', 'Stove', 'Tent'])
      await tab.page.getByRole('button', { name: 'Undo' }).click()
      await scene.until('Sunscreen is back', async () => (await tab.items()).length === 4)
      expect(await scene.agree()).toEqual(['Coffee', 'Stove', 'Tent', 'Sunscreen'])

      const before = (await tab.status())!
      await tab.page.addInitScript(() => {
        const looked = Object.assign(window, { hasSeenFront: false })
        const look = () => (looked.hasSeenFront ||= document.querySelector('[aria-label="Name a new list"]') !== null)
        new MutationObserver(look).observe(document, { childList: true, subtree: true })
      })
      const hasSeenFront = () => tab.page.evaluate(() => (window as unknown as { hasSeenFront: boolean }).hasSeenFront)
      await tab.reload()
      await tab.page.getByRole('heading', { name: 'Island week' }).waitFor()
      await scene.until('it leads again', async () => (await tab.status())?.role === 'leader')
      const after = (await tab.status())!
      expect(after.id).toBe(before.id)
      expect(after.commitIndex).toBeGreaterThanOrEqual(before.commitIndex)
      expect(await scene.agree()).toEqual(['Coffee', 'Stove', 'Tent', 'Sunscreen'])
      expect(await tab.page.title()).toBe('Island week · Flotilla')
      expect(await hasSeenFront()).toBe(false)

      await tab.page.getByRole('link', { name: 'All lists' }).click()
      await scene.until('the front page is seen', hasSeenFront)
      await tab.page.getByRole('link', { name: /Island week/ }).click()
      await tab.page.getByRole('heading', { name: 'Island week' }).waitFor()
      await scene.until('it is the same node', async () => (await tab.status())?.id === before.id)
    }))
})
