/** What whoever looks on can read from a transition. */
import { expect, test } from 'vitest'
import { entriesTaken } from '../../shared/host/transition.ts'
import type { Transition } from '../../shared/host/transition.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import { Log } from '../../shared/raft/log.ts'
import { draw, drawnEntry } from '../support/cluster-picture.ts'

const turn = (before: RaftNode, log: Log): Transition => ({
  type: 'stepped',
  node: before.id,
  incarnation: 1,
  before,
  inputs: [],
  output: { save: null, send: [], restore: null, apply: [], refused: [], answer: [], unanswered: [], wake: Infinity },
  after: { ...before, log },
})

test('the entries that a turn took are those that were not there before, whether appended or put in the place of others', () => {
  const before = draw('A follower t3 1 1 | 2 2')
  const [third, fourth, fifth] = [drawnEntry(3, 3), drawnEntry(4, 3), drawnEntry(5, 3)] as const
  expect(entriesTaken(turn(before, before.log))).toEqual([])
  expect(entriesTaken(turn(before, before.log.append([fifth])))).toEqual([fifth])
  expect(entriesTaken(turn(before, before.log.truncate(2)))).toEqual([])
  expect(entriesTaken(turn(before, before.log.truncate(2).append([third, fourth])))).toEqual([third, fourth])
  expect(entriesTaken({ type: 'started', node: 'A', incarnation: 1, after: before })).toEqual([])
})
