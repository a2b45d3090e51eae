/** What takes back a command of one's own without reverting what others did since (DESIGN 12). */
import { unreachable } from './assert.ts'
import { END } from './commands.ts'
import type { Anchor, Back, Command, CommandId } from './commands.ts'
import type { List } from './list.ts'
import type { Setters, Slot } from './order.ts'

/**
 * The command that undoes `command`, whose own id is `id`, or null if it changes nothing of `before`. `before` is what
 * the user saw when they gave it: agreed, with their own earlier commands applied. The inverse of an inverse is the redo.
 * Meant for commands that are accepted: a refused one has nothing to undo.
 *
 * Undone newest first, each step leaves everything marked as it was before it, so that the next still fits. An undo
 * that comes too late is refused as `changed` (or `deleted`, `gone`) where it is applied.
 */
export function inverse(before: List, command: Command, id: CommandId): Command | null {
  switch (command.type) {
    case 'skip':
      return null
    case 'add':
      return { type: 'delete', id, untouched: true }
    case 'rename':
      if (command.name === before.name) return null
      return { type: 'rename', name: before.name, back: { from: command.back?.to ?? id, to: before.namedBy } }
    case 'edit':
    case 'check':
    case 'move':
    case 'delete':
    case 'restore': {
      const slot = before.order.find(command.id)
      return slot === null ? null : inverseOnItem(before, slot, command, id)
    }
    default:
      return unreachable(command)
  }
}

function inverseOnItem(
  before: List,
  slot: Slot,
  command: Command & { type: 'edit' | 'check' | 'move' | 'delete' | 'restore' },
  id: CommandId,
): Command | null {
  const { item } = slot
  const back = (what: keyof Setters): { readonly back: Back } => ({ back: { from: command.back?.to ?? id, to: slot.setBy[what] } })
  switch (command.type) {
    case 'edit':
      return command.text === item.text
        ? null
        : { type: 'edit', id: item.id, revision: item.revision + 1, text: item.text, ...back('text') }
    case 'check':
      return command.done === item.done ? null : { type: 'check', id: item.id, done: item.done, ...back('done') }
    case 'move':
      return isInPlace(before, slot, command.after)
        ? null
        : { type: 'move', id: item.id, after: slot.previous?.item.id ?? null, ...back('place') }
    case 'delete':
      return slot.deleted ? null : { type: 'restore', id: item.id, ...back('presence') }
    case 'restore':
      return slot.deleted ? { type: 'delete', id: item.id, ...back('presence') } : null
    default:
      return unreachable(command)
  }
}

function isInPlace(before: List, slot: Slot, after: Anchor): boolean {
  if (after === END) return before.order.last === slot
  return after === slot.item.id || after === (slot.previous?.item.id ?? null)
}
