// `npm test`: installs what it needs, runs every check and test, and ends with one line that counts them.
//
//   npm test -- --only unit,sim       some stages: checks, unit, contract, sim, e2e
//   npm test -- --only unit raft/     and only test files whose path contains this
//   npm test -- --bail                stops after the first stage that fails
import './node-version.mjs'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import util from 'node:util'
import { HOW_TO_GET_CHROMIUM, findBrowsers } from './browsers.mjs'
import { build } from './build.mjs'
import { check } from './check.mjs'
import { install } from './install.mjs'
import { ROOT, run, tool } from './run.mjs'

const STAGES = ['checks', 'unit', 'contract', 'sim', 'e2e']
/** Far above what a stage needs: a stage that hangs must end as a failure. */
const LIMIT_MS = 30 * 60_000

/** Nothing in what these test remembers anything, so they share what they load: loading takes longer than most tests. */
const PURE = ['raft', 'scenes', 'replica', 'wire', 'host', 'mutants', 'mesh', 'server', 'fuzz', 'calibration'].map(
  (name) => `tests/${name}/`,
)

const NOTHING = { passed: 0, failed: 0, skipped: 0 }
const ONE_PASSED = { passed: 1, failed: 0, skipped: 0 }
const ONE_FAILED = { passed: 0, failed: 1, skipped: 0 }

const wish = readWish()
const notes = []
/** What failed where, told once more at the end, since it may be far above. */
const failures = []
const total = await runAll()
for (const failure of failures) console.log(`\nFAILED: ${failure}`)
for (const note of notes) console.log(`\n${note}`)
console.log(`\n${closingLine(total)}`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0

async function runAll() {
  if (!(await install({ dev: true }))) return ONE_FAILED
  const browsers = await findBrowsers({ fetch: wish.stages.has('e2e') })
  const env = {
    CHROMIUM_PATH: browsers.chromium ?? '',
    CHROMIUM_SHELL_PATH: browsers.shell ?? '',
    FIREFOX_PATH: browsers.firefox ?? '',
  }
  if (wish.stages.has('e2e')) noteMissing(browsers)

  let sum = NOTHING
  for (const { name, stage } of plan(browsers, env)) {
    const startedAt = performance.now()
    console.log(`\n== ${name} ==`)
    const counts = await stage()
    console.log(`== ${name}: ${closingLine(counts)} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s) ==`)
    sum = add(sum, counts)
    if (wish.bail && counts.failed > 0) break
  }
  return sum
}

/**
 * What fails fast comes first. Real browsers are last, two scenes at once; simulated worlds know no time but their own, so they
 * take what the browsers leave of the processor.
 */
function plan(browsers, env) {
  const { stages } = wish
  let isBuilt = false

  const buildPage = async () => {
    isBuilt = await build()
    return isBuilt ? ONE_PASSED : ONE_FAILED
  }
  const inNode = (name, options) => vitest([name], ['--maxWorkers=2', ...wish.files], env, options)
  const unit = async () => {
    if (wish.files.length > 0) return inNode('unit')
    const pure = await vitest(['unit'], ['--maxWorkers=2', '--no-isolate', ...PURE], env)
    return add(pure, await vitest(['unit'], ['--maxWorkers=2', ...PURE.map((folder) => `--exclude=${folder}**`)], env))
  }
  const endToEnd = async () => {
    if (browsers.chromium !== null && isBuilt) return vitest(['e2e'], ['--maxWorkers=2', ...wish.files], env)
    console.log(isBuilt ? 'Not run: there is no Chromium.' : 'Not run: the page could not be built.')
    return ONE_FAILED
  }
  const endToEndAndSim = async () => {
    const sim = inNode('sim', { capture: true, patient: true })
    return add(await endToEnd(), await sim)
  }
  return [
    { name: 'checks', wanted: stages.has('checks'), stage: check },
    { name: 'page', wanted: stages.has('e2e'), stage: buildPage },
    { name: 'unit', wanted: stages.has('unit'), stage: unit },
    // The unit project holds the contract suites.
    { name: 'contract', wanted: stages.has('contract') && !stages.has('unit'), stage: () => vitest(['unit'], ['tests/contract/'], env) },
    { name: 'sim', wanted: stages.has('sim') && !stages.has('e2e'), stage: () => inNode('sim') },
    { name: 'e2e', wanted: stages.has('e2e') && !stages.has('sim'), stage: endToEnd },
    { name: 'e2e, and sim beside it', wanted: stages.has('e2e') && stages.has('sim'), stage: endToEndAndSim },
  ].filter(({ wanted }) => wanted)
}

/** Runs projects in one Vitest. A crash, an error outside any test and a project without a test all count as failures. */
async function vitest(projects, more, env, options = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-'))
  const file = join(folder, 'tally.json')
  const args = ['run', ...projects.flatMap((name) => ['--project', name]), '--allowOnly=false', '--reporter=default']
  const command = tool('vitest', [...args, `--reporter=${join(ROOT, 'scripts', 'tally.mjs')}`, ...more])
  const { code, late, output } = await run(command, { env: { ...env, FLOTILLA_TALLY: file }, limitMs: LIMIT_MS, ...options })
  if (output !== '') console.log(output)
  const tally = readTally(file)
  rmSync(folder, { recursive: true })
  failures.push(...(tally?.failures ?? []))

  let sum = NOTHING
  const fail = (why) => {
    console.log(`FAILED: ${why}`)
    sum = add(sum, ONE_FAILED)
  }
  for (const name of projects) {
    const counts = tally?.projects[name] ?? NOTHING
    sum = add(sum, counts)
    if (counts.passed + counts.failed === 0) fail(`project ${name} ran no test.`)
  }
  for (let i = 0; i < (tally?.unhandled ?? 0); i++) fail('an error outside any test, told above.')
  if (late) fail(`still running after ${LIMIT_MS / 60_000} minutes.`)
  else if (code !== 0 && sum.failed === 0) fail(`Vitest ended with ${code}.`)
  return sum
}

function readTally(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

function noteMissing({ chromium, firefox }) {
  if (chromium === null) notes.push(HOW_TO_GET_CHROMIUM)
  if (firefox === null) notes.push('!!! NO FIREFOX HERE: the tests that need it were SKIPPED. Install firefox-esr or set FIREFOX_PATH. !!!')
  for (const note of notes) console.log(`\n${note}`)
}

function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

function readWish() {
  const options = { only: { type: 'string', multiple: true }, bail: { type: 'boolean', default: false } }
  const { values, positionals } = util.parseArgs({ options, allowPositionals: true })
  const stages = new Set(values.only?.flatMap((names) => names.split(',')) ?? STAGES)
  const unknown = [...stages].filter((name) => !STAGES.includes(name))
  if (unknown.length > 0) {
    console.error(`There is no stage ${unknown.join(', ')}. Stages: ${STAGES.join(', ')}.`)
    process.exit(2)
  }
  return { stages, files: positionals, bail: values.bail }
}
