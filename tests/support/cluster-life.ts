/** One node of a cluster with its disk: what it stored, what it is storing, what waits for that. */
import { farewells } from '../../shared/raft/farewell.ts'
import type { Farewell, Message, ReadId } from '../../shared/raft/messages.ts'
import type { Durable, RaftNode, Settings } from '../../shared/raft/node.ts'
import { NOTHING_DURABLE, start } from '../../shared/raft/node.ts'
import type { Save } from '../../shared/raft/saves.ts'
import type { Outgoing, Output } from '../../shared/raft/step.ts'
import type { Refusal } from '../../shared/raft/turn.ts'
import type { Configuration, Entry, Index, Millis, Moment, NodeId, SaveNumber, Snapshot } from '../../shared/raft/types.ts'
import { configuration, draw, parse } from './cluster-picture.ts'

export interface Life {
  /** In force before its log begins; null for a stranger. */
  readonly initial: Configuration | null
  node: RaftNode
  isDown: boolean
  isSlow: boolean
  starts: number
  disk: Durable
  /** The one save in flight. */
  save: Save | null
  lastSaved: SaveNumber
  held: Outgoing[]
  /** What its state machine holds of a snapshot; then come those applied. */
  restored: readonly string[]
  applied: Entry[]
  refused: Refusal[]
  /** Own reads: what must be applied to answer, null where nobody serves them now. */
  reads: Map<ReadId, Index | null>
  wake: Millis
}

export interface Options {
  readonly learners?: readonly NodeId[]
  readonly settings?: Partial<Settings>
  /** Nodes that run, know of nobody and are no members yet. */
  readonly strangers?: readonly NodeId[]
  readonly seed?: number
}

export interface Leaving {
  /** Other nodes of the same tab. */
  readonly with?: readonly NodeId[]
  /** A frame larger than this is not sent. */
  readonly bytes?: number
  /** The save that was under way anyway reaches the disk. */
  readonly landed?: boolean
}

/** Just started, nothing stored; `initial` is the configuration that it was told before its log begins. */
export function lifeOf(id: NodeId, settings: Settings, initial: Configuration | null, moment: Moment): Life {
  return livedBy(withInitial(start(id, NOTHING_DURABLE, settings, moment), initial), initial)
}

/** What a step made of it. The save is the cluster's to run. */
export function live(life: Life, node: RaftNode, output: Output): void {
  life.node = node
  life.wake = output.wake
  if (output.restore !== null) Object.assign(life, { restored: textsIn(output.restore), applied: [] })
  life.applied.push(...output.apply)
  life.refused.push(...output.refused)
  life.held.push(...output.send)
  for (const read of output.unanswered) life.reads.set(read, null)
  for (const { id, index } of output.answer) life.reads.set(id, index)
}

/** Everything drawn is durable. */
export function drawnLife(line: string, voters: readonly NodeId[]): Life {
  return { ...livedBy(draw(line, voters), configuration(voters)), isDown: parse(line).role === 'down' }
}

/** The save in flight reaches the disk, as a journal would replay it. */
export function store(life: Life): void {
  const { number, term: currentTerm, votedFor, commitIndex, from, entries, compaction } = life.save!
  const gone = life.disk.compaction?.base.index ?? 0
  if (compaction === null && from > gone + life.disk.entries.length + 1) throw new Error(`save ${number} of ${life.node.id} leaves a gap`)
  const kept = compaction === null ? life.disk.entries.slice(0, from - 1 - gone) : []
  life.disk = {
    currentTerm,
    votedFor,
    commitIndex: Math.max(commitIndex, compaction?.snapshot.index ?? 0),
    entries: [...kept, ...entries],
    compaction: compaction ?? life.disk.compaction ?? null,
  }
  life.lastSaved = number
  life.save = null
}

/** What may leave now. */
export function takeReady(life: Life): readonly Message[] {
  const isReady = ({ after }: Outgoing): boolean => after === null || after <= life.lastSaved
  const ready = life.held.filter(isReady)
  life.held = life.held.filter((outgoing) => !isReady(outgoing))
  return ready.map(({ message }) => message)
}

/** Everything that was not on the disk is gone; until it restarts, `node` shows what the disk holds. */
export function crash(life: Life, moment: Moment): void {
  Object.assign(life, { isDown: true, save: null, held: [], node: fromDisk(life, moment) })
}

export function restart(life: Life, moment: Moment): void {
  const node = fromDisk(life, moment)
  Object.assign(life, {
    node,
    isDown: false,
    starts: life.starts + 1,
    lastSaved: 0,
    restored: node.snapshot === null ? [] : textsIn(node.snapshot),
    applied: [],
    refused: [],
    reads: new Map(),
    wake: moment.now,
  })
}

/** What the nodes of one tab say when it closes, as far as a frame of so many characters holds it. */
export function farewellsOf(lives: readonly Life[], moment: Moment, bytes: number): readonly Farewell[] {
  const leavers = lives.map(({ node, starts }) => ({ node: node.id, incarnation: starts }))
  return lives.flatMap(({ node }) => farewells(node, leavers, moment, (farewell) => JSON.stringify(farewell).length <= bytes))
}

export function newestLeader(nodes: readonly RaftNode[]): NodeId | null {
  const leaders = nodes.filter((node) => node.role.name === 'leader')
  return leaders.toSorted((a, b) => b.currentTerm - a.currentTerm)[0]?.id ?? null
}

/** Had its timeout passed by now, it drew a longer one. */
export function postpone(life: Life, now: Millis): void {
  const { role } = life.node
  if (role.name === 'leader' || role.deadline > now) return
  life.wake = now + LATER_MS
  life.node = { ...life.node, role: { ...role, deadline: life.wake } }
}

/** All commands applied, whether one by one or in a snapshot: the state machine is a list of texts. */
export function textsOf({ restored, applied }: Life): readonly string[] {
  return [...restored, ...applied.flatMap(({ body }) => (body.type === 'command' ? [new TextDecoder().decode(body.command.bytes)] : []))]
}

export function stateOf(life: Life): Uint8Array {
  return new TextEncoder().encode(textsOf(life).join('\n'))
}

function textsIn({ bytes }: Snapshot): readonly string[] {
  return bytes.length === 0 ? [] : new TextDecoder().decode(bytes).split('\n')
}

const LATER_MS = 100

function livedBy(node: RaftNode, initial: Configuration | null): Life {
  const { currentTerm, votedFor, log, commitIndex, role } = node
  const disk = { currentTerm, votedFor, entries: log.slice(1), commitIndex }
  const wake = role.name === 'leader' ? role.heartbeatDue : role.deadline
  const nothing = {
    starts: 0,
    save: null,
    lastSaved: 0,
    held: [],
    restored: [],
    applied: [],
    refused: [],
    reads: new Map<ReadId, Index | null>(),
  }
  return { ...nothing, initial, node, disk, wake, isDown: false, isSlow: false }
}

function fromDisk({ node: { id, settings }, disk, initial }: Life, moment: Moment): RaftNode {
  return withInitial(start(id, disk, settings, moment), initial)
}

function withInitial(node: RaftNode, initial: Configuration | null): RaftNode {
  return initial === null ? node : { ...node, configurations: [{ index: 0, configuration: initial }, ...node.configurations] }
}
