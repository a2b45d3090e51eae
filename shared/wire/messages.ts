/** Every message as one array: [type, from, to, term, ...]. The frame around it carries the version (envelope.ts). */
import { LIMITS } from '../limits.ts'
import { unreachable } from '../raft/assert.ts'
import type {
  AppendEntries,
  AppendEntriesReply,
  AppendResult,
  Farewell,
  Message,
  Propose,
  ProposeRefused,
  ReadIndex,
  ReadIndexReply,
  RefusalReason,
  RequestVote,
  RequestVoteReply,
  VoteReason,
} from '../raft/messages.ts'
import type { Index, NodeId, Term } from '../raft/types.ts'
import { packCommandFields, packEntries, readCommandFields, readEntries } from './entries.ts'
import { bool, fields, id, list, millis, oneOf, positive, reading, Refusal, refuse, uint } from './fields.ts'
import { packInstall, readInstall, readInstallReply } from './install.ts'
import { pack, packBriefly } from './msgpack.ts'
import { fieldsAndMore, packAdded, readPace, readQuiet } from './protocol.ts'
import type { Result, WireError } from './result.ts'

/** On the wire a type is its place here, and so are the reasons below: only ever add at the end. */
const TYPES = [
  'RequestVote',
  'RequestVoteReply',
  'AppendEntries',
  'AppendEntriesReply',
  'TimeoutNow',
  'Propose',
  'ProposeRefused',
  'Farewell',
  'ReadIndex',
  'ReadIndexReply',
  'InstallSnapshot',
  'InstallSnapshotReply',
] as const satisfies readonly Message['type'][]
const CODE = Object.fromEntries(TYPES.map((type, code) => [type, code])) as Record<Message['type'], number>
const VOTE_REASONS: readonly VoteReason[] = ['timeout', 'transfer', 'leader-gone']
const REFUSAL_REASONS: readonly RefusalReason[] = ['not-leader', 'gap', 'busy', 'invalid']

/** Throws only on what our own program may not build: entries with a gap, for one. */
export function encodeMessage(message: Message): Uint8Array {
  return pack(packMessage(message))
}

/** The same, to be copied before anything else is packed. */
export function encodeMessageBriefly(message: Message): Uint8Array {
  return packBriefly(packMessage(message))
}

/** Every field is looked at, down to the members of a configuration. Byte strings are views of `bytes`. */
export function decodeMessage(bytes: Uint8Array): Result<Message, WireError> {
  return reading(bytes, LIMITS.messageBytes, readMessage)
}

function packMessage(message: Message): readonly unknown[] {
  const { from, to, term } = message
  const code = CODE[message.type]
  switch (message.type) {
    case 'RequestVote':
      return [code, from, to, term, message.preVote, VOTE_REASONS.indexOf(message.reason), message.lastLogIndex, message.lastLogTerm]
    case 'RequestVoteReply':
      return [code, from, to, term, message.preVote, message.granted, message.asked]
    case 'AppendEntries': {
      const { prevLogIndex, prevLogTerm, leaderCommit, sentAt, matches, pace, quiet } = message
      return [
        code,
        from,
        to,
        term,
        prevLogIndex,
        prevLogTerm,
        leaderCommit,
        sentAt,
        packEntries(message.entries, prevLogIndex),
        matches.flat(),
        ...packAdded(pace, quiet),
      ]
    }
    case 'AppendEntriesReply': {
      const { result, sentAt, commitIndex } = message
      const outcome = result.success ? [result.matchIndex] : [result.prevLogIndex, result.hintIndex, result.hintTerm]
      return [code, from, to, term, sentAt, commitIndex, outcome, ...packAdded(message.pace)]
    }
    case 'TimeoutNow':
      return [code, from, to, term]
    case 'Propose':
      return [code, from, to, term, message.commands.map(packCommandFields)]
    case 'ProposeRefused':
      return [code, from, to, term, message.session, message.seq, REFUSAL_REASONS.indexOf(message.reason), message.expected]
    case 'Farewell': {
      const nodes = message.nodes.flatMap(({ node, incarnation }) => [node, incarnation])
      return [code, from, to, term, nodes, message.successors, message.append === null ? null : packMessage(message.append)]
    }
    case 'ReadIndex':
      return [code, from, to, term, message.id]
    case 'ReadIndexReply':
      return [code, from, to, term, message.id, message.index]
    case 'InstallSnapshot':
      return [code, from, to, term, ...packInstall(message)]
    case 'InstallSnapshotReply':
      return [code, from, to, term, message.sentAt, message.index, message.offset]
    default:
      return unreachable(message)
  }
}

