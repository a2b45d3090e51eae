import { describe, expect, test } from 'vitest'
import { ListMachine } from '../../shared/list/machine.ts'

const pack = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

function machine(): ListMachine {
  return new ListMachine((bytes) => {
    try {
      return { ok: true, value: JSON.parse(new TextDecoder().decode(bytes)) }
    } catch {
      return { ok: false }
    }
  })
}

describe('the list as a machine', () => {
  test('bytes in, results out', () => {
    const list = machine()
    expect(list.apply(1, pack({ type: 'add', after: 'end', text: 'bread' }), { session: 'ada', seq: 1 })).toEqual({
      known: true,
      result: { ok: true, id: 'ada.1', revision: 1, overwrote: false },
    })
    expect(list.list.view().items).toEqual([{ id: 'ada.1', text: 'bread', revision: 1, done: false }])
  })

  test('bytes without sense are a refusal, a command of a newer build is none', () => {
    const malformed = { known: true, result: { ok: false, reason: 'malformed' } }
    const list = machine()
    expect(list.apply(1, new Uint8Array([0xff]), { session: 'ada', seq: 1 })).toEqual(malformed)
    expect(list.apply(1, pack({ type: 'add' }), { session: 'ada', seq: 2 })).toEqual(malformed)
    expect(list.apply(1, pack({ type: 'claim', id: 'ada.1' }), { session: 'ada', seq: 3 })).toEqual({ known: false })
  })

  test('a bad snapshot changes nothing', () => {
    const list = machine()
    list.apply(1, pack({ type: 'add', after: 'end', text: 'bread' }), { session: 'ada', seq: 1 })
    const before = list.list
    expect(list.restore({ version: 9 })).toBe(false)
    expect(list.list).toBe(before)
    expect(list.restore(list.snapshot())).toBe(true)
    expect(list.list.view()).toEqual(before.view())
  })
})
