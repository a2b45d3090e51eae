import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../shared/limits.ts'
import type { Message } from '../../shared/raft/messages.ts'
import { decodeMessage, encodeMessage } from '../../shared/wire/messages.ts'
import { pack, unpack } from '../../shared/wire/msgpack.ts'
import { APPEND, command, entry, MESSAGES, member } from './samples.ts'

/** What a decoder says of `message` after one of its packed fields was changed; a path leads to fields of fields. */
function refusal(message: Message, path: readonly number[], value: unknown): unknown {
  const packed = unpack(encodeMessage(message), LIMITS.messageBytes)
  if (!packed.ok) throw new Error('a sample is broken')
  let place = packed.value as unknown[]
  for (const step of path.slice(0, -1)) place = place[step] as unknown[]
  place[path.at(-1)!] = value
  const result = decodeMessage(pack(packed.value))
  if (result.ok) return 'accepted'
  return result.error.type === 'bad-field' ? `${result.error.field}: ${result.error.why}` : result.error
}

const sample = (name: string): Message => MESSAGES[name]!
const VOTE = sample('RequestVote by timeout')
const LEAVING = sample('Farewell of a leader')
const CHUNK = sample('InstallSnapshot, a chunk')
const REFUSED_APPEND = sample('AppendEntriesReply, look there')
const ENTRY = (k: number, field: number): number[] => [8, k, field]

