/** The leader's tab crashes and says nothing: until all others know the next leader. Five tabs, as in Figure 16 of the extended paper. */
import type { BrowserContext, Page } from 'playwright-core'
import type { Machine } from '../support/browser.ts'
import { killMachine } from '../support/kill.ts'
import { wideSpread } from './figures.ts'
import type { Figures } from './figures.ts'
import { nextLeaderKnownAt } from './handoff.ts'
import { inOneBrowser, openCluster, openTab, settled, startMachine } from './tabs.ts'

const TABS = 5

export async function crashes(base: string, count: number): Promise<Figures> {
  const local = await inTheSame(base, count)
  return { ...wideSpread('crash_local_ms', local), ...wideSpread('crash_remote_ms', await elsewhere(base, count)) }
}

/** The renderer of the tab dies; the browser, which the others share, lets its locks go. */
async function inTheSame(base: string, count: number): Promise<readonly number[]> {
  return inOneBrowser(async (context) => {
    let pages = await openCluster(
      Array.from({ length: TABS }, () => context),
      base,
    )
    const url = pages[0]!.url()
    const times: number[] = []
    for (let k = 0; k < count; k++) {
      const { leader, id, others } = await settled(pages)
      const crashedAt = await crash(leader)
      times.push((await nextLeaderKnownAt(others, id)) - crashedAt)
      await leader.close()
      pages = [...others, await openTab(context, url)]
    }
    return times
  })
}

/** Each tab in a browser of its own, and the leader's is killed: heartbeats stay away, and the signaling server loses sight of it. */
async function elsewhere(base: string, count: number): Promise<readonly number[]> {
  const machines = new Map<BrowserContext, Machine>()
  const start = async (profile?: string): Promise<BrowserContext> => {
    const machine = await startMachine(profile)
    machines.set(machine.context, machine)
    return machine.context
  }
  try {
    const contexts: BrowserContext[] = []
    for (let k = 0; k < TABS; k++) contexts.push(await start())
    let pages = await openCluster(contexts, base)
    const url = pages[0]!.url()
    const times: number[] = []
    for (let k = 0; k < count; k++) {
      const { leader, id, others } = await settled(pages)
      const machine = machines.get(leader.context())!
      const killedAt = await killMachine(machine)
      times.push((await nextLeaderKnownAt(others, id)) - killedAt)
      machines.delete(machine.context)
      pages = [...others, await openTab(await start(machine.profile), url)]
    }
    return times
  } finally {
    for (const machine of machines.values()) await machine.discard()
  }
}

/** Returns when; the way to the renderer is measured along. */
async function crash(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  const at = performance.timeOrigin + performance.now()
  session.send('Page.crash').catch(() => {}) // Nobody is left to answer.
  await crashed
  return at
}
