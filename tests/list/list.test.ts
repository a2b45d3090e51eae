import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../shared/limits.ts'
import { Scene } from './scene.ts'

const no = (reason: string) => ({ ok: false, reason })
const yes = expect.objectContaining({ ok: true })

describe('adding', () => {
  test('an item is named by its command and stands where it was asked for', () => {
    const scene = new Scene()
    expect(scene.do('ada', { type: 'add', after: 'end', text: 'bread' })).toEqual({ ok: true, id: 'ada.1', revision: 1, overwrote: false })
    scene.add('ada', 'milk')
    scene.add('ben', 'first', null)
    scene.add('ben', 'butter', 'ada.1')
    expect(scene.picture).toBe('first bread butter milk')
  })

  test('of two adds after the same item the later in the log stands nearer to it', () => {
    const scene = new Scene()
    const bread = scene.add('ada', 'bread')
    scene.add('ada', 'one', bread)
    scene.add('ben', 'two', bread)
    expect(scene.picture).toBe('bread two one')
  })

  test('a deleted item still is a place to add after, a forgotten or invented one is gone', () => {
    const scene = new Scene()
    const bread = scene.add('ada', 'bread')
    scene.add('ada', 'milk')
    scene.do('ben', { type: 'delete', id: bread })
    scene.add('ada', 'butter', bread)
    expect(scene.picture).toBe('butter milk')
    expect(scene.do('ada', { type: 'add', after: 'zoe.9', text: 'lost' })).toEqual(no('gone'))
    scene.do('ben', { type: 'restore', id: bread })
    expect(scene.picture).toBe('bread butter milk')
  })

  test('text is counted in UTF-16 units, and one too many is refused', () => {
    const scene = new Scene()
    const longest = '🛶'.repeat(LIMITS.itemText / 2)
    scene.add('ada', longest)
    expect(scene.do('ada', { type: 'add', after: null, text: `${longest}.` })).toEqual(no('too-long'))
    expect(scene.do('ada', { type: 'edit', id: 'ada.1', revision: 1, text: `${longest}.` })).toEqual(no('too-long'))
    expect(scene.do('ada', { type: 'rename', name: 'n'.repeat(LIMITS.listName + 1) })).toEqual(no('too-long'))
    expect(scene.picture).toBe(longest)
  })

  test('a full list refuses adds and restores until something is deleted', () => {
    const scene = new Scene()
    for (let n = 1; n <= LIMITS.items; n += 1) scene.add('ada', `${n}`)
    expect(scene.do('ben', { type: 'add', after: null, text: 'over' })).toEqual(no('full'))
    scene.do('ben', { type: 'delete', id: 'ada.7' })
    scene.add('ben', 'fits', null)
    expect(scene.do('ben', { type: 'restore', id: 'ada.7' })).toEqual(no('full'))
    expect(scene.list.size).toBe(LIMITS.items)
  })
})

describe('editing', () => {
  test('the last edit in the log wins, and is told when it wrote over a text it had not seen', () => {
    const scene = new Scene()
    const id = scene.add('ada', 'bread')
    expect(scene.do('ada', { type: 'edit', id, revision: 1, text: 'rye bread' })).toEqual({ ok: true, id, revision: 2, overwrote: false })
    expect(scene.do('ben', { type: 'edit', id, revision: 1, text: 'bread rolls' })).toEqual({ ok: true, id, revision: 3, overwrote: true })
    expect(scene.picture).toBe('bread rolls')
  })

  test('wanting what is so already is accepted and changes nothing', () => {
    const scene = new Scene()
    const id = scene.add('ada', 'bread')
    scene.do('ada', { type: 'rename', name: 'Food' })
    const before = scene.list.view()
    expect(scene.do('ben', { type: 'edit', id, revision: 1, text: 'bread' })).toEqual({ ok: true, id, revision: 1, overwrote: false })
    expect(scene.do('ben', { type: 'check', id, done: false })).toEqual(yes)
    expect(scene.do('ben', { type: 'move', id, after: null })).toEqual(yes)
    expect(scene.do('ben', { type: 'move', id, after: 'end' })).toEqual(yes)
    expect(scene.do('ben', { type: 'move', id, after: id })).toEqual(yes)
    expect(scene.do('ben', { type: 'restore', id })).toEqual(yes)
    expect(scene.do('ben', { type: 'rename', name: 'Food' })).toEqual({ ok: true, id: null, revision: null, overwrote: false })
    expect(scene.list.view()).toBe(before)
  })

  test('a command given up has its number and nothing else', () => {
    const scene = new Scene()
    expect(scene.do('ada', { type: 'skip' })).toEqual(no('skipped'))
    expect(scene.add('ada', 'bread')).toBe('ada.2')
  })
})

