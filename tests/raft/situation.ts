/** What a leader knows of its members, in a few words, and what the autopilot makes of it. */
import type { Advice, Surroundings, TabSeen } from '../../shared/raft/autopilot.ts'
import { autopilot } from '../../shared/raft/autopilot.ts'
import { newProgress } from '../../shared/raft/election.ts'
import type { Progress, RaftNode } from '../../shared/raft/node.ts'
import type { Member, NodeId } from '../../shared/raft/types.ts'
import { SETTINGS, draw, member } from '../support/cluster.ts'

export const NOW = 1_000_000
export const LONG_AGO = 100_000

interface Known extends Partial<Progress> {
  /** When it last answered, in milliseconds before now. */
  readonly ago?: number
}

export interface Situation {
  readonly voters: readonly NodeId[]
  readonly learners?: readonly NodeId[]
  readonly guests?: readonly NodeId[]
  /** How others differ from a member that answered just now and has everything. */
  readonly known?: Readonly<Record<NodeId, Known>>
  /** Who hosts what; else every member has a tab of its own. */
  readonly tabs?: readonly (readonly [main: NodeId, hosted?: readonly NodeId[], since?: number])[]
  /** Milliseconds since each was heard to say farewell. */
  readonly farewells?: Readonly<Record<NodeId, number>>
  /** Whose tabs are late. */
  readonly late?: readonly NodeId[]
  readonly max?: number
  readonly leader?: string
}

/** A leads. */
export function situation({ voters, learners = [], guests = [], known = {}, leader = 'A leader t2  1 2 |' }: Situation): RaftNode {
  const node = draw(leader, voters)
  const members = [...voters, ...learners]
  const records = (ids: readonly NodeId[]): Member[] => ids.map((id) => member(id, { votes: !guests.includes(id) }))
  const progress = new Map(
    members
      .filter((id) => id !== 'A')
      .map((id): [NodeId, Progress] => {
        const { ago = 10, ...more } = known[id] ?? {}
        const caughtUp = { matchIndex: 2, nextIndex: 3, state: 'stream', since: NOW - LONG_AGO } as const
        return [id, { ...newProgress(SETTINGS, 3, NOW - LONG_AGO), ...caughtUp, ackedSentAt: NOW - ago, ...more }]
      }),
  )
  const role = node.role.name === 'leader' ? { ...node.role, progress } : node.role
  return { ...node, configurations: [{ index: 1, configuration: { voters: records(voters), learners: records(learners) } }], role }
}

export function ask(of: Situation, more: (node: RaftNode) => RaftNode = (node) => node): string {
  return inWords(autopilot(more(situation(of)), surroundings(of)))
}

function surroundings({ voters, learners = [], guests = [], tabs, farewells = {}, late = [], max = 5 }: Situation): Surroundings {
  const seen = (tabs ?? [...voters, ...learners].map((id) => [id] as const)).map(([main, hosted = [main], since = LONG_AGO]): TabSeen => {
    return { main: member(main, { votes: !guests.includes(main) }), hosted, since: NOW - since, late: late.includes(main) }
  })
  const heard = new Map(Object.entries(farewells).map(([id, ago]) => [id, NOW - ago]))
  return { now: NOW, tabs: seen, farewells: heard, votersMax: max, membersMax: 64, level: 1 }
}

/** `A B C / L`: the voters and learners after the change. */
function inWords(advice: Advice | null): string {
  if (advice === null) return 'nothing'
  if (advice.type === 'transfer') return `transfer to ${advice.to}`
  const { voters, learners } = advice.configuration
  const names = (members: readonly Member[]): string => members.map(({ node }) => node).join(' ')
  return learners.length === 0 ? names(voters) : `${names(voters)} / ${names(learners)}`
}
