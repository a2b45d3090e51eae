import { describe, expect, test } from 'vitest'
import { Edits } from '../../client/state/edits.ts'
import type { PendingCommand } from '../../shared/host/proposals.ts'
import { Life } from '../../shared/life/life.ts'
import { REPLICA } from '../../shared/limits.ts'
import type { Command, CommandResult } from '../../shared/list/commands.ts'
import { birthOf } from '../../shared/replica/session-name.ts'
import type { SessionLimits } from '../../shared/replica/sessions.ts'
import { packCommand } from '../../shared/wire/commands.ts'
import { Machine, ROOM } from './machine.ts'

const add = (text: string): Command => ({ type: 'add', after: null, text })
const ONE: SessionLimits = { count: 1, idle: Infinity }
const GONE = 't0_gone'

/** A tab of a list that remembers one session only, where nothing else is said. */
class Scene {
  readonly told: (readonly [string, CommandResult])[] = []
  readonly machine: Machine
  readonly life: Life
  readonly edits: Edits

  private constructor(machine: Machine, life: Life) {
    this.machine = machine
    this.life = life
    this.edits = new Edits(life)
  }

  static async open(sessions: SessionLimits = ONE, opened?: Machine): Promise<Scene> {
    const machine = opened ?? (await Machine.withList())
    let scene: Scene | null = null
    const settled = (command: PendingCommand, result: CommandResult): void => {
      scene?.told.push([`${command.session}.${command.seq}`, result])
      scene?.edits.settled(command, result)
    }
    const life = await Life.open({ ...machine.options('t1'), replica: { ...REPLICA, sessions } }, () => {}, { settled })
    scene = new Scene(machine, life)
    await machine.clock.pass(3_000)
    return scene
  }

  get texts(): readonly string[] {
    return this.life.list.agreed.view().items.map(({ text }) => text)
  }

  async submit(command: Command): Promise<void> {
    void this.life.submit(packCommand(command))
    await this.machine.clock.pass(500)
  }

  /** A tab whose session was forgotten goes without having heard what came of these. */
  async leave(session: string, ...commands: readonly Command[]): Promise<void> {
    const { outbox } = this.machine.options('t2')
    for (const [at, command] of commands.entries()) await outbox.put(ROOM, session, at + 1, packCommand(command))
    await this.machine.clock.pass(10_000)
  }
}

describe('what a tab left behind in a session that expired meanwhile', () => {
  test('C16: is applied by nobody, stays with its words, and is added again once its writer wants it', async () => {
    const scene = await Scene.open()
    await scene.submit(add('milk'))
    await scene.leave(GONE, add('bread'))
    expect(scene.told.at(-1)).toEqual([`${GONE}.1`, { ok: false, reason: 'unknown' }])
    expect([scene.texts, scene.life.proposals.count]).toEqual([['milk'], 0])
    expect((await scene.machine.options('t3').outbox.sessions(ROOM)).map(({ session }) => session)).not.toContain(GONE)
    expect(scene.edits.refused.map(({ item }) => [item.text, item.standing])).toEqual([
      ['bread', { is: 'refused', why: 'unknown', by: null }],
    ])
    scene.edits.again(`${GONE}.1`)
    await scene.machine.clock.pass(500)
    expect([scene.texts, scene.edits.refused]).toEqual([['bread', 'milk'], []])
  })

  test('C16: or let go', async () => {
    const scene = await Scene.open()
    await scene.submit(add('milk'))
    await scene.leave(GONE, add('bread'))
    scene.edits.dismiss(`${GONE}.1`)
    await scene.machine.clock.pass(5_000)
    expect([scene.texts, scene.edits.refused]).toEqual([['milk'], []])
  })

  test('C16: an edit that nobody knows of is made again on the item itself; other changes are asked about together', async () => {
    const scene = await Scene.open()
    await scene.submit(add('milk'))
    const id = scene.life.list.agreed.view().items[0]!.id
    await scene.leave(
      GONE,
      { type: 'edit', id, revision: 1, text: 'oat milk' },
      { type: 'check', id, done: true },
      { type: 'rename', name: 'Alps' },
    )
    expect(scene.edits.toasts).toMatchObject([{ is: 'unsure', count: 2 }])
    scene.edits.again(id)
    scene.edits.sendAgain(scene.edits.toasts[0]!.id)
    await scene.machine.clock.pass(500)
    expect(scene.life.list.agreed.view()).toMatchObject({ name: 'Alps', items: [{ id, text: 'oat milk', done: true }] })
    expect(scene.edits.toasts).toEqual([])
  })

  test('C16: is seen in the list where it was applied, and then it is agreed', async () => {
    const before = await Scene.open()
    const { session } = before.life.proposals
    await before.submit(add('bread'))
    await before.machine.clock.pass(1_000)
    before.life.leave()
    await before.machine.options('t2').outbox.drop(ROOM, session)
    const scene = await Scene.open(ONE, before.machine)
    await scene.submit(add('milk'))
    expect([scene.texts, scene.life.list.lastSeq(session)]).toEqual([['milk', 'bread'], 0])
    await scene.leave(session, add('bread'))
    expect(scene.told.at(-1)).toEqual([`${session}.1`, { ok: true, id: `${session}.1`, revision: 1, overwrote: false }])
    expect([scene.texts, scene.edits.refused]).toEqual([['milk', 'bread'], []])
  })
})

