/** The autopilot at work in clusters that live: tabs come, go, reload and fall silent, and the leader changes members. */
import { describe, expect, test } from 'vitest'
import type { TabSeen } from '../../shared/raft/autopilot.ts'
import { autopilot } from '../../shared/raft/autopilot.ts'
import { configurationOf } from '../../shared/raft/node.ts'
import type { Millis, NodeId } from '../../shared/raft/types.ts'
import { Cluster, member } from '../support/cluster.ts'

class Fleet {
  readonly cluster: Cluster
  readonly #tabs = new Map<NodeId, TabSeen>()
  readonly #farewells = new Map<NodeId, Millis>()

  constructor(ids: string) {
    const [first, ...others] = ids.split('')
    this.cluster = Cluster.with([first!], { strangers: others })
    for (const id of others) this.cluster.crash(id)
    this.open(first!)
    this.cluster.timeout(first!)
  }

  /** One tab a letter. */
  open(ids: string): this {
    for (const id of ids.split('')) {
      this.#tabs.set(id, { main: member(id), hosted: [id], since: this.cluster.now, late: false })
      if (this.cluster.isDown(id)) this.cluster.restart(id)
    }
    return this
  }

  close(id: NodeId): this {
    this.cluster.leave(id)
    this.#tabs.delete(id)
    this.#farewells.set(id, this.cluster.now)
    return this
  }

  vanish(id: NodeId): this {
    this.cluster.crash(id)
    this.#tabs.delete(id)
    return this
  }

  pass(ms: Millis): this {
    for (const end = this.cluster.now + ms; this.cluster.now < end;) {
      this.cluster.pass(50)
      const { leader } = this.cluster
      if (leader === null) continue
      const around = {
        now: this.cluster.now,
        tabs: [...this.#tabs.values()],
        farewells: this.#farewells,
        votersMax: 5,
        membersMax: 64,
        level: 1,
      }
      const advice = autopilot(this.cluster.node(leader), around)
      if (advice !== null) this.cluster.act(leader, advice)
    }
    return this
  }

  get members(): string {
    const { voters, learners } = configurationOf(this.cluster.node(this.cluster.leader!))
    const names = (all: typeof voters): string =>
      all
        .map(({ node }) => node)
        .toSorted()
        .join('')
    return `${names(voters)}/${names(learners)}`
  }
}

describe('DESIGN 7 lived', () => {
  test('A2 A3: 1 -> 2 -> 3 -> 4 -> 5, and the sixth stays a learner', () => {
    const fleet = new Fleet('ABCDEF')
    const seen: string[] = []
    for (const id of 'BCDEF') seen.push(fleet.open(id).pass(3_000).members)
    expect(seen).toEqual(['AB/', 'ABC/', 'ABCD/', 'ABCDE/', 'ABCDE/F'])
    fleet.cluster.propose('F', 'milk').pass(100)
    expect(fleet.cluster.applied('F')).toEqual(['milk'])
  })

  test('A5 A3: a leaver of five makes room, and the sixth takes its seat', () => {
    const fleet = new Fleet('ABCDEF').open('BCDEF').pass(12_000).close('B').pass(8_000)
    expect(fleet.members).toBe('ACDEF/')
  })

  test('A5: a reload keeps its seat', () => {
    const fleet = new Fleet('ABCDE').open('BCDE').pass(12_000)
    fleet.close('B').pass(300).open('B').pass(10_000)
    expect(fleet.members).toBe('ABCDE/')
  })

  test("A5 L5: the leader's tab closes, and three go on as two, then as one", () => {
    const fleet = new Fleet('ABC').open('BC').pass(8_000)
    fleet.close('A').pass(3_000)
    expect(fleet.members).toBe('BC/')
    const next = fleet.cluster.leader!
    fleet.close(next).pass(3_000)
    const last = next === 'B' ? 'C' : 'B'
    expect(fleet.members).toBe(`${last}/`)
    fleet.cluster.propose(last, 'still here')
    expect(fleet.cluster.applied(last)).toEqual(['still here'])
  })

  test('A6: a silent voter of five is swapped for the learner', () => {
    const fleet = new Fleet('ABCDEF').open('BCDEF').pass(12_000).vanish('C').pass(9_000)
    expect(fleet.members).toBe('ABCDE/F')
    fleet.pass(4_000)
    expect(fleet.members).toBe('ABDEF/')
  })

  test('A6: of three, too: a tab that comes after one fell silent takes its seat', () => {
    const fleet = new Fleet('ABCD').open('BC').pass(8_000).vanish('C').open('D').pass(9_000)
    expect(fleet.members).toBe('ABC/D')
    fleet.pass(4_000)
    expect(fleet.members).toBe('ABD/')
  })

  test('A7: of three a silent one keeps its seat for five minutes', () => {
    const fleet = new Fleet('ABC').open('BC').pass(8_000).vanish('C').pass(60_000)
    expect(fleet.members).toBe('ABC/')
    fleet.pass(245_000)
    expect(fleet.members).toBe('AB/')
  })

  test('A10 U1: a third that vanished while the second reloads costs nothing once the second is back', () => {
    const fleet = new Fleet('ABC').open('BC').pass(8_000).vanish('C').close('B').pass(300).open('B').pass(3_000)
    expect(fleet.members).toBe('ABC/')
    fleet.cluster.propose('A', 'milk').pass(100)
    expect(fleet.cluster.applied('A')).toEqual(['milk'])
  })
})
