/** Ends a whole browser as a power cut of its processes does: no `pagehide`, no flush. */
import { execFileSync } from 'node:child_process'
import type { Machine } from './browser.ts'

/** SIGKILL for every process of this machine's browser. Resolves when it is gone, with when it was hit, in ms since 1970. Its profile can be started again. */
export async function killMachine({ context, profile }: Machine): Promise<number> {
  const gone = new Promise<void>((resolve) => context.once('close', () => resolve()))
  const at = killProcesses(profile)
  await gone
  return at
}

function killProcesses(profile: string): number {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).split('\n')
  const ours = lines.filter((line) => line.includes(`--user-data-dir=${profile}`))
  if (ours.length === 0) throw new Error(`no browser runs on ${profile}`)
  const at = performance.timeOrigin + performance.now()
  // The browser first, so that it cannot tidy up after its children.
  for (const line of ours.sort((a, b) => Number(a.includes('--type=')) - Number(b.includes('--type=')))) {
    try {
      process.kill(Number.parseInt(line, 10), 'SIGKILL')
    } catch {
      // Gone with the browser.
    }
  }
  return at
}
