/** Runs many seeds on all cores. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Verdict } from '../shared/sim/verdict.ts'
import { bundleSimulator } from './sim-bundle.ts'
import type { Answer, Order } from './sim-worker.ts'

export interface Search {
  readonly from: number
  readonly count: number
  /** Worlds of cores alone. */
  readonly isBare: boolean
  /** Goes on after a failure. */
  readonly all: boolean
  readonly failed: (seed: number, verdict: Verdict | null, why: string) => void
  /** Called after every seed. */
  readonly progress: (seeds: number, events: number) => void
}

export interface Found {
  readonly seeds: number
  readonly events: number
  readonly failures: number
}

export async function search({ from, count, isBare, all, failed, progress }: Search): Promise<Found> {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-sim-'))
  const file = join(folder, 'worker.mjs')
  writeFileSync(file, await bundleSimulator('scripts/sim-worker.ts'))
  let next = from
  let [seeds, events, failures] = [0, 0, 0]
  const isOver = (): boolean => next >= from + count || (failures > 0 && !all)

  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(file, { execArgv: [] })
      const ask = (): void => {
        if (isOver()) void worker.terminate().then(() => resolve())
        // oxlint-disable-next-line require-post-message-target-origin -- a worker of Node's has no origin
        else worker.postMessage({ seed: next++, isBare } satisfies Order)
      }
      worker.on('error', reject)
      worker.on('message', (answer: Answer) => {
        seeds++
        const verdict = 'verdict' in answer ? answer.verdict : null
        events += verdict?.steps ?? 0
        const why = 'rejected' in answer ? `a promise was rejected: ${answer.rejected}` : (answer.verdict.violation?.law ?? '')
        if (why !== '') {
          failures++
          failed(answer.seed, verdict, why)
        }
        progress(seeds, events)
        ask()
      })
      ask()
    })

  await Promise.all(Array.from({ length: Math.min(availableParallelism(), count) }, work))
  rmSync(folder, { recursive: true })
  return { seeds, events, failures }
}
