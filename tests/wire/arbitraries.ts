/** Any good message, record, HELLO and report, for fast-check. */
import fc from 'fast-check'
import { LIMITS } from '../../shared/limits.ts'
import type { AppendEntries, Message } from '../../shared/raft/messages.ts'
import type { Body, Command, Entry, Member } from '../../shared/raft/types.ts'
import type { Hello } from '../../shared/wire/hello.ts'
import type { RecordContent } from '../../shared/wire/record.ts'
import type { Report } from '../../shared/wire/report.ts'
import type { Covered } from '../../shared/wire/snapshot.ts'

const anyId = fc.stringMatching(/^[a-z0-9_-]{1,40}$/)
const uint = fc.oneof(
  fc.nat({ max: 300 }),
  fc.maxSafeNat().map((number) => number % 2 ** 52),
)
const positive = uint.map((number) => number + 1)
const bytes = fc.uint8Array({ maxLength: 64 })
const signature = fc.option(bytes)
const text = fc.string({ unit: 'binary', maxLength: 60 })
const clusterId = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((all) => Buffer.from(all).toString('hex'))
const levels = fc.tuple(positive, positive).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }))
const nodes = (max: number): fc.Arbitrary<string[]> => fc.uniqueArray(anyId, { maxLength: max })

const command: fc.Arbitrary<Command> = fc
  .record({ session: anyId, seq: positive, back: fc.nat({ max: 5 }), bytes, signature })
  .map(({ session, seq, back, bytes, signature }) => ({ header: { session, seq, settled: Math.max(0, seq - 1 - back) }, bytes, signature }))

const body: fc.Arbitrary<Body> = fc.oneof(
  fc.constant<Body>({ type: 'noop' }),
  command.map((command): Body => ({ type: 'command', command })),
  positive.map((level): Body => ({ type: 'level', level })),
  fc.record({ type: fc.constant('checksum' as const), index: positive, hash: bytes }),
  fc
    .tuple(
      fc.uniqueArray(anyId, { minLength: 1, maxLength: 8 }),
      fc.array(fc.tuple(anyId, levels, fc.boolean()), { minLength: 8, maxLength: 8 }),
      fc.nat({ max: 7 }),
    )
    .map(([ids, rest, cut]): Body => {
      const members = ids.map((node, k): Member => ({ node, machine: rest[k]![0], levels: rest[k]![1], votes: rest[k]![2] }))
      const split = 1 + (cut % members.length)
      return {
        type: 'configuration',
        configuration: { voters: members.slice(0, split).map((one) => ({ ...one, votes: true })), learners: members.slice(split) },
      }
    }),
)

/** Entries after `previous`, with terms that rise from `low` to at most `high`. */
function entriesAfter(previous: number, low: number, high: number): fc.Arbitrary<Entry[]> {
  return fc.array(fc.tuple(fc.integer({ min: low, max: high }), uint, body), { maxLength: 6 }).map((all) => {
    const terms = all.map(([term]) => term).sort((a, b) => a - b)
    return all.map(([, time, body], k) => ({ index: previous + 1 + k, term: terms[k]!, time, body }))
  })
}

const address = { from: anyId, to: anyId, term: uint }
const millis = fc.double({ min: 0, max: 2 ** 50, noNaN: true }).map((number) => number + 0)

const append: fc.Arbitrary<AppendEntries> = fc
  .tuple(anyId, anyId, fc.tuple(uint, uint), fc.nat({ max: 1000 }))
  .chain(([from, to, [a, b], prevLogIndex]) => {
    const prevLogTerm = prevLogIndex === 0 ? 0 : Math.min(a, b)
    const term = Math.max(a, b)
    return fc.record({
      type: fc.constant('AppendEntries' as const),
      from: fc.constant(from),
      to: fc.constant(to),
      term: fc.constant(term),
      prevLogIndex: fc.constant(prevLogIndex),
      prevLogTerm: fc.constant(prevLogTerm),
      entries: entriesAfter(prevLogIndex, prevLogTerm, term),
      leaderCommit: uint,
      sentAt: millis,
      matches: nodes(5).chain((ids) => fc.tuple(...ids.map((node) => uint.map((index) => [node, index] as const)))),
      pace: fc.option(uint),
      quiet: fc.constant(false),
    })
  })
  .chain((all) => fc.constantFrom(all, ...(all.pace === null ? [] : [{ ...all, entries: [], quiet: true }])))

const aConfiguration = fc.uniqueArray(anyId, { minLength: 1, maxLength: 4 }).map((ids) => ({
  voters: ids.map((node): Member => ({ node, machine: 'm', levels: { min: 1, max: 2 }, votes: true })),
  learners: [],
}))

/** What a snapshot may cover in a term. */
const covered = (term: number): fc.Arbitrary<Covered> =>
  fc.tuple(positive, fc.nat({ max: term }), uint, fc.nat(), aConfiguration).map(([index, of, time, back, configuration]) => ({
    index,
    term: of,
    time,
    configuration: { index: Math.max(index - back, 0), configuration },
  }))

const install: fc.Arbitrary<Message> = fc.tuple(anyId, anyId, fc.nat({ max: 300 })).chain(([from, to, term]) =>
  fc.tuple(covered(term), bytes, fc.nat({ max: 99 }), fc.nat({ max: 99 }), uint, millis).map(([one, chunk, offset, rest, hash, sentAt]) => {
    const { index, term: lastTerm, time: lastTime, configuration } = one
    const size = offset + chunk.length + rest
    return { type: 'InstallSnapshot', from, to, term, sentAt, index, lastTerm, lastTime, configuration, size, hash, offset, bytes: chunk }
  }),
)

