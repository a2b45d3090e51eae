/** The checker is checked: histories that one list could have given, and ones that none could. */
import { describe, expect, test } from 'vitest'
import type { CommandResult } from '../../shared/list/commands.ts'
import { Dice } from '../../shared/sim/dice.ts'
import { FIRST_NAME, History, ITEM_MODEL, NAME } from '../../shared/sim/history.ts'
import { linearize } from '../../shared/sim/linearizable.ts'
import type { Model, Operation } from '../../shared/sim/linearizable.ts'

type Write = { readonly write: number } | 'read'

/** The register of the literature: a write answers 'done', a read the value. */
const REGISTER: Model<number, Write, number | 'done'> = {
  initial: 0,
  keyOf: String,
  isSame: (one, other) => one === other,
  step: (value, input) => (input === 'read' ? { state: value, output: value } : { state: input.write, output: 'done' }),
}

const write = (value: number, called: number, returned: number): Operation<Write, number | 'done'> => ({
  input: { write: value },
  output: returned === Infinity ? null : 'done',
  called,
  returned,
})
const read = (value: number, called: number, returned: number): Operation<Write, number | 'done'> => ({
  input: 'read',
  output: value,
  called,
  returned,
})

describe('a register', () => {
  test.each([
    ['nothing', []],
    ['one after the other', [write(1, 1, 2), read(1, 3, 4), write(2, 5, 6), read(2, 7, 8)]],
    ['a read beside a write sees the old value', [write(1, 1, 10), read(0, 2, 3)]],
    ['or the new one', [write(1, 1, 10), read(1, 2, 3)]],
    ['two reads beside a write see old, then new', [write(1, 1, 10), read(0, 2, 3), read(1, 4, 5)]],
    ['two writes at once, seen in either order', [write(1, 1, 10), write(2, 1, 10), read(2, 11, 12)]],
    ['a write of unknown outcome took effect late', [write(1, 1, Infinity), read(0, 2, 3), read(1, 4, 5)]],
    ['or never', [write(1, 1, Infinity), read(0, 2, 3), read(0, 4, 5)]],
    ['of unknown outcome, between two others', [write(1, 1, Infinity), write(2, 2, 3), read(1, 4, 5)]],
  ])('could have given: %s', (_, history) => {
    const found = linearize(REGISTER, history)
    expect(found.is).toBe('found')
    if (found.is === 'found') expectExplained(history, found.order)
  })

  test.each([
    ['a stale read', [write(1, 1, 2), read(0, 3, 4)]],
    ['a value that nobody wrote', [write(1, 1, 2), read(7, 3, 4)]],
    ['new, then old, beside one write', [write(1, 1, 10), read(1, 2, 3), read(0, 4, 5)]],
    ['two readers that disagree on the order of two writes', [write(1, 1, 4), write(2, 1, 4), read(1, 5, 6), read(2, 7, 8)]],
    ['a write of unknown outcome that took effect twice', [write(1, 1, Infinity), read(1, 2, 3), write(2, 4, 5), read(1, 6, 7)]],
    ['an effect before its call', [read(1, 1, 2), write(1, 3, 4)]],
  ])('could not have given: %s', (_, history) => {
    expect(linearize(REGISTER, history).is).toBe('none')
  })

  test('drawn histories of one register are found, and stop being so when one read is falsified', () => {
    const dice = new Dice(1, 'histories')
    for (let k = 0; k < 300; k++) {
      const history = drawn(dice)
      const found = linearize(REGISTER, history)
      expect(found.is).toBe('found')
      if (found.is === 'found') expectExplained(history, found.order)
      const reads = history.filter(({ input }) => input === 'read')
      if (reads.length === 0) continue
      const lie = dice.pick(reads)
      expect(
        linearize(
          REGISTER,
          history.map((one) => (one === lie ? { ...one, output: 1_000 } : one)),
        ).is,
      ).toBe('none')
    }
  })
})

/** The order respects time, and one copy answers so. */
function expectExplained(history: readonly Operation<Write, number | 'done'>[], order: readonly number[]): void {
  let state = REGISTER.initial
  for (const [at, i] of order.entries()) {
    for (const later of order.slice(at)) expect(history[later]!.returned).toBeGreaterThanOrEqual(history[i]!.called)
    const took = REGISTER.step(state, history[i]!.input)
    if (history[i]!.output !== null) expect(took.output).toBe(history[i]!.output)
    state = took.state
  }
  expect(history.every(({ output }, i) => output === null || order.includes(i))).toBe(true)
}

/** Twelve operations, each with its moment of effect somewhere between call and return; some are never answered. */
function drawn(dice: Dice): readonly Operation<Write, number | 'done'>[] {
  let value = 0
  return Array.from({ length: 12 }, (_, k) => {
    const effect = 10 * (k + 1)
    const [called, returned] = [effect - dice.below(40), effect + dice.below(40)]
    const isLost = dice.chance(0.2)
    if (dice.chance(0.5)) return read(value, called, returned)
    if (!isLost || dice.chance(0.5)) value = k + 1
    return write(k + 1, called, isLost ? Infinity : returned)
  })
}

