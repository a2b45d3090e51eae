/**
 * Who is in which room: decisions without sockets. The map is changed in place (10,000 rooms are not copied for a join),
 * and every function returns all that the caller has to tell anybody.
 */
import type { Refusal } from '../shared/signaling.ts'

export interface Seat {
  readonly room: string
  readonly tab: string
  /** Shown again, it takes the place of an older socket. */
  readonly token: string
  /** Names the socket for the caller; means nothing here. */
  readonly socket: string
}

export type Rooms = Map<string, Map<string, Seat>>

export type JoinDecision =
  | { readonly type: 'joined'; readonly others: readonly Seat[]; readonly replaced: Seat | null }
  | { readonly type: 'refused'; readonly refusal: Refusal }

export interface RoomLimits {
  readonly rooms: number
  readonly roomTabs: number
}

/**
 * Seats a tab. With the token of the tab that sits there already, the newer socket replaces the older one, which is a
 * ghost: a page has one. The others need not hear of that.
 */
export function join(rooms: Rooms, seat: Seat, limits: RoomLimits): JoinDecision {
  const room = rooms.get(seat.room)
  const before = room?.get(seat.tab) ?? null
  if (before !== null && before.token !== seat.token) return refused('tab-taken')
  if (room === undefined && rooms.size >= limits.rooms) return refused('too-many-rooms')
  if (room !== undefined && before === null && room.size >= limits.roomTabs) return refused('room-full')

  const seats = room ?? new Map<string, Seat>()
  if (room === undefined) rooms.set(seat.room, seats)
  const others = [...seats.values()].filter((other) => other.tab !== seat.tab)
  seats.set(seat.tab, seat)
  return { type: 'joined', others, replaced: before }
}

/** Frees a seat and returns who is left to be told: nobody when a newer socket sits there. */
export function leave(rooms: Rooms, seat: Seat): readonly Seat[] {
  const room = rooms.get(seat.room)
  if (room === undefined || room.get(seat.tab)?.socket !== seat.socket) return []
  room.delete(seat.tab)
  if (room.size === 0) rooms.delete(seat.room)
  return [...room.values()]
}

/** The seat a signal goes to, if that tab sits in the same room. */
export function route(rooms: Rooms, from: Seat, to: string): Seat | null {
  return rooms.get(from.room)?.get(to) ?? null
}

export function tabCount(rooms: Rooms): number {
  let count = 0
  for (const room of rooms.values()) count += room.size
  return count
}

const refused = (refusal: Refusal): JoinDecision => ({ type: 'refused', refusal })
