/**
 * What protocols added, as last fields that an older build would refuse: 2 a pace, to AppendEntries and their replies, and 3 that
 * AppendEntries may be quiet.
 */
import type { AppendEntries, AppendEntriesReply, Message } from '../raft/messages.ts'
import type { Entry, Millis } from '../raft/types.ts'
import { fields, refuse, uint } from './fields.ts'

const TELLS_PACE = 2
const MAY_BE_QUIET = 3

/** The message as it is sent to a tab that speaks protocols up to this one. */
export function inProtocol<M extends Message>(message: M, newest: number): M
export function inProtocol(message: Message, newest: number): Message {
  if (newest >= MAY_BE_QUIET) return message
  if (message.type === 'AppendEntries') return appendIn(message, newest)
  if (message.type === 'AppendEntriesReply') return paceIn(message, newest)
  return message.type === 'Farewell' ? { ...message, append: message.append && appendIn(message.append, newest) } : message
}

/** Who knows no pace knows nothing that came after it. */
export function packAdded(pace: Millis | null, quiet = false): readonly unknown[] {
  if (pace === null) return []
  return quiet ? [pace, true] : [pace]
}

/** So many fields, or up to so many more. */
export function fieldsAndMore(value: unknown, field: string, count: number, more: number): readonly unknown[] {
  return Array.isArray(value) && value.length > count && value.length <= count + more ? value : fields(value, field, count)
}

export function readPace(value: unknown): Millis | null {
  return value === undefined ? null : uint(value, 'pace')
}

/** Only what carries nothing else may go unanswered. */
export function readQuiet(value: unknown, entries: readonly Entry[]): boolean {
  if (value === undefined) return false
  if (value !== true) refuse('quiet', 'not true')
  if (entries.length > 0) refuse('quiet', 'with entries')
  return true
}

/** Whoever is not told that it may keep quiet answers. */
function appendIn(append: AppendEntries, newest: number): AppendEntries {
  return { ...paceIn(append, newest), quiet: false }
}

function paceIn<M extends AppendEntries | AppendEntriesReply>(message: M, newest: number): M {
  return newest >= TELLS_PACE ? message : { ...message, pace: null }
}
