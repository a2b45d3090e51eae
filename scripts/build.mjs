// The page, built only when its sources are not those of the last build: `npm run build`, and a step of start and test.
import './node-version.mjs'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT, run, tool } from './run.mjs'

const SOURCES = ['scripts/build.mjs', 'client', 'shared', 'vite.config.ts', 'tsconfig.base.json', 'package.json', 'package-lock.json']
/** Vite empties dist before it writes, so a stamp there always speaks of the files beside it. */
const STAMP = join(ROOT, 'dist', '.sources')

/** True when dist holds the page as the sources are now; if not, Vite has said why. */
export async function build() {
  const sources = hashOf(SOURCES)
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return true
  // Whoever asks for it, a test runner too, gets the page that people get: Vite builds another one where NODE_ENV says so.
  const { code } = await run(tool('vite', ['build', '--logLevel', 'warn']), { env: { NODE_ENV: 'production' } })
  if (code !== 0) {
    console.error(`The page could not be built: vite build ended with ${code}.`)
    return false
  }
  writeFileSync(STAMP, sources)
  return true
}

function hashOf(paths) {
  const hash = createHash('sha256')
  for (const file of paths.flatMap(filesUnder)) {
    const content = readFileSync(join(ROOT, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

function filesUnder(path) {
  let entries
  try {
    entries = readdirSync(join(ROOT, path), { withFileTypes: true })
  } catch (error) {
    return error.code === 'ENOTDIR' ? [path] : []
  }
  return entries
    .map((entry) => entry.name)
    .toSorted()
    .flatMap((name) => filesUnder(`${path}/${name}`))
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !(await build())) process.exitCode = 1
