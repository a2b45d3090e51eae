/** Valid values of every kind by dice, quick enough for a million. (fast-check's, which shrink, are in tests/wire/arbitraries.ts.) */
import type { AppendEntries, AppendResult, Message } from '../../shared/raft/messages.ts'
import type { Body, Command, Entry, Index, Member, Term } from '../../shared/raft/types.ts'
import type { Enveloped } from '../../shared/wire/envelope.ts'
import type { Hello } from '../../shared/wire/hello.ts'
import type { Report } from '../../shared/wire/report.ts'
import type { Dice } from './dice.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789_-'
const TEXTS = ['', 'Zoë 🐚', '\u{feff}mark', 'x'.repeat(64), '\u0000', '漢字', '\u{10ffff}']

export function times<T>(count: number, make: (k: number) => T): T[] {
  return Array.from({ length: count }, (_, k) => make(k))
}

export function anyId(dice: Dice): string {
  let id = ''
  for (let left = 1 + dice.below(dice.below(4) === 0 ? 40 : 6); left > 0; left--) id += LETTERS[dice.below(LETTERS.length)]!
  return id
}

/** Different ones, at most `max`. */
function ids(dice: Dice, max: number): string[] {
  return [...new Set(times(dice.below(max + 1), () => anyId(dice)))]
}

/** Of every width that the format has. */
function uint(dice: Dice): number {
  return Math.floor(2 ** (dice.next() * 52) - 1)
}

const positive = (dice: Dice): number => 1 + Math.min(uint(dice), 2 ** 52 - 1)
const millis = (dice: Dice): number => (dice.below(2) === 0 ? uint(dice) : dice.next() * 1e9)
const bool = (dice: Dice): boolean => dice.below(2) === 0
const orNull = <T>(dice: Dice, value: T): T | null => (bool(dice) ? value : null)
const clusterId = (dice: Dice): string => Buffer.from(dice.bytes(16)).toString('hex')

function levels(dice: Dice): { min: number; max: number } {
  const [a, b] = [positive(dice), positive(dice)]
  return { min: Math.min(a, b), max: Math.max(a, b) }
}

function command(dice: Dice): Command {
  const seq = positive(dice)
  const header = { session: anyId(dice), seq, settled: Math.max(0, seq - 1 - dice.below(4)) }
  return { header, bytes: dice.bytes(dice.below(20)), signature: orNull(dice, dice.bytes(dice.below(9))) }
}

function anyBody(dice: Dice): Body {
  switch (dice.below(8)) {
    case 0:
      return { type: 'noop' }
    case 1:
      return { type: 'level', level: positive(dice) }
    case 2:
      return { type: 'checksum', index: positive(dice), hash: dice.bytes(dice.below(33)) }
    case 3: {
      const members = [anyId(dice), ...ids(dice, 5)].map((node): Member => ({
        node,
        machine: anyId(dice),
        levels: levels(dice),
        votes: bool(dice),
      }))
      const distinct = members.filter(({ node }, k) => members.findIndex((other) => other.node === node) === k)
      const split = 1 + dice.below(distinct.length)
      const voters = distinct.slice(0, split).map((member) => ({ ...member, votes: true }))
      return { type: 'configuration', configuration: { voters, learners: distinct.slice(split) } }
    }
    default:
      return { type: 'command', command: command(dice) }
  }
}

/** After `previous`, with terms that rise from `low` to at most `high`. */
export function entriesAfter(dice: Dice, previous: Index, low: Term, high: Term, count: number): readonly Entry[] {
  let term = low
  return times(count, (k) => {
    if (dice.below(3) === 0) term += Math.floor(dice.next() * (high - term + 1))
    return { index: previous + 1 + k, term, time: uint(dice), body: anyBody(dice) }
  })
}

type Address = Pick<Message, 'from' | 'to' | 'term'>

function anyAppend(dice: Dice, address: Address): AppendEntries {
  const prevLogIndex = dice.below(4) === 0 ? 0 : Math.min(uint(dice), 2 ** 52 - 100)
  const prevLogTerm = prevLogIndex === 0 ? 0 : Math.floor(dice.next() * (address.term + 1))
  const entries = entriesAfter(dice, prevLogIndex, prevLogTerm, address.term, dice.below(4))
  const matches = ids(dice, 5).map((node) => [node, uint(dice)] as const)
  const [leaderCommit, sentAt, pace] = [uint(dice), millis(dice), bool(dice) ? uint(dice) : null]
  const quiet = pace !== null && entries.length === 0 && bool(dice)
  return { type: 'AppendEntries', ...address, prevLogIndex, prevLogTerm, entries, leaderCommit, sentAt, matches, pace, quiet }
}

