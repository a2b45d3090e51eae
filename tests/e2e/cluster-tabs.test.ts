/** Several tabs, of one machine and of two: they find each other, vote, and keep one list. */
import { afterAll, describe, expect, test } from 'vitest'
import type { Flotilla } from '../../client/tab/console.ts'
import { Stage } from '../support/stage.ts'
import type { Tab } from '../support/tab.ts'

declare const flotilla: Flotilla
declare global {
  interface Window {
    /** Tells the test of a node that is a learner. */
    learns?: (id: string) => Promise<void>
  }
}

const stage = new Stage()
afterAll(() => stage.close())

describe('three tabs of one machine and one of another', () => {
  test('concurrent edits from each arrive everywhere, once, in one order', () =>
    stage.play(async (scene) => {
      const tabs = await scene.cluster(['A', 'A', 'A', 'B'], 'Potluck')
      const bulk = (tab: Tab): readonly string[] => Array.from({ length: 20 }, (_, i) => `${tab.name} bulk ${i + 1}`)
      const typed = (tab: Tab): readonly string[] => [1, 2, 3].map((n) => `${tab.name} typed ${n}`)
      await Promise.all([
        ...tabs.map((tab) => tab.addAll(bulk(tab))),
        (async () => {
          // One keyboard a machine's window, so one tab types after the other, amid the bulk of all.
          for (const i of [0, 1, 2]) for (const tab of tabs) await tab.add(typed(tab)[i]!)
        })(),
      ])
      const texts = await scene.agree()
      expect(texts.toSorted()).toEqual(tabs.flatMap((tab) => [...bulk(tab), ...typed(tab)]).toSorted())
      for (const tab of tabs) expect(texts.filter((text) => text.startsWith(`${tab.name} bulk`))).toEqual(bulk(tab))

      const [one, two] = [tabs[0]!, tabs[3]!]
      const [first, second] = [texts[0]!, texts[1]!]
      await Promise.all([one.check(first), two.edit(second, 'Soup'), tabs[1]!.rename('Garden potluck')])
      await scene.until('every tab shows the check, the edit and the name', async () => {
        const all = await Promise.all(tabs.map((tab) => tab.items()))
        const named = await Promise.all(tabs.map((tab) => tab.page.title()))
        return (
          all.every((items) => items[0]!.done && items[1]!.text === 'Soup') && named.every((title) => title.startsWith('Garden potluck'))
        )
      })
      await scene.agree()
    }))
})

test('every tab is told of an edit when its log has it, and then that it is agreed', () =>
  stage.play(async (scene) => {
    const tabs = await scene.cluster(['A', 'A', 'B'], 'Told')
    const heard = await Promise.all(
      tabs.map((tab) =>
        tab.page.evaluateHandle(() => {
          const events: string[] = []
          window.flotilla.subscribe((event) => event.type !== 'changed' && events.push(`${event.type} ${event.id}`))
          return events
        }),
      ),
    )
    const ids = await Promise.all(
      tabs.map((tab) =>
        tab.page.evaluate(async () => {
          const result = await window.flotilla.add('told')
          return result.ok ? result.id! : result.reason
        }),
      ),
    )
    await scene.agree()
    const expected = ids.flatMap((id) => [`received ${id}`, `agreed ${id}`])
    for (const events of heard) {
      const told = await events.jsonValue()
      expect(told.toSorted()).toEqual(expected.toSorted())
      for (const id of ids) expect(told.indexOf(`received ${id}`)).toBeLessThan(told.indexOf(`agreed ${id}`))
    }
  }))

