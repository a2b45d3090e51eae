/** Timeouts that suit the network: RFC 6298 for round trips, and never below 150-300 ms. */
import { describe, expect, test } from 'vitest'
import type { AppendEntries } from '../../shared/raft/messages.ts'
import type { Progress } from '../../shared/raft/node.ts'
import { LATE_MS, PACE_MAX } from '../../shared/raft/pace.ts'
import { Cluster, SETTINGS } from '../support/cluster.ts'
import { appendEntries, requestVote } from '../support/cluster-messages.ts'
import { Roads } from '../support/cluster-roads.ts'
import type { Way } from '../support/cluster-roads.ts'
import { diceOf } from '../support/dice.ts'

const ABC = ['A', 'B', 'C']
const FIVE = ['A', 'B', 'C', 'D', 'E']
const { electionMin, electionMax, heartbeat, checkQuorum } = SETTINGS

const led = (voters = ABC, learners: readonly string[] = []): Cluster => Cluster.with(voters, { learners }).timeout('A').settle()
const far =
  (way: number): Way =>
  () =>
    way
const paces = (cluster: Cluster): readonly number[] => cluster.ids.map((id) => cluster.node(id).pace)
const appends = (cluster: Cluster): readonly AppendEntries[] => cluster.network.sent.filter((message) => message.type === 'AppendEntries')
const known = (cluster: Cluster, member: string): Progress =>
  (cluster.node('A').role as { progress: ReadonlyMap<string, Progress> }).progress.get(member)!

/** A has won, and its first AppendEntries are answered and not heard yet. */
const unheard = (): Cluster =>
  (['RequestVote', 'RequestVoteReply', 'RequestVote', 'RequestVoteReply', 'AppendEntries'] as const).reduce(
    (cluster, type) => cluster.deliver({ type }),
    Cluster.of(...ABC).timeout('A'),
  )

/** Between the heartbeats that a member was sent in the last two seconds. */
function intervals(cluster: Cluster, to = 'B'): readonly number[] {
  const times = appends(cluster)
    .filter((one) => one.to === to && one.sentAt > cluster.now - 2_000)
    .map(({ sentAt }) => sentAt)
  return times.slice(1).map((time, k) => time - times[k]!)
}

