import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Command } from '../../shared/list/commands.ts'
import { List } from '../../shared/list/list.ts'
import { overlay, visibleBefore } from '../../shared/list/overlay.ts'
import type { Pending } from '../../shared/list/overlay.ts'
import { snapshot } from '../../shared/list/snapshot.ts'
import { inverse } from '../../shared/list/undo.ts'
import { anyCommand } from './arbitrary.ts'
import { Scene } from './scene.ts'

function mine(...commands: readonly Command[]): readonly Pending[] {
  return commands.map((command, at) => ({ session: 'me', seq: at + 1, command }))
}

function breadAndMilk(): Scene {
  const scene = new Scene()
  scene.add('ben', 'bread')
  scene.add('ben', 'milk')
  return scene
}

const texts = (items: readonly { readonly text: string }[]) => items.map((item) => item.text).join(' ')

describe('the list as its user sees it', () => {
  test('with nothing pending it is the agreed view', () => {
    const { list } = breadAndMilk()
    const seen = overlay(1, list, [])
    expect(seen.items).toBe(list.view().items)
    expect(seen.pendingIds.size).toBe(0)
  })

  test('one’s own commands show at once, on items not yet agreed too, and agreed items keep their identity', () => {
    const { list } = breadAndMilk()
    const before = snapshot(list)
    const seen = overlay(
      1,
      list,
      mine(
        { type: 'add', after: 'ben.1', text: 'jam' },
        { type: 'edit', id: 'me.1', revision: 1, text: 'plum jam' },
        { type: 'check', id: 'ben.2', done: true },
        { type: 'rename', name: 'Food' },
      ),
    )
    expect(seen.name).toBe('Food')
    expect(texts(seen.items)).toBe('bread plum jam milk')
    expect(seen.items[0]).toBe(list.view().items[0])
    expect([...seen.pendingIds]).toEqual(['me.1', 'ben.2'])
    expect(seen.isNamePending).toBe(true)
    expect(seen.refused).toEqual([])
    expect(snapshot(list)).toEqual(before)
  })

  test('what would be refused is there in full, with the item as it was and where it stood', () => {
    const scene = breadAndMilk()
    scene.add('ben', 'jam')
    scene.do('ben', { type: 'delete', id: 'ben.1' })
    scene.do('ben', { type: 'delete', id: 'ben.3' })
    const pending = mine(
      { type: 'edit', id: 'ben.3', revision: 1, text: 'typed for long' },
      { type: 'add', after: 'zoe.1', text: 'typed too' },
      { type: 'skip' },
    )
    const seen = overlay(1, scene.list, pending)
    expect(seen.refused).toEqual([
      { pending: pending[0], reason: 'deleted', item: { id: 'ben.3', text: 'jam', revision: 1, done: false } },
      { pending: pending[1], reason: 'gone', item: null },
    ])
    expect(seen.pendingIds.size).toBe(0)
    expect(visibleBefore(seen.list, 'ben.3')).toBe('ben.2')
    expect(visibleBefore(seen.list, 'ben.1')).toBe(null)
    expect(visibleBefore(seen.list, 'zoe.1')).toBe(null)
  })

  test('a pending command can be undone while it is pending', () => {
    const { list } = breadAndMilk()
    const edit: Command = { type: 'edit', id: 'ben.1', revision: 1, text: 'rye' }
    const undo = inverse(overlay(1, list, []).list, edit, 'me.1')!
    const seen = overlay(1, list, mine(edit, undo))
    expect(texts(seen.items)).toBe('bread milk')
    expect(seen.refused).toEqual([])
  })

  test('once all is agreed in the same order, the agreed list is what was shown', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 15 }), fc.array(anyCommand, { maxLength: 15 }), (agreed, pending) => {
        const list = new List()
        agreed.forEach((command, at) => list.apply(1, command, { id: `ada.${at + 1}` }))
        const seen = overlay(1, list, mine(...pending))
        for (const { session, seq, command } of mine(...pending)) list.apply(1, command, { id: `${session}.${seq}` })
        expect({ name: seen.name, items: seen.items }).toEqual(list.view())
        expect(snapshot(seen.list)).toEqual(snapshot(list))
      }),
    )
  })
})
