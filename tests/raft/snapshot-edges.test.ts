/** Snapshots where something is late, repeated, silent or wrong; most of it a change of one token once got past (`npm run stryker`). */
import { describe, expect, test } from 'vitest'
import { newProgress } from '../../shared/raft/election.ts'
import { hashOf } from '../../shared/raft/hash.ts'
import type { InstallSnapshot, InstallSnapshotReply } from '../../shared/raft/messages.ts'
import { configurationOf, start } from '../../shared/raft/node.ts'
import type { Progress, RaftNode, Sending } from '../../shared/raft/node.ts'
import { matchesOf } from '../../shared/raft/replication.ts'
import { step } from '../../shared/raft/step.ts'
import type { Step } from '../../shared/raft/step.ts'
import type { Index, Millis, Snapshot } from '../../shared/raft/types.ts'
import { appendEntries } from '../support/cluster-messages.ts'
import { Cluster, SETTINGS, configuration, draw } from '../support/cluster.ts'
import { drawnEntry } from '../support/cluster-picture.ts'

const ABC = ['A', 'B', 'C']
const STATE = Uint8Array.from([1, 2, 3, 4, 5, 6])
const PLACED = { index: 2, configuration: configuration(['A', 'L', 'C']) }

function install(more: Partial<InstallSnapshot> = {}): InstallSnapshot {
  const covered = { index: 6, lastTerm: 4, lastTime: 77, configuration: PLACED, size: STATE.length, hash: hashOf(STATE) }
  return { type: 'InstallSnapshot', from: 'L', to: 'A', term: 5, ...covered, offset: 0, bytes: STATE, sentAt: 9, ...more }
}

const chunk = (offset: number, to: number, more: Partial<InstallSnapshot> = {}): InstallSnapshot =>
  install({ offset, bytes: STATE.slice(offset, to), ...more })

const snapshotAt = (index: Index): Snapshot => ({ index, term: 1, time: 0, configuration: PLACED, bytes: STATE, hash: hashOf(STATE) })

const hear = (node: RaftNode, message: InstallSnapshot | InstallSnapshotReply): Step =>
  step(node, [{ type: 'message', message }], { now: 10, random: 0.5 })

const said = ({ output }: Step): readonly unknown[] => output.send.map(({ message }) => message)

/** Leads, has applied fourteen entries and keeps a tail of two; B has everything, and of C this much is known. */
function leading(known: Partial<Progress>): RaftNode {
  const node = draw(`A leader t1  ${'1 '.repeat(14)}|`, ABC, { ...SETTINGS, logTail: 2 })
  if (node.role.name !== 'leader') throw new Error('it leads')
  const unknown = newProgress(SETTINGS, 15, 0)
  const progress = new Map([
    ['B', { ...unknown, matchIndex: 14, ackedSentAt: 0 }],
    ['C', { ...unknown, ...known }],
  ])
  return { ...node, handedOut: 14, lastApplied: 14, role: { ...node.role, progress } }
}

function snapshotTaken(node: RaftNode, index: Index, now: Millis = 1): RaftNode {
  return step(node, [{ type: 'snapshot', index, bytes: STATE }], { now, random: 0 }).node
}

describe('taking one', () => {
  const sending: Sending = { snapshot: snapshotAt(9), offset: 0, sentAt: 0, bytes: 0, isOut: true }

  test.each<[string, Partial<Progress>, Millis, Index]>([
    ['lags and answers', { matchIndex: 9, ackedSentAt: 0 }, 299, 9],
    ['lags and fell silent', { matchIndex: 9, ackedSentAt: 0 }, 300, 12],
    ['never answered', {}, 1, 12],
    ['is being sent an older one', { ackedSentAt: 0, sending }, 1, 9],
  ])('I1: where a member %s, the log goes as far as that member needs none of it', (_, known, now, gone) => {
    expect(snapshotTaken(leading(known), 14, now).log.base.index).toBe(gone)
  })

  test('I1: none is taken where the log would keep everything', () => {
    const node = leading({})
    expect(snapshotTaken(node, 2).snapshot).toBe(null)
    expect(snapshotTaken(node, 3)).toMatchObject({ snapshot: { index: 3 }, log: { base: { index: 1 } } })
  })

  test('I1: none is taken again at the same place or before it, though more of the log could go now', () => {
    const taken = snapshotTaken(leading({}), 10)
    const eager = { ...taken, settings: { ...SETTINGS, logTail: 0 } }
    for (const index of [9, 10])
      expect(snapshotTaken(eager, index)).toMatchObject({ snapshot: taken.snapshot, log: { base: { index: 8 } } })
    expect(snapshotTaken(eager, 11)).toMatchObject({ snapshot: { index: 11 }, log: { base: { index: 11 } } })
  })

  test('I1: none is taken where no configuration is known', () => {
    const durable = { currentTerm: 1, votedFor: null, entries: [drawnEntry(1, 1), drawnEntry(2, 1)], commitIndex: 2 }
    const node = { ...start('A', durable, { ...SETTINGS, logTail: 0 }, { now: 0, random: 0 }), handedOut: 2, lastApplied: 2 }
    expect(snapshotTaken(node, 2).snapshot).toBe(null)
  })

  test('I2: a start from nothing but a snapshot has the configuration in it', () => {
    const compaction = { snapshot: snapshotAt(6), base: { index: 6, term: 1, time: 0 } }
    const durable = { currentTerm: 5, votedFor: null, entries: [], commitIndex: 6, compaction }
    expect(configurationOf(start('A', durable, SETTINGS, { now: 0, random: 0 }))).toEqual(PLACED.configuration)
  })
})

