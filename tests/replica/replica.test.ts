import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { CommandResult } from '../../shared/list/commands.ts'
import { ListMachine } from '../../shared/list/machine.ts'
import type { Entry } from '../../shared/raft/types.ts'
import type { Machine, ReplicaEntry } from '../../shared/replica/machine.ts'
import { Replica } from '../../shared/replica/replica.ts'
import type { ReplicaLevels } from '../../shared/replica/replica.ts'
import { Adder, command, ENDLESS, log, UNHASHED } from './log.ts'

function replica(levels: ReplicaLevels = { min: 1, max: 3 }, limits = ENDLESS) {
  const machine = new Adder()
  const replica = new Replica(machine, levels, UNHASHED, limits)
  const apply = (entries: readonly ReplicaEntry[]) => entries.map((entry) => replica.applyEntry(entry))
  return { machine, replica, apply }
}

describe('dissertation 6.3: a command is applied exactly once', () => {
  test('commands of a session are applied in their order, and every one has its result', () => {
    const { apply, machine } = replica()
    expect(apply(log(command('a', 1, [5]), command('b', 1, [2]), command('a', 2, [1])))).toEqual([
      { type: 'applied', session: 'a', seq: 1, result: 5 },
      { type: 'applied', session: 'b', seq: 1, result: 7 },
      { type: 'applied', session: 'a', seq: 2, result: 8 },
    ])
    expect(machine.seen.map(({ session, seq }) => `${session}.${seq}`)).toEqual(['a.1', 'b.1', 'a.2'])
  })

  test('a repeat gets the result it had, whatever happened since and whatever it says now', () => {
    const { apply, machine } = replica()
    expect(
      apply(log(command('a', 1, [5]), command('a', 2, [1]), command('b', 1, [2]), command('a', 1, [5]), command('a', 2, [99]))).slice(3),
    ).toEqual([
      { type: 'repeated', session: 'a', seq: 1, result: 5 },
      { type: 'repeated', session: 'a', seq: 2, result: 6 },
    ])
    expect(machine.sum).toBe(8)
  })

  test('what the client knows is forgotten, and a repeat of it is settled', () => {
    const { apply, replica: one } = replica()
    apply(log(command('a', 1, [1]), command('a', 2, [1]), command('a', 3, [1], 1)))
    expect(one.snapshot()).toMatchObject({ sessions: [['a', 3, 1, 1_002, [2, 3]]] })
    expect(one.applyEntry({ index: 4, time: 0, body: command('a', 1, [1]) })).toEqual({ type: 'settled', session: 'a', seq: 1 })
    expect(one.applyEntry({ index: 5, time: 0, body: command('a', 3, [1], 2) })).toEqual({
      type: 'repeated',
      session: 'a',
      seq: 3,
      result: 3,
    })
    expect(one.snapshot()).toMatchObject({ sessions: [['a', 3, 2, 1_002, [3]]] })
  })

  test('nobody knows the result of a command before it is applied: such a claim is not believed', () => {
    const { apply, replica: one } = replica()
    apply(log(command('a', 1, [1], 900), command('a', 2, [1], 900)))
    expect(one.snapshot()).toMatchObject({ sessions: [['a', 2, 1, 1_001, [2]]] })
    expect(one.applyEntry({ index: 3, time: 0, body: command('a', 1, [1], -5) })).toMatchObject({ type: 'settled' })
    expect(one.snapshot()).toMatchObject({ sessions: [['a', 2, 1, 1_001, [2]]] })
  })

  test('a gap is not applied and not remembered: the same number fits once it is closed', () => {
    const { apply, replica: one } = replica()
    expect(apply(log(command('a', 2, [9]), command('a', 1, [1]), command('a', 3, [9]), command('a', 2, [1])))).toEqual([
      { type: 'gap', session: 'a', seq: 2, expected: 1 },
      { type: 'applied', session: 'a', seq: 1, result: 1 },
      { type: 'gap', session: 'a', seq: 3, expected: 2 },
      { type: 'applied', session: 'a', seq: 2, result: 2 },
    ])
    expect(one.lastSeq('a')).toBe(2)
    expect(one.lastSeq('b')).toBe(0)
  })

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('%d is no number of a command', (seq) => {
    const { replica: one } = replica()
    expect(one.applyEntry({ index: 1, time: 0, body: command('a', seq, [1]) })).toEqual({ type: 'gap', session: 'a', seq, expected: 1 })
    expect(one.applyEntry({ index: 2, time: 0, body: command('a', 1, [1]) }).type).toBe('applied')
  })

  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY])('nor can %d be settled', (settled) => {
    const { replica: one } = replica()
    expect(one.applyEntry({ index: 1, time: 0, body: command('a', 1, [1], settled) })).toMatchObject({ type: 'gap' })
    expect(one.applyEntry({ index: 2, time: 0, body: command('a', 1, [1]) }).type).toBe('applied')
  })
})

