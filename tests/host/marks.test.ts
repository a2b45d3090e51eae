import { describe, expect, test } from 'vitest'
import type { Applier } from '../../shared/host/options.ts'
import { Marks } from '../../shared/host/marks.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import type { Input } from '../../shared/raft/step.ts'
import { Cluster, member } from '../support/cluster.ts'

const hash = Uint8Array.of(7)
const NOTHING = { level: 1, levels: { min: 1, max: 1 }, checksum: null, stop: null }

/** What is to be noted of a machine that is like this. */
function due(marks: Marks, node: RaftNode, machine: Partial<Applier>, isMain = true): Input | null {
  return marks.due(node, isMain, { ...NOTHING, ...machine } as Applier)
}

const led = (): Cluster => Cluster.of('A', 'B', 'C').timeout('A').settle().heartbeat('A').settle()

describe('checksums', () => {
  const at = (marks: Marks, node: RaftNode, index: number | null): number | null => {
    const input = due(marks, node, { checksum: index === null ? null : { index, hash } })
    return input?.type === 'mark' && input.mark.type === 'checksum' ? input.mark.index : null
  }

  test('C10: a leader notes each checksum of its machine once, and again in a new term what was not compared yet', () => {
    const marks = new Marks()
    const cluster = led()
    expect(at(marks, cluster.node('B'), 1_000), 'it follows').toBe(null)
    const leader = cluster.node('A')
    expect(due(marks, leader, { checksum: { index: 1_000, hash } }, false), 'of this node nothing is applied').toBe(null)
    expect([null, 1_000, 1_000, 2_000, 1_000].map((index) => at(marks, leader, index))).toEqual([null, 1_000, null, 2_000, null])
    expect(at(marks, { ...leader, currentTerm: 2 }, 2_000)).toBe(2_000)
  })

  test('C10: what would be dropped during a transfer is noted after it', () => {
    const marks = new Marks()
    const cluster = led()
    const before = cluster.node('A')
    expect(at(marks, cluster.transfer('A', 'B').node('A'), 1_000)).toBe(null)
    expect(at(marks, before, 1_000)).toBe(1_000)
  })
})

describe('levels', () => {
  /** A leads, and each member can apply levels up to this. */
  function leader(max: Readonly<Record<string, number>>, learners: readonly string[] = []): RaftNode {
    const node = led().node('A')
    const members = Object.entries(max).map(([id, level]) => member(id, { levels: { min: 1, max: level } }))
    const [voters, others] = [
      members.filter(({ node: id }) => !learners.includes(id)),
      members.filter(({ node: id }) => learners.includes(id)),
    ]
    return { ...node, configurations: [{ index: 1, configuration: { voters, learners: others } }] }
  }
  const raised = (node: RaftNode, level = 1, marks = new Marks(), own = 9): number | null => {
    const input = due(marks, node, { level, levels: { min: 1, max: own } })
    return input?.type === 'mark' && input.mark.type === 'level' ? input.mark.level : null
  }

  test.each([
    [{ A: 1, B: 1, C: 1 }, null],
    [{ A: 3, B: 2, C: 4 }, 2],
    [{ A: 3, B: 1, C: 4 }, null],
  ])('C12: where the members can apply %o the leader raises the level to %o', (max, level) => {
    expect(raised(leader(max))).toBe(level)
  })

  test('C12: learners count too, and the build that leads whatever its record says', () => {
    expect(raised(leader({ A: 2, B: 2, L: 1 }, ['L']))).toBe(null)
    expect(raised(leader({ A: 3, B: 3, L: 3 }, ['L']), 1, new Marks(), 2)).toBe(2)
  })

  test('C12: once a term, and not to where it is', () => {
    const marks = new Marks()
    const node = leader({ A: 2, B: 2 })
    expect([raised(node, 1, marks), raised(node, 1, marks), raised(node, 2, marks)]).toEqual([2, null, null])
    expect(raised({ ...node, currentTerm: 2 }, 1, marks)).toBe(2)
  })

  test('C12: not while a change is in flight: who is added may be older, and it may be rolled back', () => {
    const node = leader({ A: 2, B: 2 })
    const placed = { index: node.commitIndex + 1, configuration: node.configurations[0]!.configuration }
    expect(raised({ ...node, configurations: [...node.configurations, placed] })).toBe(null)
  })

  test('C13: where the machine met what is newer, its nodes are told once to lead no more, those beside the main one too', () => {
    const node = led().node('B')
    for (const isMain of [true, false]) {
      for (const stop of [{ type: 'level' }, { type: 'unknown-command' }] as const) {
        expect(due(new Marks(), node, { stop }, isMain)).toEqual({ type: 'abstain' })
        expect(due(new Marks(), { ...node, abstains: true }, { stop }, isMain)).toBe(null)
      }
    }
  })
})
