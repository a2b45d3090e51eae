/** What a runner does about saves that are slow, fail or collide, and what it says meanwhile. */
import { describe, expect, test } from 'vitest'
import type { Journal, Result, SaveError } from '../../shared/host/ports.ts'
import { Runner } from '../../shared/host/runner.ts'
import type { Stopped } from '../../shared/host/runner.ts'
import type { Message } from '../../shared/raft/messages.ts'
import type { Entry } from '../../shared/raft/types.ts'
import { decodeRecord, encodeRecord } from '../../shared/wire/record.ts'
import { replay } from '../../shared/wire/replay.ts'
import type { Replayed } from '../../shared/wire/replay.ts'
import { MemoryClock } from '../support/memory-clock.ts'
import { ROOMY } from '../support/settings.ts'

/** Nothing happens by itself. */
const SETTINGS = { ...ROOMY, electionMin: 150_000, electionMax: 300_000, checkQuorum: 2_000_000, logTail: 1 }
const OK = { ok: true, value: null } as const
const ABORTED = { ok: false, error: { type: 'aborted', why: 'test' } } as const
const COLLISION = { ok: false, error: { type: 'collision' } } as const

/** Started from one record: n1 follows n2 in term 1 of a cluster of three. */
function voter(): Replayed {
  const voters = ['n1', 'n2', 'n3'].map((node) => ({ node, machine: node, levels: { min: 1, max: 1 }, votes: true }))
  const first: Entry = { index: 1, term: 1, time: 0, body: { type: 'configuration', configuration: { voters, learners: [] } } }
  const identity = { node: 'n1', machine: 'n1', cluster: '0'.repeat(32), nonce: 'x', createdAt: 0 }
  const bytes = encodeRecord(1, { kind: 'birth', ...identity, term: 1, votedFor: 'n2', commitIndex: 1, entries: [first] })
  const read = replay([{ number: 1, bytes }])
  if (!read.ok) throw new Error('a birth that cannot be read')
  return read.value
}

class Scene {
  readonly clock = new MemoryClock()
  readonly writes: { readonly what: string; readonly end: (result: Result<null, SaveError>) => void }[] = []
  readonly sent: string[] = []
  readonly restored: number[] = []
  readonly stopped: Stopped[] = []
  readonly runner: Runner

  constructor(apply: () => boolean = () => false) {
    const journal: Journal = {
      append: (number, record, durability) => {
        const read = decodeRecord(number, record)
        const kind = read.ok ? read.value.kind : 'unreadable'
        return new Promise((end) => this.writes.push({ what: `${number} ${kind} ${durability}`, end }))
      },
      compact: (first, records) => {
        const kinds = records.map((record, k) => {
          const read = decodeRecord(first + k, record)
          return read.ok ? read.value.kind : 'unreadable'
        })
        return new Promise((end) => this.writes.push({ what: `${first} ${kinds.join(' ')} anew`, end }))
      },
      close: () => {},
    }
    this.runner = new Runner(voter(), journal, SETTINGS, this.clock, {
      admit: (_, inputs) => inputs,
      send: (messages) => this.sent.push(...messages.map(({ type, term, to }) => `${type} t${term} to ${to}`)),
      restore: ({ index }) => this.restored.push(index),
      apply,
      refused: () => {},
      read: () => {},
      changed: () => {},
      stopped: (why) => this.stopped.push(why),
    })
  }

  get written(): readonly string[] {
    return this.writes.map(({ what }) => what)
  }

  async hear(...messages: readonly Message[]): Promise<void> {
    this.runner.deliver(messages.map((message) => ({ type: 'message', message })))
    await this.pass(0)
  }

  /** The write that was asked for last ends so. */
  async end(result: Result<null, SaveError>): Promise<void> {
    this.writes.at(-1)!.end(result)
    await this.pass(0)
  }

