/** The two messages that bring a snapshot, after what every message begins with. */
import { LIMITS } from '../limits.ts'
import type { InstallSnapshot, InstallSnapshotReply, Message } from '../raft/messages.ts'
import { bytesUpTo, fields, millis, positive, refuse, uint, upTo } from './fields.ts'
import { packCovered, readCovered } from './snapshot.ts'

type Address = Pick<Message, 'from' | 'to' | 'term'>

/** [sentAt, what it covers, size, hash, offset, bytes]. */
export function packInstall(message: InstallSnapshot): readonly unknown[] {
  const { sentAt, lastTerm: term, lastTime: time, size, hash, offset, bytes } = message
  return [sentAt, ...packCovered({ ...message, term, time }), size, hash, offset, bytes]
}

export function readInstall(value: unknown, address: Address): InstallSnapshot {
  const all = fields(value, 'InstallSnapshot', 14)
  const { term: lastTerm, time: lastTime, index, configuration } = readCovered(all, 5)
  if (lastTerm > address.term) refuse('snapshot.term', 'of the future')
  const size = upTo(all[10], 'size', LIMITS.snapshotBytes)
  const offset = upTo(all[12], 'offset', size)
  return {
    type: 'InstallSnapshot',
    from: address.from,
    to: address.to,
    term: address.term,
    sentAt: millis(all[4], 'sentAt'),
    index,
    lastTerm,
    lastTime,
    configuration,
    size,
    hash: uint(all[11], 'hash'),
    offset,
    bytes: bytesUpTo(all[13], 'bytes', size - offset),
  }
}

export function readInstallReply(value: unknown, address: Address): InstallSnapshotReply {
  const all = fields(value, 'InstallSnapshotReply', 7)
  return {
    type: 'InstallSnapshotReply',
    from: address.from,
    to: address.to,
    term: address.term,
    sentAt: millis(all[4], 'sentAt'),
    index: positive(all[5], 'index'),
    offset: upTo(all[6], 'offset', LIMITS.snapshotBytes),
  }
}
