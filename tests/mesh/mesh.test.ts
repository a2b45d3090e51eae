/** The mesh through virtual time. */
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { decodeSignal, encodeSignal } from '../../client/mesh/signals.ts'
import { LIMITS, TIMES } from '../../shared/limits.ts'
import { MemoryAir, type AirTab, type MemoryEnd } from '../support/memory-air.ts'
import { MemoryClock } from '../support/memory-clock.ts'

let clock: MemoryClock
let air: MemoryAir

beforeEach(() => {
  clock = new MemoryClock()
  air = new MemoryAir(clock)
})

async function linked(): Promise<readonly [AirTab, AirTab]> {
  const [a, b] = [air.open('a'), air.open('b')]
  await clock.pass(100)
  expect([a.told, b.told]).toEqual([['up b'], ['up a']])
  return [a, b]
}

const last = (tab: AirTab): MemoryEnd => tab.ends.at(-1)!
const say = (from: AirTab, to: AirTab, text: string): void => from.mesh.send(to.tab, new TextEncoder().encode(text))
const says = (text: string): string => Buffer.from(text).toString('base64')

describe('DESIGN 10: making a link', () => {
  test('the lower tab initiates, whoever comes first, and there is one connection a pair', async () => {
    const b = air.open('b')
    await clock.pass(50)
    const a = air.open('a')
    const c = air.open('c')
    await clock.pass(100)
    expect([a.told, b.told, c.told].map((told) => told.toSorted())).toEqual([
      ['up b', 'up c'],
      ['up a', 'up c'],
      ['up a', 'up b'],
    ])
    const offers = [a, b, c].map(({ signals }) => signals.flatMap(({ to, bytes }) => (decodeSignal(bytes)?.type === 'offer' ? [to] : [])))
    expect(offers.map((to) => to.toSorted())).toEqual([['b', 'c'], ['c'], []])
    expect([a, b, c].map(({ ends }) => ends.length)).toEqual([2, 2, 2])
  })

  test('an attempt that leads nowhere is given up after ten seconds and tried again, ever more rarely', async () => {
    air.isBlocked = true
    const [a, b] = [air.open('a'), air.open('b')]
    await clock.pass(9_900)
    expect([a.ends.length, b.ends.length]).toEqual([1, 1])
    await clock.pass(200_000)
    expect(a.ends.length).toBeGreaterThan(5)
    expect(a.ends.length).toBeLessThan(20)
    expect(a.ends.filter(({ isOver }) => !isOver).length).toBeLessThanOrEqual(1)
    air.isBlocked = false
    a.mesh.hurry()
    await clock.pass(CONNECT_AT_ALL)
    expect([a.told, b.told]).toEqual([['up b'], ['up a']])
  })

  test('a hurried tab that does not initiate asks the other side to try now', async () => {
    air.isBlocked = true
    const [a, b] = [air.open('a'), air.open('b')]
    await clock.pass(100_000)
    air.isBlocked = false
    while (a.mesh.links()[0]!.state !== 'waiting') await clock.pass(10)
    b.mesh.hurry()
    await clock.pass(50)
    expect([a.told, b.told]).toEqual([['up b'], ['up a']])
  })

  test('signals of another epoch, of the wrong side and of strangers are dropped and counted', async () => {
    const [a, b] = await linked()
    const [offer] = a.signals
    const [answer] = b.signals
    b.receive('a', offer!.bytes)
    a.receive('b', answer!.bytes)
    a.receive('b', offer!.bytes)
    b.receive('a', encodeSignal({ type: 'candidates', epoch: 77, candidates: [] }))
    b.receive('b', offer!.bytes)
    await clock.pass(20_000)
    expect(b.mesh.counts).toMatchObject({ 'refused:epoch': 2, 'refused:stranger': 1, 'attempt:made': 1 })
    expect(a.mesh.counts).toMatchObject({ 'refused:epoch': 1, 'refused:wrong-side': 1, 'attempt:made': 1 })
    expect([a.told, b.told]).toEqual([['up b'], ['up a']])
  })

  test('a newer attempt takes the place of a link that its initiator has lost', async () => {
    const [a, b] = await linked()
    // The initiator's end is gone and the other side hears nothing of it.
    last(a).isDead = true
    last(a).close()
    await clock.pass(500)
    expect(a.told).toEqual(['up b', 'down b', 'up b'])
    expect(b.told).toEqual(['up a', 'down a', 'up a'])
    say(b, a, 'x')
    await clock.pass(10)
    expect(a.told.at(-1)).toBe(`b says ${says('x')}`)
  })

  test('a made-up crowd does not fill the memory', async () => {
    const [a] = await linked()
    for (let at = 0; at < 10_000; at += 1) a.receive(`stranger${at}`, encodeSignal({ type: 'offer', epoch: 1, sdp: decodedSdp(a) }))
    expect(a.mesh.links().length).toBeLessThanOrEqual(2 * LIMITS.roomTabs)
  })
})

