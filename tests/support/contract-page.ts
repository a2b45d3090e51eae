/** The bare page of tests/contract, served and opened in tabs. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import type { Played } from '../contract/page/page.ts'
import { serveBarePage, type BarePage } from './bare-page.ts'
import { startChromium, type Machine } from './browser.ts'
import { killMachine } from './kill.ts'

export const serveContractPage = (): Promise<BarePage> => serveBarePage(join(import.meta.dirname, '../contract/page'))

export async function openContractPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  await ready(page)
  return page
}

export async function reloadContractPage(page: Page): Promise<void> {
  await page.reload()
  await ready(page)
}

/** The same page on an origin of its own: `*.localhost` is this machine, and a secure context. */
export function originOf(bare: BarePage, name: string): string {
  return bare.url.replace('localhost', `${name}.localhost`)
}

/** Two lives of one machine: the first ends by SIGKILL. */
export async function acrossKill(before: (machine: Machine) => Promise<void>, after: (machine: Machine) => Promise<void>): Promise<void> {
  let machine = await startChromium()
  try {
    await before(machine)
    await killMachine(machine)
    machine = await startChromium({ profile: machine.profile })
    await after(machine)
  } finally {
    await machine.close().catch(() => {}) // Perhaps it is dead.
    await rm(machine.profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** The scenes in which something went wrong. */
export const broken = (scenes: readonly Played[]): readonly Played[] => scenes.filter(({ error }) => error !== null)

const ready = (page: Page): Promise<unknown> => page.waitForFunction(() => 'contract' in window)