describe('the log as a replica reads it', () => {
  test('noops, configurations and checksums change nothing', () => {
    const { apply, replica: one } = replica()
    const hash = Uint8Array.of(1, 2)
    expect(apply(log({ type: 'noop' }, { type: 'configuration' }, { type: 'checksum', index: 2, hash }))).toEqual([
      { type: 'none' },
      { type: 'none' },
      { type: 'none' },
    ])
    expect(one.lastApplied).toBe(3)
  })

  test('entries out of order are a broken invariant', () => {
    const { replica: one } = replica()
    one.applyEntry({ index: 1, time: 0, body: { type: 'noop' } })
    expect(() => one.applyEntry({ index: 1, time: 0, body: { type: 'noop' } })).toThrow('in the order of the log')
    expect(() => one.applyEntry({ index: 3, time: 0, body: { type: 'noop' } })).toThrow('in the order of the log')
    expect(one.applyEntry({ index: 2, time: 0, body: { type: 'noop' } })).toEqual({ type: 'none' })
  })

  test('log time never goes back', () => {
    const { replica: one, machine } = replica()
    const times = [50, 40, Number.NaN, 60]
    times.forEach((time, at) => one.applyEntry({ index: at + 1, time, body: command('a', at + 1, [1]) }))
    expect(machine.seen.map((seen) => seen.time)).toEqual([50, 50, 50, 60])
    expect(one.time).toBe(60)
  })

  test('a level entry raises the level that commands obey, and nothing lowers it', () => {
    const { apply, machine } = replica()
    const outcomes = apply(
      log(command('a', 1, [1]), { type: 'level', level: 2 }, command('a', 2, [1]), { type: 'level', level: 1 }, command('a', 3, [1])),
    )
    expect(outcomes[1]).toEqual({ type: 'level', level: 2 })
    expect(outcomes[3]).toEqual({ type: 'none' })
    expect(machine.seen.map((seen) => seen.level)).toEqual([1, 2, 2])
  })

  test('a level beyond this build stops it for good, before that entry', () => {
    const { apply, replica: one } = replica()
    const stopped = { type: 'stopped', stop: { type: 'level', level: 4 } }
    expect(apply(log({ type: 'noop' }, { type: 'level', level: 4 }, command('a', 1, [1])))).toEqual([{ type: 'none' }, stopped, stopped])
    expect(one.lastApplied).toBe(1)
    expect(one.stop).toEqual(stopped.stop)
  })

  test('a command below what this build still knows stops it too', () => {
    const { apply } = replica({ min: 2, max: 3 })
    expect(apply(log({ type: 'noop' }, command('a', 1, [1])))[1]).toEqual({ type: 'stopped', stop: { type: 'level', level: 1 } })
  })

  test('an unknown command is never refused: the replica stops, and has neither applied nor recorded it', () => {
    const { apply, replica: one, machine } = replica()
    expect(apply(log(command('a', 1, [1]), command('a', 2, [255]), command('a', 2, [1]))).slice(1)).toEqual([
      { type: 'stopped', stop: { type: 'unknown-command' } },
      { type: 'stopped', stop: { type: 'unknown-command' } },
    ])
    expect([one.lastApplied, one.lastSeq('a'), machine.sum]).toEqual([1, 1, 1])
  })
})

