/** One of everything that has a format, small enough to read in hexadecimal. */
import type { Message } from '../../shared/raft/messages.ts'
import type { Body, Entry, Member } from '../../shared/raft/types.ts'
import type { Hello } from '../../shared/wire/hello.ts'
import type { RecordContent } from '../../shared/wire/record.ts'
import type { Report } from '../../shared/wire/report.ts'

export const CLUSTER = '000102030405060708090a0b0c0d0e0f'

export const member = (node: string, votes = true): Member => ({ node, machine: `m${node}`, levels: { min: 1, max: 2 }, votes })

export const command = (seq: number, bytes = Uint8Array.of(1, 2, 3)): Extract<Body, { type: 'command' }> => ({
  type: 'command',
  command: { header: { session: 'sess', seq, settled: seq - 1 }, bytes, signature: null },
})

export const entry = (index: number, term: number, body: Body = command(index)): Entry => ({
  index,
  term,
  time: 1_790_000_000_000 + index,
  body,
})

/** One entry of each kind, from index 1. */
export const ENTRIES: readonly Entry[] = [
  entry(1, 1, { type: 'configuration', configuration: { voters: [member('a'), member('b')], learners: [member('c', false)] } }),
  entry(2, 1, { type: 'level', level: 1 }),
  entry(3, 1, {
    type: 'command',
    command: { header: { session: 'sess', seq: 5, settled: 3 }, bytes: Uint8Array.of(9), signature: Uint8Array.of(8, 8) },
  }),
  entry(4, 2, { type: 'noop' }),
  entry(5, 2, { type: 'checksum', index: 4, hash: Uint8Array.of(0xca, 0xfe) }),
]

const address = { from: 'a', to: 'b', term: 3 } as const

export const APPEND = {
  type: 'AppendEntries',
  ...address,
  prevLogIndex: 0,
  prevLogTerm: 0,
  entries: ENTRIES,
  leaderCommit: 4,
  sentAt: 1234.5,
  matches: [
    ['a', 5],
    ['b', 0],
  ],
  pace: null,
  quiet: false,
} as const satisfies Message

const CONFIGURATION = { voters: [member('a')], learners: [member('c', false)] }

const INSTALL = {
  type: 'InstallSnapshot',
  ...address,
  sentAt: 1234.5,
  index: 5,
  lastTerm: 2,
  lastTime: 1_790_000_000_005,
  configuration: { index: 1, configuration: CONFIGURATION },
  size: 4,
  hash: 2 ** 51 + 7,
  offset: 0,
  bytes: new Uint8Array(0),
} as const satisfies Message

