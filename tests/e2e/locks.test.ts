/** Locks between real tabs: closed, crashed, reloaded; the same scenes that memory plays in tests/contract. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { locksScenes, type LocksDocument, type LocksWorld } from '../contract/locks.ts'
import { unused } from '../contract/worlds.ts'
import type { BarePage } from '../support/bare-page.ts'
import { findFirefox, startChromium, startFirefox, type Machine } from '../support/browser.ts'
import { openContractPage, reloadContractPage, serveContractPage } from '../support/contract-page.ts'

let bare: BarePage
beforeAll(async () => {
  bare = await serveContractPage()
})
afterAll(() => bare.close())

/** What Playwright's and Puppeteer's pages have in common. */
interface Evaluates {
  evaluate<Argument, Answer>(ask: (argument: Argument) => Answer | Promise<Answer>, argument: Argument): Promise<Answer>
}

function remote(page: Evaluates): LocksDocument {
  return {
    take: (name, patience) => page.evaluate(([name, patience]) => window.contract.locks.take(name, patience), [name, patience] as const),
    release: (name) => page.evaluate((name) => window.contract.locks.release(name), name),
    held: () => page.evaluate(() => window.contract.locks.held(), null),
    watch: (name) => page.evaluate((name) => window.contract.locks.watch(name), name),
    unwatch: (name) => page.evaluate((name) => window.contract.locks.unwatch(name), name),
    freed: (name) => page.evaluate((name) => window.contract.locks.freed(name), name),
    ask: (node) => page.evaluate((node) => window.contract.locks.ask(node), node),
    answerFor: (nodes) => page.evaluate((nodes) => window.contract.locks.answerFor(nodes), nodes),
  }
}

describe('Chromium: Locks between tabs', () => {
  let machine: Machine
  beforeAll(async () => {
    machine = await startChromium()
  })
  afterAll(() => machine.discard())

  function tabs(): { readonly world: LocksWorld; readonly closeAll: () => Promise<void> } {
    const pages = new Map<LocksDocument, Page>()
    const pageOf = (document: LocksDocument): Page => pages.get(document)!
    const open = async (): Promise<LocksDocument> => {
      const page = await openContractPage(machine.context, bare.url)
      const document = remote(page)
      pages.set(document, page)
      return document
    }
    const crash = async (document: LocksDocument): Promise<void> => {
      const crashed = pageOf(document).waitForEvent('crash')
      // Answered by nobody: the one who would answer is dead.
      pageOf(document)
        .goto('chrome://crash')
        .catch(() => {})
      await crashed
    }
    const world = {
      open,
      name: unused,
      close: (document: LocksDocument) => pageOf(document).close(),
      crash,
      reload: (document: LocksDocument) => reloadContractPage(pageOf(document)),
    }
    return { world, closeAll: async () => void (await Promise.all([...pages.values()].map((page) => page.close()))) }
  }

  test.each(locksScenes)('$title', async ({ play }) => {
    const { world, closeAll } = tabs()
    try {
      await play(world)
    } finally {
      await closeAll()
    }
  })
})

describe.skipIf(findFirefox() === null)('Firefox: Locks between tabs', () => {
  test('keep their contract', async () => {
    const firefox = await startFirefox()
    try {
      const played: string[] = []
      for (const { title, play } of locksScenes) {
        const pages = new Map<LocksDocument, Awaited<ReturnType<typeof firefox.newPage>>>()
        const open = async (): Promise<LocksDocument> => {
          const page = await firefox.newPage()
          await page.goto(bare.url)
          await page.waitForFunction(() => 'contract' in window)
          const document = remote(page as Evaluates)
          pages.set(document, page)
          return document
        }
        const close = async (document: LocksDocument): Promise<void> => pages.get(document)!.close()
        const reload = async (document: LocksDocument): Promise<void> => void (await pages.get(document)!.reload())
        // There is no way to crash one of its tabs from outside.
        await play({ open, name: unused, close, crash: close, reload }).catch((error: unknown) => {
          played.push(`${title}: ${String(error)}`)
        })
        for (const page of pages.values()) if (!page.isClosed()) await page.close()
      }
      expect(played).toEqual([])
    } finally {
      await firefox.close()
    }
  })
})
