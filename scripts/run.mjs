// Child programs: each in a group of its own, so that none outlives us when we are stopped or it takes too long.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))

const GRACE_MS = 5_000
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const running = new Set()
const windows = process.platform === 'win32'

/** The command line of a program that an installed package brings: its own JavaScript, without a shell in between. */
export function tool(name, args, packageName = name) {
  const folder = join(ROOT, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return [process.execPath, join(folder, typeof bin === 'string' ? bin : bin[name]), ...args]
}

/**
 * Runs one program to its end. `capture` keeps what it says instead of passing it through; `patient` lets others have the
 * processor first; after `limitMs` its whole group is killed. Never throws: a program that cannot be started has code 127.
 */
export function run([command, ...args], { env = {}, capture = false, patient = false, limitMs = null, shell = false } = {}) {
  const startedAt = performance.now()
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', capture ? 'pipe' : 'inherit', capture ? 'pipe' : 'inherit'],
    detached: !windows,
    shell,
  })
  watch(child)
  if (patient && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  const said = []
  child.stdout?.on('data', (chunk) => said.push(chunk))
  child.stderr?.on('data', (chunk) => said.push(chunk))

  return new Promise((resolve) => {
    let late = false
    const limit = limitMs === null ? null : setTimeout(() => ((late = true), end(child)), limitMs)
    const done = (code) => {
      clearTimeout(limit)
      forget(child)
      resolve({ code, late, output: Buffer.concat(said).toString('utf8'), seconds: (performance.now() - startedAt) / 1_000 })
    }
    child.once('error', (error) => (said.push(Buffer.from(`${command}: ${error.message}\n`)), done(127)))
    // A grandchild may hold the pipes open after its parent has gone, so a captured program ends with its pipes.
    child.once('close', (code, signal) => done(code ?? 128 + constants.signals[signal]))
  })
}

/** Runs jobs, `width` at a time, and gives their results in the order of the jobs. */
export async function inParallel(jobs, width) {
  const results = []
  let next = 0
  const worker = async () => {
    while (next < jobs.length) {
      const mine = next++
      results[mine] = await jobs[mine]()
    }
  }
  await Promise.all(Array.from({ length: width }, worker))
  return results
}

function end(child) {
  signal(child, 'SIGTERM')
  setTimeout(() => signal(child, 'SIGKILL'), GRACE_MS).unref()
}

function signal(child, name) {
  try {
    if (windows) child.kill(name)
    else process.kill(-child.pid, name)
  } catch {
    // It has gone already.
  }
}

function watch(child) {
  running.add(child)
  if (running.size === 1) for (const name of SIGNALS) process.on(name, stop)
}

/** Signals are ours only while a child runs: afterwards they belong to whoever else lives in this process. */
function forget(child) {
  running.delete(child)
  if (running.size === 0) for (const name of SIGNALS) process.off(name, stop)
}

function stop(name) {
  for (const child of running) signal(child, 'SIGTERM')
  process.exit(128 + constants.signals[name])
}
