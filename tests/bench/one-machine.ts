/** Three tabs of one browser, and then ever fewer of them. */
import { editFigures } from './edits.ts'
import { round, spread } from './figures.ts'
import type { Figures } from './figures.ts'
import { closings, leftAlone } from './handoff.ts'
import { openLong, reopenings } from './reopen.ts'
import { inOneBrowser, openCluster } from './tabs.ts'

export async function oneMachine(base: string, count: number): Promise<Figures> {
  return inOneBrowser(async (context) => {
    const pages = await openCluster([context, context, context], base)
    const url = pages[0]!.url()
    const edits = await editFigures(pages)
    const { times, open } = await closings(pages, url, count)
    const alone = await leftAlone(open)
    await open[0]!.close()
    return {
      ...edits,
      ...spread('handoff_three_ms', times),
      left_alone_ms: round(alone, 1),
      ...spread('reopen_editable_ms', await reopenings(context, url)),
      open_50k_ms: Math.round(await openLong(context, base)),
    }
  })
}