describe('sending one', () => {
  /** A leads and has let go of what C lacks, whom it hears; the question how much C has is out. */
  const asked = (): Cluster => {
    const cluster = Cluster.with(ABC, { settings: { logTail: 0, chunkBytes: 3 } }).cut(['A', 'B'], ['C'])
    cluster.timeout('A').settle().propose('A', 'a', 'b', 'c').settle().snapshot('A').heal().heartbeat('A')
    return cluster.deliver({ type: 'AppendEntries' }).deliver({ type: 'AppendEntriesReply' })
  }
  const sent = (cluster: Cluster): readonly InstallSnapshot[] => cluster.messages({ type: 'InstallSnapshot' }) as readonly InstallSnapshot[]

  test('I6: who fell silent with a chunk under way is asked what it has as soon as it answers', () => {
    const cluster = asked().deliver({ type: 'InstallSnapshot' }).deliver({ type: 'InstallSnapshotReply' })
    expect(sent(cluster)).toMatchObject([{ bytes: { length: 3 } }])
    cluster.drop()
    for (let beat = 0; beat < 8; beat++) cluster.heartbeat('A').settle('A', 'B')
    cluster.heartbeat('A').deliver({ type: 'AppendEntries' }).deliver({ type: 'AppendEntriesReply' })
    expect(sent(cluster)).toMatchObject([{ offset: 0, bytes: { length: 0 } }])
  })

  test('I3: after exactly a second without an answer it is asked again', () => {
    const cluster = asked().drop({ type: 'InstallSnapshot' })
    const answered = (ms: Millis): void => {
      for (let passed = 0; passed < ms; passed += 50) {
        cluster.heartbeat('A').deliver({ type: 'AppendEntries' }).deliver({ type: 'AppendEntriesReply' })
      }
    }
    answered(950)
    expect(sent(cluster)).toEqual([])
    answered(50)
    expect(sent(cluster)).toMatchObject([{ to: 'C', offset: 0 }])
  })

  test('I2: who has it when its leader has let go of still more is sent the newer one at once', () => {
    const cluster = asked()
    for (let count = 0; count < 2; count++) cluster.deliver({ type: 'InstallSnapshot' }).deliver({ type: 'InstallSnapshotReply' })
    cluster.propose('A', 'd').deliver({ to: 'B' }).deliver({ from: 'B' }).snapshot('A').drop({ to: 'B' })
    expect(cluster.node('A').log.base.index).toBe(5)
    cluster.deliver({ type: 'InstallSnapshot' }).deliver({ from: 'C' })
    expect(cluster.node('C').log.base.index).toBe(4)
    expect(sent(cluster)).toMatchObject([{ index: 5, offset: 0, bytes: { length: 0 } }])
    expect(cluster.settle().applied('C')).toEqual(['a', 'b', 'c', 'd'])
  })
})