const CONNECT_AT_ALL = 15_000
function decodedSdp(tab: AirTab): string {
  const signal = decodeSignal(tab.signals[0]!.bytes)
  return signal?.type === 'offer' ? signal.sdp : ''
}

describe('DESIGN 14: a link is lost after a second without a frame', () => {
  test('pings keep it up when nothing else is said', async () => {
    const [a, b] = await linked()
    await clock.pass(60_000)
    expect([a.told, b.told]).toEqual([['up b'], ['up a']])
    expect(last(a).sent).toBeLessThan(60_000 / TIMES.ping + 10)
  })

  test('a machine without power is noticed within its second and a ping', async () => {
    const [a, b] = await linked()
    last(b).isDead = true
    await clock.pass(TIMES.linkLost - TIMES.ping - 1)
    expect(a.told).toEqual(['up b'])
    await clock.pass(TIMES.ping + 2)
    expect(a.told).toEqual(['up b', 'down b'])
  })

  test('a stall of our own is forgiven: the frames wait behind the late wake', async () => {
    const [a, b] = await linked()
    a.stall(5_000)
    await clock.pass(10_000)
    expect(a.told).toEqual(['up b'])
    // The other side cannot know.
    expect(b.told).toEqual(['up a', 'down a', 'up a'])
  })

  test('but only once: a clock that is always late still notices a dead peer', async () => {
    const [a, b] = await linked()
    last(b).isDead = true
    for (let at = 0; at < 2; at += 1) {
      a.stall(1_500)
      await clock.pass(1_500)
    }
    expect(a.told).toEqual(['up b', 'down b'])
  })

  test('messages during a silence are dropped, and a link that is heard again says so before anything else', async () => {
    const [a, b] = await linked()
    a.mesh.cut(['b'])
    await clock.pass(1_500)
    say(a, b, 'lost')
    say(b, a, 'lost')
    a.mesh.heal()
    await clock.pass(3)
    say(a, b, 'found')
    say(b, a, 'found')
    await clock.pass(10)
    expect(a.told).toEqual(['up b', 'down b', 'up b', `b says ${says('found')}`])
    expect(b.told).toEqual(['up a', 'down a', 'up a', `a says ${says('found')}`])
    expect([a.ends.length, b.ends.length]).toEqual([1, 1])
  })

  test('a long cut makes no new connection on the side that cut, whichever that is', async () => {
    const [a, b] = await linked()
    a.mesh.cut(['b'])
    await clock.pass(120_000)
    a.mesh.heal()
    await clock.pass(10)
    expect([a.told.at(-1), b.told.at(-1), a.ends.length]).toEqual(['up b', 'up a', 1])
    b.mesh.cut(['a'])
    await clock.pass(20_000)
    b.mesh.heal()
    await clock.pass(300)
    expect([a.told.at(-1), b.told.at(-1), a.ends.length]).toEqual(['up b', 'up a', 1])
  })

  test('once ICE has lost the other side a new attempt is made beside the old line, and takes its place', async () => {
    const [a, b] = await linked()
    last(a).isDead = last(b).isDead = true
    last(a).hasIce = false
    await clock.pass(3_000)
    expect([a.told, b.told]).toEqual([
      ['up b', 'down b', 'up b'],
      ['up a', 'down a', 'up a'],
    ])
    expect([a.ends.map(({ isOver }) => isOver), b.ends.map(({ isOver }) => isOver)]).toEqual([
      [true, false],
      [true, false],
    ])
  })
})

