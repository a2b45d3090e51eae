/** Disk, Registry, Outbox and Clock in real browsers: their contracts, and what only a real browser can do: reload, be killed. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BarePage } from '../support/bare-page.ts'
import { findFirefox, startChromium, startFirefox, type Machine } from '../support/browser.ts'
import { acrossKill, broken, openContractPage, originOf, reloadContractPage, serveContractPage } from '../support/contract-page.ts'

let bare: BarePage
let chromium: Machine
beforeAll(async () => {
  bare = await serveContractPage()
  chromium = await startChromium({ args: ['--js-flags=--expose-gc'] })
})
afterAll(async () => {
  await chromium.discard()
  await bare.close()
})

/** A tab of the browser that all tests share; every test has an origin of its own. */
const openTab = (origin: string): Promise<Page> => openContractPage(chromium.context, originOf(bare, origin))

const PLACES = ['bucket', 'database'] as const

describe.each(PLACES)('Chromium, journals in a %s', (place) => {
  test('Disk keeps its contract', async () => {
    const page = await openTab(`contract-${place}`)
    const session = await chromium.context.newCDPSession(page)
    const { origin } = new URL(page.url())
    await page.exposeFunction('setRoom', async (room: 'tight' | 'ample') => {
      const { usage } = await session.send('Storage.getUsageAndQuota', { origin })
      await session.send('Storage.overrideQuotaForOrigin', { origin, ...(room === 'tight' ? { quotaSize: usage + 500_000 } : {}) })
    })
    expect(await page.evaluate(() => window.contract.hasBuckets)).toBe(true)
    const scenes = await page.evaluate((place) => window.contract.playDisk(place), place)
    expect(scenes.map(({ title }) => title).join()).toContain('a full browser says full')
    expect(broken(scenes)).toEqual([])
    await page.close()
  })

  test('a journal outlives garbage collection', async () => {
    const page = await openTab(`garbage-${place}`)
    const outcome = await page.evaluate(async (place) => {
      const collect = async (): Promise<void> => {
        for (let i = 0; i < 3; i++) {
          await new Promise((resolve) => setTimeout(resolve, 20))
          ;(globalThis as unknown as { gc(): void }).gc()
        }
      }
      const within = <T>(what: Promise<T>): Promise<T | 'nothing'> =>
        Promise.race([what, new Promise<'nothing'>((resolve) => setTimeout(resolve, 20_000, 'nothing'))])
      await window.contract.create(place, 'node')
      await collect()
      const appended = await within(window.contract.append('node', 2))
      const opened = await within(window.contract.open(place, 'node'))
      await collect()
      return [appended, opened, await within(window.contract.append('node', 4))]
    }, place)
    expect(outcome).toEqual([
      { ok: true, value: null },
      { ok: true, value: [1, 2] },
      { ok: true, value: null },
    ])
    await page.close()
  })

  test('a page that is reloaded while it writes leaves nothing torn, and nothing lands late', async () => {
    const page = await openTab(`reload-${place}`)
    const acknowledged: number[] = []
    await page.exposeFunction('acknowledged', (number: number) => acknowledged.push(number))
    await page.evaluate((place) => window.contract.create(place, 'node'), place)
    let last = 1
    for (let round = 0; round < 5; round++) {
      page.evaluate((from) => window.contract.pour('node', from), last + 1).catch(() => {}) // Dies with its page.
      await expect.poll(() => acknowledged.at(-1) ?? 0, { timeout: 60_000 }).toBeGreaterThan(last + 3)
      await reloadContractPage(page)
      const opened = await page.evaluate((place) => window.contract.open(place, 'node'), place)
      const numbers = opened.ok ? opened.value : []
      expect(numbers).toEqual(numbers.map((_, i) => i + 1))
      expect(numbers.length).toBeGreaterThanOrEqual(acknowledged.at(-1)!)
      last = numbers.length + 1
    }
    expect((await page.evaluate((place) => window.contract.numbers(place, 'node'), place)).length).toBe(last)
    await page.close()
  })

  test('◆ two tabs: the host that was replaced collides with its next save', async () => {
    const [old, young] = [await openTab(`two-${place}`), await openTab(`two-${place}`)]
    await old.evaluate((place) => window.contract.create(place, 'node'), place)
    const pouring = old.evaluate(() => window.contract.pour('node', 2))
    const opened = await young.evaluate((place) => window.contract.open(place, 'node'), place)
    expect(await pouring).toBe('collision')
    const numbers = await young.evaluate((place) => window.contract.numbers(place, 'node'), place)
    expect(opened.ok && numbers.length === opened.value.length + 1).toBe(true)
    await Promise.all([old.close(), young.close()])
  })

  test('somebody clears the site: who writes is told, who opens finds nothing, and life goes on', async () => {
    const page = await openTab(`cleared-${place}`)
    await page.evaluate((place) => window.contract.create(place, 'node'), place)
    const machine = await page.evaluate(() => window.contract.origin.registry.machine())
    const session = await chromium.context.newCDPSession(page)
    await session.send('Storage.clearDataForOrigin', { origin: new URL(page.url()).origin, storageTypes: 'all' })
    const appended = await page.evaluate(() => window.contract.append('node', 2))
    expect(appended).toMatchObject({ ok: false, error: { type: 'aborted' } })
    expect(await page.evaluate((place) => window.contract.open(place, 'node'), place)).toEqual({ ok: false, error: 'missing' })
    expect(await page.evaluate((place) => window.contract.create(place, 'node'), place)).toBe(true)
    expect(await page.evaluate(() => window.contract.origin.registry.machine())).not.toBe(machine)
    await page.close()
  })
})

