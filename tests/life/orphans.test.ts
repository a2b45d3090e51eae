/** Which of the nodes stored here a tab opens, and what becomes of those that it cannot. */
import { describe, expect, test } from 'vitest'
import { HeldLocks } from '../../shared/life/held-locks.ts'
import { Life } from '../../shared/life/life.ts'
import { Orphans } from '../../shared/life/orphans.ts'
import type { Opened } from '../../shared/life/orphans.ts'
import type { Configuration, Entry, Member } from '../../shared/raft/types.ts'
import { encodeRecord } from '../../shared/wire/record.ts'
import { MemoryClock } from '../support/memory-clock.ts'
import { Machine, ROOM } from './machine.ts'

const HERE = 'here'
const member = (node: string): Member => ({
  node,
  machine: node.startsWith('far') ? 'far' : HERE,
  levels: { min: 1, max: 1 },
  votes: true,
})
const voting = (...nodes: readonly string[]): Configuration => ({ voters: nodes.map(member), learners: [] })

class Scene {
  readonly machine = new Machine()
  readonly options = this.machine.options('t1')
  readonly held = new HeldLocks(this.options.locks)
  readonly orphans = new Orphans(this.options, this.held)

  /** A journal whose log ends with these, the last at `lastIndex`. */
  async store(node: string, lastIndex: number, ...configurations: readonly Configuration[]): Promise<this> {
    const bodies = [
      ...configurations.map((configuration) => ({ type: 'configuration', configuration }) as const),
      ...Array.from({ length: lastIndex - configurations.length }, () => ({ type: 'noop' }) as const),
    ]
    const entries = bodies.map((body, at): Entry => ({ index: at + 1, term: 1, time: 0, body }))
    const birth = { node, machine: HERE, cluster: '0'.repeat(32), nonce: 'n', createdAt: 0, term: 1, votedFor: null, commitIndex: 0 }
    await this.machine.disk.create(node, encodeRecord(1, { kind: 'birth', ...birth, entries }))
    await this.remember(node, lastIndex)
    return this
  }

  async remember(node: string, lastIndex: number): Promise<void> {
    await this.machine.registry.putNode({ node, room: ROOM, lastTerm: 1, lastIndex, incarnation: 1, retired: false })
  }

  /** Another tab of this machine hosts it. */
  async hostElsewhere(node: string): Promise<this> {
    const document = this.machine.locks.open()
    await document.take(`node:${node}`, 0)
    document.answerFor([node])
    return this
  }

  damage(node: string): void {
    this.machine.storage.journals.get(node)!.get(1)![20]! ^= 1
  }

  /** Somebody else writes its journal. */
  async collide(node: string): Promise<void> {
    const journal = this.machine.storage.journals.get(node)!
    for (let number = 1; number < 100; number++) if (!journal.has(number)) journal.set(number, Uint8Array.of(1))
    await this.machine.clock.pass(3_000)
  }

  async stored(): Promise<readonly string[]> {
    const records = await this.machine.registry.nodes(ROOM)
    return records.map(({ node, retired }) => (retired ? `${node} retired` : node)).toSorted()
  }

  async open(): Promise<string> {
    return inWords(await this.orphans.openAtStart(HERE, await this.machine.registry.nodes(ROOM)))
  }
}

function inWords({ alive, trouble }: Opened): string {
  const nodes = alive.map(({ saved }) => saved.node).join(' ')
  return trouble === null ? nodes : `${nodes} | ${trouble.why}`
}

const grown = [voting('a'), voting('a', 'b'), voting('a', 'b', 'c')]

/** Three voters of this machine; this tab hosted `a` before. */
async function three(): Promise<Scene> {
  const scene = new Scene()
  await scene.store('a', 4, ...grown)
  await scene.store('b', 5, ...grown)
  await scene.store('c', 6, ...grown)
  scene.machine.remembered = 'a'
  return scene
}

describe('K2: at the start', () => {
  test('as many are opened at once as a majority needs, where no machine but this one votes; the newest log comes first', async () => {
    const scene = await three()
    expect(await scene.open()).toBe('c a')
    expect(['a', 'b', 'c'].map((node) => scene.held.has(`node:${node}`))).toEqual([true, false, true])
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
      expect(await scene.orphans.openAtStart(HERE, await scene.machine.registry.nodes(ROOM))).toEqual({
        alive: [],
        trouble: { why: 'storage', error },
      })
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
  expect(inWords(await guest.openAtStart(HERE, await machine.registry.nodes(ROOM)))).toBe('')
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
