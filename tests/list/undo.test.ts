import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyPlainCommand } from './arbitrary.ts'
import { Scene } from './scene.ts'

const no = (reason: string) => ({ ok: false, reason })
const yes = expect.objectContaining({ ok: true })

function breadAndMilk(): Scene {
  const scene = new Scene()
  scene.add('ben', 'bread')
  scene.add('ben', 'milk')
  return scene
}

describe('undo takes back one’s own newest command', () => {
  test.each([
    ['an add', { type: 'add', after: null, text: 'jam' }, 'jam bread milk'],
    ['an edit', { type: 'edit', id: 'ben.1', revision: 1, text: 'rye' }, 'rye milk'],
    ['a check', { type: 'check', id: 'ben.1', done: true }, 'bread✓ milk'],
    ['a move to the end', { type: 'move', id: 'ben.1', after: 'end' }, 'milk bread'],
    ['a move to the start', { type: 'move', id: 'ben.2', after: null }, 'milk bread'],
    ['a delete', { type: 'delete', id: 'ben.1' }, 'milk'],
    ['a name', { type: 'rename', name: 'Food' }, 'Food: bread milk'],
  ] as const)('%s, and redo gives it again', (_, command, done) => {
    const scene = breadAndMilk()
    const before = scene.picture
    expect(scene.do('ada', command)).toEqual(yes)
    expect(scene.picture).toBe(done)
    expect(scene.undoAndRedo('ada')).toEqual({ undone: before, redone: done })
    scene.undo('ada')
    // The redo was not put on the stack, so this takes back the same command again: it is as if nothing had happened between.
    expect(scene.picture).toBe(before)
  })

  test('several steps of one item come back one by one', () => {
    const scene = breadAndMilk()
    const jam = scene.add('ada', 'jam')
    scene.do('ada', { type: 'edit', id: jam, revision: 1, text: 'plum jam' })
    scene.do('ada', { type: 'move', id: jam, after: null })
    scene.do('ada', { type: 'edit', id: jam, revision: 2, text: 'two jars' })
    const pictures: string[] = []
    while (scene.undo('ada') !== null) pictures.push(scene.picture)
    expect(pictures).toEqual(['plum jam bread milk', 'bread milk plum jam', 'bread milk jam', 'bread milk'])
  })

  test('what changed nothing is not undone', () => {
    const scene = breadAndMilk()
    scene.do('ada', { type: 'check', id: 'ben.1', done: false })
    scene.do('ada', { type: 'move', id: 'ben.2', after: 'end' })
    scene.do('ada', { type: 'restore', id: 'ben.2' })
    expect([scene.undo('ada'), scene.undo('ada'), scene.undo('ada')]).toEqual([null, null, null])
  })
})

describe('undo never reverts others', () => {
  test('an undo marks what it sets as it was marked before, even where the value is the same', () => {
    const scene = breadAndMilk()
    scene.do('ben', { type: 'rename', name: 'Food' })
    scene.do('ben', { type: 'rename', name: 'Food', back: { from: 'ben.3', to: 'chi.9' } })
    expect(scene.list.namedBy).toBe('chi.9')
  })

  test.each([
    ['an edit', { type: 'edit', id: 'ben.1', revision: 1, text: 'rye' }, { type: 'edit', id: 'ben.1', revision: 2, text: 'rolls' }],
    ['a check', { type: 'check', id: 'ben.1', done: true }, { type: 'check', id: 'ben.1', done: false }],
    ['a move', { type: 'move', id: 'ben.1', after: 'end' }, { type: 'move', id: 'ben.1', after: null }],
    ['a delete', { type: 'delete', id: 'ben.1' }, { type: 'restore', id: 'ben.1' }],
    ['a name', { type: 'rename', name: 'Food' }, { type: 'rename', name: 'Shopping' }],
  ] as const)('%s that somebody has changed since is refused', (_, mine, theirs) => {
    const scene = breadAndMilk()
    scene.do('ada', mine)
    scene.do('chi', theirs)
    const picture = scene.picture
    expect(scene.undo('ada')).toEqual(no('changed'))
    expect(scene.picture).toBe(picture)
  })

  test('a check that others took away and gave again is theirs now', () => {
    const scene = breadAndMilk()
    scene.do('ada', { type: 'check', id: 'ben.1', done: true })
    scene.do('chi', { type: 'check', id: 'ben.1', done: false })
    scene.do('chi', { type: 'check', id: 'ben.1', done: true })
    expect(scene.undo('ada')).toEqual(no('changed'))
    expect(scene.picture).toBe('bread✓ milk')
  })

  test('an added item that somebody has touched stays', () => {
    const scene = breadAndMilk()
    const jam = scene.add('ada', 'jam')
    scene.do('chi', { type: 'check', id: jam, done: true })
    expect(scene.undo('ada')).toEqual(no('changed'))
    expect(scene.picture).toBe('bread milk jam✓')
  })

  test('what others did to another side of the item does not stand in the way', () => {
    const scene = breadAndMilk()
    scene.do('ada', { type: 'edit', id: 'ben.1', revision: 1, text: 'rye' })
    scene.do('chi', { type: 'check', id: 'ben.1', done: true })
    scene.do('chi', { type: 'move', id: 'ben.1', after: 'end' })
    expect(scene.undo('ada')).toEqual(yes)
    expect(scene.picture).toBe('milk bread✓')
  })

  test('an undone edit written over another’s puts back the other’s, and goes no further', () => {
    const scene = breadAndMilk()
    scene.do('ada', { type: 'edit', id: 'ben.1', revision: 1, text: 'rye' })
    scene.do('chi', { type: 'edit', id: 'ben.1', revision: 2, text: 'rolls' })
    scene.do('ada', { type: 'edit', id: 'ben.1', revision: 3, text: 'toast' })
    expect(scene.undo('ada')).toEqual(yes)
    expect(scene.picture).toBe('rolls milk')
    expect(scene.undo('ada')).toEqual(no('changed'))
    expect(scene.picture).toBe('rolls milk')
  })

  test('of an item deleted meanwhile nothing is undone', () => {
    const scene = breadAndMilk()
    scene.do('ada', { type: 'check', id: 'ben.1', done: true })
    scene.do('chi', { type: 'delete', id: 'ben.1' })
    expect(scene.undo('ada')).toEqual(no('deleted'))
  })
})

