/** One tab of one machine, alone: what it hosts, over memory. */
import { describe, expect, test } from 'vitest'
import { Life } from '../../shared/life/life.ts'
import { LIMITS } from '../../shared/limits.ts'
import { Machine, ROOM } from './machine.ts'

const nameIn = (life: Life): string => life.list.agreed.view().name

describe('K: what is stored here is found, whatever a tab hosts by itself', () => {
  test('a tab reloaded before its new node heard anything takes the node that holds the list', async () => {
    const machine = await Machine.withList()
    await machine.newcomer('newcomer')
    machine.remembered = 'newcomer'
    const life = await Life.open(machine.options('t1'), () => {})
    expect(life.status.hosted).toEqual(['newcomer'])
    await machine.clock.pass(5_000)
    expect(nameIn(life)).toBe('Camping')
    expect(life.status).toMatchObject({ majority: true, voters: ['founder'] })
  })

  test('a tab that looked while another hosted the list takes it when that one has gone', async () => {
    const machine = await Machine.withList()
    const options = machine.options('t1')
    const other = machine.locks.open()
    await other.take('node:founder', 0)
    other.answerFor(['founder'])
    const life = await Life.open(options, () => {})
    await machine.clock.pass(2_000)
    expect(life.phase).toEqual({ at: 'looking' })
    expect(life.hadStored).toBe(false)
    machine.locks.die(other)
    await machine.clock.pass(3_000)
    expect(life.phase).toEqual({ at: 'here' })
    expect(life.hadStored).toBe(true)
    expect(nameIn(life)).toBe('Camping')
  })

  test('J6: a journal that is older than a start which this browser remembers is retired, and says so', async () => {
    const machine = await Machine.withList()
    const before = new Map(machine.storage.journals.get('founder'))
    const first = await Life.open(machine.options('t1'), () => {})
    await machine.clock.pass(2_000)
    first.leave()
    expect(await machine.registry.nodes(ROOM)).toMatchObject([{ node: 'founder', incarnation: 2, retired: false }])
    machine.storage.journals.set('founder', before)
    const second = await Life.open(machine.options('t2'), () => {})
    const damage = { type: 'rolled-back', incarnation: 1, remembered: 2 }
    expect(second.phase).toEqual({ at: 'stopped', why: { why: 'damaged', node: 'founder', damage } })
    expect(await machine.registry.nodes(ROOM)).toMatchObject([{ node: 'founder', retired: true }])
    expect(machine.storage.journals.has('founder')).toBe(true)
  })

  test('who left a list answers for its nodes no more', async () => {
    const machine = await Machine.withList()
    const options = machine.options('t1')
    const life = await Life.open(options, () => {})
    expect(await options.locks!.ask('founder')).toBe(true)
    life.leave()
    expect(await options.locks!.ask('founder')).toBe(false)
  })
})

describe('K: a browser that stores nothing is told of, and stops nothing else', () => {
  test('a registry that rejects ends in words', async () => {
    const machine = await Machine.withList()
    const options = machine.options('t1')
    machine.registry.nodes = () => Promise.reject(new Error('the database is gone'))
    const life = await Life.open(options, () => {})
    expect(life.phase).toMatchObject({ at: 'stopped', why: { why: 'storage' } })
  })

  test('a list that does not open for want of who this is holds no locks', async () => {
    const machine = await Machine.withList()
    const options = machine.options('t1')
    machine.registry.person = () => Promise.reject(new Error('the database is gone'))
    await expect(Life.open(options, () => {})).rejects.toThrow('the database is gone')
    expect(await machine.locks.open().held()).toEqual(new Set())
  })

  test('an outbox that rejects keeps no list from opening', async () => {
    const machine = await Machine.withList()
    const options = machine.options('t1')
    options.outbox.sessions = () => Promise.reject(new Error('the database is gone'))
    const life = await Life.open(options, () => {})
    await machine.clock.pass(1_000)
    expect(nameIn(life)).toBe('Camping')
  })
})

test('K4: who has no room for a node of its own joins nothing, and says why', async () => {
  const [machine, other] = [await Machine.withList(), new Machine()]
  await Life.open(machine.options('t1'), () => {})
  other.disk.create = () => Promise.resolve({ ok: false, error: { type: 'full' } })
  const life = await Life.open({ ...other.options('t2'), transport: machine.net.open('t2') }, () => {})
  for (let k = 0; k < 200 && life.phase.at !== 'stopped'; k++) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(life.phase).toEqual({ at: 'stopped', why: { why: 'storage', error: { type: 'full' } } })
  expect(life.status.hosted).toEqual([])
})

test('K1: what is remembered of a log is written where it is new, and again if that failed', async () => {
  const machine = await Machine.withList()
  const putNode = machine.registry.putNode.bind(machine.registry)
  const asked: number[] = []
  machine.registry.putNode = (record) => {
    asked.push(record.lastIndex)
    return asked.length === 2 ? Promise.reject(new Error('busy')) : putNode(record)
  }
  const life = await Life.open(machine.options('t1'), () => {})
  await machine.clock.pass(10_000)
  const [record] = await machine.registry.nodes(ROOM)
  expect(record).toMatchObject({ node: 'founder', lastIndex: life.host.main!.log.lastIndex, incarnation: 2, retired: false })
  const known = asked.length
  await machine.clock.pass(10_000)
  expect(asked.length).toBe(known)
  expect(asked[2]).toBe(asked[1])
})

describe('K: what a page can say of its tab', () => {
  test('whether edits may be lost with it, since its browser has no room for them', async () => {
    const machine = await Machine.withList()
    const options = machine.options('t1')
    let changes = 0
    const life = await Life.open(options, () => changes++)
    expect([life.isOutboxFull, life.hadStored, life.phase]).toEqual([false, true, { at: 'here' }])
    options.outbox.put = () => Promise.reject(new Error('full'))
    const before = changes
    void life.submit(new Uint8Array(LIMITS.entryBytes))
    expect(changes).toBe(before + 1)
    expect(life.proposals.count).toBe(1)
    life.leave()
    await new Promise((resolve) => setImmediate(resolve))
    expect(life.isOutboxFull).toBe(true)
  })

  test('that its node was removed is no trouble, and the lock is free', async () => {
    const machine = await Machine.withList()
    const life = await Life.open(machine.options('t1'), () => {})
    life.host.remove('founder')
    expect([life.phase, life.status.hosted]).toEqual([{ at: 'here' }, []])
    expect(machine.locks.held().has('node:founder')).toBe(false)
  })

  test('A4: a guest, which can hold no lock, asks for no vote', async () => {
    const machine = await Machine.withList()
    const options = machine.options('t1')
    const [guest, other] = [await Life.open({ ...options, locks: null }, () => {}), await Life.open(machine.options('t2'), () => {})]
    expect([guest.host.options.votes, other.host.options.votes]).toEqual([false, true])
    expect([guest.phase, guest.hadStored]).toEqual([{ at: 'looking' }, false])
    guest.leave()
    expect(other.status.hosted).toEqual(['founder'])
  })
})
