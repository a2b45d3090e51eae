import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import type { Command } from '../../shared/list/commands.ts'
import { LIMITS } from '../../shared/limits.ts'
import { List } from '../../shared/list/list.ts'
import { restore, snapshot } from '../../shared/list/snapshot.ts'
import { anyCommand, SESSIONS } from './arbitrary.ts'
import { Naive } from './naive.ts'

/** Small enough that random commands run into them. */
vi.mock('../../shared/limits.ts', () => ({ LIMITS: { items: 5, tombstones: 3, itemText: 5, listName: 5 } }))

/** Asked tens of thousands of times, so `expect` is only for telling. */
function same(got: unknown, wanted: unknown): void {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) expect(got).toEqual(wanted)
}

/** `aim` is at which of the items that are there, null for wherever the command came with. */
const turn = fc.record({
  session: fc.constantFrom(...SESSIONS),
  command: anyCommand,
  aim: fc.option(fc.nat({ max: 11 }), { freq: 4 }),
})
const log = fc.array(turn, { maxLength: 60, size: 'max' })

interface Turn {
  readonly session: string
  readonly command: Command
  readonly aim: number | null
}

/** Numbers the commands, aims them by the naive list, and applies them to it. */
function* told(turns: readonly Turn[], naive = new Naive(LIMITS)) {
  const seqs = new Map<string, number>()
  for (const { session, command, aim } of turns) {
    const seq = (seqs.get(session) ?? 0) + 1
    seqs.set(session, seq)
    const id = `${session}.${seq}`
    const aimed = aim === null ? command : naive.aim(command, aim)
    yield { id, command: aimed, expected: naive.apply(aimed, id) }
  }
}

describe('the list against the naive one', () => {
  test('every result, the order of all there is, and who set what are the same after every command', () => {
    const reasons = new Set<string>()
    fc.assert(
      fc.property(log, (turns) => {
        const list = new List()
        const naive = new Naive(LIMITS)
        for (const { id, command, expected } of told(turns, naive)) {
          const result = list.apply(1, command, { id })
          if (!result.ok) reasons.add(result.reason)
          same(result, expected)
          same(list.view(), { name: naive.name, items: naive.items })
          same(list.size, naive.items.length)
        }
        expect(snapshot(list).items.map(([id]) => id)).toEqual(naive.rows.map((row) => row.id))
        expect(list.namedBy).toBe(naive.namedBy)
        for (const row of naive.rows) expect(list.order.find(row.id)?.setBy).toEqual(row.by)
      }),
      { numRuns: 500, seed: 7 },
    )
    expect([...reasons].sort()).toEqual(['changed', 'deleted', 'full', 'gone', 'skipped', 'too-long'])
  })

  test('forwards and backwards it is one chain, and every item is in it once', () => {
    fc.assert(
      fc.property(log, (turns) => {
        const list = new List()
        for (const { id, command } of told(turns)) {
          list.apply(1, command, { id })
          const forwards: string[] = []
          for (let slot = list.order.first; slot !== null; slot = slot.next) forwards.push(slot.item.id)
          const backwards: string[] = []
          for (let slot = list.order.last; slot !== null; slot = slot.previous) backwards.unshift(slot.item.id)
          same(backwards, forwards)
          same(new Set(forwards).size, forwards.length)
          same(forwards.filter((one) => list.order.find(one)?.deleted === true).sort(), [...list.tombstones].sort())
        }
      }),
    )
  })

  test('a snapshot at any point is invisible: what was restored goes on alike and has the same snapshot', () => {
    fc.assert(
      fc.property(log, fc.nat({ max: 60 }), (turns, at) => {
        const list = new List()
        let other = new List()
        let count = 0
        for (const { id, command } of told(turns)) {
          if (count === at) other = restore(JSON.parse(JSON.stringify(snapshot(other))))!
          count += 1
          same(other.apply(1, command, { id }), list.apply(1, command, { id }))
        }
        expect(JSON.stringify(snapshot(other))).toBe(JSON.stringify(snapshot(list)))
        expect(other.view()).toEqual(list.view())
      }),
    )
  })

  test('clones of clones, made at any point, go their own ways', () => {
    const branching = fc.record({ branch: fc.nat(), clones: fc.boolean(), turn })
    fc.assert(
      fc.property(fc.array(branching, { maxLength: 80, size: 'max' }), (turns) => {
        const branches = [{ list: new List(), naive: new Naive(LIMITS) }]
        turns.forEach(({ branch, clones, turn: { session, command, aim } }, at) => {
          const { list, naive } = branches[branch % branches.length]!
          if (clones && branches.length < 5) branches.push({ list: list.clone(), naive: naive.clone() })
          const id = `${session}.${at + 1}`
          const aimed = aim === null ? command : naive.aim(command, aim)
          same(list.apply(1, aimed, { id }), naive.apply(aimed, id))
        })
        for (const { list, naive } of branches) {
          same(list.view(), { name: naive.name, items: naive.items })
          same(
            snapshot(list).items.map(([id]) => id),
            naive.rows.map((row) => row.id),
          )
        }
      }),
      { numRuns: 300 },
    )
  })
})