interface Address {
  readonly from: NodeId
  readonly to: NodeId
  readonly term: Term
}

function readMessage(value: unknown): Message {
  if (!Array.isArray(value)) refuse('message', 'not an array')
  const type = TYPES[uint(value[0], 'type')]
  if (type === undefined) throw new Refusal({ type: 'unknown', what: 'message', got: uint(value[0], 'type') })
  const address = { from: id(value[1], 'from'), to: id(value[2], 'to'), term: uint(value[3], 'term') }
  switch (type) {
    case 'RequestVote':
      return readRequestVote(value, address)
    case 'RequestVoteReply':
      return readRequestVoteReply(value, address)
    case 'AppendEntries':
      return readAppendEntries(value, address)
    case 'AppendEntriesReply':
      return readAppendEntriesReply(value, address)
    case 'TimeoutNow':
      fields(value, type, 4)
      return { type, from: address.from, to: address.to, term: address.term }
    case 'Propose':
      return readPropose(value, address)
    case 'ProposeRefused':
      return readProposeRefused(value, address)
    case 'Farewell':
      return readFarewell(value, address)
    case 'ReadIndex':
      return readReadIndex(value, address)
    case 'ReadIndexReply':
      return readReadIndexReply(value, address)
    case 'InstallSnapshot':
      return readInstall(value, address)
    case 'InstallSnapshotReply':
      return readInstallReply(value, address)
    default:
      return unreachable(type)
  }
}

function readRequestVote(value: unknown, address: Address): RequestVote {
  const all = fields(value, 'RequestVote', 8)
  return {
    type: 'RequestVote',
    from: address.from,
    to: address.to,
    term: address.term,
    preVote: bool(all[4], 'preVote'),
    reason: oneOf(all[5], 'reason', VOTE_REASONS),
    lastLogIndex: uint(all[6], 'lastLogIndex'),
    lastLogTerm: uint(all[7], 'lastLogTerm'),
  }
}

function readRequestVoteReply(value: unknown, address: Address): RequestVoteReply {
  const all = fields(value, 'RequestVoteReply', 7)
  return {
    type: 'RequestVoteReply',
    from: address.from,
    to: address.to,
    term: address.term,
    preVote: bool(all[4], 'preVote'),
    granted: bool(all[5], 'granted'),
    asked: uint(all[6], 'asked'),
  }
}

function readAppendEntries(value: unknown, address: Address): AppendEntries {
  const all = fieldsAndMore(value, 'AppendEntries', 10, 2)
  const prevLogIndex = uint(all[4], 'prevLogIndex')
  const prevLogTerm = uint(all[5], 'prevLogTerm')
  if (prevLogIndex === 0 && prevLogTerm !== 0) refuse('prevLogTerm', 'before the first entry')
  if (prevLogTerm > address.term) refuse('prevLogTerm', 'of the future')
  const entries = readEntries(all[8], prevLogIndex, prevLogTerm, address.term)
  return {
    type: 'AppendEntries',
    from: address.from,
    to: address.to,
    term: address.term,
    prevLogIndex,
    prevLogTerm,
    entries,
    leaderCommit: uint(all[6], 'leaderCommit'),
    sentAt: millis(all[7], 'sentAt'),
    matches: readPairs(all[9], 'matches'),
    pace: readPace(all[10]),
    quiet: readQuiet(all[11], entries),
  }
}

