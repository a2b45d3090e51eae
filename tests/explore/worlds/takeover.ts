/** A host dies with a write on the way; another takes over its journal (DESIGN 5). */
import type { World } from '../state.ts'

const THREE = ['n1', 'n2', 'n3']

export const TAKEOVER: readonly World[] = [
  {
    name: 'a journal takeover with a late write',
    ids: THREE,
    voters: THREE,
    alike: ['n1', 'n3'],
    bounds: { timeouts: 2, crashes: 2 },
    may: (move) => move.type !== 'crash' && (move.type !== 'late' || move.at === 1) && (move.type !== 'timeout' || move.at !== 1),
    termMax: 1,
    lateWrites: true,
    statesMax: 10_000,
    statesMin: 1_277,
    events: {
      'a late write collided': ({ places }) => places[1]!.disk.hasCollided,
      'a late write landed before the next start': ({ places: [, n2] }) =>
        n2!.core === null && !n2!.disk.hasCollided && n2!.disk.late.length === 0 && n2!.disk.records.length > 1,
    },
  },
]
