import { describe, expect, test } from 'vitest'
import { candidates, isAllHere, nodeLock, nodesToAdopt } from '../../shared/life/decisions.ts'
import type { AdoptionScene } from '../../shared/life/decisions.ts'
import type { NodeRecord } from '../../shared/life/ports.ts'
import type { Configuration } from '../../shared/raft/types.ts'

const stored = (node: string, lastTerm: number, lastIndex: number, retired = false): NodeRecord => ({
  node,
  room: 'r',
  lastTerm,
  lastIndex,
  incarnation: 1,
  retired,
})
const voters = (...nodes: string[]): Configuration => ({
  voters: nodes.map((node) => ({ node, machine: node.startsWith('far') ? 'far' : 'here', levels: { min: 1, max: 1 }, votes: true })),
  learners: [],
})
const adopt = (scene: Partial<AdoptionScene>): readonly string[] =>
  nodesToAdopt({
    configuration: voters(),
    hosted: [],
    linked: [],
    held: new Set(),
    votersByAny: [],
    membersByAny: [],
    newest: null,
    isUrgent: false,
    trustsHeld: true,
    stored: [],
    ...scene,
  })

describe('K1: which orphan a tab takes', () => {
  test('the one it hosted before a reload, else the one with the newest log; never a retired one', () => {
    const records = [stored('old', 3, 9), stored('long', 4, 20), stored('new', 5, 2), stored('dead', 9, 99, true)]
    expect(candidates(records, null).map(({ node }) => node)).toEqual(['new', 'long', 'old'])
    expect(candidates(records, 'old').map(({ node }) => node)).toEqual(['old', 'new', 'long'])
    expect(candidates(records, 'dead').map(({ node }) => node)).toEqual(['new', 'long', 'old'])
  })
})

describe('K2: further orphans are taken only where a majority needs them', () => {
  const all = [stored('a', 1, 1), stored('b', 2, 5), stored('c', 2, 7)]

  test('close all tabs and open one: as many as a majority needs, newest log first', () => {
    expect(adopt({ configuration: voters('a', 'b', 'c'), hosted: ['a'], stored: all })).toEqual(['c'])
    expect(adopt({ configuration: voters('a', 'b', 'c', 'd', 'e'), hosted: ['a'], stored: all })).toEqual(['c', 'b'])
  })

  test('none while held locks or live links provide a majority', () => {
    expect(adopt({ configuration: voters('a', 'b', 'c'), hosted: ['a'], held: new Set([nodeLock('b')]), stored: all })).toEqual([])
    expect(adopt({ configuration: voters('a', 'b', 'far'), hosted: ['a'], linked: ['far'], stored: all })).toEqual([])
    const seven = ['a', 'b', 'c', 'far1', 'far2', 'far3', 'far4']
    expect(adopt({ configuration: voters(...seven), hosted: ['a'], linked: seven.slice(3), stored: all })).toEqual([])
  })

  test('a lock that is held for long without a link is a frozen tab: then those that are free are taken', () => {
    const frozen = { configuration: voters('a', 'b', 'c'), hosted: ['a'], held: new Set([nodeLock('b')]), stored: all }
    expect(adopt(frozen)).toEqual([])
    expect(adopt({ ...frozen, trustsHeld: false })).toEqual(['c'])
  })

  test('none where all that are free here would not make a majority', () => {
    expect(adopt({ configuration: voters('a', 'far1', 'far2'), hosted: ['a'], stored: all })).toEqual([])
  })

  test('no node whose lock is held, none that is no voter, none that is retired', () => {
    expect(adopt({ configuration: voters('a', 'b', 'far'), hosted: ['a'], held: new Set([nodeLock('c')]), stored: all })).toEqual(['b'])
    expect(adopt({ configuration: voters('a', 'b'), hosted: ['a'], stored: [stored('b', 2, 5, true)] })).toEqual([])
  })

  test('a tab that knows no configuration yet takes what knows more: the newest log that is free and not empty', () => {
    const held = new Set([nodeLock('c')])
    expect(adopt({ hosted: ['z'], stored: [stored('z', 0, 0), ...all] })).toEqual(['c'])
    expect(adopt({ hosted: ['z'], stored: [stored('z', 0, 0), ...all], held })).toEqual(['b'])
    expect(adopt({ hosted: [], stored: [stored('y', 0, 0), stored('dead', 9, 9, true)] })).toEqual([])
  })

  test('without a leader for long each browser gives the voters it has, one at a time (simulator, seed 1569)', () => {
    const scene = { configuration: voters('b', 'far1', 'far2'), votersByAny: ['b', 'far1', 'far2'], hosted: ['a'], stored: all }
    expect(adopt(scene)).toEqual([])
    expect(adopt({ ...scene, isUrgent: true })).toEqual(['b'])
  })

  test('then a majority by an old configuration does not count, and who is no voter by it may know more (simulator, seed 1349)', () => {
    const scene = { configuration: voters('a', 'far'), hosted: ['a'], linked: ['far'], newest: { lastTerm: 2, lastIndex: 6 }, stored: all }
    expect(adopt(scene)).toEqual([])
    expect(adopt({ ...scene, isUrgent: true })).toEqual(['c'])
    expect(adopt({ ...scene, isUrgent: true, newest: { lastTerm: 2, lastIndex: 7 } })).toEqual([])
  })

  test('then a voter by any log here is needed, though the newest has removed it (simulator, seed 2049)', () => {
    const scene = {
      configuration: voters('c'),
      votersByAny: ['c', 'a', 'c'],
      hosted: ['b', 'c'],
      newest: { lastTerm: 2, lastIndex: 9 },
      stored: all,
    }
    expect(adopt(scene)).toEqual([])
    expect(adopt({ ...scene, isUrgent: true })).toEqual(['a'])
  })

  test('then a learner by any log here may vote by now, however old what is remembered of its log (simulator, seed 3155)', () => {
    const scene = { configuration: voters('far'), hosted: ['b'], linked: ['far'], newest: { lastTerm: 2, lastIndex: 9 }, stored: all }
    expect(adopt({ ...scene, isUrgent: true })).toEqual([])
    expect(adopt({ ...scene, membersByAny: ['far', 'a', 'b'] })).toEqual([])
    expect(adopt({ ...scene, membersByAny: ['far', 'a', 'b'], isUrgent: true })).toEqual(['a'])
  })

  test('nobody is elsewhere when every voter is of this machine', () => {
    expect(isAllHere(voters('a', 'b'), 'here')).toBe(true)
    expect(isAllHere(voters('a', 'far'), 'here')).toBe(false)
    expect(isAllHere(voters(), 'here')).toBe(false)
  })
})
