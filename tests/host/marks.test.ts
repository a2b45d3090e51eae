import { expect, test } from 'vitest'
import type { Applier } from '../../shared/host/options.ts'
import { Marks } from '../../shared/host/marks.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import { Cluster } from '../support/cluster.ts'

const hash = Uint8Array.of(7)

function due(marks: Marks, node: RaftNode, index: number | null): number | null {
  const checksum = index === null ? null : { index, hash }
  const mark = marks.due(node, { checksum } as Applier)
  if (mark === null) return null
  if (mark.type !== 'mark' || mark.mark.type !== 'checksum') throw new Error('no checksum')
  return mark.mark.index
}

test('C10: a leader notes each checksum of its machine once, and again in a new term what was not compared yet', () => {
  const marks = new Marks()
  const cluster = Cluster.of('A', 'B', 'C').timeout('A').settle()
  expect(due(marks, cluster.node('B'), 1_000), 'it follows').toBe(null)
  const leader = cluster.node('A')
  expect([null, 1_000, 1_000, 2_000, 1_000].map((index) => due(marks, leader, index))).toEqual([null, 1_000, null, 2_000, null])
  expect(due(marks, { ...leader, currentTerm: 2 }, 2_000)).toBe(2_000)
})

test('C10: what would be dropped during a transfer is noted after it', () => {
  const marks = new Marks()
  const cluster = Cluster.of('A', 'B', 'C').timeout('A').settle().heartbeat('A').drop()
  const before = cluster.node('A')
  expect(due(marks, cluster.transfer('A', 'B').node('A'), 1_000)).toBe(null)
  expect(due(marks, before, 1_000)).toBe(1_000)
})
