/** What sockets and servers may say: every value is read or refused, and no order of events leaves a seat or a room too many. */
import { describe, expect, test, vi } from 'vitest'
import { join, leave, route, tabCount, type Rooms, type Seat } from '../../server/rooms.ts'
import { LIMITS } from '../../shared/limits.ts'
import {
  readIceServer,
  readJoined,
  readJoinRequest,
  readRefusal,
  readSignal,
  readSignalRequest,
  readTabEvent,
  REFUSALS,
} from '../../shared/signaling.ts'
import { connect, joined, mint, start, using } from '../server/scene.ts'
import { dice as diceOf, type Dice } from './dice.ts'
import { anyOdd, bent, GOOD, type Kind } from './odd.ts'
import { INPUTS, PATIENCE, rounds, same } from './rounds.ts'

vi.setConfig({ testTimeout: PATIENCE })

const READERS = {
  join: readJoinRequest,
  'signal-request': (value: unknown) => {
    const read = readSignalRequest(value)
    return read === 'too-large' ? null : read
  },
  signal: readSignal,
  tab: (value: unknown) => {
    const tab = readTabEvent(value)
    return tab === null ? null : { tab }
  },
  joined: readJoined,
  ice: readIceServer,
} satisfies Readonly<Record<Kind, (value: unknown) => unknown>>

describe('N5: the words between tabs and the signaling server', () => {
  test.each(Object.keys(READERS) as Kind[])('%s', (name) => {
    const read: (value: unknown) => unknown = READERS[name]
    const outcome = (value: unknown): string => {
      const first = read(value)
      if (first === null) return 'refused'
      // What was read is such a thing itself: nothing half-checked came with it.
      if (!same(read(first), first)) throw new Error('what was accepted is not the same again')
      if (!isBounded(first)) throw new Error('larger than anything may be')
      if (readRefusal(first) !== null) return REFUSALS.includes(readRefusal(first)!) ? 'a refusal' : 'no refusal of ours'
      return 'accepted'
    }
    const outcomes = rounds(41, (INPUTS * 0.6) / 6, { make: (dice) => bent(dice.pick(GOOD[name]), dice), outcome })
    expect(outcomes.of('accepted')).toBeGreaterThan(INPUTS / 1_000)
    expect(outcomes.of('refused')).toBeGreaterThan(INPUTS / 1_000)
    expect(outcomes.of('no refusal of ours')).toBe(0)
  })
})

function isBounded(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= 512
  if (typeof value !== 'object' || value === null) return true
  if (value instanceof Uint8Array) return value.length <= LIMITS.signalBytes
  return (!Array.isArray(value) || value.length <= LIMITS.roomTabs) && Object.values(value).every(isBounded)
}

/** Few names, so that they meet. */
const ROOM_LIMITS = { rooms: 3, roomTabs: 4 }
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const

type Event = { readonly type: 'join'; readonly seat: Seat } | { readonly type: 'leave' | 'route'; readonly seat: Seat; readonly to: string }

function anyEvent(dice: Dice): Event {
  const [room, tab] = [dice.pick(NAMES), dice.pick(NAMES)]
  const seat = { room, tab, token: `${tab}${dice.below(2)}`, socket: `s${dice.below(3)}` }
  const kind = dice.below(5)
  if (kind < 2) return { type: 'join', seat }
  return { type: kind < 4 ? 'leave' : 'route', seat, to: dice.pick(NAMES) }
}

describe('N5: the rooms of the server', () => {
  test('after any events no room is empty, too full or one too many, and everybody is told what is so', () => {
    const rooms: Rooms = new Map()
    const outcomes = rounds(42, INPUTS * 0.4, { make: anyEvent, outcome: (event) => happens(rooms, event) })
    const expected = ['joined', 'replaced', 'tab-taken', 'room-full', 'too-many-rooms', 'left', 'not there', 'routed', 'nobody']
    expect(outcomes.missing(expected)).toEqual([])
  })
})

