/** Tabs that go, orderly or not, with edits under way: nothing agreed is lost, and whoever stays goes on. */
import { afterAll, describe, expect, test } from 'vitest'
import { Stage, type Scene } from '../support/stage.ts'
import type { Tab } from '../support/tab.ts'
import { killMachine } from '../support/kill.ts'

const stage = new Stage()
afterAll(() => stage.close())

/** Every edit that anybody was told to be agreed stands there, and none stands there twice. */
function expectNothingLost(texts: readonly string[], tabs: readonly Tab[]): void {
  expect(new Set(texts).size).toBe(texts.length)
  const agreed = tabs.flatMap((tab) => tab.agreed)
  expect(agreed.length).toBeGreaterThan(0)
  expect(agreed.filter((text) => !texts.includes(text))).toEqual([])
}

async function pouring(scene: Scene, tabs: readonly Tab[]): Promise<void> {
  for (const tab of tabs) await tab.pour(tab.name)
  await goOn(scene, tabs)
}

/** Each of them is told of more agreed edits. */
async function goOn(scene: Scene, tabs: readonly Tab[]): Promise<void> {
  const before = tabs.map((tab) => tab.agreed.length)
  await scene.until(`edits of ${tabs.map((tab) => tab.name).join()} are agreed`, () =>
    Promise.resolve(tabs.every((tab, i) => tab.agreed.length >= before[i]! + 5)),
  )
}

describe("the leader's tab", () => {
  test.each(['closed', 'crashed'] as const)('%s with edits under way: nothing agreed is lost, the others elect and go on', (how) =>
    stage.play(async (scene) => {
      const tabs = await scene.cluster(['A', 'A', 'A'], `Leader ${how}`)
      await pouring(scene, tabs)
      const leader = await scene.leader(tabs)
      const rest = tabs.filter((tab) => tab !== leader)
      await (how === 'closed' ? leader.close() : leader.crash())
      await scene.until('the others have a leader among them', async () => {
        const all = await scene.statuses(rest)
        return all.every(({ leader: known }) => known !== null && all.some(({ id }) => id === known))
      })
      await goOn(scene, rest)
      for (const tab of rest) await tab.stopPouring()
      expectNothingLost(await scene.agree(rest), tabs)
      for (const { elections, electionMs, bytes } of await scene.statuses(rest)) {
        expect(Math.min(elections, electionMs ?? 0, bytes.sent, bytes.received)).toBeGreaterThan(0)
      }
      await scene.until('whoever leads tells how far the other is', async () =>
        (await scene.statuses(rest)).some(
          ({ members, lastIndex, entriesPerMessage }) =>
            entriesPerMessage !== null &&
            members.some(({ progress }) => progress?.matchIndex === lastIndex && progress.roundTripMs !== null),
        ),
      )
    }),
  )
})

test('E26, K6: of a tab that died its neighbours hear by its lock, and other browsers by the signaling server', () =>
  stage.play(async (scene) => {
    const [dying, near, far] = await scene.cluster(['A', 'A', 'B'], 'Heard of')
    const { id } = (await dying!.status())!
    const heard = await Promise.all(
      [near!, far!].map((tab) =>
        tab.page.evaluateHandle(() => {
          const words: string[] = []
          window.flotilla.transitions((seen) => {
            if (seen.type !== 'stepped') return
            for (const input of seen.inputs) if (input.type === 'gone') words.push(`${input.nodes.join()} ${input.isCertain}`)
          })
          return words
        }),
      ),
    )
    await dying!.crash()
    const words = (): Promise<readonly string[][]> => Promise.all(heard.map((one) => one.jsonValue()))
    await scene.until('both have heard of it', async () => {
      const [byLock, byServer] = await words()
      return byLock!.includes(`${id} true`) && byServer!.includes(`${id} false`)
    })
    expect((await words())[1]).not.toContain(`${id} true`)
    await scene.leader([near!, far!])
  }))

describe('the last tab', () => {
  test('the others are closed at once: the one that stays is soon editable by itself', () =>
    stage.play(async (scene) => {
      const tabs = await scene.cluster(['A', 'A', 'A', 'A'], 'Last one')
      await pouring(scene, tabs)
      const stays = tabs.find((tab) => tab !== tabs[0])!
      await Promise.all(tabs.filter((tab) => tab !== stays).map((tab) => tab.close()))
      await goOn(scene, [stays])
      await stays.stopPouring()
      await stays.add('by hand')
      await scene.until('the edit is agreed', async () => (await stays.items()).some(({ text }) => text === 'by hand'))
      expectNothingLost(await scene.agree([stays]), tabs)
    }))

  test.each([
    ['first to last', [0, 1, 2]],
    ['last to first', [2, 1, 0]],
    ['the middle one first', [1, 0, 2]],
  ] as const)('all closed, %s, and one opened: the list is complete and editable', (_, order) =>
    stage.play(async (scene) => {
      const tabs = await scene.cluster(['A', 'A', 'A'], 'All closed')
      const { link } = tabs[0]!
      await pouring(scene, tabs)
      for (const i of order) await tabs[i]!.close()
      const again = await scene.open('A', 'again', link)
      await again.add('by hand')
      await scene.until('the edit is agreed', async () => (await again.items()).some(({ text }) => text === 'by hand'))
      expectNothingLost(await scene.agree([again]), tabs)
    }),
  )

  test('the whole browser is killed and started again: everything agreed is there, and editable', () =>
    stage.play(async (scene) => {
      const tabs = await scene.cluster(['K', 'K', 'K'], 'Killed')
      const { link } = tabs[0]!
      await pouring(scene, tabs)
      await killMachine(await stage.machine('K'))
      await stage.restart('K')
      const again = await scene.open('K', 'again', link)
      await again.add('by hand')
      await scene.until('the edit is agreed', async () => (await again.items()).some(({ text }) => text === 'by hand'))
      expectNothingLost(await scene.agree([again]), tabs)
    }))
})
