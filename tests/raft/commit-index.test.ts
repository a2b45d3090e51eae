/** How followers learn what is committed. */
import { describe, expect, test } from 'vitest'
import type { AppendEntriesReply, Message } from '../../shared/raft/messages.ts'
import type { Progress, RaftNode } from '../../shared/raft/node.ts'
import { step } from '../../shared/raft/step.ts'
import type { Input, Outgoing } from '../../shared/raft/step.ts'
import { appendReply } from '../support/cluster-messages.ts'
import { Cluster } from '../support/cluster.ts'

const ABC = ['A', 'B', 'C']

type Leader = Extract<RaftNode['role'], { name: 'leader' }>

const known = (cluster: Cluster, member: string): Progress => (cluster.node('A').role as Leader).progress.get(member)!

/** A leads, and an entry is under way to both others. */
const proposed = (): Cluster =>
  Cluster.of(...ABC)
    .timeout('A')
    .settle()
    .propose('A', 'milk')
/** Both have it. */
const acked = (): Cluster => proposed().deliver({ to: 'B' }).deliver({ to: 'C' })
const tells = { type: 'AppendEntries', entries: [], leaderCommit: 2, quiet: true }

describe('R12: a new commit index', () => {
  test('R12: is told to who has everything as soon as it is applied here', () => {
    expect(acked().deliver({ from: 'B' }).messages({ to: 'B' })).toMatchObject([tells])
  })

  test('R12: is carried by the entries that come before that', () => {
    const cluster = acked()
    const ack = cluster.messages({ from: 'B' })[0]!
    const { node, output } = step(cluster.node('A'), [{ type: 'message', message: ack }], { now: cluster.now, random: 0 })
    expect([output.apply.length, output.send]).toEqual([1, []])
    const next: Input[] = [
      { type: 'applied', index: 2 },
      { type: 'proposal', commands: [cluster.command('A', 'bread')] },
    ]
    const sent = step(node, next, { now: cluster.now, random: 0 }).output.send.map(({ message }) => message)
    expect(sent.filter(({ to }) => to === 'B')).toMatchObject([{ type: 'AppendEntries', entries: [{ index: 3 }], leaderCommit: 2 }])
  })

  test('R12: follows the entry to who has not acked it, and is applied there before its disk has it', () => {
    const cluster = proposed().slow('C').deliver({ to: 'C' }).deliver({ to: 'B' }).deliver({ from: 'B' })
    expect(cluster.messages({ to: 'C' })).toMatchObject([tells])
    expect(cluster.applied('C')).toEqual([])
    cluster.deliver({ to: 'C' })
    expect(cluster.saving('C')).not.toBe(null)
    expect(cluster.applied('C')).toEqual(['milk'])
  })

  /** C has refused the word that the first entry is committed, which came before it; the entry is still under way. */
  const overtaken = (): { readonly cluster: Cluster; readonly entry: Message } => {
    const cluster = proposed().deliver({ to: 'B' }).deliver({ from: 'B' }).deliver({ to: 'B' })
    const [entry, told] = cluster.messages({ to: 'C' })
    expect([entry, told]).toMatchObject([{ entries: [{ index: 2 }] }, tells])
    cluster.drop({ to: 'C' }).receive(told!)
    expect(cluster.messages({ from: 'C' })).toMatchObject([{ result: { success: false } }])
    cluster.deliver({ from: 'C' })
    expect(cluster.messages({ to: 'C' }), 'nothing is sent for a refusal').toEqual([])
    return { cluster, entry: entry! }
  }

  test('R12 R20: is told again to who refused it because it overtook the entry, once that is acked', () => {
    const { cluster, entry } = overtaken()
    cluster.receive(entry).deliver({ from: 'C' })
    expect(cluster.messages({ to: 'C' })).toMatchObject([tells])
    cluster.deliver({ to: 'C' })
    expect(cluster.applied('C')).toEqual(['milk'])
  })

  test('R12 R20: is not told ahead to who refused before, until it acked what is under way', () => {
    const { cluster, entry } = overtaken()
    cluster.propose('A', 'bread').deliver({ to: 'B' }).deliver({ from: 'B' })
    expect(cluster.messages({ to: 'C' })).toMatchObject([{ entries: [{ index: 3 }] }])
    cluster.receive(entry).deliver({ from: 'C' })
    expect(cluster.messages({ to: 'C' })).toMatchObject([{ entries: [{ index: 3 }] }, { ...tells, leaderCommit: 3 }])
    cluster.settle()
    expect(cluster.applied('C')).toEqual(['milk', 'bread'])
  })

  test('R12 R20: is told to who refused once it acked all that was under way, also if it knew less committed than it acked', () => {
    const cluster = Cluster.of(...ABC, 'D', 'E')
      .timeout('A')
      .settle()
      .propose('A', 'milk')
      .deliver({ to: 'E' })
      .deliver({ from: 'E' })
    const [milk] = cluster.messages({ to: 'B' })
    cluster.propose('A', 'bread').propose('A', 'eggs')
    const [bread, eggs] = cluster.messages({ to: 'E' })
    cluster.drop({ to: 'E' }).receive(milk!).deliver({ from: 'B' })
    expect(cluster.messages({ to: 'E' })).toMatchObject([tells])
    cluster.deliver({ to: 'E' }).deliver({ from: 'E' })
    cluster.receive(bread!).deliver({ from: 'E' })
    expect(cluster.messages({ to: 'E' }), 'one is still under way').toEqual([])
    cluster.receive(eggs!).deliver({ from: 'E' })
    expect(cluster.messages({ to: 'E' })).toMatchObject([tells])
    cluster.deliver({ to: 'E' })
    expect(cluster.applied('E')).toEqual(['milk'])
  })

  test('R20: what has arrived and waits for a slow disk is not missed', () => {
    const cluster = proposed().settle().slow('C').propose('A', 'bread').settle().pass(200).propose('A', 'eggs')
    const [entry] = cluster.messages({ to: 'C' }).filter((message) => message.type === 'AppendEntries' && message.entries.length > 0)
    cluster.drop({ to: 'C' }).deliver({ to: 'B' }).deliver({ from: 'B' }).deliver({ to: 'C' }).deliver({ from: 'C' })
    expect(known(cluster, 'C')).toMatchObject({ state: 'stream', nextIndex: 5 })
    cluster.receive(entry!).saved('C').fast('C').settle()
    expect(cluster.applied('C')).toEqual(['milk', 'bread', 'eggs'])
  })

  test('E21: who refuses what overtook entries, while its acks wait for its disk, has lost no heartbeat', () => {
    const cluster = proposed().settle().slow('C').propose('A', 'bread').settle()
    for (let held = 0; held < 4; held++) cluster.heartbeat('A').settle()
    const lacks = { success: false, prevLogIndex: 4, hintIndex: 3, hintTerm: 1 } as const
    cluster.receive(appendReply('C', { term: 1, sentAt: cluster.now, commitIndex: 2, result: lacks }))
    cluster.saved('C').fast('C').settle().heartbeat('A').settle()
    expect(known(cluster, 'C')).toMatchObject({ state: 'stream', matchIndex: 3, measured: { loss: 0 } })
  })
})

