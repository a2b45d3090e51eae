/** Snapshots and what they take the place of (section 7, Figure 13, dissertation 5). */
import { describe, expect, test } from 'vitest'
import { hashOf } from '../../shared/raft/hash.ts'
import type { AppendEntries, InstallSnapshot } from '../../shared/raft/messages.ts'
import { configurationIndex, configurationOf, start } from '../../shared/raft/node.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import { step } from '../../shared/raft/step.ts'
import type { Step } from '../../shared/raft/step.ts'
import { Cluster, SETTINGS, configuration, draw } from '../support/cluster.ts'
import { appendEntries } from '../support/cluster-messages.ts'

const ABC = ['A', 'B', 'C']
const STATE = Uint8Array.from([1, 2, 3, 4, 5, 6])

/** A whole one in one chunk, from the leader of term 5. */
function install(more: Partial<InstallSnapshot> = {}): InstallSnapshot {
  const placed = { index: 2, configuration: configuration(['A', 'L', 'C']) }
  const covered = { index: 6, lastTerm: 4, lastTime: 77, configuration: placed, size: STATE.length, hash: hashOf(STATE) }
  return { type: 'InstallSnapshot', from: 'L', to: 'A', term: 5, ...covered, offset: 0, bytes: STATE, sentAt: 9, ...more }
}

function hear(node: RaftNode, ...messages: readonly (InstallSnapshot | AppendEntries)[]): Step {
  return step(
    node,
    messages.map((message) => ({ type: 'message', message })),
    { now: 10, random: 0.5 },
  )
}

const said = ({ output }: Step): readonly unknown[] => output.send.map(({ message }) => message)

/** A leads, C never heard of it, and everything is committed by A and B. */
function apart(texts: readonly string[], settings: Partial<typeof SETTINGS> = {}): Cluster {
  const cluster = Cluster.with(ABC, { settings: { logTail: 0, ...settings } }).cut(['A', 'B'], ['C'])
  return cluster
    .timeout('A')
    .settle()
    .propose('A', ...texts)
    .settle()
}

describe('taking one', () => {
  test('I1: it holds what was applied, with its term, log time and configuration, and the log goes up to there but for a tail', () => {
    const cluster = apart(['a', 'b', 'c', 'd', 'e'], { logTail: 2 })
    cluster.snapshot('B')
    const { snapshot, log } = cluster.node('B')
    expect(snapshot).toMatchObject({ index: 6, term: 1, time: log.lastTime, configuration: { index: 0 } })
    expect(new TextDecoder().decode(snapshot!.bytes)).toBe('a\nb\nc\nd\ne')
    expect([log.base.index, log.lastIndex, log.lastTerm]).toEqual([4, 6, 1])
    expect(cluster.saves.at(-1)).toMatchObject({ id: 'B', save: { from: 5, compaction: { base: { index: 4, term: 1 } } } })
  })

  test('I1: none is taken of what is not applied, is no newer, or lies where the log no longer reaches', () => {
    const cluster = apart(['a', 'b'])
    const take = (index: number): number => {
      cluster.act('B', { type: 'snapshot', index, bytes: STATE })
      return cluster.node('B').snapshot?.index ?? 0
    }
    expect(take(4)).toBe(0)
    expect(take(2)).toBe(2)
    expect(take(1)).toBe(2)
    expect(take(2)).toBe(2)
    expect(take(3)).toBe(3)
    const applied = draw('A follower t2  1 1 1 1 1 1 1 1 |', ABC)
    expect(step(applied, [{ type: 'snapshot', index: 8, bytes: STATE }], { now: 0, random: 0 }).node.snapshot).toBe(null)
  })

  test('I1: the configuration in it is the one in force at its end, not a later one', () => {
    const cluster = apart(['a'])
    cluster.change('A', ABC, ['D']).settle()
    const at = configurationIndex(cluster.node('A'))
    cluster.change('A', ABC, ['D', 'E'])
    cluster.act('A', { type: 'snapshot', index: at, bytes: STATE })
    expect(cluster.node('A').snapshot?.configuration).toMatchObject({ index: at, configuration: { learners: [{ node: 'D' }] } })
    expect(configurationOf(cluster.node('A')).learners.length).toBe(2)
  })

  test('I1: a leader keeps more for who answers and lags, but no more than four tails', () => {
    const lagging = apart(['a'], { logTail: 2, appendBytes: 1, appendsInFlight: 1 }).heal().heartbeat('A').settle()
    lagging.propose('A', ...'b c d e f g h i j k l m n'.split(' ')).deliver({ to: 'B' })
    for (let count = 0; count < 13; count++) lagging.deliver({ from: 'B' }).deliver({ to: 'B' })
    lagging.snapshot('A')
    const { log, snapshot } = lagging.node('A')
    expect(snapshot!.index - log.base.index).toBe(8)
  })
})