test('C5: of a page that had begun another session, both come to an end', async () => {
  const scene = await Scene.open()
  const { outbox } = scene.machine.options('t2')
  await outbox.put(ROOM, 't0_gone', 1, packCommand(add('bread')))
  await outbox.put(ROOM, 't1_gone', 1, packCommand(add('butter')))
  await scene.machine.clock.pass(10_000)
  expect(scene.texts.toSorted()).toEqual(['bread', 'butter'])
})

test('C17: a page begins another session when the log has moved on from the birth of its own', async () => {
  const scene = await Scene.open({ count: Infinity, idle: 8_000 })
  const { proposals, list } = scene.life
  expect(birthOf(proposals.session)).toBe(0)
  await scene.leave(GONE, add('bread'))
  expect(birthOf(proposals.session)).toBe(list.time)
  expect(list.time).toBeGreaterThan(4_000)
  await scene.submit(add('milk'))
  expect(scene.texts).toEqual(['milk', 'bread'])
})

test.each([
  ['that came to an end meanwhile', () => Promise.resolve([])],
  ['of which nothing can be read', () => Promise.reject(new Error('the database is gone'))],
])('C5: of a session %s the lock is let go', async (_, secondLook) => {
  const machine = await Machine.withList()
  const options = machine.options('t1')
  const [left] = [{ session: 't0_gone', settled: 0, last: 1, commands: [] }]
  const looks = [() => Promise.resolve([left]), secondLook]
  options.outbox.sessions = () => (looks.shift() ?? (() => Promise.resolve([])))()
  await Life.open(options, () => {})
  expect(looks).toEqual([])
  expect([...machine.locks.held()].toSorted()).toEqual(['node:founder', 'session:id-1', 'tab:t1'])
})

test('C5: what a page wrote until its lock was free is brought to an end as well', async () => {
  const machine = await Machine.withList()
  const options = machine.options('t1')
  const { outbox } = options
  await outbox.put(ROOM, 't0_gone', 1, packCommand(add('bread')))
  const sessions = outbox.sessions.bind(outbox)
  let looks = 0
  outbox.sessions = async (room) => {
    const seen = await sessions(room)
    if (++looks === 1) await outbox.put(ROOM, 't0_gone', 2, packCommand(add('butter')))
    return seen
  }
  const life = await Life.open(options, () => {})
  await machine.clock.pass(3_000)
  expect(life.list.agreed.view().items.map(({ text }) => text)).toEqual(['butter', 'bread'])
})
