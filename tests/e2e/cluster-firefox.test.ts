/** One cluster across two kinds of browser. */
import type { Browser } from 'puppeteer-core'
import { afterAll, describe, expect, test } from 'vitest'
import { findFirefox, startFirefox } from '../support/browser.ts'
import { FirefoxTab } from '../support/firefox-tab.ts'
import { Stage } from '../support/stage.ts'

const stage = new Stage()
let firefox: Browser | null = null
afterAll(async () => {
  await firefox?.close()
  await stage.close()
})

describe.skipIf(findFirefox() === null)('Firefox among Chromium', () => {
  test("joins, agrees edits both ways, and goes on when the leader's tab is closed", () =>
    stage.play(async (scene) => {
      const chromium = await scene.cluster(['A', 'A'], 'Two kinds')
      firefox = await startFirefox()
      const fox = scene.take(new FirefoxTab('F3', await firefox.newPage()))
      await fox.open(chromium[0]!.link)
      const tabs = [...chromium, fox]
      await scene.allVoters(tabs)

      await fox.add('From Firefox')
      await chromium[0]!.add('From Chromium')
      expect((await scene.agree()).toSorted()).toEqual(['From Chromium', 'From Firefox'])
      await Promise.all(tabs.map((tab) => tab.addAll(Array.from({ length: 10 }, (_, i) => `${tab.name} ${i + 1}`))))
      expect(new Set(await scene.agree()).size).toBe(32)

      const leader = await scene.leader(tabs)
      await leader.close()
      const rest = tabs.filter((tab) => tab !== leader)
      await scene.until('the others have a leader among them', async () => {
        const all = await scene.statuses(rest)
        return all.every(({ leader: known }) => known !== null && all.some(({ id }) => id === known))
      })
      for (const tab of rest) await tab.add(`${tab.name} afterwards`)
      expect(await scene.agree()).toHaveLength(34)
    }))
})
