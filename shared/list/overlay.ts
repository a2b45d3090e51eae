/** What the user sees: the agreed list with their own commands applied that are not yet agreed, in their order (DESIGN 12). */
import { commandId } from './commands.ts'
import type { Command, ItemId, Refusal } from './commands.ts'
import type { Item, List } from './list.ts'

export interface Pending {
  readonly session: string
  readonly seq: number
  readonly command: Command
}

/** Would be refused as things stand. Nothing typed is lost: the command is here in full. */
export interface Refused {
  readonly pending: Pending
  readonly reason: Refusal
  /** The item it is about, as it is or was; null for a new one, a forgotten one, and the list's name. */
  readonly item: Item | null
}

export interface Overlay {
  readonly name: string
  /** Unchanged items are the very objects of the agreed view. */
  readonly items: readonly Item[]
  /** Items that a pending command adds, edits, checks, moves or restores, and those it deletes (which are not in `items`). */
  readonly pendingIds: ReadonlySet<ItemId>
  readonly isNamePending: boolean
  readonly refused: readonly Refused[]
  /** The list behind it: where an undo of the next command is computed from. Not to be applied to. */
  readonly list: List
}

/** `pending` is in the order of submission and holds nothing that `agreed` has applied. `agreed` is left as it is. */
export function overlay(level: number, agreed: List, pending: readonly Pending[]): Overlay {
  const list = pending.length === 0 ? agreed : agreed.clone()
  const pendingIds = new Set<ItemId>()
  const refused: Refused[] = []
  let isNamePending = false
  for (const one of pending) {
    const id = commandId(one.session, one.seq)
    const result = list.apply(level, one.command, { id })
    if (one.command.type === 'skip') continue
    if (!result.ok) refused.push({ pending: one, reason: result.reason, item: subject(list, one.command) })
    else if (result.id === null) isNamePending = true
    else pendingIds.add(result.id)
  }
  return { ...list.view(), pendingIds, isNamePending, refused, list }
}

/** The item nearest above a deleted one that is there: where a row for it can be drawn. Null: at the start, or it is forgotten. */
export function visibleBefore(list: List, id: ItemId): ItemId | null {
  let slot = list.order.find(id)?.previous ?? null
  while (slot?.deleted === true) slot = slot.previous
  return slot?.item.id ?? null
}

function subject(list: List, command: Command): Item | null {
  return 'id' in command ? (list.order.find(command.id)?.item ?? null) : null
}