describe('undoing everything', () => {
  test('whatever one person did alone comes back as it was, in its order', () => {
    fc.assert(
      fc.property(fc.array(anyPlainCommand, { maxLength: 12 }), fc.array(anyPlainCommand, { maxLength: 25 }), (theirs, mine) => {
        const scene = five()
        for (const command of theirs) scene.do('ben', command)
        const before = sides(scene)
        const order = scene.list.view().items.map((item) => item.id)
        for (const command of mine) scene.do('ada', command)
        for (let undone = scene.undo('ada'); undone !== null; undone = scene.undo('ada')) expect(undone).toEqual(yes)
        expect(scene.list.view().items.map((item) => item.id)).toEqual(order)
        expect(kept(before, sides(scene))).toEqual(before)
      }),
    )
  })

  test('between the commands of others it leaves whatever they were the last to set', () => {
    const outcomes = new Set<string>()
    const turn = fc.record({ person: fc.constantFrom('ada', 'ben'), command: anyPlainCommand })
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 40, size: 'max' }), (turns) => {
        const scene = five()
        for (const { person, command } of turns) scene.do(person, command)
        const theirs = new Map([...sides(scene)].filter(([, { by }]) => by.startsWith('ben.')))
        for (let undone = scene.undo('ada'); undone !== null; undone = scene.undo('ada')) outcomes.add(undone.ok ? 'ok' : undone.reason)
        expect(kept(theirs, sides(scene))).toEqual(theirs)
      }),
      { seed: 3, numRuns: 300 },
    )
    expect([...outcomes].sort()).toEqual(['changed', 'deleted', 'ok'])
  })
})

function five(): Scene {
  const scene = new Scene()
  scene.do('ben', { type: 'rename', name: 'Five' })
  for (const name of ['one', 'two', 'three', 'four', 'five']) scene.add('ben', name)
  return scene
}

type Sides = ReadonlyMap<string, { readonly value: unknown; readonly by: string }>

/** Every side of every item that can be set by itself, its value, and who set it. */
function sides({ list }: Scene): Sides {
  const all = new Map<string, { value: unknown; by: string }>([['name', { value: list.name, by: list.namedBy ?? '' }]])
  for (let slot = list.order.first; slot !== null; slot = slot.next) {
    const values = { text: slot.item.text, done: slot.item.done, place: null, presence: slot.deleted }
    for (const side of ['text', 'done', 'place', 'presence'] as const) {
      all.set(`${side} of ${slot.item.id}`, { value: values[side], by: slot.setBy[side] })
    }
  }
  return all
}

function kept(some: Sides, all: Sides): Sides {
  return new Map([...some.keys()].flatMap((side) => (all.has(side) ? [[side, all.get(side)!]] : [])))
}
