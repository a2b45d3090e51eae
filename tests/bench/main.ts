/** `npm run bench`: every figure of docs/benchmarks.md, in one run on profiles on disk. */
import { join } from 'node:path'
import { startServer } from '../../server/server.ts'
import { LIMITS } from '../../shared/limits.ts'
import { crashes } from './crashes.ts'
import { coreSpeed } from './core-speed.ts'
import { round, suffixed } from './figures.ts'
import type { Figures } from './figures.ts'
import { oneMachine } from './one-machine.ts'
import { besideY } from './beside-y.ts'
import { joinAndReopen } from './join.ts'
import { threeMachines } from './three-machines.ts'
import { inOneBrowser } from './tabs.ts'
import { readOptions } from './options.ts'
import type { Options, Part } from './options.ts'
import { withRoomFor } from './roomy.ts'
import { simulatorSpeed } from './sim.ts'
import { pageSize } from './size.ts'

const dist = join(import.meta.dirname, '../../dist')

/** Twice as many as a list may have. */
const MANY_ITEMS = 2 * LIMITS.items

/** In this order, so that what takes no browser is over before any is there. */
const MEASURES: Readonly<Record<Part, (base: string, options: Options) => Promise<Figures>>> = {
  sim: () => simulatorSpeed(),
  core: () => coreSpeed(),
  tabs: async (base, { closings }) => ({ ...(await oneMachine(base, closings)), page_gzip_kb: round(pageSize(dist), 1) }),
  y: (base) => inOneBrowser((context) => besideY([context, context, context], base)),
  crashes: (base, { closings }) => crashes(base, closings),
  join: async (base, { entries }) => {
    const measured = (at: string, items: number): Promise<Figures> =>
      inOneBrowser((context) => joinAndReopen([context, context, context], at, { items, entries }))
    const roomy = await withRoomFor(MANY_ITEMS, (at) => measured(at, MANY_ITEMS))
    return { ...roomy, ...suffixed(await measured(base, LIMITS.items), '_full') }
  },
  machines: threeMachines,
}

async function measure(options: Options): Promise<Figures> {
  const server = await startServer({ port: 0, dist })
  const base = `http://localhost:${server.port}/`
  let all: Figures = {}
  try {
    for (const [part, figures] of Object.entries(MEASURES)) {
      if (!options.parts.has(part as Part)) continue
      const found = await figures(base, options)
      // At once, so that what fails later takes nothing along.
      for (const [name, value] of Object.entries(found)) console.log(`${name.padEnd(44)} ${value}`)
      all = { ...all, ...found }
    }
    return all
  } finally {
    await server.close()
  }
}

const options = readOptions(process.argv.slice(2))
const startedAt = performance.now()
const figures = await measure(options)
console.log(`took ${Math.round((performance.now() - startedAt) / 1_000)} s`)
if (options.json) console.log(JSON.stringify(figures))
