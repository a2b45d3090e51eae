import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readResult, restore, snapshot } from '../../shared/list/snapshot.ts'
import { Scene } from './scene.ts'

function scene(): Scene {
  const scene = new Scene()
  const bread = scene.add('ada', 'bread')
  const milk = scene.add('ada', 'milk')
  scene.do('ben', { type: 'rename', name: 'Food' })
  scene.do('ben', { type: 'delete', id: milk })
  scene.do('ada', { type: 'move', id: bread, after: 'end' })
  scene.do('ada', { type: 'edit', id: bread, revision: 1, text: 'rye' })
  return scene
}

describe('snapshot', () => {
  test('holds all there is in plain values', () => {
    expect(snapshot(scene().list)).toEqual({
      version: 1,
      name: 'Food',
      namedBy: 'ben.1',
      items: [
        ['ada.2', 'milk', 1, false, null, null, null, 'ben.2'],
        ['ada.1', 'rye', 2, false, 'ada.4', null, 'ada.3', null],
      ],
      deleted: [0],
    })
  })

  test('what is no snapshot is refused', () => {
    const good = snapshot(scene().list)
    expect(restore(structuredClone(good))).not.toBe(null)
    const milk = good.items[0]!
    const bad: readonly unknown[] = [
      null,
      [],
      { ...good, version: 2 },
      { ...good, name: 'n'.repeat(201) },
      { ...good, namedBy: 7 },
      { ...good, items: {} },
      { ...good, items: [milk, milk] },
      { ...good, items: [[...milk, null]] },
      { ...good, items: [milk, ['ada.1', 'rye', 0, false, null, null, null, null]] },
      { ...good, items: [milk, ['ada.1', '\ud800', 1, false, null, null, null, null]] },
      { ...good, items: [milk, ['ada.1', 'rye', 1, false, 'ada.1', null, null, null]] },
      { ...good, deleted: [2] },
      { ...good, deleted: [0, 0] },
      { ...good, deleted: [-1] },
      { ...good, items: Array.from({ length: 5_001 }, (_, n) => [`a.${n}`, '', 1, false, null, null, null, null]), deleted: [] },
    ]
    expect(bad.map((value) => restore(value))).toEqual(bad.map(() => null))
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(restore(value)).toBe(null)
      }),
    )
  })

  test('results come back checked', () => {
    const results = [
      { ok: true, id: 'a.1', revision: 2, overwrote: true },
      { ok: true, id: null, revision: null, overwrote: false },
      { ok: false, reason: 'full' },
    ]
    expect(results.map((result) => JSON.stringify(readResult(result)))).toEqual(results.map((result) => JSON.stringify(result)))
    const bad = [
      null,
      {},
      { ok: false, reason: 'because' },
      { ok: true, id: null, revision: 1, overwrote: false },
      { ok: true, id: 'a.1', revision: 1 },
    ]
    expect(bad.map((value) => readResult(value))).toEqual(bad.map(() => null))
  })
})
