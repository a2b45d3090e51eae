/** Which of the nodes stored here a tab opens, and what becomes of those that it cannot. */
import { describe, expect, test } from 'vitest'
import { HeldLocks } from '../../shared/life/held-locks.ts'
import { Life } from '../../shared/life/life.ts'
import { Orphans } from '../../shared/life/orphans.ts'
import { encodeRecord } from '../../shared/wire/record.ts'
import { MemoryClock } from '../support/memory-clock.ts'
import { Machine, ROOM } from './machine.ts'
import { grown, HERE, inWords, Scene, three, voting } from './orphan-scene.ts'

describe('K2: at the start', () => {
  test('as many are opened at once as a majority needs, where no machine but this one votes; the newest log comes first', async () => {
    const scene = await three()
    expect(await scene.open()).toBe('c a')
    expect(['a', 'b', 'c'].map((node) => scene.held.has(`node:${node}`))).toEqual([true, false, true])
  })

  test('the first is there before the others where none of them is known to be newer', async () => {
    const scene = await three()
    for (const node of ['b', 'c']) await scene.remember(node, 4)
    expect(await scene.open()).toBe('a, then b')
    expect(['a', 'b', 'c'].map((node) => scene.held.has(`node:${node}`))).toEqual([true, true, false])
  })

  test('what was retired is no reason to wait, however new it is', async () => {
    const scene = await three()
    for (const node of ['b', 'c']) await scene.remember(node, 4)
    await scene.machine.registry.putNode({ node: 'old', room: ROOM, lastTerm: 9, lastIndex: 9, incarnation: 1, retired: true })
    expect(await scene.open()).toBe('a, then b')
  })

  test('what cannot be opened is told also where another after it can', async () => {
    const scene = new Scene()
    const five = voting('a', 'b', 'c', 'd', 'e')
    await Promise.all(['a', 'b', 'c'].map((node, k) => scene.store(node, 4 + k, five)))
    scene.machine.remembered = 'a'
    scene.damage('c')
    expect(await scene.open()).toBe('b a | damaged')
  })

  test('one alone where others vote elsewhere, or where a majority runs in other tabs', async () => {
    const scene = new Scene()
    await scene.store('a', 4, voting('a', 'b', 'far'))
    await scene.store('b', 5, voting('a', 'b', 'far'))
    expect(await scene.open()).toBe('b')
    expect(await (await (await three()).hostElsewhere('b')).open()).toBe('a')
  })

  test('one alone where its log knows no configuration yet', async () => {
    const scene = new Scene()
    await scene.store('z', 1)
    await scene.store('a', 4, ...grown)
    scene.machine.remembered = 'z'
    expect(await scene.open()).toBe('z')
  })

  test('the newest log comes first also where another was taken for it', async () => {
    const scene = new Scene()
    await scene.store('a', 4, ...grown)
    await scene.store('b', 0)
    await scene.remember('b', 9)
    scene.machine.remembered = 'a'
    expect(await scene.open()).toBe('a b')
  })

  test('what cannot be opened beside the first is told', async () => {
    const scene = await three()
    scene.damage('c')
    expect(await scene.open()).toBe('a | damaged')
    expect(await scene.stored()).toEqual(['a', 'b', 'c retired'])
    expect(scene.held.has('node:c')).toBe(false)
  })
})

describe('K2: a page that opens', () => {
  async function opened(scene: Scene): Promise<Life> {
    scene.machine.registry.machine = () => Promise.resolve(HERE)
    return Life.open(scene.options, () => {})
  }

  test('hosts them, and remembers the one with the newest log for its next start', async () => {
    const scene = await three()
    expect((await opened(scene)).status.hosted).toEqual(['c', 'a'])
    expect(scene.machine.remembered).toBe('c')
  })

  test('is there with the first of them, and soon hosts the others', async () => {
    const scene = await three()
    for (const node of ['b', 'c']) await scene.remember(node, 4)
    const { disk, clock } = scene.machine
    const open = disk.open.bind(disk)
    let others = (): void => {}
    const asked = new Promise<void>((resolve) => (others = resolve))
    disk.open = async (node, begin) => {
      if (node !== 'a') await asked
      return open(node, begin)
    }
    const life = await opened(scene)
    expect([life.phase, life.status.hosted]).toEqual([{ at: 'here' }, ['a']])
    await clock.pass(1_000)
    others()
    await clock.pass(1_000)
    expect([life.status.hosted, life.status.role, life.phase]).toEqual([['a', 'b'], 'leader', { at: 'here' }])
  })

  test('goes on with what it has where another cannot be opened', async () => {
    const scene = await (await three()).store('no-voter', 9, ...grown)
    scene.damage('c')
    const life = await opened(scene)
    expect([life.phase, life.status.hosted]).toEqual([{ at: 'here' }, ['a']])
    await scene.machine.clock.pass(5_000)
    expect([life.phase, life.status.hosted]).toEqual([{ at: 'here' }, ['a', 'b']])
  })

  test('takes another in the place of one that stops', async () => {
    const scene = await three()
    const life = await opened(scene)
    await scene.collide('a')
    expect([life.phase, life.status.hosted]).toEqual([{ at: 'here' }, ['c', 'b']])
    expect(scene.held.has('node:a')).toBe(false)
  })

  test('says so where its only one stops, which may run again', async () => {
    const scene = await new Scene().store('a', 4, voting('a'))
    const life = await opened(scene)
    await scene.collide('a')
    expect([life.phase, life.status.hosted]).toEqual([{ at: 'stopped', why: { why: 'storage', error: { type: 'collision' } } }, []])
    expect(await scene.stored()).toEqual(['a'])
  })

  test('takes one that knows more where nobody leads for long, and none that knows less', async () => {
    const scene = await new Scene().store('a', 4, voting('a', 'far'))
    await scene.store('older', 3, voting('older'))
    scene.machine.remembered = 'a'
    const life = await opened(scene)
    await scene.machine.clock.pass(10_000)
    expect(life.status.hosted).toEqual(['a'])
    await scene.store('newer', 9, voting('far', 'newer'))
    await scene.machine.clock.pass(5_000)
    expect(life.status.hosted).toEqual(['a', 'newer'])
  })

  test('had nothing stored when it opened, though it takes something later', async () => {
    const [scene, elsewhere] = [new Scene(), await Machine.withList()]
    await Life.open(elsewhere.options('t0'), () => {})
    const life = await Life.open({ ...scene.options, transport: elsewhere.net.open('t1') }, () => {})
    for (let k = 0; k < 200 && life.status.hosted.length === 0; k++) await new Promise((resolve) => setTimeout(resolve, 5))
    await scene.store('stored', 9, voting('stored'))
    elsewhere.net.crash('t0')
    for (let k = 0; k < 200 && life.host.routes.peers.length > 0; k++) await new Promise((resolve) => setTimeout(resolve, 5))
    await scene.machine.clock.pass(10_000)
    expect(life.status.hosted[1]).toBe('stored')
    expect(life.hadStored).toBe(false)
  })

  test('takes nothing in the place of one that is damaged, however long it waits', async () => {
    const scene = new Scene()
    await scene.store('a', 4, voting('a', 'b'))
    await scene.store('b', 5, voting('a', 'b'))
    scene.damage('b')
    const life = await opened(scene)
    await scene.machine.clock.pass(10_000)
    expect([life.phase.at, life.status.hosted]).toEqual(['stopped', []])
  })
})

