/** Whom a host listens to, and what it does for the nodes of its tab. The links are the test's own. */
import { describe, expect, test } from 'vitest'
import { Host } from '../../shared/host/host.ts'
import type { Applier } from '../../shared/host/options.ts'
import type { Journal, NodeId, TabId, Transport, TransportListener } from '../../shared/host/ports.ts'
import { Proposals } from '../../shared/host/proposals.ts'
import type { Message } from '../../shared/raft/messages.ts'
import type { Entry } from '../../shared/raft/types.ts'
import { encodeFrame } from '../../shared/wire/envelope.ts'
import { encodeHello } from '../../shared/wire/hello.ts'
import type { HostedNode } from '../../shared/wire/hello.ts'
import { encodeRecord } from '../../shared/wire/record.ts'
import { replay } from '../../shared/wire/replay.ts'
import type { Replayed } from '../../shared/wire/replay.ts'
import { NOTHING_AGREED } from './agreed.ts'
import { MemoryClock } from '../support/memory-clock.ts'

const CLUSTER = '0'.repeat(32)
const OTHER = '1'.repeat(32)
const LEVELS = { min: 1, max: 1 }
const SETTINGS = {
  electionMin: 150,
  electionMax: 300,
  checkQuorum: 2_000,
  heartbeat: 50,
  preVote: true,
  appendBytes: 1e6,
  appendsInFlight: 16,
  uncommittedMax: 1e3,
  chunkBytes: 1_000,
  logTail: 1_000,
}
const OK = { ok: true, value: null } as const
const JOURNAL: Journal = { append: () => Promise.resolve(OK), compact: () => Promise.resolve(OK), close: () => {} }

/** In its first start, one of three voters. */
function voter(node: NodeId): Replayed {
  const voters = ['n1', 'n2', 'n3'].map((id) => ({ node: id, machine: id, levels: LEVELS, votes: true }))
  const first: Entry = { index: 1, term: 1, time: 0, body: { type: 'configuration', configuration: { voters, learners: [] } } }
  const identity = { node, machine: 'm', cluster: CLUSTER, nonce: 'mine', createdAt: 0 }
  const bytes = encodeRecord(1, { kind: 'birth', ...identity, term: 1, votedFor: 'n1', commitIndex: 1, entries: [first] })
  const read = replay([{ number: 1, bytes }])
  if (!read.ok) throw new Error('a birth that cannot be read')
  return read.value
}

class Scene {
  readonly clock = new MemoryClock()
  readonly applied: number[] = []
  readonly refused: string[] = []
  readonly stopped: string[] = []
  readonly applier = {
    ...NOTHING_AGREED,
    lastApplied: 0,
    level: 1,
    levels: LEVELS,
    checksum: null,
    stop: null as Applier['stop'],
    isValid: () => true,
    snapshot: () => null,
    restore: () => false,
    apply: ({ index }: Entry) => {
      this.applied.push(index)
      return null
    },
  }
  readonly host: Host
  listener!: TransportListener

  constructor(...nodes: readonly NodeId[]) {
    const transport: Transport = {
      setHello: () => {},
      send: () => {},
      farewell: () => {},
      refuse: (tab, reason) => this.refused.push(`${tab}: ${reason}`),
      listen: (listener) => {
        this.listener = listener
      },
      cut: () => {},
      heal: () => {},
      close: () => {},
    }
    const proposals = new Proposals<unknown>('s', { put: () => {}, settle: () => {}, drop: () => {} }, Uint8Array.of(0))
    const who = { tab: 't1', machine: 'm', person: { id: 'p', name: 'Ada' }, build: 'test', votes: true }
    this.host = new Host(
      null,
      { ...who, settings: SETTINGS, clock: this.clock, transport, applier: this.applier, proposals },
      {
        changed: () => {},
        foundCluster: () => {},
        removed: () => {},
        stopped: (node, { why }) => this.stopped.push(`${node}: ${why}`),
      },
    )
    for (const node of nodes) this.host.add(voter(node), JOURNAL)
  }

  meet(tab: TabId, cluster: string | null, ...hosted: readonly HostedNode[]): void {
    const who = { tab, machine: tab, person: { id: tab, name: tab }, build: 'test', votes: true }
    this.listener.up(tab, encodeHello({ protocol: LEVELS, cluster, levels: LEVELS, hosted, ...who }))
  }

  async hear(tab: TabId, message: Message, cluster = CLUSTER): Promise<void> {
    this.listener.message(tab, encodeFrame(cluster, [{ hops: 0, message }]))
    await this.pass(0)
  }

