/** The leader's tab goes, with a word or without: until all others know the next leader. Five tabs, as in Figure 16 of the extended paper. */
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import type { Machine } from '../support/browser.ts'
import { startServer } from '../../server/server.ts'
import { killMachine } from '../support/kill.ts'
import { wideSpread } from './figures.ts'
import type { Figures } from './figures.ts'
import { closings, nextLeaderKnownAt } from './handoff.ts'
import { inOneBrowser, inTouch, openCluster, openTab, settled, startMachine } from './tabs.ts'

const TABS = 5

const dist = join(import.meta.dirname, '../../dist')

export async function crashes(base: string, count: number): Promise<Figures> {
  return {
    ...wideSpread('handoff_ms', await handOffs(base, count)),
    ...wideSpread('crash_local_ms', await inTheSame(base, count)),
    ...wideSpread('crash_told_ms', await elsewhere(Math.ceil(count / 3), true)),
    ...wideSpread('crash_remote_ms', await elsewhere(count, false)),
  }
}

async function handOffs(base: string, count: number): Promise<readonly number[]> {
  return inOneBrowser(async (context) => {
    const pages = await openCluster(
      Array.from({ length: TABS }, () => context),
      base,
    )
    return (await closings(pages, pages[0]!.url(), count)).times
  })
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

/**
 * Each tab in a browser of its own, and the leader's is killed. The signaling server loses sight of it and tells; or it was stopped
 * before, and nothing but heartbeats that stay away tells.
 */
async function elsewhere(count: number, isTold: boolean): Promise<readonly number[]> {
  let server = await startServer({ port: 0, dist })
  const { port } = server
  const machines = new Map<BrowserContext, Machine>()
  const start = async (profile?: string): Promise<BrowserContext> => {
    const machine = await startMachine(profile)
    machines.set(machine.context, machine)
    return machine.context
  }
  try {
    const contexts: BrowserContext[] = []
    for (let k = 0; k < TABS; k++) contexts.push(await start())
    let pages = await openCluster(contexts, `http://localhost:${port}/`)
    const url = pages[0]!.url()
    const times: number[] = []
    for (let k = 0; k < count; k++) {
      await untilSignaling(pages, 'up')
      if (!isTold) {
        await inTouch(pages)
        await server.close()
        await untilSignaling(pages, 'down')
      }
      const { leader, id, others } = await settled(pages)
      const machine = machines.get(leader.context())!
      const killedAt = await killMachine(machine)
      times.push((await nextLeaderKnownAt(others, id)) - killedAt)
      if (!isTold) server = await startServer({ port, dist })
      machines.delete(machine.context)
      pages = [...others, await openTab(await start(machine.profile), url)]
    }
    return times
  } finally {
    for (const machine of machines.values()) await machine.discard()
    await server.close()
  }
}

async function untilSignaling(pages: readonly Page[], state: 'up' | 'down'): Promise<void> {
  for (const page of pages) await page.waitForFunction((wanted) => window.flotilla.status()!.signaling === wanted, state)
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
