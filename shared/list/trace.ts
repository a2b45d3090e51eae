/** What the list still shows of a command: all that can be known of one whose session expired. */
import type { Command, CommandId, CommandResult } from './commands.ts'
import type { List } from './list.ts'
import type { Setters } from './order.ts'

/** Its result where the list shows that it was applied; else `unknown`: it may have been, and what it did was done over since. */
export function traceOf(list: List, command: Command, id: CommandId): CommandResult {
  if (command.type === 'skip') return { ok: false, reason: 'skipped' }
  if (command.type === 'rename') {
    return list.namedBy === id ? { ok: true, id: null, revision: null, overwrote: false } : UNKNOWN
  }
  const slot = list.order.find(command.type === 'add' ? id : command.id)
  if (slot === null || (command.type !== 'add' && slot.setBy[SETS[command.type]] !== id)) return UNKNOWN
  return { ok: true, id: slot.item.id, revision: slot.item.revision, overwrote: false }
}

const UNKNOWN: CommandResult = { ok: false, reason: 'unknown' }

const SETS = { edit: 'text', check: 'done', move: 'place', delete: 'presence', restore: 'presence' } as const satisfies Partial<
  Record<Command['type'], keyof Setters>
>
