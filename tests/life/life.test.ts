/** One tab of one machine, alone: what it hosts, over memory. */
import { describe, expect, test } from 'vitest'
import { MemoryDisk, MemoryOutbox, MemoryRegistry, MemoryStorage } from '../../client/disk/memory.ts'
import type { NodeId } from '../../shared/host/ports.ts'
import { found, mint } from '../../shared/life/birth.ts'
import { Life } from '../../shared/life/life.ts'
import type { LifeOptions } from '../../shared/life/options.ts'
import { MemoryClock } from '../support/memory-clock.ts'
import { MemoryMachine } from '../support/memory-locks.ts'
import { MemoryNet } from '../support/memory-transport.ts'

const ROOM = 'room'
const CLUSTER = '0'.repeat(32)
const SETTINGS = {
  electionMin: 150,
  electionMax: 300,
  heartbeat: 50,
  preVote: true,
  appendBytes: 1e6,
  appendsInFlight: 16,
  uncommittedMax: 1e3,
}

/** A machine that stores `founder`, which holds the list, and whatever else is minted in it. */
class Machine {
  readonly clock = new MemoryClock()
  readonly storage = new MemoryStorage()
  readonly locks = new MemoryMachine(this.clock)
  readonly net = new MemoryNet()
  readonly disk = new MemoryDisk(this.storage)
  readonly registry = new MemoryRegistry(this.storage)
  remembered: NodeId | null = null
  #ids = 0

  static async withList(): Promise<Machine> {
    const machine = new Machine()
    const id = await machine.registry.machine()
    const founded = await found(machine.disk, { node: 'founder', machine: id, cluster: CLUSTER, nonce: 'n', at: 0 }, 'Camping', 'first')
    if (founded.ok) founded.value.journal.close()
    await machine.registry.putNode({ node: 'founder', room: ROOM, lastTerm: 1, lastIndex: 3, incarnation: 1, retired: false })
    return machine
  }

  /** A node that has heard nothing yet from its cluster. */
  async newcomer(node: NodeId): Promise<void> {
    const minted = await mint(this.disk, { node, machine: await this.registry.machine(), cluster: CLUSTER, nonce: 'n', at: 0 })
    if (minted.ok) minted.value.journal.close()
    await this.registry.putNode({ node, room: ROOM, lastTerm: 0, lastIndex: 0, incarnation: 1, retired: false })
  }

  options(tab: string): LifeOptions {
    const { clock, disk, registry } = this
    return {
      tab,
      room: ROOM,
      build: 'test',
      settings: SETTINGS,
      clock,
      disk,
      registry,
      transport: this.net.open(tab),
      outbox: new MemoryOutbox(this.storage),
      locks: this.locks.open(),
      mintId: () => `id-${++this.#ids}`,
      remembered: {
        get: () => this.remembered,
        set: (_, node) => {
          this.remembered = node
        },
      },
    }
  }
}

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
