/** What a tab holds, what it waits for and what it lets go of. */
import { describe, expect, test } from 'vitest'
import { MemoryDisk } from '../../client/disk/memory.ts'
import type { Transition } from '../../shared/host/transition.ts'
import { found } from '../../shared/life/birth.ts'
import { HeldLocks } from '../../shared/life/held-locks.ts'
import { Life } from '../../shared/life/life.ts'
import { LIMITS } from '../../shared/limits.ts'
import type { Input } from '../../shared/raft/step.ts'
import { packCommand } from '../../shared/wire/commands.ts'
import type { MemoryLocks } from '../support/memory-locks.ts'
import { Machine, ROOM } from './machine.ts'

const add = (text: string): Uint8Array => packCommand({ type: 'add', text, after: null })
const MINTING = { node: 'a', machine: 'm', cluster: '0'.repeat(32), nonce: 'n', at: 0 }
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Time passes for what begins meanwhile, too. */
async function inSteps(machine: Machine, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10) {
    await turn()
    await machine.clock.pass(10)
  }
}

/** Whether somebody else could host the founder now. */
async function isFree(machine: Machine): Promise<boolean> {
  const document = machine.locks.open()
  const lock = await document.take('node:founder', 0)
  machine.locks.die(document)
  return lock !== null
}

describe('K1: a reload', () => {
  test('waits for the document that it replaces, which says nothing', async () => {
    const machine = await Machine.withList()
    machine.remembered = 'founder'
    const before = machine.locks.open()
    await before.take('node:founder', 0)
    const opening = Life.open(machine.options('t1'), () => {})
    await inSteps(machine, 100)
    machine.locks.die(before)
    await inSteps(machine, 100)
    const life = await opening
    expect(life.status.hosted).toEqual(['founder'])
  })

  test('that is a duplicated tab does not wait: who hosts its node answers', async () => {
    const machine = await Machine.withList()
    machine.remembered = 'founder'
    const first = machine.locks.open()
    await first.take('node:founder', 0)
    first.answerFor(['founder'])
    let isOpen = false
    void Life.open(machine.options('t2'), () => {}).then(() => (isOpen = true))
    await inSteps(machine, 500)
    expect(isOpen).toBe(true)
  })
})

describe('K5: a journal that cannot be used', () => {
  test('is retired if it is damaged, the page says so, and nothing runs in its place', async () => {
    const machine = await Machine.withList()
    machine.storage.journals.get('founder')!.get(1)![20]! ^= 1
    const life = await Life.open(machine.options('t1'), () => {})
    await machine.clock.pass(5_000)
    expect(life.phase).toMatchObject({ at: 'stopped', why: { why: 'damaged', node: 'founder' } })
    expect(life.status.hosted).toEqual([])
    expect(await machine.registry.nodes(ROOM)).toMatchObject([{ node: 'founder', retired: true }])
    expect(await isFree(machine)).toBe(true)
  })

  test('is not passed over if the disk does not answer', async () => {
    const machine = await Machine.withList()
    const why = { type: 'aborted', why: 'test' } as const
    machine.disk.open = () => Promise.resolve({ ok: false, error: why })
    const life = await Life.open(machine.options('t1'), () => {})
    expect(life.phase).toEqual({ at: 'stopped', why: { why: 'storage', error: why } })
    expect(await machine.registry.nodes(ROOM)).toMatchObject([{ retired: false }])
  })

  test('K3: is retired and let go of if it was copied', async () => {
    const machine = await Machine.withList()
    const life = await Life.open(machine.options('t1'), () => {})
    machine.net.refuse('t2', 't1', 'copied')
    await new Promise((resolve) => setTimeout(resolve, 20))
    await turn()
    expect(life.phase).toMatchObject({ at: 'stopped', why: { why: 'copied' } })
    expect(await machine.registry.nodes(ROOM)).toMatchObject([{ node: 'founder', retired: true }])
    expect(await isFree(machine)).toBe(true)
  })
})

