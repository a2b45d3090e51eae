import { describe, expect, test } from 'vitest'
import { join, leave, route, tabCount, type Rooms, type Seat } from '../../server/rooms.ts'

const LIMITS = { rooms: 2, roomTabs: 3 }
const seat = (room: string, tab: string, socket = `socket of ${tab}`, token = `token of ${tab}`): Seat => ({ room, tab, token, socket })

function fill(...seats: readonly Seat[]): Rooms {
  const rooms: Rooms = new Map()
  for (const one of seats) expect(join(rooms, one, LIMITS).type).toBe('joined')
  return rooms
}

describe('Rooms of the signaling server', () => {
  test('a tab learns who was there before it', () => {
    const rooms = fill(seat('r', 'a'), seat('r', 'b'), seat('other', 'x'))
    expect(join(rooms, seat('r', 'c'), LIMITS)).toEqual({ type: 'joined', others: [seat('r', 'a'), seat('r', 'b')], replaced: null })
    expect(tabCount(rooms)).toBe(4)
  })

  test('a room takes so many tabs, a server so many rooms', () => {
    const rooms = fill(seat('r', 'a'), seat('r', 'b'), seat('r', 'c'), seat('s', 'x'))
    expect(join(rooms, seat('r', 'd'), LIMITS)).toEqual({ type: 'refused', refusal: 'room-full' })
    expect(join(rooms, seat('t', 'y'), LIMITS)).toEqual({ type: 'refused', refusal: 'too-many-rooms' })
    expect(tabCount(rooms)).toBe(4)
  })

  test('a newer socket with the token of a tab takes its place, even in a full room', () => {
    const rooms = fill(seat('r', 'a'), seat('r', 'b'), seat('r', 'c'))
    const decision = join(rooms, seat('r', 'a', 'newer'), LIMITS)
    expect(decision).toEqual({ type: 'joined', others: [seat('r', 'b'), seat('r', 'c')], replaced: seat('r', 'a') })
    expect(route(rooms, seat('r', 'b'), 'a')?.socket).toBe('newer')
  })

  test('without the token it does not', () => {
    const rooms = fill(seat('r', 'a'))
    expect(join(rooms, seat('r', 'a', 'thief', 'guess'), LIMITS)).toEqual({ type: 'refused', refusal: 'tab-taken' })
    expect(route(rooms, seat('r', 'b'), 'a')?.socket).toBe('socket of a')
  })

  test('a replaced socket that closes takes nobody away', () => {
    const rooms = fill(seat('r', 'a'), seat('r', 'b'))
    join(rooms, seat('r', 'a', 'newer'), LIMITS)
    expect(leave(rooms, seat('r', 'a'))).toEqual([])
    expect(tabCount(rooms)).toBe(2)
  })

  test('who is left is told, and an empty room is forgotten', () => {
    const rooms = fill(seat('r', 'a'), seat('r', 'b'))
    expect(leave(rooms, seat('r', 'a'))).toEqual([seat('r', 'b')])
    expect(leave(rooms, seat('r', 'a'))).toEqual([])
    expect(leave(rooms, seat('r', 'b'))).toEqual([])
    expect(rooms.size).toBe(0)
  })

  test('a signal stays in its room', () => {
    const rooms = fill(seat('r', 'a'), seat('s', 'b'))
    expect(route(rooms, seat('r', 'a'), 'b')).toBeNull()
  })
})
