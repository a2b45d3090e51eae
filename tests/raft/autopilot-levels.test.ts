/** Which levels members can apply, as the log says it and as their tabs do. */
import { describe, expect, test } from 'vitest'
import { autopilot } from '../../shared/raft/autopilot.ts'
import type { Advice, TabSeen } from '../../shared/raft/autopilot.ts'
import { newProgress } from '../../shared/raft/election.ts'
import type { NodeId } from '../../shared/raft/types.ts'
import { SETTINGS, draw, member } from '../support/cluster.ts'

const NOW = 1_000_000

interface Scene {
  /** The newest level of each, by its record. B and A vote, L learns. */
  readonly records?: Readonly<Record<NodeId, number>>
  /** By tab: what it hosts, the newest level of its build, since when it is seen, and the oldest level. */
  readonly tabs?: readonly (readonly [hosted: readonly NodeId[], max: number, since?: number, min?: number])[]
  readonly level?: number
  readonly silent?: readonly NodeId[]
}

function advised({ records = {}, tabs = [], level = 1, silent = [] }: Scene): Advice | null {
  const node = draw('A leader t2  1 2 |', ['A', 'B'])
  if (node.role.name !== 'leader') throw new Error('A leads')
  const of = (id: NodeId, max: number, min = 1) => member(id, { levels: { min, max } })
  const progress = new Map(
    ['B', 'L'].map((id) => {
      const known = { ...newProgress(SETTINGS, 3, 0), matchIndex: 2, nextIndex: 3, state: 'stream' } as const
      return [id, { ...known, ackedSentAt: NOW - (silent.includes(id) ? 5_000 : 10) }] as const
    }),
  )
  const configuration = { voters: ['A', 'B'].map((id) => of(id, records[id] ?? 1)), learners: [of('L', records['L'] ?? 1)] }
  const seen = tabs.map(([hosted, max, since = 0, min]): TabSeen => ({ main: of(hosted[0]!, max, min), hosted, since, late: false }))
  const leader = { ...node, configurations: [{ index: 1, configuration }], role: { ...node.role, progress } }
  return autopilot(leader, { now: NOW, tabs: seen, farewells: new Map(), votersMax: 5, membersMax: 64, level })
}

/** `A1 B2 / L1`: the voters and learners after the change, with the newest level of each. */
function inWords(advice: Advice | null): string {
  if (advice?.type !== 'change') return 'nothing'
  const { voters, learners } = advice.configuration
  const names = (members: typeof voters): string => members.map(({ node, levels }) => `${node}${levels.max}`).join(' ')
  return learners.length === 0 ? names(voters) : `${names(voters)} / ${names(learners)}`
}

describe('levels of members', () => {
  const own = [['A'], 1] as const
  test.each<[string, Scene, string]>([
    ['A12: are noted when a tab was reloaded with a newer build', { tabs: [own, [['B'], 2]] }, 'A1 B2 / L1'],
    ['A12: or with an older one', { records: { B: 2 }, tabs: [own, [['B'], 1]] }, 'A1 B1 / L1'],
    ['A12: of the leader too', { tabs: [[['A'], 2]] }, 'A2 B1 / L1'],
    ['A12: of every node of the tab', { tabs: [own, [['X', 'B'], 2]] }, 'A1 B2 / L1'],
    ['A12: of a learner before it votes', { tabs: [own, [['L'], 2]] }, 'A1 B1 / L2'],
    ['A12: as the newest of two tabs says', { records: { B: 2 }, tabs: [own, [['B'], 2, 900], [['B'], 1, 100]] }, 'nothing'],
    ['A12: whichever is met first', { records: { B: 2 }, tabs: [own, [['B'], 1, 100], [['B'], 2, 900]] }, 'nothing'],
    ['A12: also where only the oldest is another', { records: { B: 2 }, tabs: [own, [['B'], 2, 0, 2]] }, 'A1 B2 / L1'],
    ['A12 A10: one that cannot be noted yet keeps no other', { tabs: [own, [['B'], 2, NOW - 5], [['L'], 2]] }, 'A1 B1 / L2'],
    ['A12: of who is seen; of others what was known stays', { records: { B: 2 }, tabs: [own] }, 'nothing'],
    ['A12 A10: not while no majority answers', { tabs: [own, [['B'], 2]], silent: ['B'] }, 'nothing'],
    ['A13: a learner that can apply what all do is promoted', { records: { L: 2 }, tabs: [own, [['L'], 2]], level: 2 }, 'A1 B1 L2'],
    ['A13: one that cannot stays a learner', { tabs: [own, [['L'], 1]], level: 2 }, 'nothing'],
  ])('%s', (_, scene, advice) => {
    expect(inWords(advised(scene))).toBe(advice)
  })
})
