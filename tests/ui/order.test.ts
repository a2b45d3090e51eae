import { describe, expect, test } from 'vitest'
import { afterStep, arrivedAfter, heldBack, linesOf, moved, shiftOf } from '../../client/ui/order.ts'
import type { Item } from '../../client/ui/view.ts'

const AGREED = { is: 'agreed' } as const
/** 'a b c': items in this order, each with its letter as id and text. */
function list(ids: string): readonly Item[] {
  return ids.split(' ').map((id) => ({ id, text: id, revision: 1, done: false, standing: AGREED }))
}
const picture = (items: readonly Item[]) => items.map((item) => item.id).join(' ')
const step = (id: string, to: 'up' | 'down' | 'top' | 'end', all = 'a b c d', visible = all) => {
  const after = afterStep(list(all), list(visible), id, to)
  return after === undefined ? 'stays' : picture(moved(list(all), id, after))
}

describe('UI 7 moving without dragging', () => {
  test('up, down, to the top and to the end', () => {
    expect(step('c', 'up')).toBe('a c b d')
    expect(step('b', 'down')).toBe('a c b d')
    expect(step('c', 'top')).toBe('c a b d')
    expect(step('b', 'end')).toBe('a c d b')
    expect(step('a', 'up')).toBe('stays')
    expect(step('d', 'down')).toBe('stays')
    expect(step('d', 'end')).toBe('stays')
  })

  test('over folded rows, a step goes past the neighbour that is seen', () => {
    expect(step('d', 'up', 'a b c d', 'a d')).toBe('d a b c')
    expect(step('a', 'down', 'a b c d', 'a d')).toBe('b c d a')
  })
})

describe('UI 10.1 nothing moves under the pointer', () => {
  const tall = () => 40

  test('what comes below does not move the anchor; what comes above does', () => {
    expect(shiftOf(list('a b c'), list('a b x c'), 'b', tall)).toEqual({ stays: true, px: 0 })
    expect(shiftOf(list('a b c'), list('x a b c'), 'b', tall)).toEqual({ stays: true, px: 40 })
    expect(shiftOf(list('a b c'), list('b c'), 'b', tall)).toEqual({ stays: true, px: -40 })
    expect(shiftOf(list('a b c'), list('a c'), 'b', tall)).toEqual({ stays: false, px: 0 })
  })

  test('an order held back still shows what items say', () => {
    const next = [{ ...list('x')[0]! }, ...list('c a').map((item) => ({ ...item, text: item.text.toUpperCase() }))]
    const shown = heldBack(list('a b c'), next)
    expect(picture(shown)).toBe('a b c')
    expect(shown.map((item) => item.text)).toEqual(['A', 'b', 'C'])
  })
})

describe('adding', () => {
  test('what an own add has become stands right below where it was asked for', () => {
    const before = new Set(['a', 'b'])
    expect(arrivedAfter(before, list('a x y b'), 'a')).toEqual(['x', 'y'])
    expect(arrivedAfter(before, list('x a b'), null)).toEqual(['x'])
    expect(arrivedAfter(before, list('a b'), 'a')).toEqual([])
  })

  test('lines become items, trimmed and without the empty ones', () => {
    expect(linesOf(' Milk\r\n\r\n Bread \n\u2028Eggs')).toEqual(['Milk', 'Bread', 'Eggs'])
  })
})