export const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  append,
  install,
  fc.record({
    type: fc.constant('InstallSnapshotReply' as const),
    ...address,
    sentAt: millis,
    index: positive,
    offset: fc.nat({ max: LIMITS.snapshotBytes }),
  }),
  fc.record({
    type: fc.constant('RequestVote' as const),
    ...address,
    preVote: fc.boolean(),
    reason: fc.constantFrom('timeout', 'transfer', 'leader-gone'),
    lastLogIndex: uint,
    lastLogTerm: uint,
  }),
  fc.record({ type: fc.constant('RequestVoteReply' as const), ...address, preVote: fc.boolean(), granted: fc.boolean(), asked: uint }),
  fc.record({
    type: fc.constant('AppendEntriesReply' as const),
    ...address,
    sentAt: millis,
    commitIndex: uint,
    result: fc.oneof(
      fc.record({ success: fc.constant(true as const), matchIndex: uint }),
      fc
        .tuple(uint, uint, uint)
        .map(([a, b, hintTerm]) => ({ success: false as const, prevLogIndex: Math.max(a, b), hintIndex: Math.min(a, b), hintTerm })),
    ),
    pace: fc.option(uint),
  }),
  fc.record({ type: fc.constant('TimeoutNow' as const), ...address }),
  fc.record({ type: fc.constant('Propose' as const), ...address, commands: fc.array(command, { maxLength: 6 }) }),
  fc.record({
    type: fc.constant('ProposeRefused' as const),
    ...address,
    session: anyId,
    seq: positive,
    reason: fc.constantFrom('not-leader', 'gap', 'busy', 'invalid'),
    expected: uint,
  }),
  fc.record({ type: fc.constant('ReadIndex' as const), ...address, id: uint }),
  fc.record({ type: fc.constant('ReadIndexReply' as const), ...address, id: uint, index: fc.option(uint) }),
  fc.record({
    type: fc.constant('Farewell' as const),
    ...address,
    nodes: nodes(4).chain((ids) => fc.tuple(...ids.map((node) => uint.map((incarnation) => ({ node, incarnation }))))),
    successors: nodes(5),
    append: fc.option(append),
  }),
)

export const anyHello: fc.Arbitrary<Hello> = fc.record({
  protocol: levels,
  late: fc.boolean(),
  build: text,
  cluster: fc.option(clusterId),
  tab: anyId,
  machine: anyId,
  person: fc.record({ id: anyId, name: text }),
  votes: fc.boolean(),
  levels,
  hosted: nodes(4).chain((ids) =>
    fc.tuple(...ids.map((node) => fc.record({ node: fc.constant(node), incarnation: positive, nonce: anyId }))),
  ),
})

export const anyReport: fc.Arbitrary<Report> = fc.record({
  cluster: clusterId,
  nodes: fc.array(
    fc.record({
      node: anyId,
      role: fc.constantFrom('follower', 'pre-candidate', 'candidate', 'leader'),
      term: uint,
      leader: fc.option(anyId),
      logLength: uint,
      commitIndex: uint,
    }),
    { maxLength: 6 },
  ),
})

const identity = { cluster: clusterId, node: anyId, machine: anyId, createdAt: uint, nonce: anyId }
const hardState = { votedFor: fc.option(anyId), commitIndex: uint }

export const anyRecord: fc.Arbitrary<RecordContent> = uint.chain((term) =>
  fc.oneof(
    fc.record({
      kind: fc.constant('birth' as const),
      ...identity,
      term: fc.constant(term),
      ...hardState,
      entries: entriesAfter(0, 0, term),
    }),
    fc.record({ kind: fc.constant('start' as const), incarnation: positive, nonce: anyId }),
    positive.chain((from) =>
      fc.record({
        kind: fc.constant('save' as const),
        term: fc.constant(term),
        ...hardState,
        from: fc.constant(from),
        entries: entriesAfter(from - 1, 0, term),
      }),
    ),
    fc.record({ kind: fc.constant('hint' as const), commitIndex: uint }),
    fc.record({
      kind: fc.constant('base' as const),
      ...identity,
      incarnation: positive,
      term: fc.constant(term),
      ...hardState,
      lastIndex: fc.integer({ min: 6, max: 2 ** 52 }),
      entries: entriesAfter(0, 0, term),
    }),
    fc.record({ kind: fc.constant('piece' as const), bytes }),
    fc
      .tuple(covered(Math.min(term, 300)), fc.nat({ max: 9 }), fc.integer({ min: 1, max: 999 }), uint, positive)
      .chain(([one, tail, size, hash, incarnation]) =>
        fc.record({
          kind: fc.constant('compacted' as const),
          ...identity,
          incarnation: fc.constant(incarnation),
          term: fc.constant(term),
          ...hardState,
          lastIndex: fc.constant(Math.min(one.index + tail, 2 ** 52)),
          base: fc.constant({ index: Math.max(one.index - tail, 0), term: Math.max(one.term - tail, 0), time: one.time }),
          covered: fc.constant(one),
          size: fc.constant(size),
          hash: fc.constant(hash),
        }),
      ),
    fc.record({ kind: fc.constant('retired' as const), why: text }),
  ),
)