function happens(rooms: Rooms, event: Event): string {
  const { seat } = event
  const before = tabCount(rooms)
  const sits = rooms.get(seat.room)?.get(seat.tab) ?? null
  const told =
    event.type === 'join' ? enters(rooms, seat, sits) : event.type === 'leave' ? goes(rooms, seat, sits) : asks(rooms, seat, event.to)
  const change = told === 'joined' ? 1 : told === 'left' ? -1 : 0
  if (tabCount(rooms) !== before + change) throw new Error(`${told}, yet ${tabCount(rooms)} after ${before}`)
  if (rooms.size > ROOM_LIMITS.rooms) throw new Error('a room too many')
  for (const seats of rooms.values()) if (seats.size === 0 || seats.size > ROOM_LIMITS.roomTabs) throw new Error(`a room of ${seats.size}`)
  return told
}

function enters(rooms: Rooms, seat: Seat, sits: Seat | null): string {
  const decision = join(rooms, seat, ROOM_LIMITS)
  if (decision.type === 'refused') return decision.refusal
  if (decision.replaced !== sits || (sits !== null && sits.token !== seat.token)) throw new Error('took the place of another')
  if (decision.others.some(({ tab, room }) => tab === seat.tab || room !== seat.room)) throw new Error('told of itself or of strangers')
  return sits === null ? 'joined' : 'replaced'
}

function goes(rooms: Rooms, seat: Seat, sits: Seat | null): string {
  const left = leave(rooms, seat)
  if (sits?.socket !== seat.socket) {
    if (left.length > 0) throw new Error('a ghost took somebody away')
    return 'not there'
  }
  return 'left'
}

function asks(rooms: Rooms, seat: Seat, to: string): string {
  const found = route(rooms, seat, to)
  if (found !== null && (found.room !== seat.room || found.tab !== to)) throw new Error('led astray')
  return found === null ? 'nobody' : 'routed'
}

describe('N5: real sockets', () => {
  const EVENTS = ['join', 'signal', 'joined', 'constructor', '__proto__', 'toString', 'x'.repeat(300), ''] as const
  const PER_SOCKET = 500

  test('some thousands of events of any shape are each answered, and who behaves notices nothing', async () => {
    const generous = { perSecond: 1e9, burst: 1e9 }
    const { port, counts } = await start({ malformed: Infinity, signals: generous })
    const [a, b] = [using(await joined(port, 'a')), using(await joined(port, 'b'))]
    const rolls = diceOf(43)
    const answers: string[] = []
    for (let socket = 0; socket < 8; socket++) {
      const wild = using(await connect(port))
      const asked = Array.from({ length: PER_SOCKET }, () => {
        const known = rolls.pick(['join', 'signal-request'] as const)
        const event = rolls.below(4) > 0 ? (known === 'join' ? 'join' : 'signal') : rolls.pick(EVENTS)
        return wild.ask(event, bent(rolls.pick(GOOD[known]), rolls), ...(rolls.below(8) === 0 ? [anyOdd(rolls)] : []))
      })
      answers.push(...(await Promise.all(asked)).map(kindOf))
    }
    expect(answers.length).toBe(8 * PER_SOCKET)
    for (const kind of ['ok', 'malformed', 'unknown-event', 'already-joined', 'not-here', 'not-joined']) expect(answers).toContain(kind)
    expect(Object.entries(counts()).filter(([what]) => what.startsWith('refused:')).length).toBeGreaterThan(3)

    expect(await a.ask('signal', { to: 'b', bytes: new Uint8Array([1, 2, 3]) })).toEqual({ ok: true })
    expect(await b.until(([event]) => event === 'signal')).toEqual(['signal', { from: 'a', bytes: Buffer.from([1, 2, 3]) }])
    expect(using(await joined(port, 'c', undefined, mint())).answer).toMatchObject({ ok: true })
  })
})

/** Anything but an answer of ours fails. */
function kindOf(answer: unknown): string {
  const refusal = readRefusal(answer)
  if (refusal !== null && (answer as { refusal: unknown }).refusal === refusal) return refusal
  expect(answer).toMatchObject({ ok: true })
  return 'ok'
}
