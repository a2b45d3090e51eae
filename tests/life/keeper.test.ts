/** What a tab keeps of its edits, and when it clears them away. */
import { describe, expect, test } from 'vitest'
import { MemoryOutbox, MemoryStorage } from '../../client/disk/memory.ts'
import { HeldLocks } from '../../shared/life/held-locks.ts'
import type { Clock } from '../../shared/host/ports.ts'
import { OutboxKeeper } from '../../shared/life/keeper.ts'
import { Machine, ROOM } from './machine.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Notes what it is asked to write, and when. */
class NotingOutbox extends MemoryOutbox {
  readonly writes: string[] = []
  readonly #clock: Clock

  constructor(clock: Clock) {
    super(new MemoryStorage())
    this.#clock = clock
  }

  override put(room: string, session: string, seq: number, bytes: Uint8Array): Promise<void> {
    this.#note(`put ${session}.${seq}`)
    return super.put(room, session, seq, bytes)
  }

  override settle(room: string, session: string, settled: number): Promise<void> {
    this.#note(`settle ${session} ${settled}`)
    return super.settle(room, session, settled)
  }

  override drop(room: string, session: string): Promise<void> {
    this.#note(`drop ${session}`)
    return super.drop(room, session)
  }

  #note(what: string): void {
    this.writes.push(`${what} at ${this.#clock.now()}`)
  }
}

function told() {
  const machine = new Machine()
  const outbox = new NotingOutbox(machine.clock)
  const keeper = new OutboxKeeper({ ...machine.options('t1'), outbox }, () => {})
  return { machine, keeper, outbox, writes: outbox.writes }
}

const BYTES = Uint8Array.of(1)

describe('C18: the outbox', () => {
  test('keeps a tenth of a second later what is not agreed by then, and is never told of the rest', async () => {
    const { machine, keeper, outbox, writes } = told()
    keeper.put('s', 1, BYTES)
    keeper.settle('s', 1)
    await machine.clock.pass(2_000)
    expect(writes).toEqual([])
    keeper.put('s', 2, BYTES)
    await machine.clock.pass(60)
    keeper.put('s', 3, BYTES)
    await machine.clock.pass(39)
    expect(writes).toEqual([])
    keeper.settle('s', 2)
    await machine.clock.pass(1)
    expect(writes).toEqual(['put s.3 at 2100', 'settle s 2 at 2100'])
    expect(await outbox.sessions(ROOM)).toMatchObject([{ session: 's', settled: 2, commands: [{ seq: 3 }] }])
  })

  test('keeps at once what a page has that goes away', async () => {
    const { keeper, outbox, writes } = told()
    keeper.put('s', 1, BYTES)
    keeper.put('s', 2, BYTES)
    keeper.settle('s', 1)
    keeper.keep()
    expect(writes).toEqual(['put s.2 at 0', 'settle s 1 at 0'])
    await turn()
    expect(await outbox.sessions(ROOM)).toMatchObject([{ session: 's', commands: [{ seq: 2 }] }])
  })

  test('is cleared half a second after something in it was agreed, once, and by the newest', async () => {
    const { machine, keeper, writes } = told()
    for (const seq of [1, 2, 3]) keeper.put('s', seq, BYTES)
    keeper.put('r', 1, BYTES)
    keeper.keep()
    writes.length = 0
    keeper.settle('s', 1)
    await machine.clock.pass(200)
    keeper.settle('s', 2)
    keeper.settle('r', 1)
    await machine.clock.pass(299)
    expect(writes).toEqual([])
    await machine.clock.pass(2_000)
    expect(writes).toEqual(['settle s 2 at 500', 'settle r 1 at 500'])
    keeper.settle('s', 3)
    await machine.clock.pass(500)
    expect(writes.slice(2)).toEqual(['settle s 3 at 2999'])
    keeper.put('s', 4, BYTES)
    keeper.settle('s', 4)
    await machine.clock.pass(2_000)
    expect(writes).toHaveLength(3)
  })

  test('is cleared of what another page left in it, though a number was filled that nobody had to keep', async () => {
    const { machine, keeper, writes } = told()
    keeper.settle('old', 7)
    await machine.clock.pass(500)
    keeper.put('old', 8, BYTES)
    keeper.settle('old', 8)
    keeper.drop('old')
    await machine.clock.pass(2_000)
    expect(writes).toEqual(['settle old 7 at 500', 'drop old at 500'])
  })

  test('is told nothing more of a session that was dropped', async () => {
    const { machine, keeper, outbox } = told()
    keeper.put('s', 1, BYTES)
    keeper.keep()
    await turn()
    expect(await outbox.sessions(ROOM)).toMatchObject([{ session: 's', commands: [{ seq: 1 }] }])
    keeper.settle('s', 1)
    keeper.put('s', 2, BYTES)
    keeper.drop('s')
    await machine.clock.pass(2_000)
    expect(await outbox.sessions(ROOM)).toEqual([])
  })

  test('gives each tenth and each half of a second its whole length', async () => {
    const { machine, keeper, writes } = told()
    keeper.put('s', 1, BYTES)
    await machine.clock.pass(50)
    keeper.put('s', 2, BYTES)
    await machine.clock.pass(60)
    keeper.put('s', 3, BYTES)
    await machine.clock.pass(500)
    expect(writes).toEqual(['put s.1 at 100', 'put s.2 at 100', 'put s.3 at 210'])
    keeper.settle('s', 1)
    await machine.clock.pass(200)
    keeper.settle('s', 2)
    await machine.clock.pass(310)
    keeper.settle('s', 3)
    await machine.clock.pass(2_000)
    expect(writes.slice(3)).toEqual(['settle s 2 at 1110', 'settle s 3 at 1620'])
  })

  test('is cleared of what it has though nothing that came since had to be kept', async () => {
    const { machine, keeper, writes } = told()
    keeper.put('s', 1, BYTES)
    keeper.keep()
    for (const [session, seq] of [
      ['s', 2],
      ['r', 1],
    ] as const) {
      keeper.put(session, seq, BYTES)
      keeper.settle(session, seq)
    }
    await machine.clock.pass(2_000)
    expect(writes).toEqual(['put s.1 at 0', 'settle s 2 at 500'])
  })

  test('keeps what there is of other sessions than the one that was dropped', async () => {
    const { machine, keeper, writes } = told()
    keeper.put('s', 1, BYTES)
    keeper.drop('r')
    await machine.clock.pass(2_000)
    expect(writes).toEqual(['drop r at 0', 'put s.1 at 100'])
  })

  test('says so if it cannot keep an edit', async () => {
    const machine = new Machine()
    const options = machine.options('t1')
    options.outbox.put = () => Promise.reject(new Error('full'))
    let failures = 0
    const keeper = new OutboxKeeper(options, () => failures++)
    keeper.put('s', 1, BYTES)
    await machine.clock.pass(100)
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
