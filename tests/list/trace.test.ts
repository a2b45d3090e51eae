import { describe, expect, test } from 'vitest'
import type { Command } from '../../shared/list/commands.ts'
import { LIMITS } from '../../shared/limits.ts'
import { List } from '../../shared/list/list.ts'
import { traceOf } from '../../shared/list/trace.ts'

const MILK: Command = { type: 'add', after: null, text: 'milk' }
const EGGS: Command = { type: 'add', after: 'a.1', text: 'eggs' }
const UNKNOWN = { ok: false, reason: 'unknown' }

/** Commands a.1, a.2 and so on. */
function listOf(...commands: readonly Command[]): List {
  const list = new List()
  commands.forEach((command, at) => list.apply(1, command, { id: `a.${at + 1}` }))
  return list
}

const CHANGES: readonly Command[] = [
  { type: 'edit', id: 'a.1', revision: 1, text: 'oat milk' },
  { type: 'check', id: 'a.1', done: true },
  { type: 'move', id: 'a.1', after: 'a.2' },
  { type: 'delete', id: 'a.1' },
  { type: 'rename', name: 'Camping' },
]

describe('C16: what the list shows of a command', () => {
  test('an item that was added is there, and is so when it was deleted', () => {
    expect(traceOf(listOf(MILK), MILK, 'a.1')).toEqual({ ok: true, id: 'a.1', revision: 1, overwrote: false })
    expect(traceOf(listOf(MILK, { type: 'delete', id: 'a.1' }), MILK, 'a.1')).toMatchObject({ ok: true })
    expect(traceOf(listOf(MILK), MILK, 'b.1')).toEqual(UNKNOWN)
  })

  test('one that is forgotten is not', () => {
    const list = listOf(MILK, { type: 'delete', id: 'a.1' })
    for (let n = 1; n <= LIMITS.tombstones; n++) {
      list.apply(1, { type: 'add', after: null, text: `${n}` }, { id: `b.${n}` })
      list.apply(1, { type: 'delete', id: `b.${n}` }, { id: `c.${n}` })
    }
    expect(traceOf(list, MILK, 'a.1')).toEqual(UNKNOWN)
  })

  test.each(CHANGES)('$type: until it is done over', (change) => {
    const list = listOf(MILK, EGGS)
    expect(traceOf(list, change, 'b.1')).toEqual(UNKNOWN)
    list.apply(1, change, { id: 'b.1' })
    expect(traceOf(list, change, 'b.1')).toMatchObject({ ok: true, overwrote: false })
    expect(traceOf(list, change, 'b.2'), 'somebody else did').toEqual(UNKNOWN)
    const over: Record<string, Command> = {
      edit: { type: 'edit', id: 'a.1', revision: 2, text: 'soy milk' },
      check: { type: 'check', id: 'a.1', done: false },
      move: { type: 'move', id: 'a.1', after: null },
      delete: { type: 'restore', id: 'a.1' },
      rename: { type: 'rename', name: 'Alps' },
    }
    list.apply(1, over[change.type]!, { id: 'c.1' })
    expect(traceOf(list, change, 'b.1')).toEqual(UNKNOWN)
    expect(traceOf(list, over[change.type]!, 'c.1')).toMatchObject({ ok: true })
  })

  test('a number that was given up needs no second thought', () => {
    expect(traceOf(listOf(MILK), { type: 'skip' }, 'b.1')).toEqual({ ok: false, reason: 'skipped' })
  })
})
