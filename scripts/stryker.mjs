// `npm run stryker`: Stryker changes the code token by token and tells which changes no test notices (docs/evidence.md).
//
//   npm run stryker                                shared/raft, shared/replica and shared/life
//   npm run stryker -- shared/raft/log.ts ...      these files or folders
//
// What was tried is kept and tried again only where code or tests changed. Stryker is fetched into artefacts/ at its first run:
// it is wanted seldom, and as a package of ours it would make every installation a fifth larger.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT, run } from './run.mjs'

const VERSION = '9.6.1'
const HOME = join(ROOT, 'artefacts/stryker')
const PACKAGES = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}`)

/** Beside ours, whose Vitest it finds by looking upwards. */
async function fetchOnce() {
  if (PACKAGES.every((name) => existsSync(join(HOME, `node_modules/${name}/package.json`)))) return true
  mkdirSync(HOME, { recursive: true })
  writeFileSync(join(HOME, 'package.json'), '{ "private": true }\n')
  const versions = PACKAGES.map((name) => `${name}@${VERSION}`)
  const npm = ['npm', 'install', '--prefix', HOME, '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', ...versions]
  return (await run(npm, { shell: process.platform === 'win32' })).code === 0
}

async function main(places) {
  if (!(await fetchOnce())) return process.exit(1)
  const { Stryker } = await import(pathToFileURL(join(HOME, 'node_modules', PACKAGES[0], 'dist/src/index.js')).href)
  const home = relative(ROOT, HOME)
  process.chdir(ROOT)
  await new Stryker({
    mutate: places.map((place) => (place.endsWith('.ts') ? place : `${place}/**/*.ts`)),
    plugins: [PACKAGES[1], './tests/stryker/ignore.mjs'],
    ignorers: ['words'],
    // Nearly every string names a variant, every object is a record and every arrow has a result: the compiler refuses what these
    // would become. A block that is emptied is a condition that never holds.
    mutator: { excludedMutations: ['StringLiteral', 'ObjectLiteral', 'ArrowFunction', 'BlockStatement'] },
    testRunner: 'vitest',
    vitest: { configFile: 'tests/stryker/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    concurrency: 2,
    // A loop without end is seen by counting; this is for what waits, on a machine that may be busy.
    timeoutMS: 20_000,
    incremental: true,
    incrementalFile: `${home}/tried.json`,
    tempDirName: `${home}/copy`,
    ignorePatterns: ['artefacts', 'dist', 'docs'],
    reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
    clearTextReporter: { logTests: false, reportTests: false, allowColor: false },
    htmlReporter: { fileName: `${home}/report.html` },
    jsonReporter: { fileName: `${home}/report.json` },
  }).runMutationTest()
}

const places = process.argv.slice(2)
await main(places.length > 0 ? places : ['shared/raft', 'shared/replica', 'shared/life'])
