import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReplicaBody } from '../../shared/replica/machine.ts'
import { Replica } from '../../shared/replica/replica.ts'
import { birthOf, ownerOf, sessionName } from '../../shared/replica/session-name.ts'
import type { SessionLimits } from '../../shared/replica/sessions.ts'
import { Adder, command, UNHASHED } from './log.ts'

const LEVEL_2: ReplicaBody = { type: 'level', level: 2 }

class Scene {
  readonly machine = new Adder()
  readonly replica: Replica<number>

  constructor(limits: SessionLimits, level: 1 | 2 = 2) {
    this.replica = new Replica(this.machine, { min: 1, max: 2 }, UNHASHED, limits)
    if (level === 2) this.apply(0, LEVEL_2)
  }

  apply(time: number, body: ReplicaBody) {
    return this.replica.applyEntry({ index: this.replica.lastApplied + 1, time, body })
  }

  /** The type of what came of it. */
  say(time: number, session: string, seq: number): string {
    return this.apply(time, command(session, seq, [1])).type
  }
}

const named = (time: number): string => sessionName(time, 'own')
const FEW: SessionLimits = { count: 2, idle: Infinity }
const BRIEF: SessionLimits = { count: Infinity, idle: 100 }

describe('the name of a session', () => {
  test('C14: says when it was born and who owns it, and is an id that the wire carries', () => {
    const now = Date.UTC(2099, 11, 31)
    const name = sessionName(now, '0123456789abcdef0123456789abcdef')
    expect(name).toMatch(/^[a-z0-9_-]{1,40}$/)
    expect([birthOf(name), ownerOf(name)]).toEqual([now, '0123456789abcdef0123456789ab'])
    expect(birthOf(sessionName(12.9, 'own'))).toBe(12)
    expect([birthOf(sessionName(0, 'own')), ownerOf(sessionName(0, 'a_b'))]).toEqual([0, 'a_b'])
  })

  test('C14: of an older build says no birth, and is its own owner', () => {
    for (const name of ['0123456789abcdef0123456789abcdef', 't', 't5', 't_own', 'x5_own', 'at5_own', 't5_own.', 'tzzzzzzzzzzz_own']) {
      expect([birthOf(name), ownerOf(name)]).toEqual([0, name])
    }
  })
})

describe('sessions expire', () => {
  test('C14: after their time, counted from their last command by log time', () => {
    const scene = new Scene(BRIEF)
    expect([scene.say(1_000, named(1_000), 1), scene.say(1_080, named(1_000), 2), scene.say(1_180, named(1_000), 3)]).toEqual([
      'applied',
      'applied',
      'applied',
    ])
    expect(scene.replica.isExpired(named(1_000))).toBe(false)
    scene.apply(1_281, { type: 'noop' })
    expect(scene.replica.isExpired(named(1_000))).toBe(true)
    expect(scene.replica.lastSeq(named(1_000))).toBe(0)
  })

  test('C14: and by number, the one used longest ago first', () => {
    const scene = new Scene(FEW)
    scene.say(10, named(10), 1)
    scene.say(20, named(20), 1)
    scene.say(30, named(10), 2)
    scene.say(40, named(40), 1)
    expect([10, 20, 40].map((time) => scene.replica.isExpired(named(time)))).toEqual([false, true, false])
    expect(scene.replica.snapshot()).toMatchObject({ forgottenAt: 20 })
  })

  test('C14: of several used at one time, the one whose command stands first in the log', () => {
    const scene = new Scene(FEW)
    for (const owner of ['b', 'a', 'c']) scene.say(10, sessionName(5, owner), 1)
    expect(['a', 'b', 'c'].map((owner) => scene.replica.lastSeq(sessionName(5, owner)))).toEqual([1, 0, 1])
  })

  test('C15: whose commands are answered so, whatever their number: applied nowhere, remembered nowhere', () => {
    const scene = new Scene(FEW)
    for (const time of [10, 20, 30]) scene.say(time, named(time), 1)
    const { sum } = scene.machine
    const before = scene.replica.snapshot()
    expect([1, 2, 5].map((seq) => scene.say(30, named(10), seq))).toEqual(['expired', 'expired', 'expired'])
    expect(scene.machine.sum).toBe(sum)
    expect(scene.replica.snapshot()).toEqual({ ...(before as object), lastApplied: 7 })
  })

  test('C15: one that was born since begins at 1; one that cannot be told from a forgotten one does not', () => {
    const scene = new Scene({ count: 1, idle: Infinity })
    scene.say(20, named(10), 1)
    scene.say(30, named(25), 1)
    expect(scene.replica.snapshot()).toMatchObject({ forgottenAt: 20 })
    expect(scene.say(30, sessionName(20, 'other'), 1)).toBe('expired')
    expect(scene.say(30, 'named-by-an-older-build', 1)).toBe('expired')
    expect(scene.say(30, sessionName(21, 'other'), 2)).toBe('gap')
    expect(scene.say(30, sessionName(21, 'other'), 1)).toBe('applied')
  })

  test('C15: with a birth that the log has not come to none begins: it could begin twice', () => {
    const scene = new Scene(FEW)
    expect(scene.say(10, named(11), 1)).toBe('expired')
    expect(scene.say(11, named(11), 1)).toBe('applied')
  })

  test('C15: until one was forgotten, a name without a birth is as good as any', () => {
    expect(new Scene(FEW).say(10, 'named-by-an-older-build', 1)).toBe('applied')
  })

  test('C14: whoever is half the way there had better begin another', () => {
    const scene = new Scene(BRIEF)
    scene.say(1_000, named(1_000), 1)
    const areStale = (): boolean[] => [named(1_000), named(1_020)].map((name) => scene.replica.isStale(name))
    scene.apply(1_050, { type: 'noop' })
    expect(areStale()).toEqual([false, false])
    scene.apply(1_060, { type: 'noop' })
    expect(areStale()).toEqual([true, false])
    scene.apply(1_071, { type: 'noop' })
    expect(areStale()).toEqual([true, true])
  })

  test('C14: who is forgotten by number is stale at once', () => {
    const scene = new Scene(FEW)
    for (const time of [10, 20, 30]) scene.say(time, named(time), 1)
    expect([10, 20].map((time) => scene.replica.isStale(named(time)))).toEqual([true, false])
  })
})