describe('snapshots', () => {
  test('hold sessions, level, time and the machine, and come back as they were', () => {
    const { apply, replica: one } = replica()
    apply(log({ type: 'level', level: 2 }, command('b', 1, [5]), command('a', 1, [1]), command('b', 2, [1], 1)))
    const snapshot = {
      version: 1,
      lastApplied: 4,
      level: 2,
      time: 1_003,
      sessions: [
        ['a', 1, 0, 1_002, [6]],
        ['b', 2, 1, 1_003, [7]],
      ],
      forgottenAt: null,
      machine: 7,
    }
    expect(one.snapshot()).toEqual(snapshot)
    const { replica: other } = replica()
    expect(other.restore(structuredClone(snapshot))).toBe(true)
    expect(other.snapshot()).toEqual(snapshot)
    expect(other.applyEntry({ index: 5, time: 0, body: command('a', 1, [9]) })).toEqual({
      type: 'repeated',
      session: 'a',
      seq: 1,
      result: 6,
    })
  })

  test('what came of a command is told from them, until its client knew it', () => {
    const { apply, replica: one } = replica()
    apply(log(command('a', 1, [5]), command('a', 2, [1], 1)))
    const { replica: other } = replica()
    other.restore(structuredClone(one.snapshot()))
    expect([0, 1, 2, 3].map((seq) => other.resultOf('a', seq))).toEqual([null, null, 6, null])
    expect(other.resultOf('b', 1)).toBe(null)
  })

  test('of a level beyond this build are taken, and stop it at once: it is too old to lead', () => {
    const { replica: one } = replica()
    expect(one.restore({ version: 1, lastApplied: 0, level: 4, time: 0, sessions: [], forgottenAt: null, machine: 0 })).toBe(true)
    expect(one.stop).toEqual({ type: 'level', level: 4 })
    const stopped = { type: 'stopped', stop: { type: 'level', level: 4 } }
    expect(one.applyEntry({ index: 1, time: 0, body: { type: 'noop' } })).toEqual(stopped)
    const { replica: other } = replica()
    expect(other.restore({ version: 1, lastApplied: 0, level: 3, time: 0, sessions: [], forgottenAt: null, machine: 0 })).toBe(true)
    expect(other.stop).toBe(null)
  })

  test('start a stopped replica anew', () => {
    const { apply, replica: one } = replica()
    const before = one.snapshot()
    apply(log({ type: 'level', level: 4 }))
    expect(one.restore(before)).toBe(true)
    expect(one.stop).toBe(null)
    expect(one.applyEntry({ index: 1, time: 0, body: { type: 'noop' } })).toEqual({ type: 'none' })
  })

  test('a snapshot is not touched by what is applied after it', () => {
    const { apply, replica: one } = replica()
    apply(log(command('a', 1, [1])))
    const snapshot = one.snapshot()
    one.applyEntry({ index: 2, time: 0, body: command('a', 2, [1], 1) })
    expect(snapshot).toMatchObject({ lastApplied: 1, sessions: [['a', 1, 0, 1_000, [1]]] })
  })

  test('what is no snapshot is refused and changes nothing', () => {
    const { apply, replica: one } = replica()
    apply(log(command('a', 1, [1]), command('a', 2, [1], 1)))
    const good = one.snapshot() as Record<string, unknown>
    const bad: readonly unknown[] = [
      null,
      7,
      { ...good, version: 2 },
      { ...good, lastApplied: -1 },
      { ...good, lastApplied: 1.5 },
      { ...good, lastApplied: '2' },
      { ...good, level: 0 },
      { ...good, level: 1.5 },
      { ...good, time: Number.NaN },
      { ...good, time: -1 },
      { ...good, time: '5' },
      { ...good, machine: 'x' },
      { ...good, sessions: {} },
      {
        ...good,
        sessions: [
          ['a', 2, 1, 1_001, [2]],
          ['a', 2, 1, 1_001, [2]],
        ],
      },
      { ...good, sessions: [['a', 2, 1, 1_001, []]] },
      { ...good, sessions: [['a', 2, 1, 1_001, ['x']]] },
      { ...good, sessions: [['a', 0, 0, 1_001, []]] },
      { ...good, sessions: [['a', 2, -1, 1_001, [1, 2, 3]]] },
      { ...good, sessions: [['a', 2, 1, 1_001, [2], 0]] },
      { ...good, sessions: [['a', 2, 1, 1_001]] },
      { ...good, sessions: [['a', 2, 1, -1, [2]]] },
      { ...good, sessions: [['a', 2, 1, Number.NaN, [2]]] },
      { ...good, sessions: [['a', 2, 1, '1', [2]]] },
      { ...good, sessions: [['a', 2, 1, 1_001, 'x']] },
      { ...good, sessions: [[7, 2, 1, 1_001, [2]]] },
      { ...good, sessions: [['a', 1.5, 0.5, 1_001, [2]]] },
      { ...good, sessions: [['a', 2, 0.5, 1_001, [2]]] },
      { ...good, sessions: ['abcd'] },
      { ...good, sessions: [null] },
    ]
    for (const value of bad) expect(one.restore(value)).toBe(false)
    expect(one.restore({ ...good, sessions: {}, machine: 99 })).toBe(false)
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(one.restore(value)).toBe(false)
      }),
    )
    expect(one.snapshot()).toEqual(good)
  })
})

test('raft’s entries and the list fit as they are', () => {
  expectTypeOf<Entry>().toExtend<ReplicaEntry>()
  expectTypeOf<ListMachine>().toExtend<Machine<CommandResult>>()
})
