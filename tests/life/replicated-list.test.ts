/** The list as it is applied in one tab: what becomes of entries, of snapshots, and of bytes that are no command. */
import { expect, test } from 'vitest'
import { ReplicatedList } from '../../shared/life/replicated-list.ts'
import type { AppliedCommand } from '../../shared/life/replicated-list.ts'
import { LEVELS, REPLICA } from '../../shared/limits.ts'
import type { Body, Entry } from '../../shared/raft/types.ts'
import { packCommand } from '../../shared/wire/commands.ts'

const NO_COMMAND = Uint8Array.of(0xc1)
const NONSENSE = packCommand({ type: 'check', id: '', done: true })
const milk = packCommand({ type: 'add', text: 'milk', after: null })
const level = (to: number): Body => ({ type: 'level', level: to })
const command = (seq: number, bytes: Uint8Array): Body => ({
  type: 'command',
  command: { header: { session: 's', seq, settled: 0 }, bytes, signature: null },
})

class Scene {
  readonly told: AppliedCommand[] = []
  readonly list = new ReplicatedList(REPLICA, (applied) => this.told.push(applied))

  apply(...bodies: readonly Body[]) {
    const first = this.list.lastApplied + 1
    return bodies.map((body, at) => this.list.apply({ index: first + at, term: 1, time: 0, body } satisfies Entry))
  }

  get texts(): readonly string[] {
    return this.list.agreed.view().items.map(({ text }) => text)
  }
}

test('C3 C7: a command is applied once and told once, answered as often as it comes, and other entries say nothing', () => {
  const scene = new Scene()
  const answer = { session: 's', seq: 1, result: { ok: true, id: 's.1', revision: 1, overwrote: false } }
  const answers = scene.apply(level(LEVELS.min), command(1, milk), command(1, milk), { type: 'noop' })
  expect(answers).toMatchObject([null, answer, answer, null])
  expect(scene.told).toMatchObject([{ session: 's', seq: 1, index: 2, command: { type: 'add', text: 'milk' }, result: answer.result }])
  expect(scene.texts).toEqual(['milk'])
})

test('bytes that are no command are refused, and told to nobody', () => {
  const scene = new Scene()
  scene.apply(level(LEVELS.min))
  for (const bytes of [NO_COMMAND, NONSENSE]) {
    expect([scene.list.isValid(bytes), scene.list.read(bytes)]).toEqual([false, null])
    expect(scene.list.decide({ session: 's', seq: 1, bytes, since: 0 })).toEqual({ ok: false, reason: 'malformed' })
  }
  expect(scene.apply(command(1, NO_COMMAND))).toMatchObject([{ result: { ok: false } }])
  expect([scene.told, scene.texts]).toEqual([[], []])
  expect(scene.list.isValid(milk)).toBe(true)
})

test('I2: a snapshot is the list, and nothing of it is told; what is none changes nothing', () => {
  const [from, to] = [new Scene(), new Scene()]
  from.apply(level(LEVELS.min), command(1, milk))
  expect(to.list.restore(NO_COMMAND)).toBe(false)
  expect([to.texts, to.list.lastApplied]).toEqual([[], 0])
  expect(to.list.restore(from.list.snapshot()!)).toBe(true)
  expect([to.texts, to.list.lastApplied, to.told]).toEqual([['milk'], 2, []])
})

test('C11: no snapshot is taken of what a long batch brought unless it agrees with what the leader noted in it', () => {
  const list = new ReplicatedList({ ...REPLICA, checksumEvery: 3 })
  const bodies: readonly Body[] = [
    level(LEVELS.min),
    command(1, milk),
    command(2, milk),
    { type: 'checksum', index: 3, hash: new Uint8Array(8) },
    command(3, milk),
  ]
  for (const [at, body] of bodies.entries()) list.apply({ index: at + 1, term: 1, time: 0, body }, { first: 1, last: bodies.length })
  expect(list.stop).toBe(null)
  expect(list.snapshot()).toBe(null)
  expect(list.stop).toEqual({ type: 'checksum', index: 3 })
})

test('C13: who met a level of the future takes no snapshot, since it has not applied what it has', () => {
  const scene = new Scene()
  scene.apply(level(LEVELS.min))
  expect(scene.list.snapshot()).not.toBe(null)
  scene.apply(level(LEVELS.max + 1))
  expect(scene.list.stop).not.toBe(null)
  expect(scene.list.snapshot()).toBe(null)
})
