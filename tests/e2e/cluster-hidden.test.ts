/** Tabs as they are in a window: hidden and throttled behind another, or kept in the back-forward cache. */
import { afterAll, describe, expect, test } from 'vitest'
import { startPlainChromium, throttling } from '../support/plain-chromium.ts'
import { serveSite } from '../support/site.ts'
import { Stage } from '../support/stage.ts'

const stage = new Stage(serveSite, startPlainChromium)
afterAll(() => stage.close())

describe('hidden tabs', () => {
  test('a hidden, throttled leader agrees edits of the tab in front and its own', () =>
    stage.play(async (scene) => {
      const tabs = await scene.cluster(['P', 'P', 'P'], 'Hidden')
      const leader = await scene.leader(tabs)
      const front = tabs.find((tab) => tab !== leader)!
      await front.page.bringToFront()
      await scene.until('the leader is hidden', async () => (await throttling(leader.page)).state === 'hidden')
      await scene.until('its timers are throttled', async () => (await throttling(leader.page)).gap > 500)
      expect((await throttling(front.page)).state).toBe('visible')

      await front.add('By hand, in front')
      await front.addAll(Array.from({ length: 20 }, (_, i) => `In front ${i + 1}`))
      await leader.addAll(Array.from({ length: 20 }, (_, i) => `Behind ${i + 1}`))
      expect(await throttling(leader.page)).toMatchObject({ state: 'hidden' })
      await scene.until('all have all items', async () =>
        (await Promise.all(tabs.map((tab) => tab.items()))).every((items) => items.length === 41),
      )
      for (const tab of tabs) await tab.page.bringToFront()
      expect(new Set(await scene.agree()).size).toBe(41)
    }))
})

describe('the back-forward cache', () => {
  test('a page that comes back from it loads anew as the same node, and never lives twice', () =>
    stage.play(async (scene) => {
      scene.expectTrouble(/404/) // The browser asks for an icon of what is no page.
      const tabs = await scene.cluster(['P', 'P', 'P'], 'There and back')
      await tabs[0]!.addAll(['Before'])
      const leader = await scene.leader(tabs)
      for (const tab of [leader, tabs.find((other) => other !== leader)!]) {
        const { id } = (await tab.status())!
        await tab.page.bringToFront()
        await tab.page.evaluate(() =>
          addEventListener('pageshow', ({ persisted }) => sessionStorage.setItem('persisted', String(persisted))),
        )
        await tab.page.goto(`${scene.url}healthz`)
        const others = tabs.filter((other) => other !== tab)
        await scene.until('the others go on', async () => {
          const all = await scene.statuses(others)
          return all.every(({ leader: known }) => known !== null && known !== id)
        })
        await others[0]!.addAll([`While ${tab.name} was away`])
        await tab.page.goBack({ waitUntil: 'commit' })
        // Until it is told, the page that was kept looks as if nothing had been.
        await scene.until('it came from the cache', () => tab.page.evaluate(() => sessionStorage.getItem('persisted') === 'true'))
        await scene.until('it is the same node again', async () => (await tab.status())?.id === id)
        expect(
          await tab.page.evaluate(() =>
            performance.getEntriesByType('navigation').map((entry) => (entry as PerformanceNavigationTiming).type),
          ),
        ).toEqual(['reload'])
        await scene.allVoters(tabs)
        const hosted = (await scene.statuses(tabs)).flatMap((status) => status.hosted)
        expect(new Set(hosted).size).toBe(hosted.length)
      }
      await scene.until('all have all items', async () =>
        (await Promise.all(tabs.map((tab) => tab.items()))).every((items) => items.length === 3),
      )
    }))
})
