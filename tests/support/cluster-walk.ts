/** A cluster led astray: a seed chooses what happens next out of everything that may. The laws are asked after every step. */
import { configurationOf } from '../../shared/raft/node.ts'
import { PACE_MAX } from '../../shared/raft/pace.ts'
import { membersOf } from '../../shared/raft/quorum.ts'
import type { NodeId } from '../../shared/raft/types.ts'
import { Cluster } from './cluster.ts'
import { diceOf } from './dice.ts'

export interface Walk {
  readonly voters: readonly NodeId[]
  readonly learners?: readonly NodeId[]
  readonly steps: number
  readonly preVote?: boolean
  /** Members come and go, too. */
  readonly changes?: boolean
  readonly farewells?: boolean
}

type Act = readonly [weight: number, act: (cluster: Cluster, id: NodeId, count: number) => unknown]

export function walk(seed: number, { voters, learners = [], steps, preVote = true, changes = false, farewells = false }: Walk): Cluster {
  const dice = diceOf(seed)
  const below = (limit: number): number => Math.floor(dice() * limit)
  const any = <T>(of: readonly T[]): T => of[below(of.length)]!
  const cluster = Cluster.with(voters, { learners, settings: { preVote }, seed })
  cluster.slow(...cluster.ids)
  const acts = [...ACTS, ...(changes ? CHANGES(any) : []), ...(farewells ? FAREWELLS : [])]
  const total = acts.reduce((sum, [weight]) => sum + weight, 0)
  for (let count = 0; count < steps; count++) {
    if (dice() < 0.75 && cluster.network.queue.length > 0) {
      const fate = dice()
      if (fate < 0.05) cluster.receive(any(cluster.network.queue))
      else if (fate < 0.1) cluster.network.take(below(cluster.network.queue.length))
      // Mostly in order, or nothing would ever be agreed.
      else cluster.receive(cluster.network.take(dice() < 0.85 ? 0 : below(cluster.network.queue.length)))
      continue
    }
    let left = dice() * total
    const [, act] = acts.find(([weight]) => (left -= weight) < 0) ?? acts[0]!
    act(cluster, any(cluster.ids), count)
  }
  return cluster
}

/** Faults end: everybody is back, disks are fast. */
export function calm(cluster: Cluster): Cluster {
  cluster.heal().fast(...cluster.ids)
  for (const id of cluster.ids) if (cluster.isDown(id)) cluster.restart(id)
  // Two election timeouts at the widest pace: what was measured while the clock jumped may have led there.
  return cluster.pass(4 * PACE_MAX)
}

const isLeader = (cluster: Cluster, id: NodeId): boolean => !cluster.isDown(id) && cluster.node(id).role.name === 'leader'

const ACTS: readonly Act[] = [
  [3, (cluster, id) => !cluster.isDown(id) && !isLeader(cluster, id) && cluster.timeout(id)],
  [10, (cluster, id) => isLeader(cluster, id) && cluster.heartbeat(id)],
  [10, (cluster, id) => !cluster.isDown(id) && cluster.propose(id, `at ${Math.round(cluster.now)}`)],
  [10, (cluster, id, count) => !cluster.isDown(id) && cluster.act(id, { type: 'read', id: count })],
  [40, (cluster, id) => !cluster.isDown(id) && cluster.saving(id) !== null && cluster.saved(id)],
  [1, (cluster, id) => !cluster.isDown(id) && cluster.crash(id)],
  [1, (cluster, id) => !cluster.isDown(id) && cluster.crash(id, { landed: true })],
  [20, (cluster, id) => cluster.isDown(id) && cluster.restart(id)],
  [1, (cluster, id) => !cluster.isDown(id) && cluster.act(id, { type: 'suspended' })],
  [1, (cluster) => cluster.advance(400)],
  [
    1,
    (cluster, id) =>
      cluster.cut(
        [id],
        cluster.ids.filter((other) => other !== id),
      ),
  ],
  [6, (cluster) => cluster.heal()],
]

const FAREWELLS: readonly Act[] = [[2, (cluster, id) => !cluster.isDown(id) && cluster.leave(id)]]

/** A leader votes one out, takes one in, or hands over. */
const CHANGES = (any: <T>(of: readonly T[]) => T): readonly Act[] => [
  [
    10,
    (cluster, id) => {
      if (!isLeader(cluster, id)) return
      const configuration = configurationOf(cluster.node(id))
      const voters = configuration.voters.map(({ node }) => node)
      const learners = configuration.learners.map(({ node }) => node)
      const chosen = any(cluster.ids)
      if (voters.includes(chosen))
        cluster.change(
          id,
          voters.filter((voter) => voter !== chosen),
          learners,
        )
      else if (learners.includes(chosen))
        cluster.change(
          id,
          [...voters, chosen],
          learners.filter((learner) => learner !== chosen),
        )
      else cluster.change(id, voters, [...learners, chosen])
    },
  ],
  [
    3,
    (cluster, id) => {
      if (isLeader(cluster, id)) cluster.transfer(id, any(membersOf(configurationOf(cluster.node(id)))).node)
    },
  ],
]
