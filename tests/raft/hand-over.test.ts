/** A leader whose tab is late, and who could lead instead. */
import { expect, test } from 'vitest'
import { handOver } from '../../shared/raft/autopilot.ts'
import { newProgress } from '../../shared/raft/election.ts'
import type { Progress, RaftNode } from '../../shared/raft/node.ts'
import type { NodeId } from '../../shared/raft/types.ts'
import { SETTINGS, draw, member } from '../support/cluster.ts'

const NOW = 100_000

interface Scene {
  readonly line?: string
  /** Whose tabs are late. */
  readonly late?: readonly NodeId[]
  /** How the others differ from a voter that answered just now, has everything, and is 10 ms away. */
  readonly known?: Readonly<Record<NodeId, Partial<Progress>>>
  /** Who is seen to host what; else each a tab of its own. */
  readonly tabs?: readonly (readonly NodeId[])[]
  readonly farewells?: Readonly<Record<NodeId, number>>
  readonly level?: number
}

/** Voters A, B and C; A leads. */
function advised({
  line = 'A leader t2  1 2 |',
  late = ['A'],
  known = {},
  tabs = [['A'], ['B'], ['C']],
  farewells = {},
  level = 1,
}: Scene) {
  const node = draw(line, ['A', 'B', 'C'])
  const progress = new Map(
    ['B', 'C'].map((id): [NodeId, Progress] => {
      const measured = { roundTrip: 10, variation: 1, loss: 0 }
      return [id, { ...newProgress(SETTINGS, 3, 0), matchIndex: 2, state: 'stream', ackedSentAt: NOW - 10, measured, ...known[id] }]
    }),
  )
  const leader: RaftNode = node.role.name === 'leader' ? { ...node, role: { ...node.role, progress } } : node
  const seen = tabs.map((hosted) => ({ main: member(hosted[0]!), hosted, since: 0, late: hosted.some((id) => late.includes(id)) }))
  const heard = new Map(Object.entries(farewells))
  const advice = handOver(leader, { now: NOW, tabs: seen, farewells: heard, votersMax: 5, membersMax: 64, level })
  return advice?.type === 'transfer' ? advice.to : null
}

const far = { measured: { roundTrip: 50, variation: 1, loss: 0 } }

test.each<[string, Scene, NodeId | null]>([
  ['L11: to the nearest', { known: { B: far } }, 'C'],
  ['L11: whichever that is', { known: { C: far } }, 'B'],
  ['L11: whose way is not known is the farthest', { known: { B: { measured: null }, C: far } }, 'C'],
  ['L11: and better than nobody', { known: { B: { measured: null } }, late: ['A', 'C'] }, 'B'],
  ['L11: not while its own tab is on time', { late: [] }, null],
  ['L11: not to one that lacks what is committed', { known: { B: { matchIndex: 1 }, C: far } }, 'C'],
  ['L11: not to one that is silent', { known: { B: { ackedSentAt: NOW - 1_000 }, C: far } }, 'C'],
  ['L11: not to one that said farewell', { farewells: { B: NOW - 5 }, known: { C: far } }, 'C'],
  ['L11: not to one that is of an older build than the list', { level: 2 }, null],
  ['L11: not to one whose tab cannot be seen, which may be late', { tabs: [['A'], ['C']], known: { C: far } }, 'C'],
  ['L11: not to another node of its own tab', { tabs: [['A', 'B'], ['C']], known: { C: far } }, 'C'],
  ['L11: not before it committed in its term', { line: 'A leader t3  1 2 |' }, null],
  ['L11: not by who does not lead', { line: 'A follower t2  1 2 |' }, null],
  ['L12: not to one that is late itself', { late: ['A', 'B'], known: { C: far } }, 'C'],
  ['L12: where all are late the leader stays', { late: ['A', 'B', 'C'] }, null],
])('%s', (_, scene, to) => expect(advised(scene)).toBe(to))