describe('a message is read field by field', () => {
  test.each<[string, Message, number[], unknown, unknown]>([
    ['an unknown type', VOTE, [0], 12, { type: 'unknown', what: 'message', got: 12 }],
    ['a type that is text', VOTE, [0], 'RequestVote', 'type: not a whole number in range'],
    ['another type', VOTE, [0], 1, 'RequestVoteReply: has 8 fields, not 7'],
    ['no sender', VOTE, [1], '', 'from: not an id'],
    ['a sender in capitals', VOTE, [1], 'A', 'from: not an id'],
    ['a sender that is too long', VOTE, [1], 'a'.repeat(41), 'from: not an id'],
    ['a receiver that is a number', VOTE, [2], 7, 'to: not an id'],
    ['a negative term', VOTE, [3], -1, 'term: not a whole number in range'],
    ['half a term', VOTE, [3], 1.5, 'term: not a whole number in range'],
    ['a term so large that one more is the same', VOTE, [3], 2 ** 53, 'term: not a whole number in range'],
    ['an infinite term', VOTE, [3], Infinity, 'term: not a whole number in range'],
    ['a preVote that is 1', VOTE, [4], 1, 'preVote: not a boolean'],
    ['an unknown reason', VOTE, [5], 3, 'reason: not one of the choices'],
    ['a reason of another kind', VOTE, [5], 'length', 'reason: not one of the choices'],
    ['an index that is nothing', VOTE, [6], null, 'lastLogIndex: not a whole number in range'],
    ['a clock that is not a number', APPEND, [7], NaN, 'sentAt: not a time'],
    ['a clock before its start', APPEND, [7], -1, 'sentAt: not a time'],
    ['a term before the first entry', APPEND, [5], 1, 'prevLogTerm: before the first entry'],
    ['a previous term of the future', sample('AppendEntries, a heartbeat'), [5], 4, 'prevLogTerm: of the future'],
    ['a pace that is nothing', sample('AppendEntries with a pace'), [10], null, 'pace: not a whole number in range'],
    ['a quiet that is a number', sample('AppendEntries, quiet'), [11], false, 'quiet: not true'],
    ['quiet entries', { ...APPEND, pace: 600, quiet: true }, [11], true, 'quiet: with entries'],
    ['more after quiet', sample('AppendEntries, quiet'), [12], 1, 'AppendEntries: has 13 fields, not 10'],
    ['more after the pace', sample('AppendEntriesReply with a pace'), [8], 1, 'AppendEntriesReply: has 9 fields, not 7'],
    ['half a pair', APPEND, [9], ['a'], 'matches: not pairs'],
    ['a node that matches twice', APPEND, [9], ['a', 1, 'a', 2], 'matches: names a node twice'],
    ['a hint after the question', REFUSED_APPEND, [6, 1], 10, 'result.hintIndex: after prevLogIndex'],
    ['an answer of two numbers', REFUSED_APPEND, [6], [1, 2], 'result: has 2 fields, not 3'],
    ['an answer without numbers', REFUSED_APPEND, [6], [], 'result: has 0 fields, not 3'],
    ['a TimeoutNow with more', sample('TimeoutNow'), [4], 1, 'TimeoutNow: has 5 fields, not 4'],
    ['commands that are no list', sample('Propose'), [4], {}, 'commands: not an array'],
    ['a command without seq', sample('Propose'), [4, 0, 1], 0, 'header.seq: zero'],
    ['a command settled before it ends', sample('Propose'), [4, 0, 2], 1, 'header.settled: not before seq'],
    ['a command that is text', sample('Propose'), [4, 0, 3], 'add', 'command.bytes: not bytes'],
    ['an unknown refusal', sample('ProposeRefused'), [6], 4, 'reason: not one of the choices'],
    ['a read without a number', sample('ReadIndex'), [4], 'r1', 'id: not a whole number in range'],
    ['a read as of nothing', sample('ReadIndexReply, as of there'), [5], -1, 'index: not a whole number in range'],
    ['a leaving node without incarnation', LEAVING, [4, 1], null, 'nodes: not a whole number in range'],
    ['a successor that is nobody', LEAVING, [5, 0], null, 'successors: not an id'],
    ['a snapshot of nothing', CHUNK, [5], 0, 'snapshot.index: zero'],
    ['a snapshot of the future', CHUNK, [6], 4, 'snapshot.term: of the future'],
    ['a configuration from after the snapshot', CHUNK, [8], 6, 'snapshot.configuration.index: more than 5'],
    ['a snapshot that is too large', CHUNK, [10], LIMITS.snapshotBytes + 1, `size: more than ${LIMITS.snapshotBytes}`],
    ['a chunk from beyond the end', CHUNK, [12], 5, 'offset: more than 4'],
    ['a chunk that is longer than the rest', CHUNK, [13], new Uint8Array(3), 'bytes: more than 2 bytes'],
    ['a farewell that owes a vote', LEAVING, [6], ['a', 'b'], 'type: not a whole number in range'],
    ['a farewell in a farewell', LEAVING, [6], [7, 'a', 'b', 3, [], [], null], 'append: not AppendEntries'],
  ])('%s', (_, message, path, value, expected) => {
    expect(refusal(message, path, value)).toEqual(expected)
  })

  test.each<[string, number[], unknown, unknown]>([
    ['a newer version', ENTRY(3, 0), 2, { type: 'version', got: 2 }],
    ['an unknown kind', ENTRY(3, 1), 5, { type: 'unknown', what: 'entry', got: 5 }],
    ['too few fields', [8, 3], [1, 0, 2], 'entry: has 3 fields, not 9'],
    ['a term that falls', ENTRY(4, 2), 1, 'entries: a term falls'],
    ['a term of the future', ENTRY(4, 2), 4, 'entries: a term of the future'],
    ['a time with a fraction', ENTRY(3, 3), 0.5, 'entry.time: not a whole number in range'],
    ['an infinite time', ENTRY(3, 3), Infinity, 'entry.time: not a whole number in range'],
    ['a no-op of a session', ENTRY(3, 4), 'sess', 'entry.session: not empty'],
    ['a no-op that carries something', ENTRY(3, 7), 1, 'entry.payload: not empty'],
    ['a no-op that is signed', ENTRY(3, 8), Uint8Array.of(1), 'entry.session: not empty'],
    ['a level of zero', ENTRY(1, 7), 0, 'entry.level: zero'],
    ['a checksum of nothing', ENTRY(4, 7), null, 'entry.checksum: not an array'],
    ['a checksum that is too long', [8, 4, 7, 1], new Uint8Array(65), 'entry.checksum.hash: more than 64 bytes'],
    ['a command of no session', ENTRY(2, 4), '', 'header.session: not an id'],
    ['a command larger than an entry', ENTRY(2, 7), new Uint8Array(LIMITS.entryBytes + 1), 'command.bytes: more than 16384 bytes'],
    ['a signature that is too long', ENTRY(2, 8), new Uint8Array(129), 'command.signature: more than 128 bytes'],
    ['a configuration without learners', [8, 0, 7], [[]], 'configuration: has 1 fields, not 2'],
    ['a configuration without voters', [8, 0, 7, 0], [], 'voters: none'],
    ['a voter that does not vote', [8, 0, 7, 0, 0, 4], false, 'voters: has one that does not vote'],
    ['a voter that is a learner too', [8, 0, 7, 1, 0, 0], 'a', 'configuration: names a node twice'],
    ['a node twice among the voters', [8, 0, 7, 0, 1, 0], 'a', 'configuration: names a node twice'],
    ['levels upside down', [8, 0, 7, 0, 0, 2], 3, 'levels: upside down'],
    ['a member without a machine', [8, 0, 7, 0, 0, 1], null, 'member.machine: not an id'],
    [
      '65 voters',
      [8, 0, 7, 0],
      Array.from({ length: 65 }, (_, k) => [`n${k}`, 'm', 1, 1, true]),
      'voters: has 65 items, at most 64 may be',
    ],
    [
      '65 members',
      [8, 0, 7],
      [[['a', 'm', 1, 1, true]], Array.from({ length: 64 }, (_, k) => [`n${k}`, 'm', 1, 1, true])],
      'configuration: has more than 64 members',
    ],
  ])('entries: %s', (_, path, value, expected) => {
    expect(refusal(APPEND, path, value)).toEqual(expected)
  })

  test('an entry of a lower term than the one before the message', () => {
    const entries = [entry(8, 1)]
    const bytes = encodeMessage({ ...APPEND, prevLogIndex: 7, prevLogTerm: 2, entries })
    expect(decodeMessage(bytes)).toMatchObject({ ok: false, error: { field: 'entries', why: 'a term falls' } })
  })

  test('a zero below zero arrives as zero', () => {
    const bytes = Buffer.from('9404a161a162cb8000000000000000', 'hex')
    expect(decodeMessage(bytes)).toEqual({ ok: true, value: { type: 'TimeoutNow', from: 'a', to: 'b', term: 0 } })
  })

  test('what may be at most, is', () => {
    const voters = Array.from({ length: LIMITS.membersMax }, (_, k) => member(`n${k}`))
    const largest: Message = {
      ...APPEND,
      term: 2 ** 52,
      prevLogIndex: 2 ** 52 - 2,
      prevLogTerm: 2 ** 52,
      entries: [
        { ...entry(2 ** 52 - 1, 2 ** 52, { type: 'configuration', configuration: { voters, learners: [] } }), time: 1 },
        { ...entry(2 ** 52, 2 ** 52, command(2 ** 52, new Uint8Array(LIMITS.entryBytes))), time: 2 ** 52 },
      ],
      matches: voters.map(({ node }) => [node, 2 ** 52]),
    }
    expect(decodeMessage(encodeMessage(largest))).toEqual({ ok: true, value: largest })
  })

  test('a message above LIMITS.messageBytes is not looked at', () => {
    expect(decodeMessage(new Uint8Array(LIMITS.messageBytes + 1))).toMatchObject({ ok: false, error: { type: 'too-large' } })
  })

  test('entries with a gap are not sent', () => {
    expect(() => encodeMessage({ ...APPEND, entries: [entry(1, 1), entry(3, 1)] })).toThrow('packed entries follow each other')
    expect(() => encodeMessage({ ...APPEND, prevLogIndex: 1, prevLogTerm: 1, entries: [entry(1, 1)] })).toThrow(
      'packed entries follow each other',
    )
  })
})