describe('K5: a tab that leaves', () => {
  test('stops what it hosts, and then lets go of its locks', async () => {
    const machine = await Machine.withList()
    const seen: string[] = []
    const transition = ({ type }: Transition): void => void seen.push(type)
    const life = await Life.open(machine.options('t1'), () => {}, { transition })
    await machine.clock.pass(1_000)
    expect(await isFree(machine)).toBe(false)
    life.leave()
    expect(seen.slice(-2)).toEqual(['left', 'stopped'])
    life.leave()
    await machine.clock.pass(1_000)
    expect(seen.filter((type) => type === 'left' || type === 'stopped')).toEqual(['left', 'stopped'])
    expect(await isFree(machine)).toBe(true)
    expect(machine.locks.held().size).toBe(0)
  })

  test('keeps nothing that it was still taking', async () => {
    const machine = await Machine.withList()
    const before = machine.locks.open()
    await before.take('node:founder', 0)
    const options = machine.options('t1')
    const life = await Life.open(options, () => {})
    const open = machine.disk.open.bind(machine.disk)
    machine.disk.open = async (node, begin) => {
      const opened = await open(node, begin)
      life.leave()
      return opened
    }
    machine.locks.die(before)
    await machine.clock.pass(5_000)
    expect(life.status.hosted).toEqual([])
    expect(machine.locks.held().size).toBe(0)
  })
})

describe('K1 C5: what is remembered of a list', () => {
  test('how new the log is', async () => {
    const machine = await Machine.withList()
    await Life.open(machine.options('t1'), () => {})
    await machine.clock.pass(3_000)
    const [record] = await machine.registry.nodes(ROOM)
    expect(record!.lastIndex).toBeGreaterThan(3)
    expect(record!.lastTerm).toBeGreaterThan(1)
  })

  test('edits, until they are agreed and no longer', async () => {
    const machine = await Machine.withList()
    const options = machine.options('t1')
    const life = await Life.open(options, () => {})
    void life.submit(add('milk'))
    await machine.clock.pass(100)
    expect(await options.outbox.sessions(ROOM)).toMatchObject([{ settled: 0, commands: [{ seq: 1 }] }])
    await machine.clock.pass(3_000)
    expect(life.list.agreed.view().items).toMatchObject([{ text: 'milk' }])
    expect(await options.outbox.sessions(ROOM)).toMatchObject([{ settled: 1, commands: [] }])
  })

  test('C18: edits at once when the page goes away', async () => {
    const machine = await Machine.withList()
    const options = machine.options('t1')
    const life = await Life.open(options, () => {})
    void life.submit(add('milk'))
    life.leave()
    expect(await options.outbox.sessions(ROOM)).toMatchObject([{ settled: 0, commands: [{ seq: 1 }] }])
  })

  test('edits of a tab that went come to an end in the next one, those of one that goes on do not', async () => {
    const machine = await Machine.withList()
    const options = machine.options('t1')
    await options.outbox.put(ROOM, 'gone', 1, add('of a tab that went'))
    await options.outbox.put(ROOM, 'going-on', 1, add('of a tab that goes on'))
    await machine.locks.open().take('session:going-on', 0)
    const life = await Life.open(options, () => {})
    await machine.clock.pass(4_000)
    expect(life.list.agreed.view().items.map(({ text }) => text)).toEqual(['of a tab that went'])
  })

  test('edits of a tab that goes later come to an end, too', async () => {
    const machine = await Machine.withList()
    const options = machine.options('t1')
    const other = machine.locks.open()
    await options.outbox.put(ROOM, 'other', 1, add('of a tab that went'))
    await other.take('session:other', 0)
    const life = await Life.open(options, () => {})
    await machine.clock.pass(4_000)
    expect(life.list.agreed.view().items).toEqual([])
    machine.locks.die(other)
    await machine.clock.pass(10_000)
    expect(life.list.agreed.view().items).toMatchObject([{ text: 'of a tab that went' }])
  })

  test('no edit that is longer than any entry may be', async () => {
    const machine = await Machine.withList()
    const life = await Life.open(machine.options('t1'), () => {})
    expect(await life.submit(new Uint8Array(LIMITS.entryBytes + 1))).toEqual({ ok: false, reason: 'too-long' })
    expect(life.proposals.count).toBe(0)
  })
})

test('T6: a tab whose clock stood still tells its nodes', async () => {
  const machine = await Machine.withList()
  const told: boolean[] = []
  const transition = (seen: Transition): void =>
    void (seen.type === 'stepped' && told.push(seen.inputs.some(({ type }) => type === 'suspended')))
  await Life.open(machine.options('t1'), () => {}, { transition })
  await machine.clock.pass(5_000)
  expect(told).not.toContain(true)
  machine.clock.jump(60_000)
  await machine.clock.pass(1_000)
  expect(told).toContain(true)
})

test('K4: who founds a list led its first term, so it voted for itself', async () => {
  const founded = await found(new MemoryDisk(), MINTING, 'Camping', 'session')
  expect(founded).toMatchObject({ ok: true, value: { saved: { term: 1, votedFor: 'a', commitIndex: 3 } } })
})

