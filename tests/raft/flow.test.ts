/** How much is under way to one member, and what a leader does about silence. On links: flow-on-links.test.ts. */
import { describe, expect, test } from 'vitest'
import { acked, arrived, bytesUnderWay, chunkBytes, isFull, messageBytes, newFlow, sent } from '../../shared/raft/flow.ts'
import type { Flow } from '../../shared/raft/flow.ts'
import type { AppendEntries } from '../../shared/raft/messages.ts'
import type { Progress, Role } from '../../shared/raft/node.ts'
import { LATE_MS } from '../../shared/raft/pace.ts'
import type { Millis } from '../../shared/raft/types.ts'
import { Cluster, SETTINGS } from '../support/cluster.ts'

const ABC = ['A', 'B', 'C']

const known = (cluster: Cluster): Progress => (cluster.node('A').role as Extract<Role, { name: 'leader' }>).progress.get('B')!
const withEntries = (cluster: Cluster): readonly AppendEntries[] =>
  (cluster.messages({ from: 'A', to: 'B' }) as readonly AppendEntries[]).filter(({ entries }) => entries.length > 0)

describe('DESIGN 4 flow control', () => {
  test('R10: an ack frees the messages that it covers, and no others', () => {
    const three = [2, 4, 7].reduce((flow, last) => sent(flow, { last, bytes: 100 * last, sentAt: last }), newFlow(SETTINGS))
    const left = (matchIndex: number): readonly number[] =>
      acked(three, matchIndex, { now: 9, isLate: false }, SETTINGS).underWay.map(({ last }) => last)
    expect([1, 2, 3, 4, 6, 7].map(left)).toEqual([[2, 4, 7], [4, 7], [4, 7], [7], [7], []])
    expect(bytesUnderWay(three)).toBe(1_300)
  })

  test('R10: the answer to a heartbeat from before them frees nothing', () => {
    const cluster = Cluster.with(['A', 'B'], { settings: { appendsInFlight: 2 } })
      .timeout('A')
      .settle()
      .heartbeat('A')
    cluster.propose('A', 'a').propose('A', 'b').propose('A', 'c')
    const [heartbeat] = cluster.messages({ to: 'B' })
    cluster.network.take(0)
    cluster.receive(heartbeat!).deliver({ to: 'A' })
    expect(withEntries(cluster).length).toBe(2)
    expect(known(cluster).flow.underWay.map(({ last }) => last)).toEqual([2, 3])
  })

  test('R10: with as many bytes under way as the window has, what comes gathers and goes together once an ack makes room', () => {
    const cluster = Cluster.with(['A', 'B'], { settings: { windowMin: 1_000 } })
      .timeout('A')
      .settle()
    // About 100 bytes each, and a message may have half the narrowest window.
    for (let count = 0; count < 10; count++) cluster.propose('A', 'x'.repeat(36))
    expect(withEntries(cluster).map(({ entries }) => entries.length)).toEqual([1, 1, 1, 1, 1, 1])
    expect(bytesUnderWay(known(cluster).flow)).toBe(600)
    const [first] = cluster.messages({ to: 'B' })
    cluster.network.take(0)
    cluster.receive(first!).deliver({ to: 'A' })
    expect(withEntries(cluster).map(({ entries }) => entries.length)).toEqual([1, 1, 1, 1, 1, 4])
    cluster.settle()
    expect(cluster.applied('B').length).toBe(10)
  })

  test('R10: an entry larger than the window goes alone', () => {
    const cluster = Cluster.with(['A', 'B'], { settings: { windowMin: 1_000 } })
      .timeout('A')
      .settle()
      .propose('A', 'x'.repeat(5_000), 'y'.repeat(5_000))
    expect(withEntries(cluster).map(({ entries }) => entries.length)).toEqual([1])
    expect(cluster.settle().applied('B').length).toBe(2)
  })

  test('R10: a refusal forgets what is under way; a probe is one message until it is answered', () => {
    const cluster = Cluster.with(['A', 'B'], { settings: { appendsInFlight: 2 } })
      .timeout('A')
      .settle()
    cluster.propose('A', 'a').propose('A', 'b').drop().heartbeat('A').deliver({ to: 'B' })
    cluster.deliver({ to: 'A' })
    expect(known(cluster)).toMatchObject({ state: 'probe', nextIndex: 2, flow: { underWay: [{ last: 3 }] } })
    cluster.propose('A', 'c').heartbeat('A')
    expect(cluster.messages({ to: 'B' })).toMatchObject([{ entries: [{}, {}] }, { entries: [] }])
    expect(cluster.settle().applied('B')).toEqual(['a', 'b', 'c'])
  })

  test('R10: no more messages with entries are under way than allowed, and each ack lets one more go', () => {
    const cluster = Cluster.with(['A', 'B'], { settings: { appendsInFlight: 3 } })
      .timeout('A')
      .settle()
    for (let count = 0; count < 10; count++) cluster.propose('A', `${count}`)
    expect(cluster.messages({ to: 'B' }).length).toBe(3)
    const [first] = cluster.messages({ to: 'B' })
    cluster.network.take(0)
    cluster.receive(first!).deliver({ to: 'A' })
    const sent = cluster.messages({ to: 'B' }) as readonly AppendEntries[]
    expect(sent.filter(({ entries }) => entries.length > 0).length).toBe(3)
    cluster.settle()
    expect(cluster.applied('B')).toEqual(Array.from({ length: 10 }, (_, at) => `${at}`))
  })

  test('R10: with a full window heartbeats pass, empty, and their answers open it again', () => {
    const cluster = Cluster.with(['A', 'B'], { settings: { appendsInFlight: 2 } })
      .timeout('A')
      .settle()
    for (let count = 0; count < 5; count++) cluster.propose('A', `${count}`)
    cluster.drop().heartbeat('A')
    expect(cluster.messages({ to: 'B' })).toMatchObject([{ entries: [] }])
    cluster.settle().heartbeat('A').settle()
    expect(cluster.applied('B').length).toBe(5)
  })

  test('R10: a message carries so many bytes of entries at most, and one entry at least', () => {
    const cluster = Cluster.with(['A', 'B'], { settings: { appendBytes: 300 } })
      .timeout('A')
      .settle()
      .crash('B')
    cluster.propose('A', 'x'.repeat(1_000), ...Array.from({ length: 8 }, () => 'y'.repeat(60))).drop()
    cluster.restart('B').pass(500)
    expect(cluster.applied('B').length).toBe(9)
    const counts = (cluster.network.sent as readonly AppendEntries[]).filter(
      ({ type, entries }) => type === 'AppendEntries' && entries.length > 0,
    )
    expect(Math.max(...counts.filter(({ to, prevLogIndex }) => to === 'B' && prevLogIndex >= 2).map(({ entries }) => entries.length))).toBe(
      2,
    )
  })

  test('R8: who lost what it acked refuses what the leader knows that it has, and is asked again at heartbeats only', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .propose('A', 'one', 'two')
      .settle()
      .heartbeat('A')
      .settle()
      .crash('B')
      .propose('A', 'three')
      .advance(400)
      .heartbeat('A')
    const probe = (cluster.messages({ to: 'B' }) as readonly AppendEntries[]).at(-1)!
    const { prevLogIndex, term, sentAt } = probe
    const result = { success: false, prevLogIndex, hintIndex: 1, hintTerm: 0 } as const
    cluster.drop().receive({ type: 'AppendEntriesReply', from: 'B', to: 'A', term, sentAt, commitIndex: 1, result, pace: null })
    expect(cluster.messages({ to: 'B' })).toEqual([])
    expect(cluster.heartbeat('A').messages({ to: 'B' })).toMatchObject([{ prevLogIndex }])
  })

  test('R11: who fell silent is asked with empty messages, from where it surely matches', () => {
    const cluster = Cluster.of(...ABC)
      .timeout('A')
      .settle()
      .crash('C')
      .propose('A', 'one')
      .settle()
      .advance(400)
      .heartbeat('A')
    expect(cluster.messages({ to: 'C' })).toMatchObject([{ prevLogIndex: 1, entries: [] }])
    cluster.settle().heartbeat('A').settle().propose('A', 'two')
    expect(cluster.messages({ to: 'C' }), 'nothing is sent into the silence').toEqual([])
    cluster.settle().restart('C').heartbeat('A').settle()
    expect(cluster.applied('C')).toEqual(['one', 'two'])
  })
})

