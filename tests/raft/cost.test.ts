/** Work is counted, not timed: how often an entry of the log is looked at or taken along. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { Log } from '../../shared/raft/log.ts'
import type { AppendEntries } from '../../shared/raft/messages.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import { start } from '../../shared/raft/node.ts'
import type { Input, Step } from '../../shared/raft/step.ts'
import { step } from '../../shared/raft/step.ts'
import type { Body, Entry, Index, Term } from '../../shared/raft/types.ts'
import { appendEntries, appendReply, requestVote, vote } from '../support/cluster-messages.ts'
import { SETTINGS, configuration } from '../support/cluster.ts'

let looks = 0

/** Counts every look at what it holds. */
class CountedEntry implements Entry {
  readonly #index: Index
  readonly #term: Term

  constructor(index: Index, term: Term) {
    this.#index = index
    this.#term = term
  }

  get index(): Index {
    looks++
    return this.#index
  }

  get term(): Term {
    looks++
    return this.#term
  }

  get time(): number {
    looks++
    return 0
  }

  get body(): Body {
    looks++
    return { type: 'noop' }
  }
}

beforeAll(() => {
  // oxlint-disable-next-line typescript/unbound-method -- it is given its log below.
  const slice = Log.prototype.slice
  vi.spyOn(Log.prototype, 'slice').mockImplementation(function (this: Log, ...args) {
    const entries = slice.apply(this, args)
    looks += entries.length
    return entries
  })
})
afterAll(() => void vi.restoreAllMocks())

const command = { header: { session: 's', seq: 1, settled: 0 }, bytes: new Uint8Array(10), signature: null }

/** Looks of the last of these turns. */
function count(node: RaftNode, turns: readonly ((last: Step | null) => readonly Input[])[]): number {
  let last: Step | null = null
  for (const turn of turns) {
    const inputs = turn(last)
    looks = 0
    last = step(last?.node ?? node, inputs, { now: 10_000, random: 0.5 })
  }
  return looks
}

function nodeWith(entries: number): RaftNode {
  const log = Array.from({ length: entries }, (_, at) => new CountedEntry(at + 1, 1))
  const node = start('A', { currentTerm: 2, votedFor: null, entries: log, commitIndex: entries - 1 }, SETTINGS, { now: 9_900, random: 0.5 })
  const configurations = [{ index: 0, configuration: configuration(['A', 'B', 'C']) }]
  // What is committed was applied long ago.
  return {
    ...node,
    configurations,
    handedOut: entries - 1,
    lastApplied: entries - 1,
    role: { ...node.role, deadline: 99_999 },
  }
}

const append = (last: Index, more: Partial<AppendEntries>): Input => ({
  type: 'message',
  message: appendEntries({ from: 'B', term: 2, prevLogIndex: last, prevLogTerm: 1, leaderCommit: last, ...more }),
})
const elect = (last: Index): ((of: Step | null) => readonly Input[])[] => [
  () => [{ type: 'message', message: { type: 'TimeoutNow', from: 'B', to: 'A', term: 2 } }],
  (of) => [
    { type: 'saved', number: of!.output.save!.number },
    { type: 'message', message: vote('B', 3) },
  ],
  (of) => [
    { type: 'saved', number: of!.output.save!.number },
    {
      type: 'message',
      message: appendReply('B', { term: 3, matchIndex: last + 1 }),
    },
  ],
]

const TURNS: Readonly<Record<string, (last: Index) => ((of: Step | null) => readonly Input[])[]>> = {
  'a heartbeat heard': (last) => [() => [append(last, {})]],
  'an entry appended by its leader': (last) => [() => [append(last, { entries: [new CountedEntry(last + 1, 2)] })]],
  'an entry replaced': (last) => [() => [append(last - 1, { entries: [new CountedEntry(last, 2)] })]],
  'a vote given': (last) => [
    () => [
      {
        type: 'message',
        message: requestVote({ term: 9, reason: 'transfer', lastLogIndex: last, lastLogTerm: 1 }),
      },
    ],
  ],
  'an election won': (last) => elect(last).slice(0, 2),
  'a commit': elect,
  'a proposal taken': (last) => [...elect(last), () => [{ type: 'proposal', commands: [command] }]],
  'a save done': (last) => [
    ...elect(last),
    () => [{ type: 'proposal', commands: [command] }],
    (of) => [{ type: 'saved', number: of!.output.save!.number }],
  ],
}

describe('DESIGN 4 cost', () => {
  test('R15: looks are counted', () => {
    expect(count(nodeWith(2_000), TURNS['an entry replaced']!(2_000))).toBeGreaterThan(0)
    expect(count(nodeWith(2_000), TURNS['a commit']!(2_000))).toBeGreaterThan(0)
  })

  test.each(Object.entries(TURNS))('R15: %s looks at as many entries in a log of 2,000 as in one of 200,000', (_, turns) => {
    const [short, long] = [2_000, 200_000].map((entries) => count(nodeWith(entries), turns(entries)))
    expect(long).toBeLessThanOrEqual(short! + 8)
    expect(long).toBeLessThan(3_000)
  })

  test('R15: a refusal searches by halving', () => {
    const looked = count(nodeWith(200_000), [() => [append(199_999, { prevLogTerm: 7 })]])
    expect(looked).toBeLessThan(64)
  })

  test('R15: the log shares what it can: appending to a long one makes no copy of it', () => {
    const log = Log.of(Array.from({ length: 50_000 }, (_, at) => new CountedEntry(at + 1, 1)))
    looks = 0
    const slice = vi.spyOn(Array.prototype, 'slice')
    const longer = log.append([new CountedEntry(50_001, 1)])
    const copies = slice.mock.calls.length
    slice.mockRestore()
    expect(copies).toBe(0)
    expect(longer.divergence(log)).toBe(50_001)
    expect(looks).toBeLessThan(4)
  })
})
