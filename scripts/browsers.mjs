// The browsers that end-to-end tests drive: one given, one already here, or one fetched.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { run, tool } from './run.mjs'

const CHROMIUM = {
  debian: 'chromium',
  variable: 'CHROMIUM_PATH',
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
  places: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ],
}

/** Chromium without windows: the same engine for two thirds of the processor time. */
const SHELL = {
  debian: 'chromium-headless-shell',
  variable: 'CHROMIUM_SHELL_PATH',
  names: ['chromium-headless-shell', 'chrome-headless-shell'],
  places: [],
}

const FIREFOX = {
  debian: 'firefox-esr',
  variable: 'FIREFOX_PATH',
  names: ['firefox-esr', 'firefox'],
  places: ['/Applications/Firefox.app/Contents/MacOS/firefox', 'C:\\Program Files\\Mozilla Firefox\\firefox.exe'],
}

export const HOW_TO_GET_CHROMIUM = [
  'There is no Chromium to test with, and none could be fetched. One of these helps:',
  '  Debian, as root:  apt-get install chromium firefox-esr',
  '  elsewhere:        npx playwright-core install chromium',
  '  one you have:     CHROMIUM_PATH=/path/to/chromium npm test',
].join('\n')

/**
 * Paths of the browsers, or null for one that is neither here nor to be had. What is missing is fetched if `fetch`. Where there is
 * no shell, or somebody gave a Chromium to test, that Chromium stands in for the shell.
 */
export async function findBrowsers({ fetch }) {
  const wanted = isGiven(CHROMIUM) ? [CHROMIUM, FIREFOX] : [CHROMIUM, SHELL, FIREFOX]
  const missing = wanted.filter((browser) => !isGiven(browser) && find(browser) === null)
  if (fetch && missing.length > 0 && isDebianAsRoot()) await aptInstall(missing)
  let chromium = find(CHROMIUM) ?? (await playwrightsOwn())
  if (fetch && chromium === null && !isGiven(CHROMIUM)) {
    await run(tool('playwright-core', ['install', 'chromium']), { limitMs: 10 * 60_000 })
    chromium = await playwrightsOwn()
  }
  const shell = isGiven(CHROMIUM) && !isGiven(SHELL) ? null : find(SHELL)
  return { chromium, shell: shell ?? chromium, firefox: find(FIREFOX) }
}

/** A path that somebody gave is taken or refused, never replaced by another browser. */
function find({ variable, names, places }) {
  if (isGiven({ variable })) {
    const given = process.env[variable]
    if (isProgram(given)) return given
    console.error(`${variable} names ${given}, which is not a program.`)
    return null
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const candidates = [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...places]
  return candidates.find(isProgram) ?? null
}

const isGiven = ({ variable }) => (process.env[variable] ?? '') !== ''

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function isDebianAsRoot() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false
  // Not Ubuntu, whose packages of these names only fetch a snap.
  return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
}

async function aptInstall(browsers) {
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, limitMs: 10 * 60_000 }
  await run(['apt-get', 'update', '-qq'], options)
  // One at a time: where one is not to be had, the other still is.
  for (const { debian } of browsers) {
    console.log(`Installing ${debian} (apt-get) ...`)
    await run(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', debian], options)
  }
}

async function playwrightsOwn() {
  if (isGiven(CHROMIUM)) return null
  const { chromium } = await import('playwright-core')
  const path = chromium.executablePath()
  return isProgram(path) ? path : null
}
