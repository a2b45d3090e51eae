/** One core's share of a search: a seed comes, its verdict goes back. */
import { parentPort } from 'node:worker_threads'
import { runBareSeed } from '../shared/sim/bare/run.ts'
import { runSeed } from '../shared/sim/run.ts'
import type { Verdict } from '../shared/sim/verdict.ts'

export interface Order {
  readonly seed: number
  readonly isBare: boolean
}

/** A promise of the code under test that was rejected and that nobody waits for is a bug like any other; it ends the worker. */
export type Answer = { readonly seed: number } & ({ readonly verdict: Verdict } | { readonly rejected: string })

const port = parentPort!
const answer = (value: Answer): void => port.postMessage(value)
let current = 0
process.on('unhandledRejection', (error) => answer({ seed: current, rejected: String(error instanceof Error ? error.stack : error) }))

port.on('message', ({ seed, isBare }: Order) => {
  current = seed
  void (isBare ? runBareSeed({ seed }) : runSeed({ seed })).then((verdict) => answer({ seed, verdict }))
})