describe('installing one', () => {
  const behind = draw('A follower t4  1 1 | 2 2', ABC)

  test('I2: a member that lacks what is gone is brought up to date while edits go on, and applies all of it', () => {
    const cluster = apart(['a', 'b', 'c', 'd'], { chunkBytes: 3 }).snapshot('A').heal().heartbeat('A')
    for (let count = 0; count < 12; count++) cluster.propose('A', `${count}`).deliver({ from: 'A' }).deliver({ to: 'A' })
    cluster.heartbeat('A').settle()
    expect(cluster.applied('C')).toEqual(cluster.applied('A'))
    expect(cluster.applied('C').length).toBe(16)
    expect(cluster.node('C').snapshot?.index).toBe(5)
    cluster.crash('C').restart('C').heartbeat('A').settle()
    expect(cluster.applied('C')).toEqual(cluster.applied('A'))
  })

  test('I2: what a snapshot brings is all there: term, log time, configuration and state; the log begins after it', () => {
    const { node, output } = hear(behind, install())
    expect(node.log.base).toEqual({ index: 6, term: 4, time: 77 })
    expect([node.log.lastIndex, node.log.lastTerm, node.log.lastTime, node.commitIndex, node.handedOut]).toEqual([6, 4, 77, 6, 6])
    expect(configurationOf(node)).toEqual(configuration(['A', 'L', 'C']))
    expect(output.restore?.bytes).toEqual(STATE)
    expect(output.apply).toEqual([])
    expect(output.save).toMatchObject({ term: 5, from: 7, entries: [], compaction: { base: { index: 6 }, snapshot: { index: 6 } } })
  })

  test('I4: the ack waits until the snapshot is durable, and is one of AppendEntries', () => {
    const { output } = hear(behind, install())
    expect(output.send).toEqual([{ message: expect.objectContaining({ type: 'AppendEntriesReply', sentAt: 9 }) as unknown, after: 1 }])
    expect(output.send[0]?.message).toMatchObject({ result: { success: true, matchIndex: 6 }, commitIndex: 6 })
  })

  test('I4: a save that was under way before it vouches for nothing of the new log', () => {
    const cluster = apart(['a', 'b', 'c', 'd']).snapshot('A').slow('C').heal().heartbeat('A')
    for (let count = 0; count < 5; count++) cluster.deliver()
    expect(cluster.node('C').commitIndex).toBe(5)
    expect(cluster.node('C').saves.durable.lastIndex).toBe(0)
    cluster.saved('C')
    expect(cluster.node('C').saves.durable.lastIndex).toBe(0)
    expect(cluster.messages({ from: 'C', to: 'A' }).filter(({ type }) => type === 'AppendEntriesReply')).not.toContainEqual(
      expect.objectContaining({ result: { success: true, matchIndex: 5 } }),
    )
    cluster.saved('C')
    expect(cluster.node('C').saves.durable.lastIndex).toBe(5)
  })

  test('I5: who has its last entry keeps the log with what follows, and learns that it is committed', () => {
    const longer = draw('A follower t5  1 1 | 2 2 4 4 5', ABC)
    const { node, output } = hear(longer, install())
    expect(node.log).toBe(longer.log)
    expect(node.commitIndex).toBe(6)
    expect(output.restore).toBe(null)
    expect(output.apply.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('I5: one of what is committed here already rolls nothing back, and says so', () => {
    const ahead = draw('A follower t5  1 1 2 2 4 4 4 |', ABC)
    const { node, output } = hear(ahead, install())
    expect([node.log, node.commitIndex, output.restore]).toEqual([ahead.log, 7, null])
    expect(said(hear(ahead, install({ index: 3, lastTerm: 2 })))).toMatchObject([{ result: { success: true, matchIndex: 3 } }])
  })

  test('I5: a log that differs at its last entry goes, all of it', () => {
    const other = draw('A follower t5  1 1 | 2 2 3 3 3 3', ABC)
    const { node } = hear(other, install())
    expect([node.log.base.index, node.log.lastIndex]).toEqual([6, 6])
    expect(node.saves.durable.lastIndex, 'until the snapshot is').toBe(2)
  })

  test('I5: a configuration that was not committed goes with the log', () => {
    const cluster = Cluster.with(ABC, { settings: { logTail: 0 } })
    cluster.timeout('C').settle().cut(['A', 'B'], ['C']).change('C', ['A', 'C'])
    expect(configurationOf(cluster.node('C')).voters.length).toBe(2)
    cluster.timeout('A').settle().propose('A', 'a').settle().snapshot('A').heal().heartbeat('A').settle().heartbeat('A').settle()
    expect(configurationOf(cluster.node('C')).voters.length).toBe(3)
    expect(cluster.applied('C')).toEqual(['a'])
  })

  test('I2: entries and configurations after it count from there', () => {
    const { node } = hear(
      behind,
      install(),
      appendEntries({
        prevLogIndex: 6,
        prevLogTerm: 4,
        leaderCommit: 7,
        entries: [
          { index: 7, term: 5, time: 80, body: { type: 'configuration', configuration: configuration(['A', 'L']) } },
          { index: 8, term: 5, time: 80, body: { type: 'noop' } },
        ],
      }),
    )
    expect(configurationOf(node).voters.length).toBe(2)
    expect([node.commitIndex, node.handedOut, node.log.lastIndex]).toEqual([7, 7, 8])
    const compaction = { snapshot: node.snapshot!, base: node.log.base }
    const durable = { currentTerm: 5, votedFor: null, entries: node.log.slice(1), commitIndex: 7, compaction }
    const again = start('A', durable, SETTINGS, { now: 0, random: 0 })
    expect([again.log.lastIndex, again.handedOut, configurationIndex(again)]).toEqual([8, 6, 7])
  })
})

describe('chunks', () => {
  const blank = draw('A follower t4 |', ABC)
  const chunk = (offset: number, to: number, more: Partial<InstallSnapshot> = {}): InstallSnapshot =>
    install({ offset, bytes: STATE.slice(offset, to), ...more })

  test('I3: they are put together in order; a lost, a repeated and an early one change nothing, and each is answered with what is there', () => {
    const first = hear(blank, chunk(0, 2))
    expect(said(first)).toMatchObject([{ type: 'InstallSnapshotReply', index: 6, offset: 2, sentAt: 9 }])
    expect(said(hear(first.node, chunk(4, 6)))).toMatchObject([{ offset: 2 }])
    expect(said(hear(first.node, chunk(0, 2)))).toMatchObject([{ offset: 2 }])
    expect(said(hear(first.node, chunk(0, 0)))).toMatchObject([{ offset: 2 }])
    const whole = hear(first.node, chunk(2, 5), chunk(5, 6))
    expect(whole.output.restore?.bytes).toEqual(STATE)
    expect(whole.node.gathering).toBe(null)
  })

  test('I3: a leader of a later term goes on with the same one; another one begins anew', () => {
    const { node } = hear(blank, chunk(0, 2))
    expect(said(hear(node, chunk(2, 4, { from: 'C', term: 6 })))).toMatchObject([{ offset: 4, term: 6 }])
    const bytes = Uint8Array.from([9, 9])
    const newer = hear(node, install({ index: 8, bytes, size: 4, hash: 1 }))
    expect(said(newer)).toMatchObject([{ index: 8, offset: 2 }])
    const older = install({ from: 'C', term: 6, index: 3, lastTerm: 2, offset: 0, bytes: STATE.slice(0, 1) })
    expect(said(hear(node, older))).toMatchObject([{ index: 3, offset: 1 }])
    expect(said(hear(node, chunk(2, 6, { hash: 1 }))), 'of another hash').toMatchObject([{ offset: 0 }])
  })

  test('I3: a late chunk of one that its leader has gone past does not throw away the newer', () => {
    const { node } = hear(blank, install({ index: 8, size: 4, bytes: STATE.slice(0, 2) }))
    const late = hear(node, chunk(0, 2))
    expect(late.node.gathering).toMatchObject({ index: 8, offset: 2 })
    expect(said(late)).toMatchObject([{ index: 6, offset: 0 }])
  })

  test('I3: what does not have its hash is thrown away and asked for anew', () => {
    const broken = hear(blank, install({ bytes: Uint8Array.from([1, 2, 3, 4, 5, 7]) }))
    expect(broken.output.restore).toBe(null)
    expect([broken.node.commitIndex, broken.node.gathering]).toEqual([0, null])
    expect(said(broken)).toMatchObject([{ type: 'InstallSnapshotReply', offset: 0 }])
  })

  test('I3: a chunk of an older term is refused with the higher one, and one of a higher term makes a follower', () => {
    expect(said(hear(blank, install({ term: 3 })))).toMatchObject([{ type: 'InstallSnapshotReply', term: 4, offset: 0 }])
    expect(hear(blank, install({ term: 3 })).node.gathering).toBe(null)
    expect(hear(draw('A leader t4 |', ABC), chunk(0, 2)).node).toMatchObject({ currentTerm: 5, role: { name: 'follower', leader: 'L' } })
  })
})

describe('sending one', () => {
  test('I3: one chunk is under way at a time; an answer that is lost is asked for after a second, from what is there', () => {
    const cluster = apart(['a', 'b', 'c', 'd'], { chunkBytes: 3 }).snapshot('A').heal().heartbeat('A').deliver().deliver().deliver()
    const sent = (): readonly InstallSnapshot[] => cluster.messages({ type: 'InstallSnapshot' }) as readonly InstallSnapshot[]
    cluster.deliver({ type: 'InstallSnapshotReply' })
    expect(sent()).toMatchObject([{ offset: 0, bytes: { length: 3 } }])
    cluster.deliver({ type: 'InstallSnapshot' }).drop({ type: 'InstallSnapshotReply' })
    for (let beat = 0; beat < 19; beat++) cluster.heartbeat('A').settle()
    expect(sent()).toEqual([])
    cluster.heartbeat('A').heartbeat('A').settle()
    expect(cluster.applied('C')).toEqual(['a', 'b', 'c', 'd'])
  })

  test('I6: heartbeats keep the election timer of who receives one quiet, and do not disturb it', () => {
    const cluster = apart(['a', 'b', 'c', 'd'], { chunkBytes: 1 }).snapshot('A').heal().heartbeat('A').settle('A', 'B')
    const { currentTerm } = cluster.node('A')
    for (let beat = 0; beat < 40; beat++) cluster.heartbeat('A').deliver({ type: 'AppendEntries' }).deliver({ type: 'AppendEntriesReply' })
    expect(cluster.node('C')).toMatchObject({ currentTerm, role: { leader: 'A' }, commitIndex: 0 })
    cluster.settle()
    expect(cluster.applied('C')).toEqual(['a', 'b', 'c', 'd'])
  })

  test('I6: who fell silent gets heartbeats only, and is asked at once what it has when it answers', () => {
    const cluster = apart(['a', 'b']).snapshot('A')
    for (let beat = 0; beat < 50; beat++) cluster.heartbeat('A').settle('A', 'B')
    expect(cluster.network.sent.filter(({ type }) => type === 'InstallSnapshot').length).toBe(0)
    cluster.heal().heartbeat('A').settle()
    expect(cluster.applied('C')).toEqual(['a', 'b'])
  })

  test('I6: a removed member is sent none', () => {
    const cluster = apart(['a']).change('A', ['A', 'B']).settle().snapshot('A').heal()
    cluster.heartbeat('A').settle().heartbeat('A').settle()
    expect(cluster.network.sent.filter(({ type }) => type === 'InstallSnapshot').length).toBe(0)
  })

  test('I7: AppendEntries from before what a snapshot covers are taken for what follows it', () => {
    const { log } = draw('A follower t4  1 1 2 2 4 4 4 |', ABC)
    const { node } = hear(draw('A follower t4 |', ABC), install())
    const late = hear(node, appendEntries({ prevLogIndex: 3, prevLogTerm: 2, entries: log.slice(4), leaderCommit: 7 }))
    expect([late.node.log.lastIndex, late.node.commitIndex]).toEqual([7, 7])
    expect(late.output.send.map(({ message }) => message)).toContainEqual(
      expect.objectContaining({ result: { success: true, matchIndex: 7 } }),
    )
    const early = hear(node, appendEntries({ prevLogIndex: 1, prevLogTerm: 1, entries: log.slice(2, 3) }))
    expect(early.node.log).toBe(node.log)
    expect(said(early).at(-1)).toMatchObject({ result: { success: true, matchIndex: 3 } })
  })

  test('I7: a compacted log refuses like any other where it differs, and a leader never looks before its own beginning', () => {
    const { node } = hear(draw('A follower t4 |', ABC), install())
    expect(said(hear(node, appendEntries({ prevLogIndex: 8, prevLogTerm: 4 }))).at(-1)).toMatchObject({
      result: { success: false, hintIndex: 6, hintTerm: 4 },
    })
    const cluster = apart(['a', 'b', 'c']).snapshot('A').snapshot('B').crash('A').heal().timeout('B').settle()
    expect(cluster.applied('C')).toEqual(['a', 'b', 'c'])
    cluster.restart('A').heartbeat('B').settle().heartbeat('B').settle()
    expect(new Set(ABC.map((id) => cluster.node(id).log.lastIndex)).size).toBe(1)
  })
})