  async pass(ms: number): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    await this.clock.pass(ms)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const asks = (from: string, term: number): Message => {
  return { type: 'RequestVote', from, to: 'n1', term, preVote: false, reason: 'transfer', lastLogIndex: 9, lastLogTerm: 1 }
}
const appends = (index: number, leaderCommit: number): Message => {
  const entries: Entry[] = [{ index, term: 2, time: 0, body: { type: 'noop' } }]
  const before = { prevLogIndex: index - 1, prevLogTerm: index === 2 ? 1 : 2 }
  return {
    type: 'AppendEntries',
    from: 'n2',
    to: 'n1',
    term: 2,
    ...before,
    entries,
    leaderCommit,
    sentAt: 0,
    matches: [],
    pace: null,
    quiet: false,
  }
}

describe('J2: a save', () => {
  test('is done when its journal says so: until then nothing that waits for it is said, and nothing counts as durable', async () => {
    const scene = new Scene()
    await scene.hear(asks('n2', 2))
    await scene.pass(5_000)
    expect(scene.written).toEqual(['2 save strict'])
    expect(scene.sent).toEqual([])
    expect(scene.runner.node.saves.durable).toMatchObject({ term: 1 })
    await scene.end(OK)
    expect(scene.sent).toEqual(['RequestVoteReply t2 to n2'])
    expect(scene.runner.node.saves.durable).toMatchObject({ term: 2, votedFor: 'n2' })
  })

  test('that fails is tried once more under its own number', async () => {
    const scene = new Scene()
    await scene.hear(asks('n2', 2))
    await scene.end(ABORTED)
    expect(scene.written).toEqual(['2 save strict', '2 save strict'])
    expect(scene.sent).toEqual([])
    await scene.end(OK)
    expect(scene.sent).toEqual(['RequestVoteReply t2 to n2'])
    expect(scene.stopped).toEqual([])
  })

  test('that fails twice stops its node, and what waited for it is never said', async () => {
    const scene = new Scene()
    await scene.hear(asks('n2', 2))
    await scene.end(ABORTED)
    await scene.end(ABORTED)
    expect(scene.stopped).toEqual([{ why: 'storage', error: ABORTED.error }])
    await scene.pass(1_000_000)
    expect(scene.written.length).toBe(2)
    expect(scene.sent).toEqual([])
  })

  test('J1: whose number is taken stops its node at once: somebody else runs it', async () => {
    const scene = new Scene()
    await scene.hear(asks('n2', 2))
    await scene.end(COLLISION)
    expect(scene.written.length).toBe(1)
    expect(scene.stopped).toEqual([{ why: 'storage', error: COLLISION.error }])
    expect(scene.sent).toEqual([])
  })

  test('S3: lets go what waits for it and nothing that waits for the next', async () => {
    const scene = new Scene()
    await scene.hear(asks('n2', 2))
    await scene.hear(appends(2, 1))
    expect(scene.written.length, 'one is under way').toBe(1)
    await scene.end(OK)
    expect(scene.sent).toEqual(['RequestVoteReply t2 to n2'])
    expect(scene.written).toEqual(['2 save strict', '3 save strict'])
    await scene.end(OK)
    expect(scene.sent).toEqual(['RequestVoteReply t2 to n2', 'AppendEntriesReply t2 to n2'])
  })

  test('S3: lets nothing go whose term is over by then', async () => {
    const scene = new Scene()
    await scene.hear(asks('n2', 2))
    await scene.hear(asks('n3', 3))
    await scene.end(OK)
    expect(scene.sent).toEqual([])
    await scene.end(OK)
    expect(scene.sent).toEqual(['RequestVoteReply t3 to n3'])
  })
})

describe('S11: a commit hint', () => {
  test('is not written beside a save, whose number comes first', async () => {
    const scene = new Scene()
    await scene.hear(appends(2, 1))
    await scene.end(OK)
    await scene.hear(appends(3, 2))
    await scene.hear({ ...appends(3, 3), entries: [], prevLogIndex: 3 } as Message)
    expect(scene.runner.node.commitIndex).toBe(3)
    await scene.pass(5_000)
    expect(scene.written).toEqual(['2 save strict', '3 save strict'])
  })

  test('is relaxed, and one whose number is taken stops its node', async () => {
    const scene = new Scene()
    await scene.hear(appends(2, 1))
    await scene.end(OK)
    await scene.hear({ ...appends(3, 2), entries: [] } as Message)
    await scene.pass(1_500)
    expect(scene.written).toEqual(['2 save strict', '3 hint relaxed'])
    await scene.end(COLLISION)
    expect(scene.stopped).toEqual([{ why: 'storage', error: COLLISION.error }])
  })
})

describe('a node that stopped', () => {
  test('because a rule broke says why, and steps no more', async () => {
    const scene = new Scene(() => {
      throw new Error('broken on purpose')
    })
    await scene.pass(0)
    expect(scene.stopped).toMatchObject([{ why: 'broken' }])
    const { node } = scene.runner
    await scene.hear(asks('n2', 2))
    expect(scene.runner.node).toBe(node)
  })

  test('K5: because its tab left hears nothing, saves nothing and lets nothing go', async () => {
    const scene = new Scene()
    await scene.hear(asks('n2', 2))
    const { node } = scene.runner
    scene.runner.stop({ why: 'left' })
    await scene.end(OK)
    await scene.hear(asks('n3', 3))
    await scene.pass(1_000_000)
    expect(scene.runner.node).toBe(node)
    expect(scene.sent).toEqual([])
    expect(scene.written.length).toBe(1)
  })
})
