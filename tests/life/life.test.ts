/** One tab of one machine, alone: what it hosts, over memory. */
import { describe, expect, test } from 'vitest'
import { Life } from '../../shared/life/life.ts'
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

  test('an outbox that rejects keeps no list from opening', async () => {
    const machine = await Machine.withList()
    const options = machine.options('t1')
    options.outbox.sessions = () => Promise.reject(new Error('the database is gone'))
    const life = await Life.open(options, () => {})
    await machine.clock.pass(1_000)
    expect(nameIn(life)).toBe('Camping')
  })
})
