/** The paper's Figure 8, in a cluster of three, with every save in flight for as long as it likes. */
import type { State, World } from '../state.ts'

const THREE = ['n1', 'n2', 'n3']
const ALONE_IN_TERM_1 = 'timeout n1, saved n1, deliver n1, saved n2, saved n3, deliver n2 n1, saved n1, drop, crash n1'
const ALONE_IN_TERM_2 = 'timeout n3, saved n3, deliver n3 n2, saved n2, deliver n2 n3, saved n3, drop, crash n3'
const BOTH_BACK = 'restart n1, restart n3, timeout n1, saved n1, drop, timeout n1, saved n1, deliver n1 n3'

export const FIGURE_8: readonly World[] = [
  {
    name: 'Figure 8 with saves in flight',
    ids: THREE,
    voters: THREE,
    // An entry of term 1 is stored at n1 alone, one of term 2 at n3 alone; both are back, and n1 asks for term 3.
    before: [ALONE_IN_TERM_1, ALONE_IN_TERM_2, BOTH_BACK].join(', ').split(', '),
    bounds: { timeouts: 1, crashes: 1 },
    termMax: 4,
    settings: { appendBytes: 1 },
    statesMax: 40_000,
    statesMin: 40_000,
    events: {
      'an entry of an older term on a majority of disks, and its leader does not commit it': hasOldMajority,
      'the entry of term 2 replaces it': ({ places }) => places[1]!.disk.durable.entries[1]?.term === 2,
    },
  },
]

function hasOldMajority({ places }: State): boolean {
  return places.some(({ core }) => {
    if (core?.role.name !== 'leader' || core.commitIndex > 1) return false
    const term = core.log.termAt(2)
    const stored = places.filter(({ disk }) => disk.durable.entries[1]?.term === term).length
    return term !== null && term < core.currentTerm && stored > 1
  })
}