describe('K1: which is opened', () => {
  test('the next best where the best runs elsewhere, and none where all do', async () => {
    const scene = new Scene()
    await scene.store('a', 4, voting('a', 'far'))
    await scene.store('b', 5, voting('a', 'far'))
    await scene.hostElsewhere('b')
    expect(await scene.open()).toBe('a')
    expect(await scene.open()).toBe('')
  })

  test('the next best where its journal is gone, which is then forgotten', async () => {
    const scene = new Scene()
    await scene.store('a', 4, voting('a', 'far'))
    await scene.remember('gone', 9)
    expect(await scene.open()).toBe('a')
    expect(await scene.stored()).toEqual(['a'])
    expect(scene.held.has('node:gone')).toBe(false)
  })

  test('none in the place of one that is damaged', async () => {
    const scene = new Scene()
    await scene.store('a', 4, voting('a', 'far'))
    await scene.store('b', 5, voting('a', 'far'))
    scene.damage('b')
    expect(await scene.open()).toBe(' | damaged')
    expect(await scene.stored()).toEqual(['a', 'b retired'])
    expect(await scene.open()).toBe('a')
  })

  test('none in the place of one that the disk does not give', async () => {
    const scene = new Scene()
    await scene.store('a', 4, voting('a', 'far'))
    const open = scene.machine.disk.open.bind(scene.machine.disk)
    for (const error of [{ type: 'full' }, { type: 'collision' }, { type: 'aborted', why: 'test' }] as const) {
      scene.machine.disk.open = () => Promise.resolve({ ok: false, error })
      const opened = await scene.orphans.openAtStart(HERE, await scene.machine.registry.nodes(ROOM))
      expect(opened).toEqual({ first: { alive: [], trouble: { why: 'storage', error } }, more: null })
    }
    scene.machine.disk.open = open
    expect(await scene.open()).toBe('a')
  })

  test('the next best where the best was retired before, of which nothing is said again', async () => {
    const scene = new Scene()
    await scene.store('a', 4, voting('a', 'far'))
    await scene.store('b', 5, voting('a', 'far'))
    scene.machine.storage.journals.get('b')!.set(2, encodeRecord(2, { kind: 'retired', why: 'test' }))
    expect(await scene.open()).toBe('a')
    expect(await scene.stored()).toEqual(['a', 'b retired'])
  })

  test('only a reload waits for the one it hosted, and not for longer than two seconds', async () => {
    const scene = new Scene()
    const { clock } = scene.machine
    await scene.store('a', 4, voting('a', 'far'))
    await scene.machine.locks.open().take('node:a', 0)
    expect(await scene.open()).toBe('')
    scene.machine.remembered = 'a'
    let opened: string | null = null
    void scene.open().then((words) => (opened = words))
    await inSteps(clock, 1_990)
    expect(opened).toBe(null)
    await inSteps(clock, 20)
    expect(opened).toBe('')
  })
})

test('K5: a guest, which can hold no lock, opens nothing', async () => {
  const { machine, options } = await new Scene().store('a', 4, voting('a'))
  const guest = new Orphans({ ...options, locks: null }, new HeldLocks(null))
  machine.remembered = 'a'
  expect(inWords((await guest.openAtStart(HERE, await machine.registry.nodes(ROOM))).first)).toBe('')
  const calm = { hosted: [], linked: [], votersByAny: [], membersByAny: [], newest: null, isUrgent: true, trustsHeld: true }
  expect(inWords(await guest.openNeeded({ configuration: voting('a'), ...calm }))).toBe('')
})

/** Time passes for what begins meanwhile, too. */
async function inSteps(clock: MemoryClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10) {
    await new Promise((resolve) => setImmediate(resolve))
    await clock.pass(10)
  }
}
