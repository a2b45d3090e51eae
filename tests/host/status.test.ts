/** What a tab tells of itself, and that it counts right. */
import { describe, expect, test } from 'vitest'
import { statusOf } from '../../shared/host/status.ts'
import type { Status } from '../../shared/host/status.ts'
import type { AppendEntries, AppendResult, Message } from '../../shared/raft/messages.ts'
import type { NodeId, Term } from '../../shared/raft/types.ts'
import { decodeFrame, encodeFrame } from '../../shared/wire/envelope.ts'
import { CLUSTER, first, Scene } from './scene.ts'

class Watched extends Scene {
  constructor(...nodes: readonly NodeId[]) {
    super(...nodes)
    this.meet('t2', CLUSTER, first('n2'))
    if (!nodes.includes('n3')) this.meet('t3', CLUSTER, first('n3'))
  }

  get status(): Status {
    return statusOf(this.host)
  }

  /** What it sent to other tabs, message by message. */
  get messages(): readonly Message[] {
    return this.sent.flatMap((frame) => {
      const read = decodeFrame(frame)
      return read.ok ? read.value.messages.map(({ message }) => message) : []
    })
  }

  /** n1 leads term 2, and its first entry is under way. */
  async lead(): Promise<void> {
    await this.hear('t2', heartbeat(1))
    await this.hear('t2', { type: 'TimeoutNow', from: 'n2', to: 'n1', term: 1 })
    await this.hear('t2', { type: 'RequestVoteReply', from: 'n2', to: 'n1', term: 2, preVote: false, granted: true, asked: 2 })
    expect(this.status).toMatchObject({ role: 'leader', term: 2, leader: 'n1' })
  }

  answer(from: 'n2' | 'n3', result: AppendResult, roundTripMs = 0): Promise<void> {
    const tab = from === 'n2' ? 't2' : 't3'
    const sentAt = this.clock.now() - roundTripMs
    return this.hear(tab, { type: 'AppendEntriesReply', from, to: 'n1', term: 2, sentAt, commitIndex: 1, result, pace: null })
  }
}

const heartbeat = (term: Term, from = 'n2'): AppendEntries => {
  const where = { prevLogIndex: 1, prevLogTerm: 1, leaderCommit: 1 }
  return { type: 'AppendEntries', from, to: 'n1', term, ...where, entries: [], sentAt: 0, matches: [], pace: null, quiet: false }
}

describe('V1: the status of a tab', () => {
  test('says what its log holds, and who the members are though it does not lead', async () => {
    const scene = new Watched('n1')
    await scene.hear('t2', heartbeat(2))
    expect(scene.status).toMatchObject({
      role: 'follower',
      term: 2,
      leader: 'n2',
      snapshotIndex: 0,
      firstIndex: 1,
      lastIndex: 1,
      commitIndex: 1,
    })
    expect(scene.status.members).toEqual(['n1', 'n2', 'n3'].map((node) => ({ node, voter: true, progress: null })))
  })

  test('tells learners from voters', async () => {
    const scene = new Watched('n1')
    await scene.lead()
    await scene.answer('n2', { success: true, matchIndex: 2 })
    scene.meet('t4', CLUSTER, first('n4'))
    for (const _ of [1, 2, 3]) {
      await scene.pass(100)
      await scene.answer('n2', { success: true, matchIndex: 2 })
    }
    expect(scene.status.learners).toEqual(['n4'])
    expect(scene.status.members.filter(({ voter }) => !voter)).toMatchObject([{ node: 'n4', progress: { state: 'probe', matchIndex: 0 } }])
  })

  test('says of a leader how far it knows each other member to be', async () => {
    const scene = new Watched('n1')
    await scene.lead()
    await scene.pass(30)
    await scene.answer('n2', { success: true, matchIndex: 2 }, 30)
    expect(scene.status.members).toEqual([
      { node: 'n1', voter: true, progress: null },
      {
        node: 'n2',
        voter: true,
        progress: { state: 'stream', matchIndex: 2, nextIndex: 3, inFlight: 0, bytesInFlight: 0, windowBytes: 1e6, roundTripMs: 30 },
      },
      {
        node: 'n3',
        voter: true,
        progress: { state: 'probe', matchIndex: 0, nextIndex: 2, inFlight: 1, bytesInFlight: 64, windowBytes: 1e6, roundTripMs: null },
      },
    ])
  })

  test('says whom its leader sends a snapshot, and what is left of the log beside it', async () => {
    const scene = new Watched('n1')
    scene.snapshot = Uint8Array.of(1)
    await scene.lead()
    await scene.answer('n2', { success: true, matchIndex: 2 })
    await scene.pass(100)
    await scene.answer('n3', { success: false, prevLogIndex: 1, hintIndex: 0, hintTerm: 0 })
    expect(scene.status).toMatchObject({ snapshotIndex: 2, firstIndex: 3, lastIndex: 2, commitIndex: 2 })
    expect(scene.status.members[2]?.progress?.state).toBe('snapshot')
  })

  test('is empty and whole while the tab has no node', () => {
    const none = { id: null, term: 0, leader: null, members: [], snapshotIndex: 0, firstIndex: 1, lastIndex: 0, commitIndex: 0 }
    const nothing = { bytes: { sent: 0, received: 0 }, entriesPerMessage: null, elections: 0, electionMs: null }
    expect(statusOf(new Scene().host)).toMatchObject({ ...none, ...nothing })
  })
})