/** Every message, by a name that tells its variant. */
export const MESSAGES: Readonly<Record<string, Message>> = {
  'RequestVote by timeout': { type: 'RequestVote', ...address, preVote: true, reason: 'timeout', lastLogIndex: 300, lastLogTerm: 2 },
  'RequestVote by transfer': { type: 'RequestVote', ...address, preVote: false, reason: 'transfer', lastLogIndex: 0, lastLogTerm: 0 },
  'RequestVote, leader gone': { type: 'RequestVote', ...address, preVote: false, reason: 'leader-gone', lastLogIndex: 7, lastLogTerm: 2 },
  RequestVoteReply: { type: 'RequestVoteReply', ...address, preVote: false, granted: true, asked: 3 },
  'AppendEntries, a heartbeat': { ...APPEND, prevLogIndex: 5, prevLogTerm: 2, entries: [], matches: [] },
  'AppendEntries with one of each kind': APPEND,
  'AppendEntries with a pace': { ...APPEND, prevLogIndex: 5, prevLogTerm: 2, entries: [], matches: [], pace: 600 },
  'AppendEntries, quiet': { ...APPEND, prevLogIndex: 5, prevLogTerm: 2, entries: [], matches: [], pace: 600, quiet: true },
  'AppendEntriesReply, it matches': {
    type: 'AppendEntriesReply',
    ...address,
    sentAt: 1234.5,
    commitIndex: 4,
    result: { success: true, matchIndex: 5 },
    pace: null,
  },
  'AppendEntriesReply, look there': {
    type: 'AppendEntriesReply',
    ...address,
    sentAt: 1,
    commitIndex: 4,
    result: { success: false, prevLogIndex: 9, hintIndex: 6, hintTerm: 2 },
    pace: null,
  },
  'AppendEntriesReply with a pace': {
    type: 'AppendEntriesReply',
    ...address,
    sentAt: 1,
    commitIndex: 4,
    result: { success: true, matchIndex: 5 },
    pace: 150,
  },
  TimeoutNow: { type: 'TimeoutNow', ...address },
  Propose: { type: 'Propose', ...address, commands: [command(1).command, { ...command(2).command, signature: Uint8Array.of(7) }] },
  ProposeRefused: { type: 'ProposeRefused', ...address, session: 'sess', seq: 4, reason: 'gap', expected: 2 },
  ReadIndex: { type: 'ReadIndex', ...address, id: 300 },
  'ReadIndexReply, as of there': { type: 'ReadIndexReply', ...address, id: 300, index: 4 },
  'ReadIndexReply, not here': { type: 'ReadIndexReply', ...address, id: 300, index: null },
  'InstallSnapshot, a chunk': { ...INSTALL, offset: 2, bytes: Uint8Array.of(0xca, 0xfe) },
  'InstallSnapshot, how much is there': INSTALL,
  InstallSnapshotReply: { type: 'InstallSnapshotReply', ...address, sentAt: 1234.5, index: 5, offset: 2 },
  'Farewell of a follower': { type: 'Farewell', ...address, nodes: [{ node: 'a', incarnation: 2 }], successors: [], append: null },
  'Farewell of a leader': {
    type: 'Farewell',
    ...address,
    nodes: [
      { node: 'a', incarnation: 2 },
      { node: 'x', incarnation: 1 },
    ],
    successors: ['b', 'c'],
    append: { ...APPEND, prevLogIndex: 2, prevLogTerm: 1, entries: ENTRIES.slice(2), matches: [] },
  },
}

export const HELLO: Hello = {
  protocol: { min: 1, max: 1 },
  late: false,
  build: '0.1.0',
  cluster: CLUSTER,
  tab: 'tab1',
  machine: 'mach',
  person: { id: 'pers', name: 'Zoë 🐚' },
  votes: true,
  levels: { min: 1, max: 1 },
  hosted: [
    { node: 'a', incarnation: 2, nonce: 'n1' },
    { node: 'x', incarnation: 1, nonce: 'n2' },
  ],
}

export const REPORT: Report = {
  cluster: CLUSTER,
  nodes: [
    { node: 'a', role: 'leader', term: 3, leader: 'a', logLength: 5, commitIndex: 4 },
    { node: 'x', role: 'pre-candidate', term: 3, leader: null, logLength: 300, commitIndex: 4 },
  ],
}

const identity = { cluster: CLUSTER, node: 'a', machine: 'mach', createdAt: 1_790_000_000_000 } as const

/** Every kind of record. */
export const RECORDS: Readonly<Record<string, RecordContent>> = {
  birth: { kind: 'birth', ...identity, nonce: 'n1', term: 1, votedFor: null, commitIndex: 2, entries: ENTRIES.slice(0, 2) },
  start: { kind: 'start', incarnation: 2, nonce: 'n2' },
  save: { kind: 'save', term: 2, votedFor: 'b', commitIndex: 2, from: 3, entries: ENTRIES.slice(2) },
  hint: { kind: 'hint', commitIndex: 5 },
  base: {
    kind: 'base',
    ...identity,
    incarnation: 3,
    nonce: 'n3',
    term: 2,
    votedFor: 'b',
    commitIndex: 5,
    lastIndex: 300,
    entries: ENTRIES,
  },
  retired: { kind: 'retired', why: 'removed' },
  compacted: {
    kind: 'compacted',
    ...identity,
    incarnation: 3,
    nonce: 'n3',
    term: 2,
    votedFor: 'b',
    commitIndex: 5,
    lastIndex: 300,
    base: { index: 3, term: 1, time: 1_790_000_000_003 },
    covered: { index: 5, term: 2, time: 1_790_000_000_005, configuration: { index: 1, configuration: CONFIGURATION } },
    size: 4,
    hash: 2 ** 51 + 7,
  },
  piece: { kind: 'piece', bytes: Uint8Array.of(0xca, 0xfe) },
}