describe('the answer of who receives one', () => {
  const sending: Sending = { snapshot: snapshotAt(6), offset: 1, sentAt: 9, bytes: 0, isOut: true }
  const leaderThatSends = (to: Sending | null): RaftNode => leading({ sending: to })
  const answer = (more: Partial<InstallSnapshotReply> = {}): InstallSnapshotReply => {
    return { type: 'InstallSnapshotReply', from: 'C', to: 'A', term: 1, sentAt: 9, index: 6, offset: 3, ...more }
  }
  const knownOfC = ({ node }: Step): Progress | undefined => (node.role.name === 'leader' ? node.role.progress.get('C') : undefined)

  test.each<[string, Partial<InstallSnapshotReply>, Partial<Sending>, Millis]>([
    ['how much is there', {}, { offset: 3, isOut: false }, 9],
    ['how much is there, to a later question', { sentAt: 10 }, { offset: 3, isOut: false }, 10],
    ['that all is there', { offset: 6 }, { offset: 6, isOut: false }, 9],
    ['of more than there is', { offset: 7 }, {}, 9],
    ['of another snapshot', { index: 5 }, {}, 9],
    ['to an earlier question', { sentAt: 8 }, {}, 8],
    ['of an older term', { term: 0 }, {}, -Infinity],
  ])('I3 E8: %s', (_, more, changes, ackedSentAt) => {
    expect(knownOfC(hear(leaderThatSends(sending), answer(more)))).toMatchObject({ sending: { ...sending, ...changes }, ackedSentAt })
  })

  test('I3: where none is being sent it only shows that somebody is there', () => {
    expect(knownOfC(hear(leaderThatSends(null), answer()))).toMatchObject({ sending: null, ackedSentAt: 9 })
  })

  test('R17: of a stranger, or to who does not lead, changes nothing', () => {
    const quiet = leaderThatSends(sending)
    expect(knownOfC(hear(quiet, answer({ from: 'X' })))).toEqual(knownOfC(step(quiet, [], { now: 10, random: 0.5 })))
    const follower = draw('A follower t1 |', ABC)
    expect(hear(follower, answer()).node).toEqual(follower)
  })

  test('E7: of a higher term makes a follower', () => {
    expect(hear(leaderThatSends(sending), answer({ term: 2 })).node).toMatchObject({ currentTerm: 2, role: { name: 'follower' } })
  })
})

describe('receiving one', () => {
  const blank = draw('A follower t4 |', ABC)
  const begun = hear(blank, chunk(0, 2)).node

  test('R13: a chunk tells nothing of the other logs: what the leader said of them stays, and who asked to lead forgets', () => {
    const heard = step(blank, [{ type: 'message', message: appendEntries({ matches: [['B', 7]] }) }], { now: 1, random: 0 }).node
    expect(matchesOf(hear(heard, chunk(0, 2)).node)).toEqual([['B', 7]])
    expect(matchesOf(hear(draw('A candidate t4 |', ABC), chunk(0, 2)).node)).toEqual([])
  })

  test.each([3, 5])('R17: one that contradicts what is committed (%i of five) changes nothing', (index) => {
    const ahead = draw('A follower t5  1 1 2 2 4 |', ABC)
    const { node, output } = hear(ahead, install({ index, lastTerm: 3 }))
    expect([node.log, node.commitIndex, node.gathering, output.restore]).toEqual([ahead.log, 5, null, null])
  })

  test('I5: of what a newer one covers here, it is acknowledged', () => {
    const covered = hear(blank, install()).node
    const { node, output } = hear(covered, install({ index: 3, lastTerm: 2 }))
    expect([node.log, node.snapshot, output.restore]).toEqual([covered.log, covered.snapshot, null])
    expect(output.send).toMatchObject([{ message: { result: { success: true, matchIndex: 3 } } }])
  })

  test.each<[string, Partial<InstallSnapshot>]>([
    ['index', { index: 7 }],
    ['term', { lastTerm: 3 }],
    ['hash', { hash: 1 }],
    ['size', { size: 9 }],
  ])('I3: chunks of snapshots that differ in nothing but their %s are never mixed', (_, more) => {
    const other = hear(begun, chunk(2, 4, more))
    expect(said(other)).toMatchObject([{ offset: 0 }])
    expect(other.node.gathering).toMatchObject({ offset: 0, chunks: [] })
  })

  test('I3: the question how much is there leaves nothing behind', () => {
    expect(hear(begun, chunk(2, 2)).node.gathering).toEqual(begun.gathering)
  })

  test('R17: a chunk that is longer than the whole is not taken', () => {
    const long = hear(blank, install({ size: 4 }))
    expect(said(long)).toMatchObject([{ type: 'InstallSnapshotReply', offset: 0 }])
    expect(long.node.gathering).toMatchObject({ offset: 0, chunks: [] })
  })
})
