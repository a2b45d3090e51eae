/** The paper's own pictures, drawn. */
import { describe, expect, test } from 'vitest'
import { step } from '../../shared/raft/step.ts'
import { appendReply } from '../support/cluster-messages.ts'
import { Cluster, draw, lines } from '../support/cluster.ts'

/** The leader of Figure 7, at the start of term 8. Its configuration is the leader and one of the followers at a time. */
const LEADER = 'L leader t8  1 1 1 4 4 5 5 6 6 6 |'
const FOLLOWERS: Readonly<Record<string, string>> = {
  a: '1 1 1 4 4 5 5 6 6',
  b: '1 1 1 4',
  c: '1 1 1 4 4 5 5 6 6 6 6',
  d: '1 1 1 4 4 5 5 6 6 6 7 7',
  e: '1 1 1 4 4 4 4',
  f: '1 1 1 2 2 2 3 3 3 3 3',
}
/** Terms of the follower's or the leader's own that the other lacks where they differ. */
const DIFFERING: Readonly<Record<string, number>> = { a: 0, b: 2, c: 1, d: 1, e: 2, f: 5 }

describe('Figure 7', () => {
  test.each(Object.entries(FOLLOWERS))(
    'R7 R3: follower (%s) is brought into step, with at most one probe a differing term',
    (name, log) => {
      const cluster = Cluster.draw(LEADER, `${name} follower t7  ${log} |`.replace('|', ''))
      cluster.propose('L', 'x').settle().heartbeat('L').settle()
      expect(cluster.picture).toBe(lines('L leader    t8  1 1 1 4 4 5 5 6 6 6 8 |', `${name} follower  t8  1 1 1 4 4 5 5 6 6 6 8 |`))
      const refusals = cluster.network.sent.filter((sent) => sent.type === 'AppendEntriesReply' && !sent.result.success)
      expect(refusals.length).toBeLessThanOrEqual(Math.max(DIFFERING[name]!, 1))
    },
  )

  test('R7: six followers at once, whatever each has, and the first new entry commits them all', () => {
    const drawn = Object.entries(FOLLOWERS).map(([name, log]) => `${name} follower t7  ${log}`)
    const cluster = Cluster.draw('L leader t8  1 1 1 4 4 5 5 6 6 6', ...drawn)
    cluster.propose('L', 'x').settle().heartbeat('L').settle()
    expect(new Set(cluster.picture.split('\n').map((line) => line.slice(line.indexOf('t8'))))).toEqual(
      new Set(['t8  1 1 1 4 4 5 5 6 6 6 8 |']),
    )
  })

  test('R7: a follower that is a thousand entries of two terms off costs two probes', () => {
    const terms = (of: readonly (readonly [term: number, count: number])[]): string =>
      of.flatMap(([term, count]) => Array.from({ length: count }, () => term)).join(' ')
    const cluster = Cluster.draw(
      `L leader t9  ${terms([
        [1, 10],
        [2, 500],
        [5, 500],
      ])}`,
      `F follower t8  ${terms([
        [1, 10],
        [3, 400],
        [4, 700],
      ])}`,
    )
    cluster.propose('L', 'x').settle().heartbeat('L').settle()
    expect(cluster.node('F').log.slice(1)).toEqual(cluster.node('L').log.slice(1))
    const refusals = cluster.network.sent.filter((sent) => sent.type === 'AppendEntriesReply' && !sent.result.success)
    expect(refusals.length).toBeLessThanOrEqual(2)
  })
})

describe('Figure 8', () => {
  const FIVE = ['S1', 'S2', 'S3', 'S4', 'S5']

  test('R5: (c) an entry of an older term is not committed by counting its replicas', () => {
    const acks = ['S2', 'S3'].map((from) => appendReply(from, { to: 'S1', matchIndex: 2, commitIndex: 1 }))
    const { node } = step(
      draw('S1 leader t4  1 | 2 4', FIVE),
      acks.map((message) => ({ type: 'message', message })),
      { now: 1, random: 0 },
    )
    expect(node.commitIndex).toBe(1)
  })

  test('R5: (c) to (d) as they are drawn: term 2 is on a majority, is not committed, and gives way', () => {
    const cluster = Cluster.draw(
      'S1 leader t4  1 | 2 4',
      'S2 follower t4  1 | 2',
      'S3 follower t4  1 |',
      'S4 follower t4  1 |',
      'S5 follower t4  1 | 3',
    )
    cluster.heartbeat('S1')
    // S3 gets entry 2 but not yet entry 4.
    const probe = cluster.messages({ to: 'S3' })[0] as never as { entries: unknown[]; prevLogIndex: number }
    expect(probe.prevLogIndex).toBe(3)
    cluster.deliver({ to: 'S3' }).deliver({ from: 'S3' })
    const [append] = cluster.messages({ to: 'S3' }) as never as [{ entries: readonly unknown[] }]
    cluster
      .drop()
      .receive({ ...append, entries: append.entries.slice(0, 1) } as never)
      .deliver({ from: 'S3' })
    expect(cluster.picture).toBe(
      lines(
        'S1 leader    t4  1 | 2 4',
        'S2 follower  t4  1 | 2',
        'S3 follower  t4  1 | 2',
        'S4 follower  t4  1 |',
        'S5 follower  t4  1 | 3',
      ),
    )

    cluster.crash('S1').drop().timeout('S5').settle().heartbeat('S5').settle()
    expect(cluster.picture).toBe(
      lines(
        'S1 down      t4  1 | 2 4',
        'S2 follower  t5  1 3 5 |',
        'S3 follower  t5  1 3 5 |',
        'S4 follower  t5  1 3 5 |',
        'S5 leader    t5  1 3 5 |',
      ),
    )
  })

  test('R5 E5: (e) once the entry of term 4 is on a majority, S5 cannot win', () => {
    const cluster = Cluster.draw(
      'S1 leader t4  1 | 2 4',
      'S2 follower t4  1 | 2',
      'S3 follower t4  1 |',
      'S4 follower t4  1 |',
      'S5 follower t4  1 | 3',
    )
    cluster.heartbeat('S1').settle('S1', 'S2', 'S3')
    expect(cluster.node('S1').commitIndex).toBe(3)
    cluster.crash('S1').timeout('S5').settle().timeout('S2').settle().pass(1_000)
    expect(
      cluster.picture
        .split('\n')
        .slice(1)
        .map((line) => line.replace(/^\S+ +\S+ +t\d+ +/, '')),
    ).toEqual(
      Array.from(
        { length: 4 },
        () =>
          cluster
            .node('S2')
            .log.slice(1)
            .map((entry) => entry.term)
            .join(' ') + ' |',
      ),
    )
    expect(
      cluster
        .node('S5')
        .log.slice(1, 3)
        .map((entry) => entry.term),
    ).toEqual([1, 2, 4])
  })
})