test('K4: a disk that has no room for the first record founds nothing', async () => {
  const [disk, full] = [new MemoryDisk(), { type: 'full' } as const]
  disk.create = () => Promise.resolve({ ok: false, error: full })
  expect(await found(disk, MINTING, 'Camping', 'session')).toEqual({ ok: false, error: full })
})

test('K5: a lock that comes after the farewell is let go at once', async () => {
  const machine = await Machine.withList()
  const held = new HeldLocks(machine.locks.open())
  const taking = held.take('node:founder', 0)
  held.releaseAll()
  expect(await taking).toBe(false)
  expect(machine.locks.held().size).toBe(0)
})

test('K4: who lost what it had stored joins as somebody new', async () => {
  const [machine, other] = [await Machine.withList(), new Machine()]
  await Life.open(machine.options('t1'), () => {})
  other.remembered = 'lost'
  const life = await Life.open({ ...other.options('t2'), transport: machine.net.open('t2') }, () => {})
  for (let k = 0; k < 200 && life.status.hosted.length === 0; k++) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(life.status.hosted.length).toBe(1)
  const [node] = life.status.hosted
  expect(node).not.toBe('lost')
  expect(await other.registry.nodes(ROOM)).toEqual([{ node, room: ROOM, lastTerm: 0, lastIndex: 0, incarnation: 1, retired: false }])
})

test('A4: a guest joins as well, and its browser remembers nothing of its node', async () => {
  const [machine, other] = [await Machine.withList(), new Machine()]
  await Life.open(machine.options('t1'), () => {})
  const guest = await Life.open({ ...other.options('t2'), locks: null, transport: machine.net.open('t2') }, () => {})
  for (let k = 0; k < 200 && guest.status.hosted.length === 0; k++) await new Promise((resolve) => setTimeout(resolve, 5))
  expect([guest.status.hosted.length, guest.phase]).toEqual([1, { at: 'here' }])
  await other.clock.pass(5_000)
  expect(await other.registry.nodes(ROOM)).toEqual([])
})

test('K4: nor does a tab with a damaged journal join in its place, whoever is in touch', async () => {
  const [machine, other] = [await Machine.withList(), await Machine.withList()]
  await Life.open(machine.options('t1'), () => {})
  other.storage.journals.get('founder')!.get(1)![20]! ^= 1
  const life = await Life.open({ ...other.options('t2'), transport: machine.net.open('t2') }, () => {})
  for (let k = 0; k < 200 && life.host.routes.peers.length === 0; k++) await new Promise((resolve) => setTimeout(resolve, 5))
  await turn()
  expect(life.host.routes.peers.length).toBe(1)
  expect(life.phase).toMatchObject({ at: 'stopped', why: { why: 'damaged' } })
  expect(life.status.hosted).toEqual([])
})

test('K6: a tab that dies is known to be gone to its neighbours at once', async () => {
  const machine = await Machine.withList()
  const [dying, living] = [machine.options('t1'), machine.options('t2')]
  const words: Input[] = []
  const transition = (seen: Transition): void =>
    void (seen.type === 'stepped' && words.push(...seen.inputs.filter(({ type }) => type === 'gone')))
  await Life.open(dying, () => {})
  const life = await Life.open(living, () => {}, { transition })
  while (life.status.leader !== 'founder') await inSteps(machine, 10)
  // Until it has looked who is near.
  await inSteps(machine, 300)
  expect(words).toEqual([])
  machine.locks.die(dying.locks as MemoryLocks)
  await turn()
  expect(words).toEqual([{ type: 'gone', nodes: ['founder'], isCertain: true }])
})

test('K6: of a tab of another machine no lock here says anything', async () => {
  const [machine, other] = [await Machine.withList(), new Machine()]
  const words: Input[] = []
  const transition = (seen: Transition): void =>
    void (seen.type === 'stepped' && words.push(...seen.inputs.filter(({ type }) => type === 'gone')))
  await Life.open(machine.options('t1'), () => {})
  const options = { ...other.options('t2'), transport: machine.net.open('t2') }
  const life = await Life.open(options, () => {}, { transition })
  const bothPass = (ms: number): Promise<unknown> => Promise.all([inSteps(machine, ms), inSteps(other, ms)])
  while (life.status.leader !== 'founder') await bothPass(10)
  await bothPass(1_000)
  expect(words).toEqual([])
})
