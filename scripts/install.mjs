// The packages, installed only when what lies in node_modules is not what package-lock.json asks for.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run } from './run.mjs'

/** True when the packages are there afterwards; if not, why has been said. `dev`: also what only tests and checks need. */
export async function install({ dev }) {
  if (isInstalled({ dev })) return true
  console.log('Installing packages (npm ci) ...')
  const { code } = await run([...npm(), 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=notice'], { shell: needsShell() })
  if (code === 0) return true
  console.error(`The packages could not be installed: npm ci ended with ${code}. Is the package registry in reach?`)
  return false
}

/**
 * npm leaves a copy of what it installed in node_modules, as the last thing it does; that copy is our stamp. So packages
 * installed by hand are taken as they are, and an interrupted installation counts for nothing.
 */
function isInstalled({ dev }) {
  const wanted = packagesOf(join(ROOT, 'package-lock.json'))
  const found = packagesOf(join(ROOT, 'node_modules', '.package-lock.json'))
  if (wanted === null || found === null) return false
  return Object.entries(wanted).every(([path, pack]) => {
    if (path === '' || (pack.dev && !dev)) return true
    const there = found[path]
    // Packages for other machines are optional and absent.
    if (there === undefined) return pack.optional === true || pack.devOptional === true
    return there.version === pack.version && there.integrity === pack.integrity
  })
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return null
  }
}

/** The npm that runs us, else the one on the path. */
function npm() {
  const own = process.env.npm_execpath
  return own?.endsWith('npm-cli.js') ? [process.execPath, own] : ['npm']
}

const needsShell = () => process.platform === 'win32' && npm().length === 1
