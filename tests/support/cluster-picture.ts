/** Nodes as lines of text, as the paper draws them: `S1 leader t4  1 | 2 4` leads term 4, and of its entries the first is committed. */
import { newProgress } from '../../shared/raft/election.ts'
import type { RaftNode, Role, Settings } from '../../shared/raft/node.ts'
import { NO_READS, start } from '../../shared/raft/node.ts'
import type { Configuration, Entry, Index, Member, NodeId, Term } from '../../shared/raft/types.ts'
import { ROOMY } from './settings.ts'

export const SETTINGS: Settings = {
  ...ROOMY,
  appendBytes: 64 * 1024,
  appendsInFlight: 8,
  windowMin: 64 * 1024,
  uncommittedMax: 100,
  chunkBytes: 100,
  logTail: 4,
}

export const lines = (...all: readonly string[]): string => all.join('\n')

export function member(node: NodeId, more: Partial<Member> = {}): Member {
  return { node, machine: `machine-of-${node}`, levels: { min: 1, max: 1 }, votes: true, ...more }
}

export function configuration(voters: readonly NodeId[], learners: readonly NodeId[] = []): Configuration {
  return { voters: voters.map((id) => member(id)), learners: learners.map((id) => member(id)) }
}

export interface Drawn {
  readonly id: NodeId
  readonly role: string
  readonly term: Term
  readonly terms: readonly Term[]
  readonly commitIndex: Index
}

export function parse(line: string): Drawn {
  const found = /^(\S+)\s+(follower|candidate|leader|down)\s+t(\d+)\s*(.*)$/.exec(line.trim())
  if (found === null) throw new Error(`not a node: ${line}`)
  const [, id, role, term, log] = found as unknown as [string, NodeId, string, string, string]
  const marks = log.split(/\s+/).filter((mark) => mark !== '')
  const bar = marks.indexOf('|')
  return { id, role, term: Number(term), terms: marks.filter((mark) => mark !== '|').map(Number), commitIndex: Math.max(bar, 0) }
}

/** The same index and term is the same entry in every drawing. */
export function drawnEntry(index: Index, term: Term): Entry {
  const bytes = new TextEncoder().encode(`${index} of term ${term}`)
  const header = { session: 'drawn', seq: index, settled: 0 }
  return { index, term, time: 0, body: { type: 'command', command: { header, bytes, signature: null } } }
}

/** One node out of a line, everything in its log durable, its clock at 0; among `voters`, or alone with them in mind. */
export function draw(line: string, voters: readonly NodeId[] = [], settings: Settings = SETTINGS): RaftNode {
  const { id, role, term, terms, commitIndex } = parse(line)
  const entries = terms.map((of, at) => drawnEntry(at + 1, of))
  const votedFor = role === 'leader' || role === 'candidate' ? id : null
  const node = start(id, { currentTerm: term, votedFor, entries, commitIndex }, settings, { now: 0, random: 0.5 })
  const configurations = [{ index: 0, configuration: configuration(voters) }, ...node.configurations]
  return { ...node, configurations, role: drawnRole(role, node, voters) }
}

/** `A leader    t2  1 2 |` for each, roles in one column; a node that is down shows what its disk holds. */
export function pictureOf(nodes: readonly { readonly node: RaftNode; readonly isDown: boolean }[]): string {
  const drawn = nodes.map(({ node, isDown }) => ({ node, role: isDown ? 'down' : node.role.name }))
  const idWidth = Math.max(...drawn.map(({ node }) => node.id.length))
  const roleWidth = Math.max('follower'.length, ...drawn.map(({ role }) => role.length))
  return drawn
    .map(({ node, role }) => {
      const log = termsOf(node).join(' ')
      return `${node.id.padEnd(idWidth)} ${role.padEnd(roleWidth)}  t${node.currentTerm}  ${log}`
    })
    .join('\n')
}

/** The log by its terms with a bar after what is committed: `(4) 2 | 3` where a snapshot took the place of the first four. */
export function termsOf({ log, commitIndex }: Pick<RaftNode, 'log' | 'commitIndex'>): readonly string[] {
  const { index: gone } = log.base
  const terms = log.slice(1).map((entry) => String(entry.term))
  return [...(gone > 0 ? [`(${gone})`] : []), ...terms.slice(0, commitIndex - gone), '|', ...terms.slice(commitIndex - gone)]
}

function drawnRole(role: string, node: RaftNode, voters: readonly NodeId[]): Role {
  if (role === 'candidate') return { name: 'candidate', granted: new Set(), deadline: 225, graced: false }
  if (role !== 'leader') return node.role
  const others = voters.filter((voter) => voter !== node.id)
  const progress = new Map(others.map((voter) => [voter, newProgress(node.settings, node.log.lastIndex + 1, 0)]))
  return {
    name: 'leader',
    progress,
    heartbeatDue: 0,
    beats: [],
    stampedAt: 0,
    transfer: null,
    reads: NO_READS,
    deadline: SETTINGS.checkQuorum,
    graced: false,
  }
}
