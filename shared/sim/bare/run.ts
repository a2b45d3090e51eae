/**
 * Bare worlds: cores with a disk, a clock and a network each, on values; no bytes, no tabs, no list. What a whole world spends on
 * those, a bare one spends on more turns of the core, under the same laws.
 */
import { configurationOf, configurationsIn } from '../../raft/node.ts'
import { isMember, isQuorum } from '../../raft/quorum.ts'
import { Dice } from '../dice.ts'
import type { Verdict } from '../verdict.ts'
import { World } from '../world.ts'
import type { Trace } from '../world.ts'
import type { Millis } from '../../host/ports.ts'
import { BareCluster } from './cluster.ts'
import { drawBareProfile } from './profile.ts'
import type { Server } from './server.ts'
import { Trouble } from './trouble.ts'

/** Turns under trouble, and how many there may be in all. */
const TROUBLED = 6_000
const BUDGET = 100_000
/** However little happens: nobody may be up at all. */
const TROUBLED_MS: Millis = 600_000
/** Longer than anybody is frozen. */
const LATEST_NEWS: Millis = 4_000
const STEP: Millis = 50
const SETTLE: Millis = 60_000
/** More often, and small batches would never catch up. */
const ASK_AGAIN: Millis = 2_000

export async function runBareSeed({ seed, trace = null }: { readonly seed: number; readonly trace?: Trace | null }): Promise<Verdict> {
  const world = new World({ seed, budget: BUDGET, trace })
  const profile = drawBareProfile(new Dice(seed, 'bare profile'))
  if (world.isTracing) world.trace('seed', `${seed} ${JSON.stringify(profile)}`)
  const cluster = new BareCluster(world, profile)
  const trouble = new Trouble(cluster)
  await world.run(TROUBLED_MS, () => world.steps >= TROUBLED)
  trouble.end()
  // A change that somebody was asked for and has not heard of yet must not come when those it needs are down for good.
  await world.run(world.now + LATEST_NEWS)
  await demandProgress(cluster, enoughOf(cluster))
  await demandProgress(cluster, cluster.servers)
  await waitFor(cluster, 'equal logs, one leader', () => areEqual(cluster))
  const { laws, answered } = cluster
  return { seed, violation: world.violation, steps: world.steps, commits: laws.lastCommitted, reigns: laws.reigns, answered }
}

/** With these up and the others down, something new is committed. */
async function demandProgress(cluster: BareCluster, up: readonly Server[]): Promise<void> {
  const { world, laws, profile } = cluster
  // Without pre-vote, and so without stickiness, one that was removed and does not know it disturbs the others for ever (4.2.3).
  const isUp = (server: Server): boolean => up.includes(server) && (profile.settings.preVote || isMember(laws.configuration, server.id))
  for (const server of cluster.servers) {
    if (isUp(server)) server.start()
    else server.crash()
  }
  let last: string | null = null
  let askAt = world.now
  await waitFor(cluster, `${up.map(({ id }) => id).join()} go on`, () => {
    if (last !== null && cluster.isCommitted(last)) return true
    for (const server of cluster.servers.filter(isUp)) server.start()
    if (world.now < askAt) return false
    for (const leader of cluster.leaders) last = cluster.propose(leader)
    askAt = world.now + ASK_AGAIN
    return false
  })
}

/** Some, drawn, that hold a majority of the voters of every configuration that may be in force. */
function enoughOf({ servers, laws, dice }: BareCluster): readonly Server[] {
  const stored = servers.flatMap(({ durable, core }) => [
    ...configurationsIn(durable.entries, durable.compaction?.snapshot),
    ...(core?.configurations ?? []),
  ])
  const committed = stored.filter(({ configuration }) => configuration === laws.configuration)
  const since = Math.max(0, ...committed.map(({ index }) => index))
  const mayBe = [laws.configuration, ...stored.filter(({ index }) => index > since).map(({ configuration }) => configuration)]
  const enough: Server[] = []
  for (const server of servers.map((one) => ({ one, at: dice.next() })).toSorted((a, b) => a.at - b.at)) {
    enough.push(server.one)
    if (mayBe.every((configuration) => isQuorum(configuration, (id) => enough.some((one) => one.id === id)))) break
  }
  return enough
}

function areEqual({ leaders, servers, laws }: BareCluster): boolean {
  const [leader, ...others] = leaders.map(({ core }) => core!)
  if (leader === undefined || others.length > 0) return false
  const inForce = configurationOf(leader)
  return servers.every(
    ({ id, core }) =>
      !isMember(inForce, id) || (core !== null && core.commitIndex === laws.lastCommitted && core.log.lastIndex === leader.log.lastIndex),
  )
}

async function waitFor({ world, servers }: BareCluster, what: string, isSo: () => boolean): Promise<void> {
  const end = world.now + SETTLE
  while (world.violation === null && !isSo()) {
    if (world.now >= end) return world.fail('progress once all is well', `never: ${what}\n${servers.map(describe).join('\n')}`)
    await world.run(world.now + STEP)
  }
}

function describe({ id, core }: Server): string {
  if (core === null) return `${id} is down`
  const { voters, learners } = configurationOf(core)
  const members = [voters, learners].map((some) => some.map(({ node }) => node).join()).join(' / ')
  return `${id} ${core.role.name} t${core.currentTerm} log ${core.log.lastIndex}@${core.log.lastTerm} commit ${core.commitIndex} {${members}}`
}
