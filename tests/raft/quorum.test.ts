import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_CONFIGURATION, isMember, isQuorum, isVoter, majorityOf, membersOf, quorumIndex, without } from '../../shared/raft/quorum.ts'
import type { NodeId } from '../../shared/raft/types.ts'
import { configuration } from '../support/cluster.ts'

const ids = fc.uniqueArray(fc.constantFrom<NodeId[]>('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I'), { maxLength: 9 })

describe('quorums', () => {
  test('E6: majorities of 0 to 7 voters', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map(majorityOf)).toEqual([1, 1, 2, 2, 3, 3, 4, 4])
  })

  test('E6: any two majorities meet', () => {
    fc.assert(
      fc.property(ids, fc.infiniteStream(fc.boolean()), (voters, coins) => {
        const sides = voters.map((id) => [id, coins.next().value] as const)
        const one = new Set(sides.filter(([, side]) => side).map(([id]) => id))
        const isOne = isQuorum(configuration(voters), (id) => one.has(id))
        const isOther = isQuorum(configuration(voters), (id) => !one.has(id))
        expect(isOne && isOther).toBe(false)
      }),
    )
  })

  test('M3: majorities of configurations that differ by one voter meet', () => {
    fc.assert(
      fc.property(
        ids.filter((all) => all.length > 1),
        fc.infiniteStream(fc.boolean()),
        (voters, coins) => {
          const fewer = voters.slice(1)
          const one = new Set(voters.filter(() => coins.next().value))
          const before = isQuorum(configuration(voters), (id) => one.has(id))
          const after = isQuorum(configuration(fewer), (id) => !one.has(id))
          expect(before && after).toBe(false)
        },
      ),
    )
  })

  test('R9 E6: learners and strangers count for nothing, and nobody is no majority of nobody', () => {
    fc.assert(
      fc.property(ids, ids, (voters, others) => {
        const strangers = others.filter((id) => !voters.includes(id))
        expect(isQuorum(configuration(voters, strangers), (id) => strangers.includes(id))).toBe(false)
        expect(quorumIndex(configuration(voters, strangers), (id) => (strangers.includes(id) ? 9 : 0))).toBe(0)
      }),
    )
    expect(isQuorum(NO_CONFIGURATION, () => true)).toBe(false)
    expect(quorumIndex(NO_CONFIGURATION, () => 9)).toBe(0)
  })

  test('R5: the index reached is the highest that a majority has', () => {
    fc.assert(
      fc.property(
        ids.filter((all) => all.length > 0),
        fc.infiniteStream(fc.nat(2_000)),
        (voters, numbers) => {
          const reached = new Map<NodeId, number>(voters.map((id) => [id, numbers.next().value]))
          const index = quorumIndex(configuration(voters), (id) => reached.get(id)!)
          expect(isQuorum(configuration(voters), (id) => reached.get(id)! >= index)).toBe(true)
          expect(isQuorum(configuration(voters), (id) => reached.get(id)! > index)).toBe(false)
        },
      ),
    )
  })

  test('M1: members, voters and who is left without one', () => {
    const all = configuration(['A', 'B'], ['L'])
    expect(membersOf(all).map(({ node }) => node)).toEqual(['A', 'B', 'L'])
    expect([isVoter(all, 'A'), isVoter(all, 'L'), isMember(all, 'L'), isMember(all, 'X')]).toEqual([true, false, true, false])
    expect(without(without(all, 'A'), 'L')).toEqual(configuration(['B']))
  })
})