describe('R21: what only tells a commit index', () => {
  test('R21: is not answered by who agrees, as entries and heartbeats are', () => {
    const cluster = acked().deliver({ from: 'B' }).deliver({ to: 'B' })
    expect(cluster.applied('B')).toEqual(['milk'])
    expect(cluster.messages({ from: 'B' })).toEqual([])
    cluster.heartbeat('A').deliver({ to: 'B' })
    expect(cluster.messages({ from: 'B' })).toMatchObject([{ result: { success: true } }])
  })

  test('R21: is answered by who refuses', () => {
    const cluster = acked().deliver({ from: 'B' })
    const told = cluster.messages({ to: 'B' })[0]!
    cluster.receive({ ...told, prevLogIndex: 9 } as typeof told)
    expect(cluster.messages({ from: 'B' })).toMatchObject([{ result: { success: false, prevLogIndex: 9 } }])
  })

  const told = (more: Partial<Progress>): readonly Outgoing[] => {
    const cluster = acked()
    const node = cluster.node('A')
    const ack = cluster.messages({ from: 'C' })[0] as AppendEntriesReply
    const committed = step(
      knowing(node, 'B', { matchIndex: 2, nextIndex: 3, ...more }),
      [{ type: 'message', message: ack }],
      moment(cluster),
    )
    const { send } = step(committed.node, [{ type: 'applied', index: 2 }], moment(cluster)).output
    return send.filter(({ message }) => message.to === 'B')
  }

  test.each([
    ['a stream is told it quietly', {}, true],
    ['a probe is answered', { state: 'probe' }, false],
    ['who is to be let go says what it knows', { departing: { index: 2, until: 1e9 } }, false],
  ] as const)('R21: %s', (_, more, quiet) => {
    expect(told({ ...more, flow: { ...flowless, underWay: [] } })).toMatchObject([{ message: { ...tells, quiet } }])
  })
})

const flowless = { window: 16_384, leastTook: 0, narrowedAt: -Infinity, measuredAt: -Infinity }

const moment = ({ now }: Cluster): { readonly now: number; readonly random: number } => ({ now, random: 0 })

/** This leader, were this what it knows of a member. */
function knowing(node: RaftNode, id: string, more: Partial<Progress>): RaftNode {
  const role = node.role as Leader
  const progress = new Map(role.progress).set(id, { ...role.progress.get(id)!, ...more })
  return { ...node, role: { ...role, progress } }
}
