import { describe, expect, test } from 'vitest'
import type { Journal, Result, SaveError } from '../../shared/host/ports.ts'
import { Runner } from '../../shared/host/runner.ts'
import type { RunnerEvents, Stopped } from '../../shared/host/runner.ts'
import type { Command, Entry } from '../../shared/raft/types.ts'
import { decodeRecord, encodeRecord } from '../../shared/wire/record.ts'
import { replay } from '../../shared/wire/replay.ts'
import type { Replayed } from '../../shared/wire/replay.ts'
import { MemoryClock } from '../support/memory-clock.ts'
import { ROOMY } from '../support/settings.ts'

interface Write {
  readonly number: number
  readonly kind: string
  readonly end: (result: Result<null, SaveError>) => void
}

/** What was asked of it ends when the test says so. */
class SlowJournal implements Journal {
  readonly writes: Write[] = []

  append(number: number, record: Uint8Array): Promise<Result<null, SaveError>> {
    const read = decodeRecord(number, record)
    return new Promise((end) => this.writes.push({ number, kind: read.ok ? read.value.kind : 'unreadable', end }))
  }

  async compact(): Promise<Result<null, SaveError>> {
    throw new Error('nobody takes a snapshot here')
  }

  close(): void {}

  get newest(): Write {
    return this.writes.at(-1)!
  }
}

/** The sole voter of its cluster, which has a learner. */
function founder(): Replayed {
  const voter = { node: 'n1', machine: 'm1', levels: { min: 1, max: 1 }, votes: true }
  const configuration = { voters: [voter], learners: [{ ...voter, node: 'n2' }] }
  const first: Entry = { index: 1, term: 1, time: 0, body: { type: 'configuration', configuration } }
  const identity = { node: 'n1', machine: 'm1', cluster: '0'.repeat(32), nonce: 'x', createdAt: 0 }
  const bytes = encodeRecord(1, { kind: 'birth', ...identity, term: 1, votedFor: 'n1', commitIndex: 1, entries: [first] })
  const read = replay([{ number: 1, bytes }])
  if (!read.ok) throw new Error('a birth that cannot be read')
  return read.value
}

const OK = { ok: true, value: null } as const
const aborted = { ok: false, error: { type: 'aborted', why: 'test' } } as const
const command: Command = { header: { session: 's', seq: 1, settled: 0 }, bytes: Uint8Array.of(1), signature: null }

/** What was promised is done; then time passes. */
async function pass(clock: MemoryClock, ms: number): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  await clock.pass(ms)
}

interface Running {
  readonly clock: MemoryClock
  readonly journal: SlowJournal
  readonly runner: Runner
  readonly stopped: Stopped[]
}

/** A leader whose election is committed. */
async function leading(events: Partial<RunnerEvents> = {}): Promise<Running> {
  const clock = new MemoryClock()
  const journal = new SlowJournal()
  const stopped: Stopped[] = []
  const runner = new Runner(founder(), journal, ROOMY, clock, {
    admit: (_, inputs) => inputs,
    send: () => {},
    restore: () => {},
    apply: () => false,
    refused: () => {},
    read: () => {},
    changed: () => {},
    stopped: (why) => stopped.push(why),
    ...events,
  })
  await pass(clock, 300)
  for (let k = 0; k < 2; k++) {
    journal.newest.end(OK)
    await pass(clock, 50)
  }
  expect(runner.node.commitIndex).toBe(2)
  return { clock, journal, runner, stopped }
}

/** With a commit hint under way. */
async function hinting(): Promise<Running> {
  const running = await leading()
  const { clock, journal } = running
  await pass(clock, 1_000)
  expect(journal.writes.map(({ number, kind }) => `${number} ${kind}`)).toEqual(['2 save', '3 save', '4 hint'])
  return running
}

/** As many turns of promises as lie between a result and whoever awaits it, within one task. */
async function awaited(): Promise<void> {
  for (let k = 0; k < 10; k++) await Promise.resolve()
}

test('what waits for no save leaves before one is begun, and before anybody looks on', async () => {
  const done: string[] = []
  const { clock, journal, runner } = await leading({
    send: (messages) => messages.some((message) => message.type === 'AppendEntries' && message.entries.length > 0) && done.push('sent'),
    transition: ({ type }) => type === 'stepped' && done.push('seen'),
  })
  const write = journal.append.bind(journal)
  journal.append = (number, record) => (done.push('written'), write(number, record))
  const about = { from: 'n2', to: 'n1', term: runner.node.currentTerm, sentAt: clock.now(), commitIndex: 2, pace: null }
  runner.deliver([{ type: 'message', message: { type: 'AppendEntriesReply', ...about, result: { success: true, matchIndex: 2 } } }])
  await pass(clock, 0)
  done.length = 0
  runner.deliver([{ type: 'proposal', commands: [command] }])
  await pass(clock, 0)
  expect(done.slice(0, 3)).toEqual(['sent', 'seen', 'written'])
})

test.each([
  ['awaited here is told in a task of its own, or with the edit that somebody makes as soon as it is agreed', true],
  ['awaited by nobody here is told at once', false],
])('what was applied and is %s', async (_, isAwaited) => {
  const turns: string[] = []
  let next: Command | null = null
  const { clock, journal, runner } = await leading({
    admit(_, inputs) {
      turns.push(inputs.map(({ type }) => type).join(' '))
      return inputs
    },
    apply() {
      const commands = next === null ? [] : [next]
      if (next !== null) void awaited().then(() => runner.deliver([{ type: 'proposal', commands }]))
      next = null
      return isAwaited
    },
  })
  turns.length = 0
  runner.deliver([{ type: 'proposal', commands: [command] }])
  await pass(clock, 0)
  next = { ...command, header: { ...command.header, seq: 2 } }
  for (let k = 0; k < 2; k++) {
    journal.newest.end(OK)
    await pass(clock, 0)
  }
  const second = isAwaited ? ['applied proposal'] : ['applied', 'proposal']
  expect(turns).toEqual(['proposal', 'saved', ...second, 'saved', 'applied'])
})

describe('D: records have no gap between them', () => {
  test('a save waits for a commit hint under way, and takes its number if it failed', async () => {
    const { clock, journal, runner, stopped } = await hinting()
    runner.deliver([{ type: 'proposal', commands: [command] }])
    await pass(clock, 50)
    expect(journal.writes).toHaveLength(3)
    journal.newest.end(aborted)
    await pass(clock, 50)
    expect(journal.writes).toHaveLength(4)
    expect(journal.newest).toMatchObject({ number: 4, kind: 'save' })
    expect(stopped).toEqual([])
  })

  test('a hint that landed keeps its number', async () => {
    const { clock, journal, runner } = await hinting()
    runner.deliver([{ type: 'proposal', commands: [command] }])
    journal.newest.end(OK)
    await pass(clock, 50)
    expect(journal.newest).toMatchObject({ number: 5, kind: 'save' })
  })
})
