import { describe, expect, test } from 'vitest'
import { Reads } from '../../shared/host/reads.ts'
import type { Asker } from '../../shared/host/reads.ts'
import { TIMES } from '../../shared/limits.ts'
import { draw } from '../support/cluster-picture.ts'
import { MemoryClock } from '../support/memory-clock.ts'

class Scene implements Asker {
  readonly clock = new MemoryClock()
  readonly asked: number[][] = []
  incarnation = 1
  node = draw('A follower t1  1 |', ['A', 'L', 'M'])
  lastApplied = 1
  readonly reads = new Reads(this.clock, () => this.lastApplied)
  readonly seen: string[] = []

  deliver(inputs: readonly { readonly id: number }[]): void {
    this.asked.push(inputs.map(({ id }) => id))
  }

  read(name: string): void {
    void this.reads.linearizable(() => this.lastApplied).then((at) => this.seen.push(`${name} at ${at}`))
  }

  follow(leader: string | null, term = 1): this {
    this.node = { ...this.node, currentTerm: term, role: { ...this.node.role, leader } as typeof this.node.role }
    this.reads.ask(this)
    return this
  }

  async answered(id: number, index: number): Promise<readonly string[]> {
    this.reads.hear({ answer: [{ id, index }], unanswered: [] })
    await Promise.resolve()
    return this.seen
  }
}

const FIRST = 2 ** 28 + 1

describe('a client asks until a leader answers', () => {
  test('Q6: reads that come together are one question, and those that come later another', async () => {
    const scene = new Scene()
    scene.read('one')
    scene.read('two')
    scene.follow('L')
    scene.read('three')
    scene.follow('L').follow('L')
    expect(scene.asked).toEqual([[FIRST], [FIRST + 1]])
    expect(await scene.answered(FIRST, 1)).toEqual(['one at 1', 'two at 1'])
    expect((await scene.answered(FIRST, 1)).length, 'a second answer answers nothing').toBe(2)
    scene.lastApplied = 5
    expect((await scene.answered(FIRST + 1, 4)).at(-1)).toBe('three at 5')
  })

  test('C9: it waits for a leader, and asks the next one, or the same in a new term, at once', () => {
    const scene = new Scene()
    scene.read('one')
    expect(scene.follow(null).asked).toEqual([])
    scene.follow('L').follow(null).follow('M', 2).follow('M', 3)
    expect(scene.asked, 'under the same number: what it was asked for is the same').toEqual([[FIRST], [FIRST], [FIRST]])
  })

  test('C9: it asks again after two seconds, after a new link, and a heartbeat after a refusal', async () => {
    const scene = new Scene()
    scene.read('one')
    scene.follow('L')
    await scene.clock.pass(TIMES.resend - 1)
    expect(scene.asked.length).toBe(1)
    await scene.clock.pass(1)
    expect(scene.asked.length).toBe(2)
    scene.reads.again()
    expect(scene.follow('L').asked.length).toBe(3)
    scene.reads.hear({ answer: [], unanswered: [FIRST, 99] })
    expect(scene.follow('L').asked.length).toBe(3)
    await scene.clock.pass(TIMES.heartbeat)
    expect(scene.asked.length).toBe(4)
    expect(await scene.answered(FIRST, 1)).toEqual(['one at 1'])
    await scene.clock.pass(10_000)
    expect(scene.asked.length, 'and no more once it is answered').toBe(4)
  })

  test('C9: it asks when it is woken to, whatever the clock adds and takes away', () => {
    const scene = new Scene()
    scene.clock.jump(16_357.1)
    expect(scene.clock.now() + TIMES.resend - scene.clock.now()).toBeLessThan(TIMES.resend)
    scene.read('one')
    scene.follow('L')
    scene.clock.jump(TIMES.resend)
    expect(scene.follow('L').asked.length).toBe(2)
  })

  test('Q6: no number is used twice, not by a later start', () => {
    const scene = new Scene()
    scene.read('one')
    scene.follow('L')
    const later = new Scene()
    later.incarnation = 2
    later.read('one')
    later.follow('L')
    expect(later.asked).toEqual([[2 * 2 ** 28 + 1]])
    expect(scene.asked).toEqual([[FIRST]])
  })

  test('Q5: a machine that stopped applying answers nothing', async () => {
    const scene = new Scene()
    scene.read('one')
    scene.follow('L')
    expect(await scene.answered(FIRST, 2)).toEqual([])
    scene.lastApplied = 2
    expect(await scene.answered(FIRST, 2)).toEqual(['one at 2'])
  })
})