function anyResult(dice: Dice): AppendResult {
  if (bool(dice)) return { success: true, matchIndex: uint(dice) }
  const prevLogIndex = uint(dice)
  return { success: false, prevLogIndex, hintIndex: Math.floor(dice.next() * (prevLogIndex + 1)), hintTerm: uint(dice) }
}

export function anyMessage(dice: Dice): Message {
  const address = { from: anyId(dice), to: anyId(dice), term: uint(dice) }
  switch (dice.below(12)) {
    case 0: {
      const reason = dice.pick(['timeout', 'transfer', 'leader-gone'] as const)
      return { type: 'RequestVote', ...address, preVote: bool(dice), reason, lastLogIndex: uint(dice), lastLogTerm: uint(dice) }
    }
    case 1:
      return { type: 'RequestVoteReply', ...address, preVote: bool(dice), granted: bool(dice), asked: uint(dice) }
    case 2:
      return anyAppend(dice, address)
    case 3:
      return {
        type: 'AppendEntriesReply',
        ...address,
        sentAt: millis(dice),
        commitIndex: uint(dice),
        result: anyResult(dice),
        pace: bool(dice) ? uint(dice) : null,
      }
    case 4:
      return { type: 'TimeoutNow', ...address }
    case 5:
      return { type: 'Propose', ...address, commands: times(dice.below(4), () => command(dice)) }
    case 6: {
      const reason = dice.pick(['not-leader', 'gap', 'busy', 'invalid'] as const)
      return { type: 'ProposeRefused', ...address, session: anyId(dice), seq: positive(dice), reason, expected: uint(dice) }
    }
    case 7:
      return { type: 'ReadIndex', ...address, id: uint(dice) }
    case 8:
      return { type: 'ReadIndexReply', ...address, id: uint(dice), index: orNull(dice, uint(dice)) }
    case 9: {
      const [index, lastTerm] = [positive(dice), Math.floor(dice.next() * (address.term + 1))]
      const voters = [{ node: anyId(dice), machine: anyId(dice), levels: levels(dice), votes: true }]
      const configuration = { index: Math.floor(dice.next() * (index + 1)), configuration: { voters, learners: [] } }
      const [bytes, offset] = [dice.bytes(dice.below(40)), dice.below(1_000)]
      const size = offset + bytes.length + dice.below(1_000)
      const covered = { index, lastTerm, lastTime: uint(dice), configuration }
      return { type: 'InstallSnapshot', ...address, sentAt: millis(dice), ...covered, size, hash: uint(dice), offset, bytes }
    }
    case 10:
      return { type: 'InstallSnapshotReply', ...address, sentAt: millis(dice), index: positive(dice), offset: dice.below(1e6) }
    default: {
      const nodes = ids(dice, 3).map((node) => ({ node, incarnation: uint(dice) }))
      return { type: 'Farewell', ...address, nodes, successors: ids(dice, 4), append: orNull(dice, anyAppend(dice, address)) }
    }
  }
}

export function anyFrame(dice: Dice): { readonly cluster: string; readonly messages: readonly Enveloped[] } {
  return { cluster: clusterId(dice), messages: times(1 + dice.below(3), () => ({ hops: dice.below(2), message: anyMessage(dice) })) }
}

export function anyHello(dice: Dice): Hello {
  return {
    protocol: levels(dice),
    late: bool(dice),
    build: dice.pick(TEXTS),
    cluster: orNull(dice, clusterId(dice)),
    tab: anyId(dice),
    machine: anyId(dice),
    person: { id: anyId(dice), name: dice.pick(TEXTS) },
    votes: bool(dice),
    levels: levels(dice),
    hosted: ids(dice, 4).map((node) => ({ node, incarnation: positive(dice), nonce: anyId(dice) })),
  }
}

export function anyReport(dice: Dice): Report {
  const nodes = times(dice.below(5), () => ({
    node: anyId(dice),
    role: dice.pick(['follower', 'pre-candidate', 'candidate', 'leader'] as const),
    term: uint(dice),
    leader: orNull(dice, anyId(dice)),
    logLength: uint(dice),
    commitIndex: uint(dice),
  }))
  return { cluster: clusterId(dice), nodes }
}
