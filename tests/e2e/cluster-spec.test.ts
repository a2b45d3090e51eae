/** What real tabs do is a behaviour of the specification: they record every transition of their nodes while people edit. */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import type { Flotilla, SeenTransition } from '../../client/tab/console.ts'
import { Check } from '../spec/check.ts'
import { merge } from '../spec/merge.ts'
import type { Seen } from '../spec/merge.ts'
import { observe } from '../spec/observe.ts'
import { print } from '../spec/print.ts'
import { Stage } from '../support/stage.ts'
import type { Tab } from '../support/tab.ts'

declare global {
  interface Window {
    recorded?: SeenTransition[]
  }
}

const stage = new Stage()
afterAll(() => stage.close())

const LEFT = 'recorded:'

/** From the first moment of every page: its transitions gather in `recorded`, and what comes with its last breath in localStorage. */
function recordAll(context: BrowserContext): Promise<unknown> {
  return context.addInitScript((left) => {
    const recorded: SeenTransition[] = []
    window.recorded = recorded
    const key = left + String(Math.random())
    const listen = (flotilla: Flotilla): void => {
      flotilla.transitions((transition) => {
        recorded.push(transition)
        if (transition.type === 'left' || transition.type === 'stopped') localStorage.setItem(key, JSON.stringify(recorded))
      })
    }
    Object.defineProperty(window, 'flotilla', {
      configurable: true,
      set(flotilla: Flotilla) {
        Object.defineProperty(window, 'flotilla', { value: flotilla })
        listen(flotilla)
      },
    })
  }, LEFT)
}

/** Takes what a page has recorded so far. */
async function take(page: Page): Promise<readonly Seen[]> {
  return seen(await page.evaluate(() => JSON.stringify(window.recorded!.splice(0))))
}

/** What the one page of this browser that closed wrote down. */
async function takeLeft(page: Page): Promise<readonly Seen[]> {
  const texts = await page.evaluate(
    (left) => Object.entries(localStorage).flatMap(([key, text]) => (key.startsWith(left) ? [String(text)] : [])),
    LEFT,
  )
  expect(texts).toHaveLength(1)
  return seen(texts[0]!)
}

function seen(text: string): readonly Seen[] {
  return (JSON.parse(text) as readonly SeenTransition[]).map((transition) => ({ at: transition.at, observation: observe(transition) }))
}

describe('three tabs of one machine and one of another', () => {
  test('do nothing that the specification does not allow while they form a cluster, edit, and lose their leader', () =>
    stage.play(async (scene) => {
      for (const name of ['A', 'B']) await recordAll((await stage.machine(name)).context)
      const tabs = await scene.cluster(['A', 'A', 'A', 'B'], 'Regatta')
      for (const tab of tabs) await tab.addAll([1, 2, 3, 4, 5].map((n) => `${tab.name} ${n}`))
      await scene.agree()
      const leader = await scene.leader(tabs)
      const others = tabs.filter((tab) => tab !== leader)
      const streams = new Map<Tab, readonly Seen[]>([[leader, await take(leader.page)]])
      // Another page of its browser, to read what it wrote down at the end.
      const reader = await leader.context.newPage()
      await leader.close()
      await scene.leader(others)
      for (const tab of others) await tab.addAll([1, 2, 3].map((n) => `${tab.name} after ${n}`))
      expect(await scene.agree()).toHaveLength(29)
      for (const tab of others) streams.set(tab, await take(tab.page))
      await reader.goto(scene.url)
      const last = await takeLeft(reader)
      await reader.close()
      streams.set(leader, [...streams.get(leader)!, ...last])

      const check = new Check()
      for (const observation of merge([...streams.values()])) check.see(observation)
      expect(print(check.deviation)).toBe('a behaviour of the specification')
      expect(check.steps).toBeGreaterThan(200)
      for (const action of [
        'Found',
        'Mint',
        'BecomeLeader',
        'ChangeConfiguration',
        'ClientRequest',
        'AdvanceCommitIndex',
        'AcceptEntries',
        'SaveDone',
        'Farewell',
      ]) {
        expect([...check.done.keys()]).toContain(action)
      }
      expect(check.cluster.leaders.size).toBeGreaterThan(1)
    }))
})
