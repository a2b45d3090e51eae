/** The same with three browsers that share nothing but the network of one computer. */
import { LIMITS } from '../../shared/limits.ts'
import { besideY } from './beside-y.ts'
import { editFigures } from './edits.ts'
import { spread, suffixed } from './figures.ts'
import type { Figures } from './figures.ts'
import { closings } from './handoff.ts'
import { joinAndReopen } from './join.ts'
import type { Options } from './options.ts'
import { closeTabs, openCluster, startMachine } from './tabs.ts'

export async function threeMachines(base: string, { closings: count, entries }: Options): Promise<Figures> {
  const machines = await Promise.all([1, 2, 3].map(() => startMachine()))
  const contexts = machines.map(({ context }) => context)
  try {
    const pages = await openCluster(contexts, base)
    const edits = await editFigures(pages)
    const { times, open } = await closings(pages, pages[0]!.url(), count)
    await closeTabs(open)
    const beside = await besideY(contexts, base)
    const joined = suffixed(await joinAndReopen(contexts, base, { items: LIMITS.items, entries }), '_full')
    return suffixed({ ...edits, ...spread('handoff_three_ms', times), ...beside, ...joined }, '_machines')
  } finally {
    for (const machine of machines) await machine.discard()
  }
}