describe('Without the signaling server', () => {
  test('links stay, are told of changes, and nobody is introduced twice when it is back', async () => {
    const [a, b] = await linked()
    a.leave()
    b.leave()
    await clock.pass(30_000)
    a.mesh.setHello(new TextEncoder().encode('changed'))
    await clock.pass(10)
    expect(b.told).toEqual(['up a', 'left a', 'hello a'])
    a.arrive()
    b.arrive()
    await clock.pass(30_000)
    expect([a.ends.length, b.ends.length]).toEqual([1, 1])
    expect(a.told).toEqual(['up b', 'left b'])
  })

  test('a tab whose socket is gone is not called, and one that said goodbye never again', async () => {
    const [a, b] = await linked()
    b.leave()
    last(a).isDead = last(b).isDead = true
    last(a).hasIce = last(b).hasIce = false
    last(a).close()
    await clock.pass(60_000)
    expect(a.ends.length).toBe(1)
    expect(a.mesh.links()).toEqual([])

    const c = air.open('c')
    await clock.pass(100)
    c.mesh.farewell([])
    await clock.pass(10)
    expect(a.told.slice(-3)).toEqual(['up c', 'left c', 'down c'])
    // A ghost of its socket.
    c.arrive()
    await clock.pass(60_000)
    expect(a.mesh.links()).toEqual([{ tab: 'c', state: 'gone' }])
  })
})

describe('Bulk and small messages', () => {
  const large = new Uint8Array(1024 * 1024)

  test('a small message does not wait behind a large one', async () => {
    const [a, b] = await linked()
    last(a).load = LIMITS.bufferedBytes
    a.mesh.send('b', large)
    say(a, b, 'small')
    await clock.pass(10)
    expect(b.told.at(-1)).toBe(`a says ${says('small')}`)
    last(a).drain()
    await clock.pass(10)
    expect(b.told).toHaveLength(3)
  })

  test('what nobody takes away is dropped, not gathered for ever', async () => {
    const [a, b] = await linked()
    last(a).load = LIMITS.bufferedBytes
    for (let at = 0; at < 20; at += 1) a.mesh.send('b', large)
    expect(a.mesh.counts['dropped:full']).toBe(12)
    last(a).load = LIMITS.bufferedBytes + 1
    say(a, b, 'too much')
    expect(a.mesh.counts['dropped:full']).toBe(13)
  })
})

describe('Whatever arrives', () => {
  test('frames of any bytes are read or counted, and the link stays', async () => {
    const [a, b] = await linked()
    const harmless = fc.uint8Array({ maxLength: 64 }).filter((bytes) => bytes[0] !== 7 && bytes[0] !== 8)
    fc.assert(
      fc.property(harmless, (bytes) => last(b).receive(bytes)),
      { numRuns: 5_000 },
    )
    last(b).receive(null)
    last(b).receive(new Uint8Array(LIMITS.frameBytes + 1))
    await clock.pass(100)
    expect(b.mesh.counts).toMatchObject({ 'refused:not-binary': 1, 'refused:too-long': 1 })
    expect(b.mesh.counts['refused:unknown-type']).toBeGreaterThan(100)
    say(a, b, 'still here')
    await clock.pass(10)
    expect(b.told.at(-1)).toBe(`a says ${says('still here')}`)
  })

  test('signals of any bytes from anybody are read or counted', async () => {
    const [a, b] = await linked()
    const junk = fc.oneof(
      fc.uint8Array(),
      fc.json().map((text) => new TextEncoder().encode(text)),
      fc.constantFrom(...a.signals, ...b.signals).map(({ bytes }) => bytes),
    )
    fc.assert(
      fc.property(junk, fc.constantFrom('a', 'b', 'x', ''), (bytes, from) => {
        a.receive(from, bytes)
        b.receive(from, bytes)
      }),
      { numRuns: 2_000 },
    )
    await clock.pass(30_000)
    expect(a.mesh.counts['refused:signal']).toBeGreaterThan(100)
    expect([a.told, b.told]).toEqual([['up b'], ['up a']])
  })
})
