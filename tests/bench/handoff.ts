/** The leader's tab is closed: until the others know the next one, and until the last one left can edit alone. */
import type { Page } from 'playwright-core'
import { closeTabs, closedAt, openTab, settled } from './tabs.ts'

interface Closings {
  readonly times: readonly number[]
  /** The tabs that are open now: as many as before. */
  readonly open: readonly Page[]
}

/** From the leader's `pagehide` until every other tab knows the next leader. A new tab of the same browser takes its place. */
export async function closings(pages: readonly Page[], url: string, count: number): Promise<Closings> {
  let open = pages
  const times: number[] = []
  for (let k = 0; k < count; k++) {
    const { leader, id, others } = await settled(open)
    const context = leader.context()
    await closeTabs([leader])
    const known = await nextLeaderKnownAt(others, id)
    const next = await openTab(context, url)
    times.push(known - (await closedAt(next)))
    open = [...others, next]
  }
  await settled(open)
  return { times, open }
}

/** Seldom: by default it looks before every frame, and so makes the tab draw. */
const LOOK_MS = 250

/** When the last of these tabs came to know another leader than this one. */
export async function nextLeaderKnownAt(pages: readonly Page[], old: string): Promise<number> {
  for (const page of pages)
    await page.waitForFunction((id) => (window.bench.leaderAt?.leader ?? id) !== id && window.flotilla.status()!.leader !== null, old, {
      polling: LOOK_MS,
    })
  return Math.max(...(await Promise.all(pages.map((page) => page.evaluate(() => window.bench.leaderAt!.at)))))
}

/** All others are closed at once: from the last `pagehide` until an edit made after it is agreed in the tab that stays. */
export async function leftAlone([stays, ...others]: readonly Page[]): Promise<number> {
  await stays!.evaluate(() => {
    const now = (): number => performance.timeOrigin + performance.now()
    window.bench.edits = []
    setInterval(() => {
      const edit = { at: now(), agreed: Infinity }
      window.bench.edits.push(edit)
      void window.flotilla.add('alone').then(() => (edit.agreed = now()))
    }, 20)
  })
  await closeTabs(others)
  const took = await stays!.waitForFunction(() => {
    const closedAt = Number(localStorage.getItem('bench:closed-at'))
    const first = window.bench.edits.find(({ at, agreed }) => at >= closedAt && agreed < Infinity)
    return first === undefined ? false : first.agreed - closedAt
  })
  return (await took.jsonValue()) as number
}
