/** What a tab keeps of its edits, and when it clears them away. */
import { describe, expect, test } from 'vitest'
import { MemoryOutbox, MemoryStorage } from '../../client/disk/memory.ts'
import { HeldLocks } from '../../shared/life/held-locks.ts'
import { keeperOf } from '../../shared/life/left-sessions.ts'
import { Machine, ROOM } from './machine.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the outbox', () => {
  test('is told of what is agreed half a second later, once, and by the newest', async () => {
    const machine = new Machine()
    const options = machine.options('t1')
    const told: string[] = []
    options.outbox.settle = async (room, session, upTo) => void told.push(`${room} ${session} ${upTo} at ${machine.clock.now()}`)
    const keeper = keeperOf(options, () => {})
    keeper.settle('s', 1)
    await machine.clock.pass(200)
    keeper.settle('s', 3)
    keeper.settle('r', 2)
    await machine.clock.pass(299)
    expect(told).toEqual([])
    await machine.clock.pass(2_000)
    expect(told).toEqual(['room s 3 at 500', 'room r 2 at 500'])
    keeper.settle('s', 4)
    await machine.clock.pass(500)
    expect(told.slice(2)).toEqual(['room s 4 at 2999'])
  })

  test('is told nothing more of a session that was dropped', async () => {
    const machine = new Machine()
    const outbox = new MemoryOutbox(new MemoryStorage())
    const keeper = keeperOf({ ...machine.options('t1'), outbox }, () => {})
    keeper.put('s', 1, Uint8Array.of(1))
    await turn()
    expect(await outbox.sessions(ROOM)).toMatchObject([{ session: 's', commands: [{ seq: 1 }] }])
    keeper.settle('s', 1)
    keeper.drop('s')
    await machine.clock.pass(2_000)
    expect(await outbox.sessions(ROOM)).toEqual([])
  })

  test('says so if it cannot keep an edit', async () => {
    const options = new Machine().options('t1')
    options.outbox.put = () => Promise.reject(new Error('full'))
    let failures = 0
    keeperOf(options, () => failures++).put('s', 1, Uint8Array.of(1))
    await turn()
    expect(failures).toBe(1)
  })
})

describe('K5: locks', () => {
  test('are held until they are released, and then free for others', async () => {
    const machine = new Machine()
    const [one, other] = [new HeldLocks(machine.locks.open()), new HeldLocks(machine.locks.open())]
    expect(one.has('a')).toBe(false)
    expect(await one.take('a', 0)).toBe(true)
    expect(one.has('a')).toBe(true)
    expect(await other.take('a', 0)).toBe(false)
    expect(other.has('a')).toBe(false)
    one.release('a')
    one.release('never held')
    expect(one.has('a')).toBe(false)
    expect(await other.take('a', 0)).toBe(true)
  })

  test('are none for a guest', async () => {
    const held = new HeldLocks(null)
    expect(await held.take('a', 0)).toBe(false)
    expect(held.has('a')).toBe(false)
  })
})