describe('deleting', () => {
  test('what no longer makes sense of a deleted item is refused, and restoring brings it back as it was', () => {
    const scene = new Scene()
    const id = scene.add('ada', 'bread')
    scene.add('ada', 'milk')
    scene.do('ada', { type: 'check', id, done: true })
    scene.do('ben', { type: 'delete', id })
    expect(scene.do('ada', { type: 'edit', id, revision: 1, text: 'rye' })).toEqual(no('deleted'))
    expect(scene.do('ada', { type: 'check', id, done: false })).toEqual(no('deleted'))
    expect(scene.do('ada', { type: 'move', id, after: 'end' })).toEqual(no('deleted'))
    expect(scene.do('ada', { type: 'delete', id })).toEqual(yes)
    expect(scene.picture).toBe('milk')
    expect(scene.do('ada', { type: 'restore', id })).toEqual(yes)
    expect(scene.picture).toBe('bread✓ milk')
  })

  test('the newest deletions are kept, older ones are gone for every command', () => {
    const scene = new Scene()
    for (let n = 1; n <= LIMITS.tombstones + 2; n += 1) scene.add('ada', `${n}`)
    scene.do('ben', { type: 'delete', id: 'ada.2' })
    scene.do('ben', { type: 'restore', id: 'ada.2' })
    for (let n = 1; n <= LIMITS.tombstones + 1; n += 1) scene.do('ben', { type: 'delete', id: `ada.${n}` })
    const id = 'ada.1'
    const gone = no('gone')
    expect(scene.do('ada', { type: 'restore', id })).toEqual(gone)
    expect(scene.do('ada', { type: 'delete', id })).toEqual(gone)
    expect(scene.do('ada', { type: 'edit', id, revision: 1, text: '' })).toEqual(gone)
    expect(scene.do('ada', { type: 'check', id, done: true })).toEqual(gone)
    expect(scene.do('ada', { type: 'move', id, after: null })).toEqual(gone)
    expect(scene.do('ada', { type: 'move', id: `ada.${LIMITS.tombstones + 2}`, after: id })).toEqual(gone)
    expect(scene.do('ada', { type: 'restore', id: 'ada.2' })).toEqual(yes)
    expect(scene.picture).toBe(`2 ${LIMITS.tombstones + 2}`)
  })
})

describe('what a page relies on', () => {
  test('a view and an item are the same object until they change', () => {
    const scene = new Scene()
    scene.add('ada', 'bread')
    scene.add('ada', 'milk')
    const before = scene.list.view()
    expect(scene.list.view()).toBe(before)
    scene.do('ben', { type: 'check', id: 'ada.2', done: true })
    scene.do('ben', { type: 'move', id: 'ada.1', after: 'ada.2' })
    const after = scene.list.view()
    expect(after).not.toBe(before)
    expect(after.items[1]).toBe(before.items[0])
    expect(after.items[0]).toEqual({ ...before.items[1], done: true })
  })

  test('a clone goes its own way', () => {
    const scene = new Scene()
    scene.add('ada', 'bread')
    scene.add('ada', 'milk')
    const clone = scene.list.clone()
    clone.apply(1, { type: 'move', id: 'ada.2', after: null }, { id: 'ben.1' })
    clone.apply(1, { type: 'delete', id: 'ada.1' }, { id: 'ben.2' })
    clone.apply(1, { type: 'rename', name: 'Mine' }, { id: 'ben.3' })
    clone.apply(1, { type: 'add', after: null, text: 'new' }, { id: 'ben.4' })
    expect(clone.view().items.map((item) => item.text)).toEqual(['new', 'milk'])
    expect(scene.picture).toBe('bread milk')
    expect([[...clone.tombstones], [...scene.list.tombstones]]).toEqual([['ada.1'], []])
    expect(scene.do('ben', { type: 'move', id: 'ada.2', after: null })).toEqual(yes)
    expect(scene.picture).toBe('milk bread')
  })

  test('a list used for long forgets what is gone, and its clones do not mind', () => {
    const scene = new Scene()
    const goes = scene.add('ada', 'goes')
    const stays = scene.add('ada', 'stays')
    const early = scene.list.clone()
    scene.do('ada', { type: 'delete', id: goes })
    for (let n = 4; n <= 16_000; n += 1) {
      scene.do('ada', n % 2 === 0 ? { type: 'add', after: 'end', text: `${n}` } : { type: 'delete', id: `ada.${n - 1}` })
    }
    const late = scene.list.clone()
    const last = scene.add('ada', 'last')
    expect(scene.picture).toBe('stays 16000 last')
    for (const clone of [early, late]) {
      expect(clone.apply(1, { type: 'check', id: last, done: true }, { id: 'ben.1' })).toEqual(no('gone'))
      expect(clone.apply(1, { type: 'add', after: stays, text: 'mine' }, { id: last })).toEqual(yes)
      expect(clone.apply(1, { type: 'check', id: last, done: true }, { id: 'ben.2' })).toEqual(yes)
    }
    expect(early.view().items.map((item) => item.text)).toEqual(['goes', 'stays', 'mine'])
    expect(late.view().items.map((item) => item.text)).toEqual(['stays', 'mine', '16000'])
    expect(scene.do('ada', { type: 'restore', id: 'ada.4' })).toEqual(no('gone'))
    expect(scene.do('ada', { type: 'restore', id: 'ada.15998' })).toEqual(yes)
    expect(scene.picture).toBe('stays 15998 16000 last')
  })

  test('the same id twice, or a command of a level not reached, is a broken invariant', () => {
    const scene = new Scene()
    scene.add('ada', 'bread')
    expect(() => scene.list.apply(1, { type: 'add', after: null, text: '' }, { id: 'ada.1' })).toThrow('an id is given once')
    expect(() => scene.list.apply(0, { type: 'skip' }, { id: 'ada.2' })).toThrow('level')
  })
})
