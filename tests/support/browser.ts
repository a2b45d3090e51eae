/**
 * Real browsers for tests. Two pages of one Chromium are two tabs of one machine (locks and IndexedDB shared); two
 * Chromiums are two machines. Nothing is downloaded here: a browser is found or named as missing.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext } from 'playwright-core'
import puppeteer, { type Browser as FirefoxBrowser } from 'puppeteer-core'

export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** CHROMIUM_PATH, else the system's, else the one that Playwright downloaded; null when there is none. */
export function findChromium(): string | null {
  return firstOf([
    process.env['CHROMIUM_PATH'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    chromium.executablePath(),
  ])
}

/** CHROMIUM_SHELL_PATH, else the system's, else whatever Chromium there is: one that only ever runs without a window. */
function findShell(): string | null {
  return firstOf([process.env['CHROMIUM_SHELL_PATH'], '/usr/bin/chromium-headless-shell']) ?? findChromium()
}

/** FIREFOX_PATH or the system's; null when there is none. */
export function findFirefox(): string | null {
  return firstOf([process.env['FIREFOX_PATH'], '/usr/bin/firefox-esr', '/usr/bin/firefox'])
}

export interface Machine {
  readonly context: BrowserContext
  /** Where the profile lies: pass it to start this machine again. */
  readonly profile: string
  /** Ends the browser; the profile stays until `discard`. */
  close(): Promise<void>
  /** Ends the browser and deletes its profile. */
  discard(): Promise<void>
}

interface ChromiumOptions {
  /** The browser that people use, not its leaner shell without windows. */
  readonly whole?: boolean
  readonly profile?: string
  readonly args?: readonly string[]
}

/** A Chromium with a profile on disk, as durability tests need it. */
export async function startChromium(options: ChromiumOptions = {}): Promise<Machine> {
  const executablePath = present(options.whole === true ? findChromium() : findShell())
  const profile = options.profile ?? (await mkdtemp(join(tmpdir(), 'flotilla-chromium-')))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: [...CHROMIUM_ARGS, ...(options.args ?? [])],
  })
  const close = () => context.close()
  return { context, profile, close, discard: () => close().then(() => rm(profile, { recursive: true, force: true, maxRetries: 5 })) }
}

/** A Chromium whose pages keep nothing. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: present(findShell()), args: [...CHROMIUM_ARGS] })
}

function present(path: string | null): string {
  if (path === null) throw new Error('No Chromium: install it, or say where it is in CHROMIUM_PATH.')
  return path
}

/** A headless Firefox over WebDriver BiDi. It hides and throttles background tabs like one with a window. */
export async function startFirefox(): Promise<FirefoxBrowser> {
  const executablePath = findFirefox()
  if (executablePath === null) throw new Error('No Firefox: install it, or say where it is in FIREFOX_PATH.')
  return puppeteer.launch({ browser: 'firefox', executablePath, headless: true })
}

function firstOf(paths: readonly (string | undefined)[]): string | null {
  return paths.find((path) => path !== undefined && path !== '' && existsSync(path)) ?? null
}