describe('a network that is not fast', () => {
  test('E21: on a fast one nobody waits longer, and heartbeats come as ever', () => {
    const cluster = led()
    new Roads(cluster, far(5)).pass(10_000)
    expect(paces(cluster)).toEqual([electionMin, electionMin, electionMin])
    expect(new Set(appends(cluster).map(({ pace }) => pace))).toEqual(new Set([electionMin]))
    expect(new Set(intervals(cluster))).toEqual(new Set([heartbeat]))
  })

  test.each([400, 1_000, 2_000])('E21 E23: with round trips of %i ms those who know nothing elect a leader, and keep it', (roundTrip) => {
    const cluster = Cluster.of(...ABC)
    const roads = new Roads(cluster, far(roundTrip / 2)).pass(30_000)
    const { leader } = cluster
    expect(leader).not.toBe(null)
    const { currentTerm } = cluster.node(leader!)
    roads.pass(60_000)
    expect(ABC.map((id) => cluster.node(id).currentTerm)).toEqual([currentTerm, currentTerm, currentTerm])
    cluster.propose(leader!, 'x')
    roads.pass(2 * roundTrip)
    expect(ABC.map((id) => cluster.applied(id))).toEqual([['x'], ['x'], ['x']])
    for (const pace of paces(cluster)) expect(pace).toBeGreaterThanOrEqual(Math.min(roundTrip, PACE_MAX))
  })

  test('E23: also without pre-vote, where each campaign is over before it is answered', () => {
    const cluster = Cluster.with(ABC, { settings: { preVote: false } })
    const roads = new Roads(cluster, far(400)).pass(30_000)
    const { leader } = cluster
    const { currentTerm } = cluster.node(leader!)
    roads.pass(20_000)
    expect(cluster.node(leader!)).toMatchObject({ currentTerm, role: { name: 'leader' } })
  })

  test('E21: it widens with the first slow answers, and narrows slowly to what it was', () => {
    const cluster = led()
    const roads = new Roads(cluster, far(5)).pass(2_000)
    roads.way = far(200)
    roads.pass(800)
    const [wide] = paces(cluster)
    expect(wide).toBeGreaterThanOrEqual(400)
    roads.way = far(5)
    const before = appends(cluster).length
    roads.pass(20_000)
    expect(paces(cluster)).toEqual([electionMin, electionMin, electionMin])
    const told = appends(cluster)
      .slice(before)
      .filter(({ to }) => to === 'B')
      .map(({ pace }) => pace!)
    for (const [k, pace] of told.slice(1).entries()) expect(pace, 'one step back').toBeGreaterThanOrEqual(Math.floor(told[k]! * 0.9))
    expect(cluster.node('A')).toMatchObject({ currentTerm: 1, role: { name: 'leader' } })
  })

  test('E21: the slowest voter sets it for all, unless it is silent; learners do not', () => {
    const slowTo =
      (slow: string): Way =>
      ({ from, to }) =>
        from === slow || to === slow ? 300 : 5
    const cluster = led(ABC, ['D'])
    const roads = new Roads(cluster, slowTo('C')).pass(5_000)
    for (const pace of paces(cluster)) expect(pace).toBeGreaterThanOrEqual(600)
    roads.way = slowTo('D')
    roads.pass(20_000)
    expect(paces(cluster)).toEqual([electionMin, electionMin, electionMin, electionMin])
    roads.way = slowTo('C')
    roads.pass(5_000)
    cluster.crash('C')
    roads.pass(30_000)
    expect(cluster.node('A').pace).toBe(electionMin)
  })

  test('E21: where heartbeats are lost, as many as it takes fit into a timeout; a silence is no loss', () => {
    const cluster = led()
    const dice = diceOf(2)
    const roads = new Roads(cluster, ({ type }) => (type === 'AppendEntries' && dice() < 0.5 ? null : 5)).pass(10_000)
    // Half of them are: ten in a row are lost once in a thousand times.
    expect(known(cluster, 'B').measured!.loss).toBeGreaterThan(0.3)
    for (const pace of paces(cluster)) expect(pace).toBeGreaterThan(5 * heartbeat)
    expect(Math.max(...intervals(cluster))).toBeLessThan(1.5 * heartbeat)
    roads.way = far(5)
    roads.pass(20_000)
    expect(paces(cluster)).toEqual([electionMin, electionMin, electionMin])
    roads.way = ({ from, to }) => (from === 'C' || to === 'C' ? null : 5)
    roads.pass(1_000)
    roads.way = far(5)
    roads.pass(1_000)
    expect(known(cluster, 'C').measured!.loss).toBeLessThan(0.01)
  })

  test('E21: an answer that was overtaken, or comes again, is no measure', () => {
    const cluster = led().heartbeat('A').deliver({ from: 'A' })
    const [late] = cluster.messages({ from: 'B', to: 'A' })
    cluster.settle()
    const { measured } = known(cluster, 'B')
    cluster.advance(2 * heartbeat - 1).receive(late!)
    expect(known(cluster, 'B').measured).toEqual(measured)
  })

  test('E21: a single answer does not say how much they vary: three times as long is waited', () => {
    const roundTrip = heartbeat + LATE_MS
    const cluster = unheard().advance(roundTrip).deliver({ type: 'AppendEntriesReply', from: 'B' })
    expect(known(cluster, 'B').measured).toEqual({ roundTrip, variation: roundTrip / 2, loss: 0 })
    expect(cluster.node('A').pace).toBe(3 * roundTrip)
  })

  test('E21: of heartbeats lost in a row each counts, as long as that is no silence', () => {
    const cluster = led().heartbeat('A').settle()
    const count = electionMax / heartbeat - 1
    for (let lost = 0; lost < count; lost++) cluster.heartbeat('A').drop({ to: 'B' }).settle()
    cluster.heartbeat('A').settle()
    expect(known(cluster, 'B').measured!.loss).toBeCloseTo((1 - (31 / 32) ** count) * (31 / 32))
    expect(known(cluster, 'C').measured!.loss).toBe(0)
  })

  test('E23: a late answer is measured from the campaign that it answers', () => {
    const cluster = Cluster.with(FIVE, { settings: { preVote: false } })
      .timeout('A')
      .drop()
      .timeout('A')
      .deliver({ to: 'B' })
    expect(
      cluster
        .advance(electionMin + 40)
        .deliver({ from: 'B' })
        .node('A').pace,
    ).toBe(electionMin + 40)
  })

  test('E21 E23: of campaigns and heartbeats so many are kept as may matter', () => {
    const cluster = Cluster.with(ABC, { settings: { preVote: false } })
    for (let k = 0; k < 30; k++) cluster.timeout('A').drop()
    expect(cluster.node('A').campaigns.map(({ term }) => term)).toEqual(Array.from({ length: 20 }, (_, k) => 11 + k))
    cluster.timeout('A').settle()
    for (let k = 0; k < 150; k++) cluster.heartbeat('A').settle()
    expect(cluster.node('A').role).toMatchObject({ beats: { length: 100, 99: cluster.now } })
  })

  test('E23: who leads learns from its heartbeats, not from late answers to its campaign', () => {
    const cluster = Cluster.with(ABC, { settings: { preVote: false } })
      .timeout('A')
      .deliver()
    const [late] = cluster.messages({ from: 'C', to: 'A' })
    cluster.drop({ from: 'C' }).settle()
    for (const end = cluster.now + 2 * electionMin; cluster.now < end;) cluster.heartbeat('A').settle()
    expect(cluster.receive(late!).node('A').pace).toBe(electionMin)
  })

  test('E22: heartbeats become as rare as all wait longer, and not for a member of whom that is not known', () => {
    const cluster = led()
    new Roads(cluster, far(200)).pass(5_000)
    for (const interval of intervals(cluster)) expect(interval).toBeGreaterThan(2 * heartbeat)

    const mixed = led()
    const roads = new Roads(mixed, far(200))
    roads.way = (message) => {
      if (message.from === 'C' && message.type === 'AppendEntriesReply') Object.assign(message, { pace: null })
      return 200
    }
    roads.pass(5_000)
    expect(mixed.node('A').pace).toBeGreaterThan(400)
    expect(new Set(intervals(mixed))).toEqual(new Set([heartbeat]))
  })

  test('E22: it steps down no earlier than the slowest voter would campaign, and then it does', () => {
    const cluster = led()
    const roads = new Roads(cluster, far(400)).pass(5_000)
    roads.way = far(1_000)
    roads.pass(10_000)
    expect(cluster.node('A')).toMatchObject({ pace: PACE_MAX, role: { name: 'leader' } })
    roads.way = ({ to }) => (to === 'A' ? null : 5)
    roads.pass(checkQuorum + 500)
    expect(cluster.node('A').role.name).toBe('leader')
    roads.pass(2 * PACE_MAX)
    expect(cluster.node('A').role.name).not.toBe('leader')
  })

  test('E22 E12: who heard its leader within the timeout it waits for helps nobody to depose it', () => {
    const asked = requestVote({ preVote: true, term: 6, lastLogIndex: 9, lastLogTerm: 5 })
    const granted = (pace: number): boolean => {
      const cluster = Cluster.of('A', 'B', 'L')
      cluster
        .receive(appendEntries({ pace }))
        .advance(electionMin + 50)
        .receive(asked)
      return cluster.messages({ type: 'RequestVoteReply' }).some((message) => 'granted' in message && message.granted)
    }
    expect([granted(electionMin), granted(600)]).toEqual([true, false])
  })

  test('E22 I2: a member that is far, though it is a learner, is not taken for silent', () => {
    const cluster = Cluster.with(['A'], { learners: ['B'] }).timeout('A')
    cluster.drop()
    const texts = Array.from({ length: 20 }, (_, k) => `${k}`)
    for (const text of texts) cluster.propose('A', text).drop()
    cluster.snapshot('A').drop()
    new Roads(cluster, far(400)).pass(20_000)
    expect(cluster.node('A').log.base.index).toBeGreaterThan(0)
    expect(cluster.node('B').snapshot).toMatchObject({ index: cluster.node('A').snapshot!.index })
    expect(cluster.node('B').commitIndex).toBe(cluster.node('A').commitIndex)
  })

  test('E22 L2: a transfer is given as long as an election takes', () => {
    const cluster = led()
    new Roads(cluster, far(200)).pass(5_000)
    cluster.transfer('A', 'B')
    const { pace, role } = cluster.node('A')
    expect(role).toMatchObject({ transfer: { until: cluster.now + 2 * pace } })
  })

  test.each([
    [null, electionMin],
    [0, electionMin],
    [700, 700],
    [2 ** 50, PACE_MAX],
  ])('E23: a follower that is told to wait for %j ms waits for %i, as long as it hears nobody else', (pace, kept) => {
    const cluster = Cluster.of('A', 'B', 'L').receive(appendEntries({ pace }))
    const { role } = cluster.node('A')
    expect(role.deadline).toBeGreaterThanOrEqual(cluster.now + kept)
    expect(role.deadline).toBeLessThan(cluster.now + kept * (electionMax / electionMin))
    cluster.timeout('A')
    expect(cluster.node('A').pace).toBe(kept)
    expect(cluster.receive(appendEntries({ from: 'B', term: 7, pace: 300 })).node('A').pace).toBe(300)
  })

  test('E24: answers that waited for a leader that was late itself are no measure, whatever it slept', () => {
    const cluster = led()
    new Roads(cluster, far(5)).pass(1_000)
    for (let k = 0; k < 20; k++) {
      cluster.heartbeat('A').deliver({ from: 'A' })
      const answers = cluster.messages({ to: 'A' })
      cluster.drop().advance(600)
      cluster.act('A', ...answers.map((message) => ({ type: 'message', message }) as const)).settle()
    }
    expect(paces(cluster)).toEqual([electionMin, electionMin, electionMin])
    expect(known(cluster, 'B').measured!.roundTrip).toBeLessThan(50)
  })

  test('E24: nor if it is the first', () => {
    const cluster = unheard()
    const [first] = cluster.messages({ from: 'B', to: 'A' })
    cluster.drop().advance(600).receive(first!)
    expect(known(cluster, 'B')).toMatchObject({ measured: null, matchIndex: 1 })
    expect(cluster.node('A').pace).toBe(electionMin)
  })

  test('E24: nor is an answer to a campaign that waited so', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .deliver()
    cluster.deliver({ to: 'A' }).deliver()
    const answers = cluster.messages({ to: 'A', type: 'RequestVoteReply' })
    expect(answers).toHaveLength(2)
    cluster.drop().advance(1_000)
    cluster.act('A', ...answers.map((message) => ({ type: 'message', message }) as const))
    expect(cluster.node('A').pace).toBe(electionMin)
  })
})
