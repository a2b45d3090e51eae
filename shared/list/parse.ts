/** From any value at all to a command of a level, or why not. Nothing of the value is kept but checked parts. */
import { unreachable } from './assert.ts'
import { END, SINCE } from './commands.ts'
import type { Anchor, Back, Command } from './commands.ts'

export type Parsed<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }

export type CommandError =
  /** A type or a field that this level does not have. Whoever meets it in the log must stop: never refuse, never guess. */
  { readonly type: 'unknown-command'; readonly got: string } | { readonly type: 'malformed'; readonly field: string }

/** Longer ones are nobody's: a session is a few dozen characters. In UTF-16 units. */
const ID_MAX = 128

type Fields = Readonly<Record<string, unknown>>

const FIELDS: Readonly<Record<Command['type'], readonly string[]>> = {
  add: ['type', 'after', 'text'],
  edit: ['type', 'id', 'revision', 'text', 'back'],
  check: ['type', 'id', 'done', 'back'],
  move: ['type', 'id', 'after', 'back'],
  delete: ['type', 'id', 'back', 'untouched'],
  restore: ['type', 'id', 'back'],
  rename: ['type', 'name', 'back'],
  skip: ['type'],
}

/** Lengths of text are not judged here but where the command is applied: too long is a refusal with a word of its own. */
export function parseCommand(value: unknown, level: number): Parsed<Command, CommandError> {
  if (!isFields(value)) return malformed('command')
  const type = own(value, 'type')
  if (typeof type !== 'string') return malformed('type')
  if (!isType(type) || SINCE[type] > level) return { ok: false, error: { type: 'unknown-command', got: type.slice(0, ID_MAX) } }
  const stranger = strangerIn(value, FIELDS[type]) ?? strangerIn(own(value, 'back'), ['from', 'to'])
  if (stranger !== null) return { ok: false, error: { type: 'unknown-command', got: `${type}.${stranger.slice(0, ID_MAX)}` } }
  const wrong = FIELDS[type].find((field) => !CHECKS[field as keyof typeof CHECKS](own(value, field)))
  if (wrong !== undefined) return malformed(wrong)
  return { ok: true, value: build(type, value) }
}

/** No unit of a surrogate pair stands alone: what UTF-8 can carry there and back. */
export function isWellFormed(text: unknown): text is string {
  return typeof text === 'string' && text.isWellFormed()
}

export function isId(value: unknown): value is string {
  return isWellFormed(value) && value.length > 0 && value.length <= ID_MAX && value !== END
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** A field that came with the prototype is not there. */
function own(fields: Fields, field: string): unknown {
  return Object.hasOwn(fields, field) ? fields[field] : undefined
}

const CHECKS = {
  type: isType,
  id: isId,
  after: (value: unknown) => value === null || value === END || isId(value),
  text: isWellFormed,
  name: isWellFormed,
  revision: isCount,
  done: (value: unknown) => typeof value === 'boolean',
  untouched: (value: unknown) => value === undefined || value === true,
  back: (value: unknown) => value === undefined || isBack(value),
}

function isType(value: unknown): value is Command['type'] {
  return typeof value === 'string' && Object.hasOwn(SINCE, value)
}

function isBack(value: unknown): value is Back {
  if (!isFields(value)) return false
  const to = own(value, 'to')
  return isId(own(value, 'from')) && (to === null || isId(to))
}

function strangerIn(value: unknown, known: readonly string[]): string | null {
  return isFields(value) ? (Object.keys(value).find((field) => !known.includes(field)) ?? null) : null
}

/** The casts hold because every field of this type has passed its check. */
function build(type: Command['type'], fields: Fields): Command {
  const id = fields['id'] as string
  const after = fields['after'] as Anchor
  const text = fields['text'] as string
  const back = fields['back'] === undefined ? {} : { back: copy(fields['back'] as Back) }
  switch (type) {
    case 'add':
      return { type, after, text }
    case 'edit':
      return { type, id, revision: fields['revision'] as number, text, ...back }
    case 'check':
      return { type, id, done: fields['done'] as boolean, ...back }
    case 'move':
      return { type, id, after, ...back }
    case 'delete':
      return { type, id, ...back, ...(fields['untouched'] === true ? { untouched: true } : {}) }
    case 'restore':
      return { type, id, ...back }
    case 'rename':
      return { type, name: fields['name'] as string, ...back }
    case 'skip':
      return { type }
    default:
      return unreachable(type)
  }
}

function copy(back: Back): Back {
  return { from: back.from, to: back.to }
}

function malformed(field: string): { readonly ok: false; readonly error: CommandError } {
  return { ok: false, error: { type: 'malformed', field } }
}
