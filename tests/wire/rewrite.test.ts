import { expect, test } from 'vitest'
import { LIMITS } from '../../shared/limits.ts'
import { encodeRecord } from '../../shared/wire/record.ts'
import type { RecordContent } from '../../shared/wire/record.ts'
import { beginStart, replay } from '../../shared/wire/replay.ts'

test('J5: a rewrite that fits one record keeps all that a node promised, its vote too', () => {
  const identity = { node: 'a', machine: 'm', cluster: '0'.repeat(32), nonce: 'n', createdAt: 0 }
  const birth: RecordContent = { kind: 'birth', ...identity, term: 0, votedFor: null, commitIndex: 0, entries: [] }
  const entry = { index: 1, term: 7, time: 0, body: { type: 'noop' } } as const
  const save: RecordContent = { kind: 'save', term: 7, votedFor: 'b', commitIndex: 1, from: 1, entries: [entry] }
  const hints = Array.from({ length: LIMITS.journalRecordsBeforeRewrite }, (): RecordContent => ({ kind: 'hint', commitIndex: 1 }))
  const found = [birth, save, ...hints].map((content, at) => ({ number: at + 1, bytes: encodeRecord(at + 1, content) }))
  const started = beginStart('fresh')(found)
  if (!started.ok) throw new Error(started.error.type)
  const { records, replace } = started.value
  expect({ replace, records: records.length }).toEqual({ replace: true, records: 1 })
  const again = replay([{ number: found.length + 1, bytes: records[0]! }])
  expect(again).toMatchObject({ ok: true, value: { term: 7, votedFor: 'b', commitIndex: 1, entries: [entry], incarnation: 2 } })
})