describe('the history of a list', () => {
  const ok = (id: string, revision: number, overwrote = false): CommandResult => ({ ok: true, id, revision, overwrote })
  const deleted: CommandResult = { ok: false, reason: 'deleted' }

  const TENT = { text: 'Tent', revision: 1, done: false }
  const later = (history: History) => ({ called: history.now(), at: 0 })

  function added(): History {
    const history = new History()
    history.asked('s.1', { type: 'add', after: null, text: 'Tent' })
    history.told('s.1', ok('s.1', 1))
    return history
  }

  test('two edits at once get one revision each, in some order', () => {
    const history = added()
    history.asked('a.1', { type: 'edit', id: 's.1', revision: 1, text: 'Big tent' })
    history.asked('b.1', { type: 'edit', id: 's.1', revision: 1, text: 'Small tent' })
    history.told('b.1', ok('s.1', 2))
    history.told('a.1', ok('s.1', 3, true))
    expect(history.check()).toBeNull()
  })

  test('two people cannot both have been first', () => {
    const history = added()
    history.asked('a.1', { type: 'edit', id: 's.1', revision: 1, text: 'Big tent' })
    history.asked('b.1', { type: 'edit', id: 's.1', revision: 1, text: 'Small tent' })
    history.told('b.1', ok('s.1', 2))
    history.told('a.1', ok('s.1', 2))
    expect(history.check()).toContain('none of these can come next')
  })

  test('an edit after an answered deletion is refused, and an edit that nobody was told of may have come before it or never', () => {
    const history = added()
    history.asked('a.1', { type: 'edit', id: 's.1', revision: 1, text: 'Big tent' })
    history.asked('b.1', { type: 'delete', id: 's.1' })
    history.told('b.1', ok('s.1', 2))
    history.asked('c.1', { type: 'check', id: 's.1', done: true })
    history.told('c.1', deleted)
    expect(history.check()).toBeNull()
    history.asked('c.2', { type: 'check', id: 's.1', done: true })
    history.told('c.2', ok('s.1', 2))
    expect(history.check()).not.toBeNull()
  })

  test('an edit that was applied twice shows', () => {
    const history = added()
    history.asked('a.1', { type: 'edit', id: 's.1', revision: 1, text: 'Big tent' })
    history.told('a.1', ok('s.1', 2))
    history.asked('b.1', { type: 'edit', id: 's.1', revision: 2, text: 'Small tent' })
    history.told('b.1', ok('s.1', 4, false))
    expect(history.check()).not.toBeNull()
  })

  test('an acknowledged edit that was lost shows', () => {
    const history = added()
    history.asked('a.1', { type: 'edit', id: 's.1', revision: 1, text: 'Big tent' })
    history.told('a.1', ok('s.1', 2))
    history.asked('b.1', { type: 'check', id: 's.1', done: true })
    history.told('b.1', ok('s.1', 1))
    expect(history.check()).not.toBeNull()
  })

  test.each([
    ['before an edit that was told of', (history: History) => history.saw('s.1', TENT, later(history))],
    ['nothing where an item is', (history: History) => history.saw('s.1', null, later(history))],
    ['another name', (history: History) => history.saw(NAME, 'Camping', later(history))],
  ])('Q1: a read shows that saw %s', (_, saw) => {
    const history = added()
    history.asked('a.1', { type: 'edit', id: 's.1', revision: 1, text: 'Big tent' })
    history.told('a.1', ok('s.1', 2))
    history.saw('s.1', { text: 'Big tent', revision: 2, done: false }, later(history))
    history.saw(NAME, FIRST_NAME, later(history))
    expect(history.check()).toBeNull()
    saw(history)
    expect(history.check()).toMatch(/look/)
  })

  test('Q1: a read beside an edit may see what was there before, or what it made', () => {
    for (const seen of [TENT, { ...TENT, text: 'Big tent', revision: 2 }]) {
      const history = added()
      const beside = later(history)
      history.asked('a.1', { type: 'edit', id: 's.1', revision: 1, text: 'Big tent' })
      history.told('a.1', ok('s.1', 2))
      history.saw('s.1', seen, beside)
      expect(history.check()).toBeNull()
    }
  })

  test('the model of an item agrees with itself on what is the same state', () => {
    const { state } = ITEM_MODEL.step(null, { id: 's.1', command: { type: 'add', after: null, text: 'Tent' } })
    const again = ITEM_MODEL.step(state, { id: 'a.1', command: { type: 'edit', id: 's.1', revision: 1, text: 'Tent' } })
    expect(ITEM_MODEL.keyOf(again.state)).toBe(ITEM_MODEL.keyOf(state))
  })
})
