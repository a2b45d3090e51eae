import { describe, expect, test } from 'vitest'
import { Cluster, lines } from '../support/cluster.ts'

const ABC = ['A', 'B', 'C']

const CHECKSUM = { type: 'mark', mark: { type: 'checksum', index: 1, hash: Uint8Array.of(7) } } as const

test('C10: what the state machine notes is appended by who leads, with its term and log time, and dropped by all others', () => {
  const cluster = Cluster.of('A', 'B', 'C').timeout('A').settle().act('B', CHECKSUM).advance(5).act('A', CHECKSUM)
  expect(cluster.node('A').log.at(2)).toEqual({ index: 2, term: 1, time: 5, body: CHECKSUM.mark })
  cluster.settle().heartbeat('A').settle()
  expect(cluster.node('B').log.at(2)).toEqual(cluster.node('A').log.at(2))
  expect(cluster.transfer('A', 'B').act('A', CHECKSUM).node('A').log.lastIndex, 'M12, L2: nothing during a transfer').toBe(2)
})

describe('proposals', () => {
  test('P3: where no leader is known a proposal is refused at once, each once', () => {
    const cluster = Cluster.of(...ABC).propose('B', 'one', 'two')
    expect(cluster.refused('B')).toEqual([
      { session: 'B', seq: 1, reason: 'not-leader', expected: 0 },
      { session: 'B', seq: 2, reason: 'not-leader', expected: 0 },
    ])
    expect(cluster.messages()).toEqual([])
    expect(cluster.timeout('B').propose('B', 'three').refused('B').at(-1), 'nor does one that campaigns know').toMatchObject({ seq: 3 })
  })

  test('P2 P4: who does not lead any more refuses what was sent to it, once, and sends it to nobody', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .propose('C', 'one', 'two')
      .drop({ to: 'B' })
    const late = cluster.messages({ type: 'Propose' })
    cluster.drop().crash('A').timeout('B').settle().restart('A').heartbeat('B').settle()
    cluster.receive(late[0]!)
    expect(cluster.messages()).toMatchObject([
      { type: 'ProposeRefused', to: 'C', session: 'C', seq: 1, reason: 'not-leader' },
      { type: 'ProposeRefused', to: 'C', session: 'C', seq: 2, reason: 'not-leader' },
    ])
    cluster.settle()
    expect(cluster.refused('C')).toMatchObject([{ seq: 1 }, { seq: 2 }])
    expect(cluster.applied('C')).toEqual([])
  })

  test('P5 P4: above the limit a leader is busy; those that still fit are appended in order, the others refused', () => {
    const cluster = Cluster.with(ABC, { settings: { uncommittedMax: 3 } })
      .timeout('A')
      .settle()
    cluster.propose('A', 'one', 'two', 'three', 'four', 'five').propose('A', 'six')
    expect(cluster.refused('A')).toMatchObject([
      { seq: 4, reason: 'busy' },
      { seq: 5, reason: 'busy' },
      { seq: 6, reason: 'busy' },
    ])
    cluster.settle().propose('A', 'seven').settle().heartbeat('A').settle()
    expect(cluster.applied('B')).toEqual(['one', 'two', 'three', 'seven'])
    expect(cluster.refused('A').length).toBe(3)
  })

  test('P5: so is a leader towards others, and it is not busy for ever', () => {
    const cluster = Cluster.with(ABC, { settings: { uncommittedMax: 1 } })
      .timeout('A')
      .settle()
    cluster.propose('B', 'one', 'two').deliver({ type: 'Propose' }).deliver({ type: 'ProposeRefused' })
    expect(cluster.refused('B')).toMatchObject([{ session: 'B', seq: 2, reason: 'busy' }])
    for (let count = 0; count < 200; count++) cluster.settle().propose('A', `${count}`)
    expect(cluster.settle().refused('A')).toEqual([])
  })

  test('P4: whatever happens, nothing is both appended and refused by one node, and nothing is appended twice', () => {
    const cluster = Cluster.with(ABC, { settings: { uncommittedMax: 4 } })
      .timeout('A')
      .settle()
    for (let round = 0; round < 30; round++) {
      for (const id of ABC) cluster.propose(id, `${id}${round}`, `${id}${round}'`)
      if (round % 3 === 0) cluster.settle()
      if (round % 7 === 6) cluster.transfer('A', 'B').pass(20)
    }
    cluster.pass(1_000)
    const texts = cluster.applied('C')
    expect(new Set(texts).size).toBe(texts.length)
    const refusals = ABC.flatMap((id) => cluster.refused(id).map(({ session, seq }) => `${session}${seq}`))
    expect(new Set(refusals).size).toBe(refusals.length)
    expect(texts.length + refusals.length, 'every one ended, in one way').toBe(30 * 6)
  })

  test("P1: a session's commands arrive in the order proposed", () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
    for (let count = 0; count < 20; count++) cluster.propose('B', `${count}`)
    cluster.settle().heartbeat('A').settle()
    expect(cluster.applied('C')).toEqual(Array.from({ length: 20 }, (_, at) => `${at}`))
  })

  test('P6: a leader without its majority appends and commits nothing', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .heartbeat('A')
      .settle()
      .cut(['A'], ['B', 'C'])
      .propose('A', 'one')
      .pass(100)
    expect(cluster.picture.split('\n')[0]).toBe('A leader    t1  1 | 1')
    expect(cluster.applied('A')).toEqual([])
    cluster.heal().pass(2_000)
    expect(cluster.picture.split('\n').length).toBe(3)
    expect(lines(...new Set(ABC.map((id) => cluster.applied(id).join())))).toMatch(/^(one)?$/)
  })
})