describe('a tab comes again', () => {
  test('a reloaded follower, and a reloaded leader, are the same nodes with their logs, and the others settle', () =>
    stage.play(async (scene) => {
      const tabs = await scene.cluster(['A', 'A', 'A'], 'Repairs')
      await tabs[0]!.addAll(['Hinge', 'Gutter'])
      await scene.agree()
      for (const who of ['a follower', 'the leader'] as const) {
        const leader = await scene.leader(tabs)
        const tab = who === 'the leader' ? leader : tabs.find((other) => other !== leader)!
        const before = (await tab.status())!
        await tab.reload()
        await scene.until(`${who} is there again`, async () => (await tab.status())?.id === before.id)
        await scene.allVoters(tabs)
        expect((await tab.status())!.hosted).toEqual([before.id])
        for (const other of tabs) await other.add(`${other.name} after ${who}`)
        expect((await scene.agree()).filter((text) => text.endsWith(who))).toHaveLength(tabs.length)
      }
    }))

  test('a duplicated tab is a different node, and both live', () =>
    stage.play(async (scene) => {
      const [first] = await scene.cluster(['A', 'A'], 'Choir')
      const remembered = (tab: Tab): Promise<string> => tab.page.evaluate(() => JSON.stringify(sessionStorage))
      const original = await remembered(first!)
      const opened = first!.context.waitForEvent('page')
      await first!.page.evaluate(() => void window.open(location.href))
      const page = await opened
      // What makes it a duplicate: it begins with the memory of the tab that it came from.
      const twin = scene.adopt(page, 'twin')
      const tabs = scene.tabs as readonly Tab[]
      await scene.allVoters(tabs)
      const [before, after] = [(await first!.status())!, (await twin.status())!]
      expect(original).toContain(before.id)
      expect(after.id).not.toBe(before.id)
      expect((await scene.statuses(tabs)).flatMap(({ hosted }) => hosted).toSorted()).toEqual([...after.voters].toSorted())
      await first!.add('Alto')
      await twin.add('Bass')
      expect((await scene.agree()).toSorted()).toEqual(['Alto', 'Bass'])
    }))

  test('"Open another tab" on the share sheet joins, and "Copy link" copies what joins', () =>
    stage.play(async (scene) => {
      const first = await scene.found('A', 'A1', 'Book club')
      await first.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(scene.url).origin })
      await first.page.getByRole('button', { name: 'Share' }).click()
      const sheet = first.page.getByRole('dialog', { name: 'Share "Book club"' })
      await sheet.getByRole('button', { name: 'Copy link' }).click()
      await sheet.getByText('Copied').waitFor()
      expect(await first.page.evaluate(() => navigator.clipboard.readText())).toBe(first.link)
      const opened = first.context.waitForEvent('page')
      await sheet.getByRole('link', { name: 'Open another tab' }).click()
      const second = scene.adopt(await opened, 'A2')
      await scene.allVoters([first, second])
      await second.add('Middlemarch')
      expect(await scene.agree()).toEqual(['Middlemarch'])
    }))
})

describe('more tabs', () => {
  test('a fourth joins as a learner and becomes a voter, a fifth too, a sixth stays a learner and follows', () =>
    stage.play(async (scene) => {
      const tabs = [...(await scene.cluster(['A', 'A', 'A'], 'Regatta'))]
      await tabs[0]!.addAll(Array.from({ length: 30 }, (_, i) => `Boat ${i + 1}`))
      // Told by each turn of a node, since a learner that catches up fast is one for less than a look takes.
      const learners = new Set<string>()
      await tabs[0]!.page.exposeFunction('learns', (id: string) => learners.add(id))
      await tabs[0]!.page.evaluate(() =>
        flotilla.transitions((transition) => {
          if (transition.type !== 'stepped') return
          for (const { configuration } of transition.after.configurations) {
            for (const { node } of configuration.learners) void window.learns!(node)
          }
        }),
      )
      for (const name of ['A4', 'A5']) {
        const tab = await scene.open('A', name, tabs[0]!.link)
        await scene.until(`${name} votes`, async () => {
          const own = await tab.status()
          return own !== null && own.id !== null && own.voters.includes(own.id)
        })
        const id = (await tab.status())!.id!
        await scene.until(`${name} learned before`, async () => learners.has(id))
        tabs.push(tab)
      }
      await scene.allVoters(tabs)
      const sixth = await scene.open('A', 'A6', tabs[0]!.link)
      await scene.until('the sixth is a learner', async () => {
        const status = await sixth.status()
        return status !== null && status.id !== null && status.learners.includes(status.id) && status.voters.length === 5
      })
      await sixth.add('Boat of the sixth')
      expect(await scene.agree()).toHaveLength(31)
      expect((await sixth.status())!.voters).toHaveLength(5)
      await sixth.page.getByRole('button', { name: 'Cluster: 6 tabs, all in touch' }).click()
      const panel = sixth.page.getByRole('complementary', { name: 'Cluster' })
      await scene.until('the panel has a row for each tab, and one of heads', async () => (await panel.getByRole('row').count()) === 7)
      await scene.until('the panel says who learns', async () => (await panel.getByRole('cell', { name: 'Learner' }).count()) === 1)
    }))
})
