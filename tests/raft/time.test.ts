import { describe, expect, test } from 'vitest'
import { step } from '../../shared/raft/step.ts'
import { Cluster, draw } from '../support/cluster.ts'

const times = (cluster: Cluster, id: string): number[] =>
  cluster
    .node(id)
    .log.slice(1)
    .map(({ time }) => time)

describe('DESIGN 14 log time', () => {
  test("T1: it moves with the leader's clock, and all entries of one turn have one time", () => {
    const cluster = Cluster.of('A').timeout('A')
    cluster.advance(120).propose('A', 'one', 'two').advance(30).propose('A', 'three')
    expect(times(cluster, 'A')).toEqual([0, 120, 120, 150])
  })

  test('T1: it never goes back, though clocks of leaders differ by hours', () => {
    const cluster = Cluster.of('A', 'B', 'C')
    cluster.now = 10_000_000
    for (let round = 0; round < 12; round++) {
      cluster
        .timeout('ABC'[round % 3]!)
        .settle()
        .advance(round * 7)
        .propose('ABC'[round % 3]!, `${round}`)
        .settle()
      cluster.crash('ABC'[round % 3]!)
      cluster.now -= 500_000
      cluster.restart('ABC'[round % 3]!).pass(0)
      for (const id of ['A', 'B', 'C']) cluster.act(id, { type: 'suspended' })
    }
    const all = times(cluster, 'A')
    expect(all).toEqual(all.toSorted((a, b) => a - b))
  })

  test('T2: one entry moves it by ten seconds at most: what was slept through is cut out', () => {
    const cluster = Cluster.of('A').timeout('A').advance(3_600_000).propose('A', 'late').advance(5).propose('A', 'soon after')
    expect(times(cluster, 'A')).toEqual([0, 10_000, 10_005])
  })

  test("T3: a new leader goes on from the last entry's time", () => {
    const cluster = Cluster.of('A', 'B').timeout('A').settle().advance(40).propose('A', 'one').settle()
    cluster.advance(90_000).transfer('A', 'B').settle().advance(3).propose('B', 'two')
    expect(times(cluster, 'B')).toEqual([0, 40, 40, 43])
  })

  test('T4: fractions are not lost', () => {
    const cluster = Cluster.of('A').timeout('A')
    for (let count = 0; count < 1_000; count++) cluster.advance(0.3).propose('A', 'tick').act('A', { type: 'wake' })
    const last = times(cluster, 'A').at(-1)!
    expect(last).toBeGreaterThanOrEqual(299)
    expect(last).toBeLessThanOrEqual(300)
  })
})

describe('deadlines', () => {
  test('T5: a step says when to wake it: the election deadline, the heartbeat, the end of a transfer', () => {
    const follower = step(draw('A follower t1  1 |', ['A', 'B']), [], { now: 0, random: 0 })
    expect(follower.output.wake).toBe(225)

    const leader = step(draw('A leader t1  1 |', ['A', 'B']), [{ type: 'wake' }], { now: 0, random: 0 })
    expect(leader.output.wake).toBe(50)

    const handing = step(leader.node, [{ type: 'transfer', to: 'B' }], { now: 10, random: 0 })
    expect(handing.output.wake).toBe(50)
    const late = step(handing.node, [{ type: 'wake' }], { now: 290, random: 0 })
    expect(late.output.wake, 'the transfer ends before the next heartbeat').toBe(310)
  })

  test('T5: a step changes nothing in the node it was given', () => {
    const before = draw('A leader t1  1 |', ['A', 'B'])
    const picture = JSON.stringify([
      before.currentTerm,
      before.log.lastIndex,
      [...(before.role as { progress: ReadonlyMap<string, unknown> }).progress],
    ])
    step(
      before,
      [{ type: 'proposal', commands: [{ header: { session: 's', seq: 1, settled: 0 }, bytes: new Uint8Array(), signature: null }] }],
      { now: 60, random: 0 },
    )
    expect(
      JSON.stringify([before.currentTerm, before.log.lastIndex, [...(before.role as { progress: ReadonlyMap<string, unknown> }).progress]]),
    ).toBe(picture)
    expect(before.log.at(2)).toBe(null)
  })
})
