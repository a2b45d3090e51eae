/** What protocol 2 added: AppendEntries and their replies tell a pace, as a last field that an older build would refuse. */
import type { AppendEntries, AppendEntriesReply, Message } from '../raft/messages.ts'
import type { Millis } from '../raft/types.ts'
import { fields, uint } from './fields.ts'

const TELLS_PACE = 2

/** The message as it is sent to a tab that speaks protocols up to this one. */
export function inProtocol<M extends Message>(message: M, newest: number): M
export function inProtocol(message: Message, newest: number): Message {
  if (newest >= TELLS_PACE) return message
  if (message.type === 'AppendEntries' || message.type === 'AppendEntriesReply') return withoutPace(message)
  return message.type === 'Farewell' ? { ...message, append: message.append && withoutPace(message.append) } : message
}

export function packPace(pace: Millis | null): readonly Millis[] {
  return pace === null ? [] : [pace]
}

/** So many fields, or one more. */
export function fieldsAndPace(value: unknown, field: string, count: number): readonly unknown[] {
  return Array.isArray(value) && value.length === count + 1 ? value : fields(value, field, count)
}

export function readPace(value: unknown): Millis | null {
  return value === undefined ? null : uint(value, 'pace')
}

function withoutPace<M extends AppendEntries | AppendEntriesReply>(message: M): M {
  return { ...message, pace: null }
}
