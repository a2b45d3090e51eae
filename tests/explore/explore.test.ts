/** What the explorer leaves out to be fast must not hide anything: looked at in worlds small enough to do without. */
import { expect, test } from 'vitest'
import { Keys, hash } from './keys.ts'
import { Moves } from './moves.ts'
import type { State, World } from './state.ts'
import { begin } from './story.ts'

const NO_EVENTS = { events: {}, statesMax: Infinity, statesMin: 0 }
const TWO: World = { name: 'two', ids: ['n1', 'n2'], voters: ['n1', 'n2'], bounds: { timeouts: 2, crashes: 1 }, termMax: 2, ...NO_EVENTS }
const THREE: World = {
  name: 'three',
  ids: ['n1', 'n2', 'n3'],
  voters: ['n1', 'n2', 'n3'],
  bounds: { timeouts: 2 },
  termMax: 1,
  ...NO_EVENTS,
}

test('messages that are forgotten could have changed nothing: the nodes come to the same states without', () => {
  // Without the replies to such messages that wait for a save.
  const nodes = ({ places, past }: State): string => `${places.map(({ keys }) => keys[0]!.replace(/h.*@/, '@')).join('|')}|${past.led}`
  const [swept, kept] = [true, false].map((forgetsSpent) => {
    const moves = new Moves(TWO, 'all', { forgetsSpent })
    const all = visit(TWO, moves)
    return { count: all.length, nodes: new Set(all.map(nodes)) }
  })
  expect(swept!.count).toBeLessThan(kept!.count)
  expect(swept!.nodes).toEqual(kept!.nodes)
})

test('of states that differ by the names of equal nodes one is visited, and none is lost', () => {
  const alike: World = { ...THREE, alike: THREE.ids }
  const keys = new Keys(alike)
  const renamed = ({ places, flight, ...rest }: State): string => {
    return keys.of({
      ...rest,
      places: places.map((place) => ({ ...place, keys: [] })),
      flight: flight.map(({ message }) => keys.flying(message)),
    })
  }
  const apart = visit(THREE, new Moves(THREE, 'all'))
  const together = visit(alike, new Moves(alike, 'all'))
  expect(together.length).toBeLessThan(apart.length / 3)
  expect(new Set(apart.map(renamed))).toEqual(new Set(together.map(renamed)))
})

test('two texts that differ in one letter have different hashes', () => {
  const texts = Array.from({ length: 10_000 }, (_, k) => `n1|n2|${k}|`)
  expect(new Set(texts.map(hash)).size).toBe(texts.length)
})

/** All states, each once. */
function visit(world: World, moves: Moves): readonly State[] {
  const first = begin(world, moves)
  const all = [first]
  const known = new Set([moves.keys.of(first)])
  for (const state of all) {
    for (const move of moves.from(state)) {
      const after = moves.after(state, move)
      const key = after === null ? '' : moves.keys.of(after)
      if (after === null || known.has(key)) continue
      known.add(key)
      all.push(after)
    }
  }
  return all
}