/** [node, number, node, number, ...], each node once. */
function readPairs(value: unknown, field: string): readonly (readonly [NodeId, Index])[] {
  const all = list(value, field, 2 * LIMITS.membersMax)
  if (all.length % 2 !== 0) refuse(field, 'not pairs')
  const pairs: (readonly [NodeId, Index])[] = []
  for (let k = 0; k < all.length; k += 2) {
    const node = id(all[k], field)
    if (pairs.some(([other]) => other === node)) refuse(field, 'names a node twice')
    pairs.push([node, uint(all[k + 1], field)])
  }
  return pairs
}

function readAppendEntriesReply(value: unknown, address: Address): AppendEntriesReply {
  const all = fieldsAndMore(value, 'AppendEntriesReply', 7, 1)
  return {
    type: 'AppendEntriesReply',
    from: address.from,
    to: address.to,
    term: address.term,
    sentAt: millis(all[4], 'sentAt'),
    commitIndex: uint(all[5], 'commitIndex'),
    result: readAppendResult(all[6]),
    pace: readPace(all[7]),
  }
}

/** One number is how far it matches; three are where to look next. */
function readAppendResult(value: unknown): AppendResult {
  const all = list(value, 'result', 3)
  if (all.length === 1) return { success: true, matchIndex: uint(all[0], 'matchIndex') }
  const [prevLogIndex, hintIndex, hintTerm] = fields(value, 'result', 3)
  const refused = {
    success: false,
    prevLogIndex: uint(prevLogIndex, 'result.prevLogIndex'),
    hintIndex: uint(hintIndex, 'result.hintIndex'),
    hintTerm: uint(hintTerm, 'result.hintTerm'),
  } as const
  if (refused.hintIndex > refused.prevLogIndex) refuse('result.hintIndex', 'after prevLogIndex')
  return refused
}

function readPropose(value: unknown, address: Address): Propose {
  const all = fields(value, 'Propose', 5)
  const commands = list(all[4], 'commands', LIMITS.proposalsInFlight).map((one) => readCommandFields(fields(one, 'command', 5), 0))
  return { type: 'Propose', from: address.from, to: address.to, term: address.term, commands }
}

function readProposeRefused(value: unknown, address: Address): ProposeRefused {
  const all = fields(value, 'ProposeRefused', 8)
  return {
    type: 'ProposeRefused',
    from: address.from,
    to: address.to,
    term: address.term,
    session: id(all[4], 'session'),
    seq: positive(all[5], 'seq'),
    reason: oneOf(all[6], 'reason', REFUSAL_REASONS),
    expected: uint(all[7], 'expected'),
  }
}

function readReadIndex(value: unknown, address: Address): ReadIndex {
  const all = fields(value, 'ReadIndex', 5)
  return { type: 'ReadIndex', ...address, id: uint(all[4], 'id') }
}

function readReadIndexReply(value: unknown, address: Address): ReadIndexReply {
  const all = fields(value, 'ReadIndexReply', 6)
  return { type: 'ReadIndexReply', ...address, id: uint(all[4], 'id'), index: all[5] === null ? null : uint(all[5], 'index') }
}

function readFarewell(value: unknown, address: Address): Farewell {
  const all = fields(value, 'Farewell', 7)
  return {
    type: 'Farewell',
    from: address.from,
    to: address.to,
    term: address.term,
    nodes: readPairs(all[4], 'nodes').map(([node, incarnation]) => ({ node, incarnation })),
    successors: list(all[5], 'successors', LIMITS.membersMax).map((node) => id(node, 'successors')),
    append: all[6] === null ? null : readOwed(all[6]),
  }
}

function readOwed(value: unknown): AppendEntries {
  const message = readMessage(value)
  if (message.type !== 'AppendEntries') refuse('append', 'not AppendEntries')
  return message
}
