/** The notes that this project began from, statement by statement. Each title quotes one. */
import { describe, expect, test } from 'vitest'
import { Cluster, lines } from '../support/cluster.ts'

const roles = (cluster: Cluster): string[] => cluster.ids.map((id) => cluster.node(id).role.name)

describe('the notes that this project began from', () => {
  test('E1: "three roles; all start as followers and there is no leader at first"', () => {
    const cluster = Cluster.with(['A', 'B', 'C'], { settings: { preVote: false } })
    expect(roles(cluster)).toEqual(['follower', 'follower', 'follower'])
    expect(cluster.leader).toBe(null)

    const seen = new Set(roles(cluster))
    cluster.timeout('A')
    roles(cluster).forEach((role) => seen.add(role))
    cluster.settle()
    roles(cluster).forEach((role) => seen.add(role))
    expect([...seen].toSorted()).toEqual(['candidate', 'follower', 'leader'])
  })

  test('E2: "the election timeout is random in 150-300 ms and reset by heartbeats"', () => {
    const cluster = Cluster.of('A', 'B', 'C').timeout('A').settle()
    const drawn: number[] = []
    for (let count = 0; count < 400; count++) {
      cluster.heartbeat('A').settle()
      const { role } = cluster.node('B')
      if (role.name === 'follower') drawn.push(role.deadline - cluster.now)
    }
    expect(drawn.length).toBe(400)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(150)
    expect(Math.min(...drawn)).toBeLessThan(160)
    expect(Math.max(...drawn)).toBeLessThan(300)
    expect(Math.max(...drawn)).toBeGreaterThan(290)
  })

  test('E3: "when it expires a follower becomes a candidate, votes for itself and asks every other"', () => {
    const cluster = Cluster.with(['A', 'B', 'C', 'D'], { settings: { preVote: false } }).timeout('B')
    expect(cluster.node('B')).toMatchObject({ currentTerm: 1, votedFor: 'B', role: { name: 'candidate' } })
    expect(cluster.messages({ type: 'RequestVote' }).map(({ to }) => to)).toEqual(['A', 'C', 'D'])
  })

  test('E4 E2: "one vote a term, and who votes resets its timeout"', () => {
    const cluster = Cluster.with(['A', 'B', 'C'], { settings: { preVote: false } })
      .timeout('A')
      .timeout('B')
    const deadline = (): number => (cluster.node('C').role as { deadline: number }).deadline
    const before = deadline()
    cluster.deliver({ from: 'A', to: 'C' })
    expect(cluster.node('C').votedFor).toBe('A')
    expect(deadline()).toBeGreaterThan(before)
    expect(deadline()).toBeGreaterThanOrEqual(cluster.now + 150)

    const after = deadline()
    cluster.deliver({ from: 'B', to: 'C' })
    expect(cluster.messages({ from: 'C', to: 'B' })).toMatchObject([{ granted: false }])
    expect(cluster.node('C').votedFor).toBe('A')
    expect(deadline(), 'a vote refused resets nothing').toBe(after)
  })

  test('E6: "a majority elects"', () => {
    const cluster = Cluster.with(['A', 'B', 'C', 'D', 'E'], { settings: { preVote: false } }).timeout('A')
    cluster.deliver({ to: 'B' }).deliver({ from: 'B' })
    expect(cluster.node('A').role.name).toBe('candidate')
    cluster.deliver({ to: 'C' }).deliver({ from: 'C' })
    expect(cluster.node('A').role.name).toBe('leader')
  })

  test('R1: "AppendEntries are the heartbeats and followers answer each"', () => {
    const cluster = Cluster.of('A', 'B', 'C').timeout('A').settle().heartbeat('A')
    expect(cluster.messages()).toMatchObject([
      { type: 'AppendEntries', from: 'A', to: 'B', entries: [] },
      { type: 'AppendEntries', from: 'A', to: 'C', entries: [] },
    ])
    cluster.deliver()
    expect(cluster.messages()).toMatchObject([
      { type: 'AppendEntriesReply', from: 'B', to: 'A', result: { success: true } },
      { type: 'AppendEntriesReply', from: 'C', to: 'A', result: { success: true } },
    ])
  })

  test('P1: "all changes go through the leader"', () => {
    const cluster = Cluster.of('A', 'B', 'C').timeout('A').settle().propose('C', 'milk')
    expect(cluster.node('C').log.lastIndex).toBe(1)
    expect(cluster.messages()).toMatchObject([{ type: 'Propose', from: 'C', to: 'A' }])
    cluster.settle()
    expect(cluster.ids.map((id) => cluster.applied(id))).toEqual([['milk'], ['milk'], ['milk']])
  })

  test('P6 R5: "an entry takes effect only once a majority has it, then the leader commits, tells the followers and answers the client"', () => {
    const cluster = Cluster.of('A', 'B', 'C').timeout('A').settle().propose('A', 'milk')
    const applied = (): readonly (readonly string[])[] => cluster.ids.map((id) => cluster.applied(id))
    expect(applied()).toEqual([[], [], []])
    cluster.deliver({ to: 'B' })
    expect(applied(), 'two have it, and nobody knows yet').toEqual([[], [], []])
    cluster.deliver({ from: 'B' })
    expect(applied(), 'the leader knows, and its client reads the outcome there').toEqual([['milk'], [], []])
    cluster.settle()
    expect(applied()).toEqual([['milk'], ['milk'], ['milk']])
  })

  test('E2: "a term lasts until a follower stops hearing heartbeats"', () => {
    const cluster = Cluster.of('A', 'B', 'C').timeout('A').settle().pass(60_000)
    expect(cluster.ids.map((id) => cluster.node(id).currentTerm)).toEqual([1, 1, 1])
    cluster.crash('A').pass(2_000)
    expect(cluster.node(cluster.leader!).currentTerm).toBeGreaterThan(1)
  })

  test('E6: "a split vote (four nodes, two candidates, two votes each) ends undecided and a new election follows"', () => {
    const cluster = Cluster.with(['A', 'B', 'C', 'D'], { settings: { preVote: false } })
      .timeout('A')
      .timeout('D')
    cluster.deliver({ from: 'A', to: 'B' }).deliver({ from: 'D', to: 'C' }).settle()
    expect(cluster.picture).toBe(lines('A candidate  t1  |', 'B follower   t1  |', 'C follower   t1  |', 'D candidate  t1  |'))

    cluster.timeout('D').settle()
    expect(cluster.picture).toBe(lines('A follower  t2  2 |', 'B follower  t2  2 |', 'C follower  t2  2 |', 'D leader    t2  2 |'))
  })

  test('P6 R3: "five nodes cut into three and two with a client on each side: the three commit, the two cannot, and on healing the uncommitted entries give way to the new leader\'s log"', () => {
    const cluster = Cluster.of('A', 'B', 'C', 'D', 'E').timeout('A').settle().propose('A', 'before').settle()
    cluster.cut(['A', 'B'], ['C', 'D', 'E']).timeout('D').settle()
    cluster.propose('B', 'lost').propose('A', 'lost too').settle()
    cluster.propose('C', 'kept').settle()
    expect(cluster.picture).toBe(
      lines(
        'A leader    t1  1 1 | 1 1',
        'B follower  t1  1 1 | 1 1',
        'C follower  t2  1 1 2 2 |',
        'D leader    t2  1 1 2 2 |',
        'E follower  t2  1 1 2 2 |',
      ),
    )

    cluster.heal().heartbeat('D').settle()
    expect(cluster.picture).toBe(
      lines(
        'A follower  t2  1 1 2 2 |',
        'B follower  t2  1 1 2 2 |',
        'C follower  t2  1 1 2 2 |',
        'D leader    t2  1 1 2 2 |',
        'E follower  t2  1 1 2 2 |',
      ),
    )
    expect(cluster.applied('A')).toEqual(['before', 'kept'])
    expect(cluster.applied('B')).toEqual(['before', 'kept'])
  })
})