describe('expiry is part of the level', () => {
  test('C14: at level 1 nothing is forgotten, and the snapshot says nothing of it', () => {
    const scene = new Scene({ count: 1, idle: 1 }, 1)
    for (const time of [10, 20, 30]) expect(scene.say(time, named(time), 1)).toBe('applied')
    expect(scene.say(40, named(10), 2)).toBe('applied')
    expect(scene.replica.snapshot()).not.toHaveProperty('forgottenAt')
    expect(scene.replica.snapshot()).toMatchObject({
      sessions: [[named(10)], [named(20)], [named(30)]].map((one) => expect.arrayContaining(one)),
    })
  })

  test('C14: the entry that raises it forgets what was used too long ago by then, in the order of use', () => {
    const scene = new Scene(FEW, 1)
    for (const [time, session] of [
      [10, 'a'],
      [20, 'b'],
      [30, 'c'],
    ] as const)
      scene.say(time, session, 1)
    scene.say(40, 'a', 2)
    scene.apply(50, LEVEL_2)
    expect(scene.replica.snapshot()).toMatchObject({
      forgottenAt: 20,
      sessions: [
        ['c', 1, 0, 30, [3]],
        ['a', 2, 0, 40, [1, 4]],
      ],
    })
  })
})

describe('a snapshot with expiry', () => {
  test('C14: brings along who was forgotten last', () => {
    const scene = new Scene(FEW)
    for (const time of [10, 20, 30]) scene.say(time, named(time), 1)
    const other = new Scene(FEW, 1)
    expect(other.replica.restore(structuredClone(scene.replica.snapshot()))).toBe(true)
    expect([10, 20, 30].map((time) => other.replica.isExpired(named(time)))).toEqual([true, false, false])
    expect(other.say(40, named(10), 1)).toBe('expired')
    expect(other.say(40, named(40), 1)).toBe('applied')
    expect(other.replica.isExpired(named(20))).toBe(true)
  })

  test.each([[undefined], [-1], ['x'], [Number.NaN], [{}]])('C14: of this level without a log time there is none: %s', (forgottenAt) => {
    const scene = new Scene(FEW)
    const before = scene.replica.snapshot()
    expect(scene.replica.restore({ ...(before as object), forgottenAt })).toBe(false)
    expect(scene.replica.snapshot()).toEqual(before)
  })

  test('C14: of level 1 says nothing of it', () => {
    const scene = new Scene(FEW, 1)
    expect(scene.replica.restore({ ...(scene.replica.snapshot() as object), forgottenAt: null })).toBe(false)
  })
})

/** Commands in the order of the log: who, how long after the one before, and whether it is their next or an older one. */
const story = fc.record({
  limits: fc.record({ count: fc.integer({ min: 1, max: 3 }), idle: fc.integer({ min: 5, max: 40 }) }),
  sayings: fc.array(fc.record({ who: fc.nat({ max: 4 }), pause: fc.nat({ max: 12 }), isRepeat: fc.boolean(), restarts: fc.boolean() }), {
    maxLength: 60,
  }),
})

test('C15: no command takes effect twice, however often it comes and whoever was forgotten; with snapshots or without, all agree', () => {
  const outcomes = new Set<string>()
  fc.assert(
    fc.property(story, ({ limits, sayings }) => {
      const one = new Scene(limits)
      let other = new Scene(limits)
      const [applied, sessions, seqs] = [new Set<string>(), new Map<number, string>(), new Map<string, number>()]
      let time = 0
      for (const { who, pause, isRepeat, restarts } of sayings) {
        time += pause
        if (!sessions.has(who) || (!isRepeat && one.replica.isStale(sessions.get(who)!)))
          sessions.set(who, sessionName(one.replica.time, `own${who}`))
        const session = sessions.get(who)!
        const seq = isRepeat ? 1 : (seqs.get(session) ?? 0) + 1
        seqs.set(session, Math.max(seq, seqs.get(session) ?? 0))
        if (restarts) {
          const anew = new Scene(limits, 1)
          expect(anew.replica.restore(structuredClone(other.replica.snapshot()))).toBe(true)
          other = anew
        }
        const outcome = one.apply(time, command(session, seq, [1]))
        expect(other.apply(time, command(session, seq, [1]))).toEqual(outcome)
        outcomes.add(outcome.type)
        if (outcome.type !== 'applied') continue
        expect(applied.has(`${session}.${seq}`)).toBe(false)
        applied.add(`${session}.${seq}`)
      }
      expect(JSON.stringify(other.replica.snapshot())).toBe(JSON.stringify(one.replica.snapshot()))
    }),
    { seed: 3, numRuns: 300 },
  )
  expect([...outcomes].sort()).toEqual(['applied', 'expired', 'repeated'])
})
