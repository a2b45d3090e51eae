/** Entries and configurations, alike in messages and in the journal. An entry's index is implied by where its array begins. */
import { LIMITS } from '../limits.ts'
import { assert, unreachable } from '../raft/assert.ts'
import type { Body, Command, Configuration, Entry, Index, Levels, Member, Term } from '../raft/types.ts'
import { bool, bytesOrNull, bytesUpTo, fields, id, list, positive, Refusal, refuse, uint, version } from './fields.ts'

/** Of one entry: [version, kind, term, time, session, seq, settled, payload, signature]. */
const ENTRY_VERSION = 1
const SIGNATURE_MAX = 128
const ENTRY_FIELDS = 9
/** An array of entries is bounded by its bytes; this only keeps a count of empty ones sane. */
const ENTRIES_MAX = 1 << 18
const HASH_MAX = 64

const KINDS = ['noop', 'configuration', 'command', 'level', 'checksum'] as const

/** Entries that follow `previous`, in order and without a gap: anything else is a mistake of the program. */
export function packEntries(entries: readonly Entry[], previous: Index): readonly unknown[] {
  const packed: unknown[] = []
  for (const entry of entries) {
    assert(entry.index === previous + packed.length + 1, 'packed entries follow each other')
    packed.push(packEntry(entry))
  }
  return packed
}

function packEntry(entry: Entry): readonly unknown[] {
  const { body, term, time } = entry
  switch (body.type) {
    case 'noop':
      return [ENTRY_VERSION, 0, term, time, '', 0, 0, null, null]
    case 'configuration':
      return [ENTRY_VERSION, 1, term, time, '', 0, 0, packConfiguration(body.configuration), null]
    case 'command': {
      const { header, bytes, signature } = body.command
      return [ENTRY_VERSION, 2, term, time, header.session, header.seq, header.settled, bytes, signature]
    }
    case 'level':
      return [ENTRY_VERSION, 3, term, time, '', 0, 0, body.level, null]
    case 'checksum':
      return [ENTRY_VERSION, 4, term, time, '', 0, 0, [body.index, body.hash], null]
    default:
      return unreachable(body)
  }
}

/**
 * Reads entries that follow `previous`. Terms start at `previousTerm` or above, never fall, and end at `lastTerm` or below
 * (Log Matching, 5.3: a term's leader only adds entries of its own term to a log that holds older ones).
 */
export function readEntries(value: unknown, previous: Index, previousTerm: Term, lastTerm: Term): readonly Entry[] {
  const packed = list(value, 'entries', ENTRIES_MAX)
  if (previous + packed.length > Number.MAX_SAFE_INTEGER) refuse('entries', 'beyond the last index')
  const entries: Entry[] = []
  let term = previousTerm
  let session = ''
  for (const one of packed) {
    const entry = readEntry(one, previous + entries.length + 1, session)
    if (entry.term < term) refuse('entries', 'a term falls')
    term = entry.term
    if (entry.body.type === 'command') session = entry.body.command.header.session
    entries.push(entry)
  }
  if (entries.length > 0 && term > lastTerm) refuse('entries', 'a term of the future')
  return entries
}

function readEntry(value: unknown, index: Index, lastSession: string): Entry {
  const all = fields(value, 'entry', ENTRY_FIELDS)
  version(all[0], ENTRY_VERSION)
  return { index, term: uint(all[2], 'entry.term'), time: uint(all[3], 'entry.time'), body: readBody(all, lastSession) }
}

function readBody(all: readonly unknown[], lastSession: string): Body {
  const kind = KINDS[uint(all[1], 'entry.kind')]
  if (kind === undefined) throw new Refusal({ type: 'unknown', what: 'entry', got: uint(all[1], 'entry.kind') })
  if (kind === 'command') return { type: 'command', command: readCommandFields(all, 4, lastSession) }
  if (all[4] !== '' || all[5] !== 0 || all[6] !== 0 || all[8] !== null) refuse('entry.session', 'not empty')
  const payload = all[7]
  switch (kind) {
    case 'noop':
      if (payload !== null) refuse('entry.payload', 'not empty')
      return { type: 'noop' }
    case 'configuration':
      return { type: 'configuration', configuration: readConfiguration(payload) }
    case 'level':
      return { type: 'level', level: positive(payload, 'entry.level') }
    case 'checksum': {
      const [at, hash] = fields(payload, 'entry.checksum', 2)
      return { type: 'checksum', index: positive(at, 'entry.checksum.index'), hash: bytesUpTo(hash, 'entry.checksum.hash', HASH_MAX) }
    }
    default:
      return unreachable(kind)
  }
}

/** [session, seq, settled, payload, signature], as in a Propose. */
export function packCommandFields(command: Command): readonly unknown[] {
  return [command.header.session, command.header.seq, command.header.settled, command.bytes, command.signature]
}

/** Reads those five from place `at` on. A session that equals the one before is given as the very same string: a log holds it once. */
export function readCommandFields(all: readonly unknown[], at: number, lastSession = ''): Command {
  const session = all[at] === lastSession && lastSession !== '' ? lastSession : id(all[at], 'header.session')
  const seq = positive(all[at + 1], 'header.seq')
  const settled = uint(all[at + 2], 'header.settled')
  if (settled >= seq) refuse('header.settled', 'not before seq')
  return {
    header: { session, seq, settled },
    bytes: bytesUpTo(all[at + 3], 'command.bytes', LIMITS.entryBytes),
    signature: bytesOrNull(all[at + 4], 'command.signature', SIGNATURE_MAX),
  }
}

/** [voters, learners], each member [node, machine, levels.min, levels.max, votes]. */
export function packConfiguration({ voters, learners }: Configuration): readonly unknown[] {
  return [voters.map(packMember), learners.map(packMember)]
}

function packMember({ node, machine, levels, votes }: Member): readonly unknown[] {
  return [node, machine, levels.min, levels.max, votes]
}

export function readConfiguration(value: unknown): Configuration {
  const all = fields(value, 'configuration', 2)
  const voters = list(all[0], 'voters', LIMITS.membersMax).map(readMember)
  const learners = list(all[1], 'learners', LIMITS.membersMax).map(readMember)
  const nodes = new Set([...voters, ...learners].map((member) => member.node))
  if (nodes.size !== voters.length + learners.length) refuse('configuration', 'names a node twice')
  if (nodes.size > LIMITS.membersMax) refuse('configuration', `has more than ${LIMITS.membersMax} members`)
  if (voters.length === 0) refuse('voters', 'none')
  if (!voters.every((member) => member.votes)) refuse('voters', 'has one that does not vote')
  return { voters, learners }
}

function readMember(value: unknown): Member {
  const [node, machine, min, max, votes] = fields(value, 'member', 5)
  return {
    node: id(node, 'member.node'),
    machine: id(machine, 'member.machine'),
    levels: readLevels(min, max),
    votes: bool(votes, 'member.votes'),
  }
}

export function readLevels(min: unknown, max: unknown): Levels {
  const levels = { min: positive(min, 'levels.min'), max: positive(max, 'levels.max') }
  if (levels.min > levels.max) refuse('levels', 'upside down')
  return levels
}
