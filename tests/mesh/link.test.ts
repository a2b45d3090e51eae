import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Frame } from '../../client/mesh/frames.ts'
import { greet, hear, pass, type Link, type LinkStep } from '../../client/mesh/link.ts'

const HELLO = new Uint8Array([1])

/** Two ends of one channel. Whoever comes up says something at once. */
class Ends {
  readonly links: [Link, Link]
  readonly under: [Frame[], Frame[]] = [[], []]
  heard = 0

  constructor(one: Link, other: Link) {
    this.links = [one, other]
  }

  take(end: 0 | 1, { link, send, event }: LinkStep): void {
    this.links[end] = link
    this.under[end].push(...send.map((type): Frame => (type === 'ping' ? { type } : { type, hello: HELLO })))
    if (event === 'up') this.under[end].push({ type: 'whole', message: HELLO })
  }

  deliver(from: 0 | 1, now: number): void {
    const frame = this.under[from].shift()
    const to = from === 0 ? 1 : 0
    if (frame === undefined) return
    if (frame.type === 'whole') {
      expect(this.links[to].name).toBe('up')
      this.heard += 1
    }
    this.take(to, hear(this.links[to], frame, now))
  }
}

describe('DESIGN 10: HELLO both ways', () => {
  const schedule = fc.array(fc.constantFrom<['deliver' | 'pass', 0 | 1]>(['deliver', 0], ['deliver', 1], ['pass', 0], ['pass', 1]), {
    maxLength: 40,
  })
  /** An end that has asked in vain a while ago, as after a cut, or one that has just opened. */
  const start = fc.constantFrom(greet(0), pass(greet(-100), -100, false).link, pass(greet(0), 0, false).link)

  test('whoever is up first says nothing that the other side would drop, in any order of things', () => {
    fc.assert(
      fc.property(start, start, schedule, (one, other, steps) => {
        const ends = new Ends(one, other)
        let now = 0
        const step = ([what, end]: readonly ['deliver' | 'pass', 0 | 1]) => {
          now += 10
          if (what === 'deliver') ends.deliver(end, now)
          else ends.take(end, pass(ends.links[end], now, false))
        }
        for (const each of steps) step(each)
        for (let calm = 0; calm < 200; calm += 1)
          for (const what of ['pass', 'deliver'] as const) for (const end of [0, 1] as const) step([what, end])
        expect([...ends.links.map(({ name }) => name), ends.heard]).toEqual(['up', 'up', 2])
      }),
      { numRuns: 2_000 },
    )
  })

  test('a hello that is only told proves nothing about the way there', () => {
    const link = hear(greet(0), { type: 'tell', hello: HELLO }, 1).link
    expect([link.name, link.hello]).toEqual(['greeting', HELLO])
  })
})
