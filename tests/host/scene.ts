/** A host whose links are the test's own. */
import { PROTOCOL } from '../../shared/limits.ts'
import { Host } from '../../shared/host/host.ts'
import type { Applier } from '../../shared/host/options.ts'
import type { Journal, NodeId, TabId, Transport, TransportListener } from '../../shared/host/ports.ts'
import { Proposals } from '../../shared/host/proposals.ts'
import type { Transition } from '../../shared/host/transition.ts'
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
import { ROOMY } from '../support/settings.ts'

export const CLUSTER = '0'.repeat(32)
export const OTHER = '1'.repeat(32)
const LEVELS = { min: 1, max: 1 }
const SETTINGS = { ...ROOMY, logTail: 0 }
const OK = { ok: true, value: null } as const
export const JOURNAL: Journal = { append: () => Promise.resolve(OK), compact: () => Promise.resolve(OK), close: () => {} }

/** In its first start, one of three voters. */
export function voter(node: NodeId): Replayed {
  const voters = ['n1', 'n2', 'n3'].map((id) => ({ node: id, machine: id, levels: LEVELS, votes: true }))
  const first: Entry = { index: 1, term: 1, time: 0, body: { type: 'configuration', configuration: { voters, learners: [] } } }
  const identity = { node, machine: 'm', cluster: CLUSTER, nonce: 'mine', createdAt: 0 }
  const bytes = encodeRecord(1, { kind: 'birth', ...identity, term: 1, votedFor: 'n1', commitIndex: 1, entries: [first] })
  const read = replay([{ number: 1, bytes }])
  if (!read.ok) throw new Error('a birth that cannot be read')
  return read.value
}

export class Scene {
  readonly clock = new MemoryClock()
  readonly applied: number[] = []
  readonly refused: string[] = []
  readonly stopped: string[] = []
  /** What went over the links. */
  readonly sent: Uint8Array[] = []
  readonly transitions: Transition[] = []
  /** What the machine writes down, if it is asked to. */
  snapshot: Uint8Array | null = null
  readonly applier = {
    ...NOTHING_AGREED,
    lastApplied: 0,
    level: 1,
    levels: LEVELS,
    checksum: null,
    stop: null as Applier['stop'],
    isValid: () => true,
    snapshot: () => this.snapshot,
    restore: () => false,
    apply: ({ index }: Entry) => {
      this.applied.push(index)
      this.applier.lastApplied = index
      return null
    },
  }
  readonly host: Host
  listener!: TransportListener

  constructor(...nodes: readonly NodeId[]) {
    const transport: Transport = {
      setHello: () => {},
      send: (_, frame) => this.sent.push(frame),
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
      { ...who, settings: SETTINGS, clock: this.clock, transport, applier: this.applier, proposals, snapshotAfter: 1 },
      {
        changed: () => {},
        foundCluster: () => {},
        removed: () => {},
        stopped: (node, { why }) => this.stopped.push(`${node}: ${why}`),
        transition: (transition) => this.transitions.push(transition),
      },
    )
    for (const node of nodes) this.host.add(voter(node), JOURNAL)
  }

  meet(tab: TabId, cluster: string | null, ...hosted: readonly HostedNode[]): void {
    const who = { tab, machine: tab, person: { id: tab, name: tab }, build: 'test', votes: true }
    this.listener.up(tab, encodeHello({ protocol: PROTOCOL, cluster, levels: LEVELS, hosted, late: false, ...who }))
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

export const first = (node: NodeId, more: Partial<HostedNode> = {}): HostedNode => ({ node, incarnation: 1, nonce: 'theirs', ...more })
