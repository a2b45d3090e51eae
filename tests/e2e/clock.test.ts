/** Wakes in tabs that are truly hidden and throttled: a plain Chromium, since launched ones believe every page is visible. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext } from 'playwright-core'
import { expect, test } from 'vitest'
import { CHROMIUM_ARGS, findChromium } from '../support/browser.ts'
import { openContractPage, serveContractPage } from '../support/contract-page.ts'

test('a hidden tab, whose own timers are throttled to one a second, wakes on time', async () => {
  const bare = await serveContractPage()
  const profile = await mkdtemp(join(tmpdir(), 'flotilla-hidden-'))
  let child: ChildProcess | null = null
  let browser: Browser | null = null
  try {
    child = spawn(
      findChromium()!,
      ['--headless=new', ...CHROMIUM_ARGS, `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'],
      {
        stdio: 'ignore',
      },
    )
    browser = await chromium.connectOverCDP(await addressOf(profile), { noDefaults: true })
    const context: BrowserContext = browser.contexts()[0]!
    const hidden = await openContractPage(context, bare.url)
    const front = await openContractPage(context, bare.url)
    await front.bringToFront()
    await expect.poll(() => hidden.evaluate(() => document.visibilityState), { timeout: 20_000 }).toBe('hidden')

    const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!
    const throttled = await hidden.evaluate(async () => {
      const gaps = []
      for (let i = 0; i < 6; i++) {
        const start = performance.now()
        await new Promise((resolve) => setTimeout(resolve, 50))
        gaps.push(performance.now() - start)
      }
      return gaps
    })
    expect(median(throttled)).toBeGreaterThan(500)
    const late = await hidden.evaluate(() => window.contract.lateness(50, 60))
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0)
    expect(median(late)).toBeLessThan(median(throttled) / 2)
  } finally {
    await browser?.close()
    child?.kill('SIGKILL')
    await rm(profile, { recursive: true, force: true, maxRetries: 10 })
    await bare.close()
  }
})

async function addressOf(profile: string): Promise<string> {
  const file = join(profile, 'DevToolsActivePort')
  const end = Date.now() + 60_000
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes('\n')) {
    if (Date.now() > end) throw new Error('Chromium did not start')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return `http://127.0.0.1:${readFileSync(file, 'utf8').split('\n')[0]}`
}