  async pass(ms: number): Promise<void> {
    for (let k = 0; k < 20; k++) await new Promise((resolve) => setImmediate(resolve))
    await this.clock.pass(ms)
    for (let k = 0; k < 20; k++) await new Promise((resolve) => setImmediate(resolve))
  }

  get term(): number | undefined {
    return this.host.main?.currentTerm
  }
}

const first = (node: NodeId, more: Partial<HostedNode> = {}): HostedNode => ({ node, incarnation: 1, nonce: 'theirs', ...more })
const asks = (from: NodeId): Message => {
  return { type: 'RequestVote', from, to: 'n1', term: 9, preVote: false, reason: 'transfer', lastLogIndex: 9, lastLogTerm: 8 }
}

describe('K3: a host listens', () => {
  test('to who hosts the sender', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2'))
    await scene.hear('t2', asks('n2'))
    expect(scene.term).toBe(9)
  })

  test('to no other tab that speaks for that node', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2'))
    scene.meet('t3', CLUSTER, first('n3'))
    await scene.hear('t3', asks('n2'))
    expect(scene.term).toBe(1)
    expect(scene.host.counts).toMatchObject({ 'not its tab': 1 })
  })

  test('to no tab of another cluster, which is told so', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', OTHER, first('n2'))
    expect(scene.refused).toEqual(['t2: another cluster'])
    await scene.hear('t2', asks('n2'), OTHER)
    await scene.hear('t2', asks('n2'))
    expect(scene.term).toBe(1)
  })

  test('to no frame of another cluster, whoever brings it', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2'))
    await scene.hear('t2', asks('n2'), OTHER)
    expect(scene.term).toBe(1)
    expect(scene.host.counts).toMatchObject({ 'another cluster': 1 })
  })
})

describe('K3: a copied profile', () => {
  test.each([
    ['an older start of a node that runs here', first('n1', { incarnation: 1, nonce: 'theirs' })],
    ['an older start of a node that runs elsewhere', first('n2', { incarnation: 1 })],
  ])('%s is refused, after the time that a hello may be on its way', async (_, copy) => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2', { incarnation: 2 }))
    scene.meet('t3', CLUSTER, copy)
    expect(scene.refused).toEqual([])
    await scene.pass(3_000)
    expect(scene.refused).toEqual(['t3: copied'])
  })

  test('is refused though its original has gone meanwhile', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2', { incarnation: 2 }))
    scene.listener.down('t2')
    scene.meet('t3', CLUSTER, first('n2', { incarnation: 1 }))
    await scene.pass(3_000)
    expect(scene.refused).toEqual(['t3: copied'])
  })

  test('is refused by a third tab that met the older start first, which says nothing new (simulator)', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2', { incarnation: 1 }))
    scene.meet('t3', CLUSTER, first('n2', { incarnation: 2 }))
    await scene.pass(3_000)
    expect(scene.refused).toEqual(['t2: copied'])
  })

  test('is refused by a tab that met it before its own start of that node', async () => {
    const scene = new Scene()
    scene.meet('t2', CLUSTER, first('n1', { incarnation: 1, nonce: 'theirs' }))
    scene.host.add(voter('n1'), JOURNAL)
    await scene.pass(3_000)
    expect(scene.refused).toEqual(['t2: copied'])
  })

  test('that is told so stops', () => {
    const scene = new Scene('n1')
    scene.listener.refused('t2', 'copied')
    expect(scene.stopped).toEqual(['n1: copied'])
  })
})

describe('K5: nodes of one tab', () => {
  test('speak to each other, and the list is that of the main one only', async () => {
    const scene = new Scene('n1', 'n3')
    await scene.pass(3_000)
    expect(scene.host.hosted.some(({ role }) => role.name === 'leader')).toBe(true)
    expect(scene.applied.length).toBeGreaterThan(1)
    expect(scene.applied).toEqual(scene.applied.map((_, at) => at + 1))
  })

  test('never step again once the tab has left', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2'))
    scene.host.leave()
    expect(scene.stopped).toEqual(['n1: left'])
    await scene.hear('t2', asks('n2'))
    expect(scene.host.hosted).toEqual([])
  })
})

describe('a machine that stopped', () => {
  test('C11: stops its node where it has another state than the leader, and no other of the tab', async () => {
    const scene = new Scene('n1', 'n2')
    await scene.pass(0)
    scene.applier.stop = { type: 'checksum', index: 1 }
    await scene.pass(400)
    expect(scene.stopped).toEqual(['n1: disagrees'])
    expect(scene.host.hosted.map(({ id }) => id)).toEqual(['n2'])
  })
})
