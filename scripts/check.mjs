// `npm run check`: everything that is known without running the code.
import './node-version.mjs'
import { fileURLToPath } from 'node:url'
import { install } from './install.mjs'
import { inParallel, run, tool } from './run.mjs'

const WIDTH = 2
const LIMIT_MS = 3 * 60_000

/** The slowest first, so that the last one to end is a short one. TypeScript 7 is the fast compiler; Svelte's own check wants 6. */
const CHECKS = [
  ['lint', 'oxlint', ['--deny-warnings']],
  ['types of client', 'svelte-check', ['--tsconfig', 'client/tsconfig.json', '--fail-on-warnings', '--output', 'human']],
  ['types of tests', 'tsc', ['-p', 'tests'], 'typescript-7'],
  ['unused code', 'knip', []],
  ['types of server', 'tsc', ['-p', 'server'], 'typescript-7'],
  ['types of shared', 'tsc', ['-p', 'shared'], 'typescript-7'],
  ['format', 'oxfmt', ['--check']],
]

/** Runs every check, tells what each failed one said, and returns how many passed and failed. */
export async function check() {
  const jobs = CHECKS.map(([name, ...command]) => async () => {
    const result = await run(tool(...command), { capture: true, limitMs: LIMIT_MS })
    report(name, result)
    return result.code === 0
  })
  const results = await inParallel(jobs, WIDTH)
  const passed = results.filter(Boolean).length
  return { passed, failed: results.length - passed, skipped: 0 }
}

function report(name, { code, late, output, seconds }) {
  const verdict = code === 0 ? 'ok' : late ? 'TOOK TOO LONG' : 'FAILED'
  console.log(`  ${name.padEnd(16)} ${verdict} (${seconds.toFixed(1)} s)`)
  if (code !== 0) console.log(`\n${output.trimEnd()}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!(await install({ dev: true }))) process.exit(1)
  const { failed } = await check()
  if (failed > 0) {
    console.log(failed === 1 ? 'One check failed.' : `${failed} checks failed.`)
    process.exitCode = 1
  }
}
