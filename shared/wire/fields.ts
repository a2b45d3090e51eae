/**
 * Readers of single fields. Each takes what came and the field's name, and gives the value with its type or throws a Refusal;
 * `reading` turns that into a value at the edge, so no Refusal leaves this folder.
 */
import { assert } from '../raft/assert.ts'
import { unpack } from './msgpack.ts'
import { accept, reject, type Result, type WireError } from './result.ts'

export class Refusal extends Error {
  readonly reason: WireError

  constructor(reason: WireError) {
    super(reason.type)
    this.reason = reason
  }
}

export function refuse(field: string, why: string): never {
  throw new Refusal({ type: 'bad-field', field, why })
}

/** Unpacks, then reads. The program's own mistakes pass through. */
export function reading<T>(bytes: Uint8Array, maxBytes: number, read: (value: unknown) => T): Result<T, WireError> {
  const value = unpack(bytes, maxBytes)
  if (!value.ok) return value
  try {
    return accept(read(value.value))
  } catch (error) {
    if (error instanceof Refusal) return reject(error.reason)
    throw error
  }
}

/** Exactly this many fields: a format that changes gets a new version. */
export function fields(value: unknown, field: string, count: number): readonly unknown[] {
  if (!Array.isArray(value)) refuse(field, 'not an array')
  if (value.length !== count) refuse(field, `has ${value.length} fields, not ${count}`)
  return value
}

export function list(value: unknown, field: string, max: number): readonly unknown[] {
  if (!Array.isArray(value)) refuse(field, 'not an array')
  if (value.length > max) refuse(field, `has ${value.length} items, at most ${max} may be`)
  return value
}

/** Every whole number of ours is at most 2^52, so that one more is still exact. */
const UINT_MAX = 2 ** 52

export function uint(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > UINT_MAX) refuse(field, 'not a whole number in range')
  // Turns -0 into 0.
  return value + 0
}

export function upTo(value: unknown, field: string, max: number): number {
  const number = uint(value, field)
  if (number > max) refuse(field, `more than ${max}`)
  return number
}

export function positive(value: unknown, field: string): number {
  if (value === 0) refuse(field, 'zero')
  return uint(value, field)
}

/** A clock's reading, which may have a fraction. */
export function millis(value: unknown, field: string): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= UINT_MAX)) refuse(field, 'not a time')
  return value + 0
}

export function bool(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') refuse(field, 'not a boolean')
  return value
}

const ID_LENGTH_MAX = 40

/**
 * Ids of nodes, machines, tabs, sessions, persons, incarnations: 1 to 40 of `a-z 0-9 _ -`, so that they may stand in the
 * name of a database, a Storage Bucket (64 at most, with our prefix) or a lock.
 */
export function id(value: unknown, field: string): string {
  if (typeof value !== 'string' || !isId(value)) refuse(field, 'not an id')
  return value
}

function isId(text: string): boolean {
  if (text.length === 0 || text.length > ID_LENGTH_MAX) return false
  for (let k = 0; k < text.length; k++) {
    const unit = text.charCodeAt(k)
    const fits = (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || unit === 45 || unit === 95
    if (!fits) return false
  }
  return true
}

export function idOrNull(value: unknown, field: string): string | null {
  return value === null ? null : id(value, field)
}

/** Text of at most `max` UTF-16 units. What `unpack` gives is well-formed already. */
export function text(value: unknown, field: string, max: number): string {
  if (typeof value !== 'string') refuse(field, 'not text')
  if (value.length > max) refuse(field, `longer than ${max}`)
  return value
}

export function bytesUpTo(value: unknown, field: string, max: number): Uint8Array {
  if (!(value instanceof Uint8Array)) refuse(field, 'not bytes')
  if (value.length > max) refuse(field, `more than ${max} bytes`)
  return value
}

export function bytesOrNull(value: unknown, field: string, max: number): Uint8Array | null {
  return value === null ? null : bytesUpTo(value, field, max)
}

/** One of a closed list, sent as its place in it. */
export function oneOf<T>(value: unknown, field: string, choices: readonly T[]): T {
  const choice = typeof value === 'number' ? choices[value] : undefined
  if (choice === undefined) refuse(field, 'not one of the choices')
  return choice
}

/** The format's version, asked before any other field is looked at. */
export function version(value: unknown, known: number): void {
  const got = uint(value, 'version')
  if (got !== known) throw new Refusal({ type: 'version', got })
}

const CLUSTER_BYTES = 16

/** Random, minted with the list; 32 hexadecimal digits in the program, 16 bytes in every format. */
export type ClusterId = string

export function cluster(value: unknown, field: string): ClusterId {
  if (!(value instanceof Uint8Array) || value.length !== CLUSTER_BYTES) refuse(field, 'not a cluster id')
  return clusterText(value)
}

/** Every frame names its cluster, and a tab has one: the last answer is kept. */
let last: { readonly text: ClusterId; readonly bytes: Uint8Array } | null = null

export function clusterText(bytes: Uint8Array): ClusterId {
  if (last !== null && isSame(last.bytes, bytes)) return last.text
  let hex = ''
  for (const byte of bytes) hex += HEX[byte]!
  return hex
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let k = 0; k < one.length; k++) if (one[k] !== other[k]) return false
  return true
}

/** Not to be written to. The caller's id is ours or was read here, so a bad one is a mistake of the program. */
export function clusterBytes(cluster: ClusterId): Uint8Array {
  if (cluster === last?.text) return last.bytes
  assert(cluster.length === 2 * CLUSTER_BYTES, 'a cluster id has 32 hexadecimal digits')
  const bytes = new Uint8Array(CLUSTER_BYTES)
  for (let k = 0; k < CLUSTER_BYTES; k++) bytes[k] = digit(cluster, 2 * k) * 16 + digit(cluster, 2 * k + 1)
  last = { text: cluster, bytes }
  return bytes
}

function digit(text: string, at: number): number {
  const value = DIGITS.indexOf(text[at]!)
  assert(value >= 0, 'a cluster id is in lower case hexadecimal')
  return value
}

const DIGITS = '0123456789abcdef'
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
