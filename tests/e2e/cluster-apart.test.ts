/** Tabs that cannot reach each other, or nobody, or the signaling server: the page says so in words and loses nothing. */
import { afterAll, describe, expect, test } from 'vitest'
import { serveSiteApart, type SiteApart } from '../support/site.ts'
import { Stage } from '../support/stage.ts'
import type { Tab } from '../support/tab.ts'
import type { Flotilla } from '../../client/tab/console.ts'

declare const flotilla: Flotilla

let site: SiteApart
const stage = new Stage(async () => (site = await serveSiteApart()))
afterAll(() => stage.close())

const countOf = (texts: readonly string[], text: string): number => texts.filter((other) => other === text).length

/** While off, this page gets no answer from the signaling server, so that a reloaded tab meets nobody. */
async function signalingSwitch(tab: Tab): Promise<{ isOn: boolean }> {
  const state = { isOn: true }
  await tab.page.route(/\/socket\.io\//, (route) => (state.isOn ? route.continue() : route.abort()))
  await tab.page.routeWebSocket(/\/socket\.io\//, (socket) => (state.isOn ? void socket.connectToServer() : void socket.close()))
  return state
}

describe('§5.4, DESIGN 1.3: five tabs cut into three and two', () => {
  test('the three go on, the two keep what they type in words, over a reload too, and healing agrees it exactly once', () =>
    stage.play(async (scene) => {
      scene.expectTrouble(/socket\.io|ERR_FAILED|WebSocket/)
      const tabs = await scene.cluster(['A', 'A', 'A', 'A', 'B'], 'Cut in two')
      await tabs[0]!.addAll(['Before'])
      await scene.agree()
      // The leader is among the two, with entries of its own that must give way; the one that will reload is alone on its machine.
      const reloaded = tabs.at(-1)!
      const leader = await scene.leader(tabs)
      const few = [leader === reloaded ? tabs[0]! : leader, reloaded]
      const many = tabs.filter((tab) => !few.includes(tab))
      for (const tab of few) await tab.cut(many)

      await scene.until('the two know that they are too few', async () => (await scene.statuses(few)).every(({ majority }) => !majority))
      for (const [i, tab] of few.entries()) await tab.add(`Few ${i + 1}`)
      for (const tab of few) {
        await tab.slip('Waiting for one more tab').waitFor()
        await tab.slip('kept here, and agreed once 3 of 5 tabs are in touch').waitFor()
        await tab.page.getByRole('button', { name: 'Cluster: 2 of 5 tabs in touch' }).waitFor()
        await tab.page
          .getByRole('img', { name: /^Not yet agreed, stored in \d of 5 tabs$/ })
          .first()
          .waitFor()
      }
      // The leader that was: it has not heard of the other, and yet says nothing that may be out of date.
      const cutOff = few[0]!.page
      const late = cutOff.evaluate(() => flotilla.read())
      const local = await cutOff.evaluate(() => flotilla.read('local'))
      expect(local.ok && local.items.map(({ text }) => text)).toEqual(['Before'])
      let isAnswered = false
      void late.then(() => (isAnswered = true))
      expect((await few[1]!.shown()).find(({ text }) => text === 'Few 2')?.standing).toBe('pending')

      for (const [i, tab] of many.entries()) await tab.add(`Many ${i + 1}`)
      expect((await scene.agree(many)).toSorted()).toEqual(['Before', 'Many 1', 'Many 2', 'Many 3'])
      for (const tab of few) expect((await tab.items()).map(({ text }) => text)).toEqual(['Before'])
      const fresh = await many[2]!.page.evaluate(() => flotilla.read('linearizable'))
      expect(fresh.ok && fresh.items.length, 'Q1: of the three any tab reads what all agreed').toBe(4)
      expect(isAnswered).toBe(false)

      const { id } = (await reloaded.status())!
      const signaling = await signalingSwitch(reloaded)
      signaling.isOn = false
      await reloaded.reload()
      await reloaded.slip('Waiting for two more tabs').waitFor()
      await scene.until('it is the same node and shows what it keeps', async () => {
        const shown = await reloaded.shown()
        return (await reloaded.status())?.id === id && shown.some(({ text, standing }) => text === 'Few 2' && standing === 'pending')
      })
      expect((await reloaded.items()).map(({ text }) => text)).toEqual(['Before'])

      const told = few[0]!.page.getByText('In touch again. Your edit is agreed').first().waitFor()
      signaling.isOn = true
      await few[0]!.heal()
      const read = await late
      const seen = read.ok ? read.items.map(({ text }) => text) : []
      expect(seen, 'Q1: what was agreed elsewhere before').toEqual(expect.arrayContaining(['Before', 'Many 1', 'Many 2', 'Many 3']))
      const texts = await scene.agree(tabs)
      expect(texts.toSorted()).toEqual(['Before', 'Few 1', 'Few 2', 'Many 1', 'Many 2', 'Many 3'])
      await told
      await scene.allVoters(tabs)
    }))
})

describe('the signaling server', () => {
  test('killed: tabs in touch go on; started again: a new tab joins', () =>
    stage.play(async (scene) => {
      scene.expectTrouble(/socket\.io|ERR_CONNECTION_REFUSED|WebSocket/)
      const tabs = await scene.cluster(['A', 'A', 'B'], 'No introductions')
      await site.kill()
      await scene.until('they notice', async () => (await scene.statuses(tabs)).every(({ signaling }) => signaling === 'down'))
      for (const tab of tabs) await tab.add(`${tab.name} meanwhile`)
      expect(await scene.agree(tabs)).toHaveLength(3)
      await tabs[2]!.slip('New tabs cannot find you right now').waitFor()
      await site.restart()
      const late = await scene.open('B', 'B4', tabs[0]!.link)
      await scene.allVoters([...tabs, late])
      await late.add('late')
      expect(await scene.agree()).toHaveLength(4)
      await scene.until('all are introduced again', async () => (await scene.statuses(tabs)).every(({ signaling }) => signaling === 'up'))
    }))
})

describe('nobody here', () => {
  test('a link whose holders are away: it waits in words, creates nothing, and joins by itself when one comes', () =>
    stage.play(async (scene) => {
      const first = await scene.found('A', 'A1', 'Holidays')
      const { link } = first
      await first.addAll(['Passport'])
      await first.close()
      const waiting = await scene.open('B', 'B2', link)
      await waiting.page.getByText('Looking for somebody who has this list').waitFor()
      await waiting.page.getByRole('heading', { name: 'Nobody with this list is here right now' }).waitFor()
      expect(await waiting.status()).toMatchObject({ id: null, hosted: [], voters: [], leader: null, majority: false })
      expect(await waiting.page.getByRole('textbox', { name: 'Add an item' }).count()).toBe(0)
      // Nothing was created: the front page of that browser knows of no such list.
      const front = await scene.open('B', 'B3')
      await front.page.getByRole('textbox', { name: 'Name a new list' }).waitFor()
      expect(await front.page.getByRole('link', { name: /Holidays/ }).count()).toBe(0)

      const again = await scene.open('A', 'A4', link)
      await scene.until('it joined', async () => (await waiting.items()).length === 1)
      await scene.allVoters([again, waiting])
      await waiting.add('Towels')
      expect(await scene.agree([again, waiting])).toEqual(['Passport', 'Towels'])
    }))

  test('a copy of this browser whose other voter is away opens at once, keeps edits, and agrees them when it is back', () =>
    stage.play(async (scene) => {
      const [ours, theirs] = await scene.cluster(['A', 'B'], 'Two machines')
      const { link } = ours!
      await ours!.addAll(['Shared'])
      await scene.agree()
      await theirs!.crash()
      await ours!.reload()
      await ours!.page.getByRole('checkbox', { name: 'Shared' }).waitFor({ state: 'attached' })
      await ours!.slip('Waiting for one more tab').waitFor()
      await ours!.add('Kept')
      await ours!.slip('your edit is kept here, and agreed once 2 of 2 tabs are in touch').waitFor()
      expect((await ours!.status())!).toMatchObject({ majority: false, pending: 1 })
      const back = await scene.open('B', 'B3', link)
      const texts = await scene.agree([ours!, back])
      expect(countOf(texts, 'Kept')).toBe(1)
      expect(texts).toHaveLength(2)
    }))

  test('what is no link to a list leads to the front page, which says so', () =>
    stage.play(async (scene) => {
      const tab = await scene.open('A', 'A1', `${scene.url}#not-a-list`)
      await tab.page.getByRole('alert').filter({ hasText: 'That is not a link to a list' }).waitFor()
      await tab.page.getByRole('textbox', { name: 'Name a new list' }).waitFor()
      expect(await tab.status()).toBe(null)
      await tab.page.getByRole('button', { name: 'I have a link' }).click()
      const sheet = tab.page.getByRole('dialog', { name: 'Paste the link' })
      await sheet.getByRole('textbox', { name: 'Paste the link' }).fill('nonsense')
      await sheet.getByRole('button', { name: 'Open' }).click()
      await sheet.getByText('That is not a link to a list').waitFor()
    }))
})