describe('V2: a tab counts', () => {
  test('every byte of the frames that it gave to its links and got from them, whether or not they could be read', async () => {
    const scene = new Watched('n1')
    const heard = encodeFrame(CLUSTER, [{ hops: 0, message: heartbeat(2) }])
    scene.listener.message('t2', heard)
    scene.listener.message('t2', Uint8Array.of(9, 9, 9))
    await scene.pass(1_000)
    const sent = scene.sent.reduce((sum, frame) => sum + frame.byteLength, 0)
    expect(scene.messages.length).toBeGreaterThan(1)
    expect(scene.messages.length).toBeLessThan(scene.sent.length)
    expect(scene.status.bytes).toEqual({ sent, received: heard.byteLength + 3 })
  })

  test('entries by the messages that carry any, and no heartbeat as one', async () => {
    const scene = new Watched('n1')
    await scene.lead()
    await scene.answer('n2', { success: true, matchIndex: 2 })
    for (const text of [1, 2, 3]) void scene.host.options.proposals.submit(Uint8Array.of(text), 0)
    scene.host.propose()
    await scene.pass(200)
    const counts = scene.messages.flatMap((message) => (message.type === 'AppendEntries' ? [message.entries.length] : []))
    expect(counts.filter((count) => count === 0).length).toBeGreaterThan(2)
    const carried = counts.filter((count) => count > 0)
    expect(carried.length).toBeGreaterThan(1)
    expect(carried).toContain(3)
    expect(scene.status.entriesPerMessage).toBe(carried.reduce((sum, count) => sum + count) / carried.length)
  })
})

describe('V3: an election', () => {
  test('took from the last word of one leader until the first of the next, however many terms that was', async () => {
    const scene = new Watched('n1')
    await scene.hear('t2', heartbeat(2))
    expect(scene.status).toMatchObject({ elections: 1, electionMs: null })
    await scene.pass(40)
    await scene.hear('t2', heartbeat(2))
    await scene.pass(400)
    expect(scene.status.leader).toBeNull()
    await scene.hear('t3', heartbeat(5, 'n3'))
    expect(scene.status).toMatchObject({ leader: 'n3', elections: 2, electionMs: 400 })
  })

  test('is none when the same leader is heard again after a silence', async () => {
    const scene = new Watched('n1')
    await scene.hear('t2', heartbeat(2))
    await scene.pass(400)
    await scene.hear('t2', heartbeat(2))
    expect(scene.status).toMatchObject({ leader: 'n2', elections: 1, electionMs: null })
  })

  test('counts once for a tab of two nodes: as the main one saw it', async () => {
    const scene = new Watched('n1', 'n3')
    await scene.pass(3_000)
    const { id, elections } = scene.status
    const rises = scene.transitions.filter((seen) => seen.type === 'stepped' && seen.after.currentTerm > seen.before.currentTerm)
    expect(elections).toBeGreaterThan(0)
    expect(rises.length).toBeGreaterThan(elections)
    expect(elections).toBe(rises.filter(({ node }) => node === id).length)
  })

  test('ends for the new leader itself as it leads, and begins for the old one with its last turn', async () => {
    const scene = new Watched('n1')
    await scene.hear('t2', heartbeat(1))
    await scene.pass(70)
    await scene.hear('t2', { type: 'TimeoutNow', from: 'n2', to: 'n1', term: 1 })
    await scene.hear('t2', { type: 'RequestVoteReply', from: 'n2', to: 'n1', term: 2, preVote: false, granted: true, asked: 2 })
    expect(scene.status).toMatchObject({ role: 'leader', elections: 1, electionMs: 70 })
    await scene.pass(130)
    await scene.hear('t3', heartbeat(7, 'n3'))
    expect(scene.status).toMatchObject({ leader: 'n3', elections: 2, electionMs: 30 })
  })
})

describe('V4: the stream of transitions', () => {
  test('tells each turn from where the one before ended, and every message that left with it or once it was saved', async () => {
    const scene = new Watched('n1')
    await scene.lead()
    await scene.answer('n2', { success: true, matchIndex: 2 })
    await scene.pass(100)
    let node = null
    const told: Message[] = []
    for (const transition of scene.transitions) {
      if (transition.type === 'started') node = transition.after
      if (transition.type === 'saved') told.push(...transition.sent)
      if (transition.type !== 'stepped') continue
      expect(transition.before).toBe(node)
      node = transition.after
      told.push(...transition.output.send.filter(({ after }) => after === null).map(({ message }) => message))
    }
    expect(node).toBe(scene.host.main)
    expect(told.map(({ type }) => type)).toContain('RequestVote')
    expect(told).toEqual(scene.messages)
  })
})
