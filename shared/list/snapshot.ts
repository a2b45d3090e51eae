/** A list as plain values and back. The same list gives the same values, whatever commands led to it. */
import { LIMITS } from '../limits.ts'
import { REFUSALS } from './commands.ts'
import type { CommandId, CommandResult, ItemId, Refusal } from './commands.ts'
import { List } from './list.ts'
import type { Remembered } from './list.ts'
import { isCount, isFields, isId, isWellFormed } from './parse.ts'

/** id, text, revision, done, and who set text, done, place and presence (null: the add itself). */
type ItemRecord = readonly [ItemId, string, number, boolean, CommandId | null, CommandId | null, CommandId | null, CommandId | null]

export interface ListSnapshot {
  readonly version: 1
  readonly name: string
  readonly namedBy: CommandId | null
  /** Everything remembered, in order, deleted items too. */
  readonly items: readonly ItemRecord[]
  /** Where in `items` the deleted ones are, the longest deleted first. */
  readonly deleted: readonly number[]
}

export function snapshot(list: List): ListSnapshot {
  const items: ItemRecord[] = []
  const positions = new Map<ItemId, number>()
  for (let slot = list.order.first; slot !== null; slot = slot.next) {
    const { item, setBy } = slot
    const setter = (by: CommandId): CommandId | null => (by === item.id ? null : by)
    if (slot.deleted) positions.set(item.id, items.length)
    items.push([
      item.id,
      item.text,
      item.revision,
      item.done,
      setter(setBy.text),
      setter(setBy.done),
      setter(setBy.place),
      setter(setBy.presence),
    ])
  }
  const deleted = [...list.tombstones].map((id) => positions.get(id)!)
  return { version: 1, name: list.name, namedBy: list.namedBy, items, deleted }
}

/** Null if it is no snapshot of a list within the limits. */
export function restore(value: unknown): List | null {
  if (!isFields(value)) return null
  const { version, name, namedBy, items, deleted } = value
  if (version !== 1 || !isText(name, LIMITS.listName) || !(namedBy === null || isId(namedBy))) return null
  if (!Array.isArray(items) || !items.every(isItemRecord) || !isDistinct(items.map(([id]) => id))) return null
  if (!Array.isArray(deleted) || !deleted.every((at) => isCount(at) && at < items.length) || !isDistinct(deleted)) return null
  if (deleted.length > LIMITS.tombstones || items.length - deleted.length > LIMITS.items) return null
  const gone = new Set<number>(deleted)
  const remembered = items.map((record, at) => remember(record, gone.has(at)))
  return List.of({ name, namedBy, items: remembered, tombstones: deleted.map((at: number) => remembered[at]!.item.id) })
}

/** A result as it stood in a snapshot, or null. */
export function readResult(value: unknown): CommandResult | null {
  if (!isFields(value)) return null
  const { ok, id, revision, overwrote, reason } = value
  if (ok === false) return isRefusal(reason) ? { ok, reason } : null
  if (ok !== true || typeof overwrote !== 'boolean') return null
  if (id === null && revision === null) return { ok, id, revision, overwrote }
  return isId(id) && isCount(revision) ? { ok, id, revision, overwrote } : null
}

function remember([id, text, revision, done, textBy, doneBy, placeBy, presenceBy]: ItemRecord, deleted: boolean): Remembered {
  const setBy = { text: textBy ?? id, done: doneBy ?? id, place: placeBy ?? id, presence: presenceBy ?? id }
  return { item: { id, text, revision, done }, setBy, deleted }
}

function isItemRecord(value: unknown): value is ItemRecord {
  if (!Array.isArray(value) || value.length !== 8) return false
  const record = value as readonly unknown[]
  const [id, revision] = [record[0], record[2]]
  const isShaped = isId(id) && isText(record[1], LIMITS.itemText) && isCount(revision) && revision >= 1 && typeof record[3] === 'boolean'
  const isSetter = (by: unknown): boolean => by === null || (isId(by) && by !== id)
  return isShaped && isSetter(record[4]) && isSetter(record[5]) && isSetter(record[6]) && isSetter(record[7])
}

function isText(value: unknown, max: number): value is string {
  return isWellFormed(value) && value.length <= max
}

function isDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length
}

function isRefusal(value: unknown): value is Refusal {
  return REFUSALS.some((reason) => reason === value)
}
