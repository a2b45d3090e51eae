import { describe, expect, test } from 'vitest'
import type { Checksum } from '../../shared/replica/checksum.ts'
import { Replica } from '../../shared/replica/replica.ts'
import { Adder, command, ENDLESS } from './log.ts'

const hash = (snapshot: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(snapshot))

/** Its state is hashed after every third entry. */
class Scene {
  readonly machine = new Adder()
  readonly replica: Replica<number>

  constructor(hashing = hash) {
    this.replica = new Replica(this.machine, { min: 1, max: 1 }, { every: 3, hash: hashing }, ENDLESS)
  }

  add(...bytes: readonly number[]): this {
    for (const byte of bytes) {
      const index = this.replica.lastApplied + 1
      this.replica.applyEntry({ index, time: index, body: command('a', this.replica.lastSeq('a') + 1, [byte]) })
    }
    return this
  }

  /** One after the other, but in one go, and the checksum right after those that come `before` it. */
  catchUp(before: readonly number[], checksum: Checksum, after: readonly number[]): readonly unknown[] {
    const first = this.replica.lastApplied + 1
    const seq = this.replica.lastSeq('a')
    const commands = [...before, ...after].map((byte, at) => command('a', seq + at + 1, [byte]))
    const bodies = commands.toSpliced(before.length, 0, { type: 'checksum', ...checksum })
    const batch = { first, last: first + bodies.length - 1 }
    return bodies.map((body, at) => this.replica.applyEntry({ index: first + at, time: first + at, body }, batch))
  }

  compare(checksum: Checksum): unknown {
    const index = this.replica.lastApplied + 1
    return this.replica.applyEntry({ index, time: index, body: { type: 'checksum', ...checksum } })
  }

  get checksum(): Checksum | null {
    return this.replica.checksum
  }
}

describe('checksums', () => {
  test('C10: after every so many entries there is one to note, the same wherever the log is, until it was compared', () => {
    const [leader, other] = [new Scene().add(1, 2), new Scene().add(1, 2)]
    expect(leader.checksum).toBeNull()
    const noted = leader.add(3).checksum
    expect(noted?.index).toBe(3)
    expect(other.add(3, 4).checksum, 'of the state at that index, not of now').toEqual(noted)
    expect(leader.compare(noted!)).toEqual({ type: 'none' })
    expect(leader.checksum).toBeNull()
    expect(leader.add(1, 1).checksum?.index).toBe(6)
  })

  test('C10: one that nobody noted gives way to the next, and both can be compared', () => {
    const { replica: early } = new Scene().add(1, 1, 1)
    const scene = new Scene().add(1, 1, 1, 1, 1, 1)
    expect(scene.checksum?.index).toBe(6)
    expect(scene.compare(early.checksum!)).toEqual({ type: 'none' })
    expect(scene.checksum?.index).toBe(6)
  })

  test('C10: of those applied in one go only the newest state is hashed', () => {
    const hashed: unknown[] = []
    const counting = (snapshot: unknown): Uint8Array => {
      hashed.push(snapshot)
      return hash(snapshot)
    }
    const scene = new Scene(counting)
    scene.catchUp([1, 2, 3], { index: 3, hash: Uint8Array.of(9) }, [4, 5, 6, 7])
    expect(hashed, 'and that when somebody asks').toEqual([])
    expect(scene.checksum?.index).toBe(6)
    expect(hashed).toMatchObject([{ lastApplied: 6 }])
  })

  test('C11: what a long batch brings to compare is compared before anything more is applied, and before a snapshot is stored', () => {
    const wrong = { index: 6, hash: Uint8Array.of(9) }
    const stop = { type: 'checksum', index: 6 }
    const scenes = [new Scene(), new Scene()] as const
    for (const scene of scenes) {
      expect(scene.catchUp([1, 2, 3, 4, 5, 6], wrong, [7]).at(-1)).toMatchObject({ type: 'applied' })
      expect(scene.replica.stop).toBeNull()
    }
    const [goes, stores] = scenes
    expect(goes.add(8).replica).toMatchObject({ stop, lastApplied: 8 })
    stores.replica.compare()
    expect(stores.replica.stop).toEqual(stop)

    const right = new Scene()
    right.catchUp([1, 2, 3, 4, 5, 6], { index: 6, hash: new Scene().add(1, 2, 3, 4, 5, 6).checksum!.hash }, [7])
    expect(right.add(8).replica).toMatchObject({ stop: null, lastApplied: 9 })

    const begun = new Scene()
    begun.catchUp([1, 2, 3, 4, 5, 6], wrong, [7])
    expect(begun.replica.restore(new Scene().add(...Array.from({ length: 9 }, () => 1)).replica.snapshot())).toBe(true)
    expect(begun.add(8).replica.stop, 'of a state that is no more').toBeNull()
  })

  test('C11: in a short batch it is compared at once', () => {
    const outcomes = new Scene().add(1, 2).catchUp([3], { index: 3, hash: Uint8Array.of(9) }, [4])
    expect(outcomes.map((outcome) => (outcome as { type: string }).type)).toEqual(['applied', 'stopped', 'stopped'])
  })

  test('C11: who disagrees applies nothing from there on', () => {
    const [leader, other] = [new Scene().add(1, 2, 3), new Scene().add(1, 2, 3)]
    other.machine.sum++
    const noted = leader.checksum!
    for (const one of [leader.add(4), other.add(4)]) expect(one.compare(noted), 'it went wrong after that').toEqual({ type: 'none' })
    leader.add(5)
    other.add(5)
    const stopped = { type: 'stopped', stop: { type: 'checksum', index: 6 } }
    expect(other.compare(leader.checksum!)).toEqual(stopped)
    expect([other.replica.stop, other.replica.lastApplied, other.checksum]).toEqual([stopped.stop, 6, null])
    expect(other.add(1).replica.lastApplied).toBe(6)
  })

  test.each([
    ['one byte of it is another', (own: Uint8Array) => own.with(0, 0)],
    ['it goes on', (own: Uint8Array) => Uint8Array.of(...own, 0)],
    ['it ends sooner', (own: Uint8Array) => own.slice(1)],
  ])('C11: a hash is another where %s', (_, change) => {
    const scene = new Scene().add(1, 2, 3)
    const { index, hash: own } = scene.checksum!
    expect(scene.compare({ index, hash: change(own) })).toMatchObject({ type: 'stopped' })
  })

  test('C11: with nothing to compare nobody disagrees: noted twice, of another rhythm, too long ago, or before a snapshot', () => {
    const hash = Uint8Array.of(9)
    const scene = new Scene().add(1, 2, 3)
    scene.compare(scene.checksum!)
    for (const index of [3, 4]) expect(scene.compare({ index, hash })).toEqual({ type: 'none' })
    const late = new Scene().add(...Array.from({ length: 15 }, () => 1))
    expect(late.compare({ index: 3, hash })).toEqual({ type: 'none' })
    expect(late.compare({ index: 6, hash }), 'four are kept').toMatchObject({ type: 'stopped' })

    const begun = new Scene().add(1, 2, 3)
    expect(begun.replica.restore(new Scene().add(4, 4, 4).replica.snapshot())).toBe(true)
    expect(begun.checksum).toBeNull()
    expect(begun.compare({ index: 3, hash })).toEqual({ type: 'none' })
  })
})