const LIMITED = { ...SETTINGS, appendBytes: 4_000, appendsInFlight: 4, windowMin: 1_000 }
const { heartbeat } = LIMITED

/** So many bytes go at `sentAt`, and are acked `took` later. */
const after = (flow: Flow, took: Millis, bytes: number, sentAt: Millis = 1_000, isLate = false): Flow =>
  acked(sent(flow, { last: 2, bytes, sentAt }), 2, { now: sentAt + took, isLate }, LIMITED)
/** An ack takes 20 ms on this way. */
const measured = after(newFlow(LIMITED), 20, 64, 0)
const wide = { ...measured, window: 8_000 }

describe('the window', () => {
  test('R18: it begins at the least, doubles with each prompt round trip that fills it, and ends at all messages together', () => {
    const widths = [measured]
    for (let count = 0; count < 6; count++) widths.push(after(widths.at(-1)!, 20, widths.at(-1)!.window))
    expect(widths.map(({ window }) => window)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000])
  })

  test('R18: the longer than the least an ack takes the less it grows, and beyond a heartbeat it is halved, down to the least', () => {
    const ways = [20, 20 + heartbeat / 2, 20 + heartbeat, 21 + heartbeat]
    expect(ways.map((took) => after(wide, took, 8_000).window)).toEqual([16_000, 12_000, 8_000, 4_000])
    expect(after({ ...wide, window: 1_500 }, 200, 1_500).window).toBe(1_000)
  })

  test('R18: it is halved once for all that was under way then', () => {
    const both = sent(sent(wide, { last: 2, bytes: 4_000, sentAt: 1_000 }), { last: 3, bytes: 4_000, sentAt: 1_001 })
    const first = acked(both, 2, { now: 1_200, isLate: false }, LIMITED)
    expect(first.window).toBe(4_000)
    const second = acked(first, 3, { now: 1_300, isLate: false }, LIMITED)
    expect(second.window).toBe(4_000)
    expect(after(second, 200, 4_000, 1_300).window, 'what was sent after that is late, too').toBe(2_000)
  })

  test('R18: few bytes say nothing of it, late or not', () => {
    expect(after(wide, 500, 3_999).window).toBe(8_000)
    expect(after(wide, 20, 3_999).window).toBe(8_000)
  })

  test('R19: what waited for a leader that was late itself is no measure', () => {
    expect(after(wide, 500, 8_000, 1_000, true)).toEqual(wide)
    const cluster = Cluster.with(['A', 'B']).timeout('A').settle().propose('A', 'a').deliver({ to: 'B' })
    const { flow } = known(cluster)
    cluster.advance(heartbeat + LATE_MS + 1).deliver({ to: 'A' })
    expect(known(cluster).flow).toEqual({ ...flow, underWay: [] })
  })

  test('R19: where the least window is late one entry alone measures the way anew, once in a while', () => {
    const late = after(measured, 300, 1_000)
    expect(late).toMatchObject({ window: 0, leastTook: 20 })
    expect([messageBytes(late, LIMITED), chunkBytes(late, LIMITED)]).toEqual([0, 0])
    const alone = sent(late, { last: 3, bytes: 100, sentAt: 1_300 })
    expect([isFull(late, LIMITED), isFull(alone, LIMITED)]).toEqual([false, true])
    const again = acked(alone, 3, { now: 1_500, isLate: false }, LIMITED)
    expect(again).toMatchObject({ window: 1_000, leastTook: 200 })
    expect(after(again, 300, 1_000, 1_600), 'not at once').toMatchObject({ window: 1_000, leastTook: 200 })
    expect(after(again, 300, 1_000, 60_000).window).toBe(0)
  })

  test('R19: what was under way before the measure is none', () => {
    const two = sent(sent(measured, { last: 2, bytes: 500, sentAt: 1_000 }), { last: 3, bytes: 500, sentAt: 1_001 })
    const first = acked(two, 2, { now: 1_300, isLate: false }, LIMITED)
    expect(first.window).toBe(0)
    expect(acked(first, 3, { now: 1_400, isLate: false }, LIMITED)).toEqual({ ...first, underWay: [] })
  })

  test('R19: after a silence nothing is known of the way', () => {
    const cluster = Cluster.with(['A', 'B']).timeout('A').settle()
    cluster.propose('A', 'x'.repeat(40_000)).settle()
    expect(known(cluster).flow.window).toBeGreaterThan(SETTINGS.windowMin)
    cluster.propose('A', 'y').advance(400).heartbeat('A')
    expect(known(cluster).flow).toEqual({ ...newFlow(SETTINGS), underWay: [{ last: 2, bytes: 0, sentAt: cluster.now }] })
  })

  test('I8: a chunk of a snapshot has no more bytes than the window, and its answer tells of the way', () => {
    expect([chunkBytes(wide, { ...LIMITED, chunkBytes: 9_000 }), chunkBytes(wide, { ...LIMITED, chunkBytes: 7_000 })]).toEqual([
      8_000, 7_000,
    ])
    const came = (took: Millis): number =>
      arrived(wide, { bytes: 7_000, bytesUnderWay: 7_000, sentAt: 0 }, { now: took, isLate: false }, LIMITED).window
    expect([came(20), came(200)]).toEqual([15_000, 4_000])
    const cluster = Cluster.with(ABC, { settings: { logTail: 0, windowMin: 1_000, chunkBytes: 100_000 } }).cut(['A', 'C'], ['B'])
    cluster.timeout('A').settle()
    cluster.propose('A', 'x'.repeat(10_000)).settle().snapshot('A').heal().heartbeat('A').settle()
    const chunks = cluster.network.sent.filter((message) => message.type === 'InstallSnapshot').map(({ bytes }) => bytes.length)
    expect(chunks.slice(0, 5)).toEqual([0, 1_000, 2_000, 4_000, cluster.node('A').snapshot!.bytes.length - 7_000])
  })
})