describe('Chromium', () => {
  test('Registry, Outbox and Clock (over a Worker) keep their contracts', async () => {
    const page = await openTab('origin')
    expect(broken(await page.evaluate(() => window.contract.playRegistry()))).toEqual([])
    expect(broken(await page.evaluate(() => window.contract.playOutbox()))).toEqual([])
    expect(broken(await page.evaluate(() => window.contract.playClock()))).toEqual([])
    await page.close()
  })

  test('tabs that start at once mint one machine', async () => {
    const tabs = await Promise.all([1, 2, 3].map(() => openTab('minting')))
    const minted = await Promise.all(tabs.map((tab) => tab.evaluate(() => window.contract.origin.registry.machine())))
    expect(new Set(minted).size).toBe(1)
    await Promise.all(tabs.map((tab) => tab.close()))
  })

  test('what was acknowledged survives SIGKILL of the browser while it writes, without a gap', async () => {
    const acknowledged = { bucket: [] as number[], database: [] as number[] }
    let machineId = ''
    await acrossKill(
      async ({ context }) => {
        const tabs = await Promise.all(PLACES.map((place) => openContractPage(context, originOf(bare, place))))
        machineId = await tabs[0]!.evaluate(() => window.contract.origin.registry.machine())
        await tabs[0]!.evaluate(() => window.contract.origin.outbox.put('room', 'session', 1, Uint8Array.of(7)))
        await Promise.all(
          tabs.map(async (tab, i) => {
            const place = PLACES[i]!
            await tab.exposeFunction('acknowledged', (number: number) => acknowledged[place].push(number))
            await tab.evaluate((place) => window.contract.create(place, 'node'), place)
            tab.evaluate(() => window.contract.pour('node', 2)).catch(() => {}) // Dies with its page.
          }),
        )
        await expect.poll(() => Math.min(...PLACES.map((place) => acknowledged[place].length)), { timeout: 60_000 }).toBeGreaterThan(40)
      },
      async ({ context }) => {
        for (const place of PLACES) {
          const page = await openContractPage(context, originOf(bare, place))
          const opened = await page.evaluate((place) => window.contract.open(place, 'node'), place)
          const numbers = opened.ok ? opened.value : []
          expect(numbers).toEqual(numbers.map((_, i) => i + 1))
          expect(numbers.length).toBeGreaterThanOrEqual(acknowledged[place].at(-1)!)
          const appended = await page.evaluate((number) => window.contract.append('node', number), numbers.length + 2)
          expect(appended.ok).toBe(true)
        }
        const page = await openContractPage(context, originOf(bare, PLACES[0]))
        expect(await page.evaluate(() => window.contract.origin.registry.machine())).toBe(machineId)
        expect(await page.evaluate(() => window.contract.origin.outbox.sessions('room'))).toMatchObject([{ session: 'session', last: 1 }])
      },
    )
  })
})

describe.skipIf(findFirefox() === null)('Firefox', () => {
  test('Disk, Registry, Outbox and Clock keep their contracts', async () => {
    const firefox = await startFirefox()
    try {
      const page = await firefox.newPage()
      await page.goto(bare.url)
      await page.waitForFunction(() => 'contract' in window)
      expect(await page.evaluate(() => window.contract.hasBuckets)).toBe(false)
      expect(broken(await page.evaluate(() => window.contract.playDisk('database')))).toEqual([])
      expect(broken(await page.evaluate(() => window.contract.playRegistry()))).toEqual([])
      expect(broken(await page.evaluate(() => window.contract.playOutbox()))).toEqual([])
      expect(broken(await page.evaluate(() => window.contract.playClock()))).toEqual([])
    } finally {
      await firefox.close()
    }
  })
})
