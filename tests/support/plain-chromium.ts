/**
 * A plain Chromium, attached without a driver's overrides: hidden tabs are really hidden and throttled, and the
 * back-forward cache is on. A launched one believes that every page is visible, and keeps none.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { CHROMIUM_ARGS, findChromium, type Machine } from './browser.ts'

export async function startPlainChromium(): Promise<Machine> {
  const profile = await mkdtemp(join(tmpdir(), 'flotilla-plain-'))
  const args = ['--headless=new', ...CHROMIUM_ARGS, `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank']
  const child = spawn(findChromium()!, args, { stdio: 'ignore' })
  const browser = await chromium.connectOverCDP(await addressOf(profile), { noDefaults: true })
  const close = async (): Promise<void> => {
    await browser.close()
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return {
    context: browser.contexts()[0]!,
    profile,
    close,
    discard: () => close().then(() => rm(profile, { recursive: true, force: true, maxRetries: 10 })),
  }
}

/** Is it hidden, and how long does a wait of 50 ms take by the page's own timers? The shortest of three, in ms. */
export function throttling(page: Page): Promise<{ readonly state: string; readonly gap: number }> {
  return page.evaluate(async () => {
    const gaps: number[] = []
    for (let i = 0; i < 4; i += 1) {
      const start = performance.now()
      await new Promise((resolve) => setTimeout(resolve, 50))
      gaps.push(performance.now() - start)
    }
    return { state: document.visibilityState, gap: Math.min(...gaps.slice(1)) } // The first may begin amid a second.
  })
}

async function addressOf(profile: string): Promise<string> {
  const file = join(profile, 'DevToolsActivePort')
  const end = performance.now() + 60_000
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes('\n')) {
    if (performance.now() > end) throw new Error('Chromium did not start')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return `http://127.0.0.1:${readFileSync(file, 'utf8').split('\n')[0]}`
}
