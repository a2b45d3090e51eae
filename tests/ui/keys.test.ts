import { describe, expect, test } from 'vitest'
import { anywhere, onItem, whileTyping, type Caret, type Key } from '../../client/ui/keys.ts'

/** "Ctrl+Shift+ArrowUp" */
function press(combination: string, isComposing = false): Key {
  const parts = combination.split('+')
  const key = parts.pop()!
  return {
    key: key === 'Space' ? ' ' : key,
    altKey: parts.includes('Alt'),
    ctrlKey: parts.includes('Ctrl'),
    metaKey: parts.includes('Meta'),
    shiftKey: parts.includes('Shift'),
    isComposing,
  }
}
const middle: Caret = { atStart: false, onFirstLine: false, onLastLine: false, empty: false, typed: true }

describe('UI 7 keys on an item', () => {
  test.each([
    ['ArrowUp', { do: 'go', to: 'up' }],
    ['End', { do: 'go', to: 'end' }],
    ['Enter', { do: 'edit' }],
    ['F2', { do: 'edit' }],
    ['Alt+ArrowDown', { do: 'move', to: 'down' }],
    ['Ctrl+ArrowDown', { do: 'move', to: 'down' }],
    ['Alt+Home', { do: 'move', to: 'top' }],
    ['Delete', { do: 'delete' }],
    ['m', { do: 'menu' }],
    ['Shift+F10', { do: 'menu' }],
    ['ArrowRight', { do: 'menu' }],
    // Space belongs to the checkbox itself; letters do nothing.
    ['Space', null],
    ['x', null],
    ['Ctrl+Enter', null],
  ])('%s', (combination, act) => {
    expect(onItem(press(combination), false)).toEqual(act)
  })

  test('on a Mac, Ctrl+Shift moves and Ctrl alone is the system’s', () => {
    expect(onItem(press('Ctrl+Shift+ArrowUp'), true)).toEqual({ do: 'move', to: 'up' })
    expect(onItem(press('Ctrl+ArrowUp'), true)).toBeNull()
  })
})

describe('UI 7 keys while typing', () => {
  test.each([
    ['Enter', middle, 'keep'],
    ['Enter', { ...middle, atStart: true }, 'keep-above'],
    ['Enter', { ...middle, atStart: true, empty: true }, 'keep'],
    ['Ctrl+Enter', middle, 'done-next'],
    ['Meta+Enter', middle, 'done-next'],
    ['Escape', middle, 'stop'],
    ['Alt+ArrowUp', middle, 'move'],
    ['ArrowUp', middle, null],
    ['ArrowUp', { ...middle, onFirstLine: true }, 'go'],
    ['ArrowDown', { ...middle, onFirstLine: true }, null],
    ['Backspace', middle, null],
    ['Backspace', { ...middle, empty: true }, 'delete-empty'],
    // The field undoes typing first, then commands are undone.
    ['Ctrl+z', middle, null],
    ['Ctrl+z', { ...middle, typed: false }, 'undo'],
    ['Meta+Shift+z', { ...middle, typed: false }, 'redo'],
  ])('%s with the caret %o', (combination, caret, act) => {
    expect(whileTyping(press(combination), caret, false)?.do ?? null).toBe(act)
  })

  test('while an input method composes, no key is taken', () => {
    for (const key of ['Enter', 'Escape', 'ArrowUp', 'Backspace']) {
      expect(whileTyping(press(key, true), { ...middle, onFirstLine: true, empty: true }, false)).toBeNull()
    }
    expect(onItem(press('Enter', true), false)).toBeNull()
  })
})

describe('UI 7 keys anywhere', () => {
  test.each([
    ['n', 'add'],
    ['/', 'search'],
    ['s', 'share'],
    ['c', 'cluster'],
    ['Shift+?', 'keys'],
    ['Ctrl+z', 'undo'],
    ['Meta+Shift+z', 'redo'],
    ['Ctrl+s', null],
  ])('%s', (combination, act) => {
    expect(anywhere(press(combination), { inField: false, single: true })).toBe(act)
  })

  test('single keys act only outside fields, and can be switched off', () => {
    expect(anywhere(press('n'), { inField: true, single: true })).toBeNull()
    expect(anywhere(press('n'), { inField: false, single: false })).toBeNull()
    expect(anywhere(press('Ctrl+z'), { inField: false, single: false })).toBe('undo')
  })
})
