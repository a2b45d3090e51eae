/** The window of a member on links that are slow, far, near, or change. */
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../shared/limits.ts'
import type { Progress, Role, Settings } from '../../shared/raft/node.ts'
import type { Millis } from '../../shared/raft/types.ts'
import { Cluster, SETTINGS } from '../support/cluster.ts'
import { narrow, Roads, twoLanes } from '../support/cluster-roads.ts'

const { heartbeat } = SETTINGS
/** Sizes as in the page. */
const PAGE: Partial<Settings> = {
  appendBytes: LIMITS.appendBytes,
  appendsInFlight: LIMITS.appendsInFlight,
  windowMin: LIMITS.windowMin,
  chunkBytes: LIMITS.chunkBytes,
  uncommittedMax: Infinity,
}
const progress = (cluster: Cluster): Progress | undefined =>
  (cluster.node('A').role as Partial<Extract<Role, { name: 'leader' }>>).progress?.get('B')
const windowOf = (cluster: Cluster): number => progress(cluster)!.flow.window

describe('on links', () => {
  const texts = (count: number, length: number): readonly string[] => Array.from({ length: count }, () => 'x'.repeat(length))

  /** As in the page, over links that are alike. `waits`: how long each heartbeat waited for what went before it. */
  function roadsOf(cluster: Cluster, bytesPerMs: number, oneWay: Millis): { readonly roads: Roads; readonly waits: readonly Millis[] } {
    const waits: Millis[] = []
    const takes = narrow(cluster, bytesPerMs, oneWay)
    const roads = new Roads(cluster, (message) => {
      const took = takes(message)!
      if (message.type === 'AppendEntries' && message.entries.length === 0) waits.push(took - oneWay)
      return took
    })
    return { roads, waits }
  }

  function led(bytesPerMs: number, oneWay: Millis, settings = PAGE): ReturnType<typeof roadsOf> & { readonly cluster: Cluster } {
    const cluster = Cluster.with(['A', 'B'], { settings }).timeout('A')
    const { roads, waits } = roadsOf(cluster, bytesPerMs, oneWay)
    roads.pass(1_000)
    return { cluster, roads, waits }
  }

  test('R18: beside 4 MB on 125 bytes a millisecond no heartbeat waits for four of their intervals', () => {
    const { cluster, roads, waits } = led(125, 10)
    cluster.propose('A', ...texts(500, 8_000))
    roads.pass(40_000)
    expect(cluster.applied('B').length).toBe(500)
    expect(cluster.node('A').currentTerm).toBe(1)
    expect(Math.max(...waits)).toBeLessThan(4 * heartbeat)
  })

  test('R18: with a window as wide as all messages together they would wait for the whole of it', () => {
    const windowMin = LIMITS.appendBytes * LIMITS.appendsInFlight
    const { cluster, roads, waits } = led(125, 10, { ...PAGE, windowMin })
    cluster.propose('A', ...texts(500, 8_000))
    roads.pass(500)
    expect(Math.max(...waits)).toBeGreaterThan((0.8 * 4_000_000) / 125)
  })

  test('R18: far and fast, it is a megabyte wide after ten round trips', () => {
    const { cluster, roads } = led(12_500, 100)
    cluster.propose('A', ...texts(60, 50_000))
    roads.pass(2_000)
    expect(windowOf(cluster)).toBeGreaterThan(1_000_000)
  })

  test('R20: where what is small overtakes what is large, nothing is sent twice for it', () => {
    const cluster = Cluster.with(['A', 'B'], { settings: PAGE }).timeout('A')
    const roads = new Roads(cluster, twoLanes(cluster, 12_500, 100)).pass(1_000)
    for (let k = 0; k < 200; k++) {
      cluster.propose('A', ...texts(20, 1_000))
      roads.pass(20)
    }
    roads.pass(3_000)
    const carried = cluster.network.sent.flatMap((message) =>
      message.type === 'AppendEntries' ? message.entries.map(({ index }) => index) : [],
    )
    expect(cluster.applied('B').length).toBe(4_000)
    expect(carried.length).toBe(new Set(carried).size)
  })

  test('R18: near, 2,000 edits at once are agreed after ten round trips', () => {
    const { cluster, roads } = led(50_000, 2)
    cluster.propose('A', ...texts(2_000, 200))
    roads.pass(40)
    expect(cluster.applied('A').length).toBe(2_000)
  })

  test('R19: a way that became longer by far is learnt', () => {
    const { cluster, roads } = led(12_500, 2)
    roads.way = narrow(cluster, 12_500, 100)
    cluster.propose('A', ...texts(20, 50_000))
    roads.pass(5_000)
    expect(cluster.applied('A').length).toBe(20)
    expect(progress(cluster)!.flow.leastTook).toBeGreaterThanOrEqual(200)
  })

  test('I8: beside a snapshot of 2 MB on 125 bytes a millisecond no heartbeat waits for three of their intervals', () => {
    const cluster = Cluster.with(['A', 'B', 'C'], { settings: { ...PAGE, logTail: 0 } }).cut(['A', 'B'], ['C'])
    cluster.timeout('A').settle()
    for (const text of texts(20, 100_000)) cluster.propose('A', text).settle()
    cluster.snapshot('A').heal()
    const { roads, waits } = roadsOf(cluster, 125, 10)
    roads.pass(30_000)
    expect(cluster.applied('C').length).toBe(20)
    expect(cluster.node('C').snapshot).not.toBe(null)
    expect(Math.max(...waits)).toBeLessThan(3 * heartbeat)
  })
})
