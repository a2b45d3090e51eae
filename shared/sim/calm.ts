/** After the faults: everything is healed, and within a bounded time everybody must agree. */
import type { Millis } from '../host/ports.ts'
import { configurationOf } from '../raft/node.ts'
import type { RaftNode } from '../raft/node.ts'
import { isMember } from '../raft/quorum.ts'
import type { Adversary } from './adversary.ts'
import type { Cluster } from './cluster.ts'

const STEP: Millis = 50
/** An election, a handshake, an adoption, and what a disk makes of it: far more than they take, far less than for ever. */
const SETTLE: Millis = 60_000

export async function demandAgreement(cluster: Cluster, adversary: Adversary): Promise<void> {
  const { world, oracle, clients } = cluster
  adversary.end()
  cluster.calm()
  await waitFor(cluster, 'everybody is here and nothing is pending', () => {
    adversary.reloadStopped()
    return isSettled(cluster)
  })
  for (const page of cluster.pages) clients.submit(page)
  await waitFor(cluster, 'a command of every page is agreed', () => isSettled(cluster))
  await waitFor(cluster, 'equal logs', () => haveEqualLogs(cluster))
  if (world.violation !== null) return
  const leaders = cluster.pages.flatMap(({ nodes }) => nodes).filter(({ role }) => role.name === 'leader')
  if (leaders.length !== 1) world.fail('one leader', leaders.map(({ id }) => id).join())
  for (const page of cluster.pages) oracle.checkView(page.name, page.life!.list)
  oracle.checkNothingLost()
  const unexplained = clients.history.check()
  if (unexplained !== null) world.fail('linearizable', unexplained)
}

async function waitFor(cluster: Cluster, what: string, isSo: () => boolean): Promise<void> {
  const { world } = cluster
  const end = world.now + SETTLE
  while (world.violation === null && !isSo()) {
    if (world.now >= end) return world.fail('progress once all is well', `never: ${what}\n${picture(cluster)}`)
    await world.run(world.now + STEP)
  }
}

/** Nothing is pending, and no outbox holds what nobody brings to an end. */
function isSettled({ pages, machines }: Cluster): boolean {
  return (
    pages.every(({ life }) => life?.phase.at === 'here' && life.host.main !== null && life.proposals.count === 0) &&
    machines.every(({ storage }) => storage.unsettled === 0)
  )
}

/** Of all members that run; who was removed may not know it yet. */
function haveEqualLogs({ pages, laws, oracle }: Cluster): boolean {
  const nodes = pages.flatMap((page) => page.nodes)
  const leader = nodes.find(({ role }) => role.name === 'leader')
  if (leader === undefined) return false
  const isEqual = (node: RaftNode): boolean => node.commitIndex === laws.lastCommitted && node.log.lastIndex === leader.log.lastIndex
  const inForce = configurationOf(leader)
  const areMembersEqual = nodes.every((node) => !isMember(inForce, node.id) || isEqual(node))
  return areMembersEqual && pages.every(({ life }) => life!.list.lastApplied === oracle.lastApplied)
}

/** How everything stands, for people. */
function picture({ machines }: Cluster): string {
  return machines
    .flatMap(({ index, pages, storage }) => [
      `machine ${index + 1} stores ${[...storage.journals.keys()].join()}`,
      ...pages.map(({ name, life, nodes }) => {
        const status = life?.status
        const phase = life === null ? 'loading' : JSON.stringify(life.phase)
        return `  ${name} ${phase} pending ${status?.pending} majority ${status?.majority} links ${status?.peers.length} ${nodes.map(describe).join('; ')}`
      }),
    ])
    .join('\n')
}

function describe(node: RaftNode): string {
  const { voters, learners } = configurationOf(node)
  const members = [voters, learners].map((some) => some.map(({ node: id }) => id).join()).join(' / ')
  return `${node.id} ${node.role.name} t${node.currentTerm} log ${node.log.lastIndex}@${node.log.lastTerm} commit ${node.commitIndex} {${members}}`
}
