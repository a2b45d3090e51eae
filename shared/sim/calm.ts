/** After the faults: everything is healed, and within a bounded time everybody must agree. */
import type { Millis } from '../host/ports.ts'
import { configurationOf } from '../raft/node.ts'
import type { RaftNode } from '../raft/node.ts'
import { isMember } from '../raft/quorum.ts'
import type { Adversary } from './adversary.ts'
import type { Cluster } from './cluster.ts'
import type { Dice } from './dice.ts'
import type { Machine } from './machine.ts'

const STEP: Millis = 50
/** An election, a handshake, an adoption, and what a disk makes of it: far more than they take, far less than for ever. */
const SETTLE: Millis = 60_000
/** Longer than it takes that who was told to stop is reloaded and in touch again, and that another copy of it would be found out. */
const AFTER_COPIES: Millis = 5_000

export async function demandAgreement(cluster: Cluster, adversary: Adversary): Promise<void> {
  const { losses, machines } = cluster
  cluster.calm()
  if (cluster.copies.areLive) return demandToldCopies(cluster, adversary)
  const enough = drawEnough(cluster)
  if (enough.length < machines.length) {
    adversary.spare(enough)
    await demandProgress(cluster, adversary, enough, () => !losses.suit(enough, enough))
  }
  adversary.end()
  await demandProgress(cluster, adversary, machines)
  await demandEquality(cluster)
}

async function demandEquality(cluster: Cluster): Promise<void> {
  const { world, oracle } = cluster
  await waitFor(cluster, 'equal logs', () => haveEqualLogs(cluster))
  if (world.violation !== null) return
  const leaders = cluster.pages.flatMap(({ nodes }) => nodes).filter(({ role }) => role.name === 'leader')
  if (leaders.length !== 1) world.fail('one leader', leaders.map(({ id }) => id).join())
  for (const page of cluster.pages) oracle.checkView(page.name, page.life!.list)
  oracle.checkNothingLost()
  demandLinearizable(cluster)
}

function demandLinearizable({ clients, oracle, world }: Cluster): void {
  const unexplained = clients.history.check((id) => oracle.indexOf(id))
  if (unexplained !== null) world.fail('linearizable', unexplained)
}

/**
 * All can reach all, so no node runs twice for long, and no retired one again. Where a majority of voters was never copied and no
 * law of the whole was seen broken, the other browsers go on as if nothing had been.
 */
async function demandToldCopies(cluster: Cluster, adversary: Adversary): Promise<void> {
  const { copies, machines, oracle, world } = cluster
  adversary.end()
  await waitFor(cluster, 'every copy is told', () => copies.twice.length === 0)
  const end = world.now + AFTER_COPIES
  await waitFor(cluster, 'the told ones start anew', () => {
    adversary.reloadStopped(cluster.pages)
    return world.now >= end && copies.twice.length === 0
  })
  copies.check()
  // A copy that went on may lack what its original acked to this leader; it then waits for the next one.
  const others = machines.filter(({ index }) => !copies.concern(index))
  await demandProgress(cluster, adversary, others, () => !copies.leaveAMajority)
  if (!copies.leaveAMajority) return
  for (const page of others.flatMap(({ pages }) => pages)) oracle.checkView(page.name, page.life!.list)
  demandLinearizable(cluster)
}

/** Whatever these browsers have pending is agreed, and after that one command more of every page; unless they must wait. */
async function demandProgress(
  cluster: Cluster,
  adversary: Adversary,
  machines: readonly Machine[],
  mustWait: () => boolean = () => false,
): Promise<void> {
  const who = machines.length < cluster.machines.length ? `of browsers ${machines.map(({ index }) => index + 1).join()}` : 'of all'
  await waitFor(cluster, `everybody ${who} is here and nothing is pending`, () => {
    adversary.reloadStopped(machines.flatMap(({ pages }) => pages))
    return isSettled(machines) || mustWait()
  })
  const pages = machines.flatMap((machine) => machine.pages)
  for (const page of pages) cluster.clients.submit(page)
  for (const page of pages) cluster.readers.read(page)
  const areAnswered = (): boolean => pages.every((page) => !page.isAlive || cluster.readers.waiting(page) === 0)
  await waitFor(cluster, `a command of every page ${who} is agreed`, () => {
    // One that hears only now that it is too old.
    adversary.reloadStopped(machines.flatMap(({ pages }) => pages))
    return isSettled(machines) || mustWait()
  })
  await waitFor(cluster, `a read of every page ${who} is answered`, () => {
    // Its command may have been agreed, or given back, before it heard so.
    adversary.reloadStopped(machines.flatMap(({ pages }) => pages))
    return areAnswered() || mustWait()
  })
}

/**
 * Some browsers, drawn, whose disks hold a majority of the voters of every configuration that may be in force among them: with
 * the others away for ever, nothing may stand still. All of them where fewer are not enough.
 */
function drawEnough({ machines, losses, world }: Cluster): readonly Machine[] {
  const enough: Machine[] = []
  for (const machine of shuffled(machines, world.dice('spared'))) {
    enough.push(machine)
    if (losses.areEnough(enough)) break
  }
  return enough
}

function shuffled<T>(all: readonly T[], dice: Dice): readonly T[] {
  return all
    .map((one) => ({ one, at: dice.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one)
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
function isSettled(machines: readonly Machine[]): boolean {
  const pages = machines.flatMap((machine) => machine.pages)
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
  return areMembersEqual && pages.every(({ life }) => life?.list.lastApplied === oracle.lastApplied)
}

/** How everything stands, for people. */
function picture({ machines }: Cluster): string {
  return machines
    .flatMap(({ index, pages, storage }) => [
      `machine ${index + 1} stores ${[...storage.journals.keys()].join()}`,
      ...pages.map(({ name, life, nodes }) => {
        const status = life?.status
        const phase = life === null ? 'loading' : JSON.stringify(life.phase)
        return `  ${name} ${phase} pending ${status?.pending} majority ${status?.majority} leader ${status?.leader} links ${status?.peers.length} ${nodes.map(describe).join('; ')}`
      }),
    ])
    .join('\n')
}

function describe(node: RaftNode): string {
  const { voters, learners } = configurationOf(node)
  const members = [voters, learners].map((some) => some.map(({ node: id }) => id).join()).join(' / ')
  return `${node.id} ${node.role.name} t${node.currentTerm} log ${node.log.lastIndex}@${node.log.lastTerm} commit ${node.commitIndex} {${members}}`
}
