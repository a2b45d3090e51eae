import { expect, test } from 'vitest'
import { Applying, isSnapshotDue } from '../../shared/host/applying.ts'
import { Proposals } from '../../shared/host/proposals.ts'
import type { PendingCommand } from '../../shared/host/proposals.ts'
import type { Snapshot } from '../../shared/raft/types.ts'
import { NOTHING_AGREED } from './agreed.ts'
import { draw, drawnEntry } from '../support/cluster-picture.ts'
import { MemoryClock } from '../support/memory-clock.ts'

const SNAPSHOT: Snapshot = {
  index: 9,
  term: 1,
  time: 0,
  configuration: { index: 1, configuration: { voters: [], learners: [] } },
  bytes: Uint8Array.of(1),
  hash: 1,
}

class Scene {
  readonly told: string[] = []
  readonly kept: string[] = []
  lastSeq = 0
  isExpired = false
  lost: readonly number[] = []
  state: Uint8Array | null = new Uint8Array(500)
  readonly proposals = new Proposals<string>(
    's',
    { put: () => {}, settle: (session, seq) => this.kept.push(`${session} ${seq}`), drop: (session) => this.kept.push(`${session} gone`) },
    Uint8Array.of(0),
    ({ session, seq }, result) => this.told.push(`${session}.${seq} ${result}`),
  )
  readonly applying: Applying

  constructor(snapshotAfter = 1_000) {
    const applier = {
      ...NOTHING_AGREED,
      lastApplied: 7,
      level: 1,
      levels: { min: 1, max: 1 },
      checksum: null,
      stop: null,
      lastSeq: () => this.lastSeq,
      isExpired: () => this.isExpired,
      decide: ({ seq }: PendingCommand) => `decided ${seq}`,
      isValid: () => true,
      apply: () => null,
      resultOf: (_: string, seq: number) => (this.lost.includes(seq) ? null : `result ${seq}`),
      snapshot: () => this.state,
      restore: (bytes: Uint8Array) => bytes.length > 0,
    }
    this.applying = new Applying({ applier, proposals: this.proposals, clock: new MemoryClock(), snapshotAfter })
  }

  apply(count: number): void {
    this.applying.apply(Array.from({ length: count }, (_, k) => drawnEntry(k + 1, 1)))
  }
}

test('I1: a snapshot is due after more bytes of log than the last one had, and not before there are enough', () => {
  expect(isSnapshotDue(1_000, 0, 1_000)).toBe(false)
  expect(isSnapshotDue(1_001, 0, 1_000)).toBe(true)
  expect(isSnapshotDue(1_001, 5_000, 1_000)).toBe(false)
  expect(isSnapshotDue(5_001, 5_000, 1_000)).toBe(true)
})

test('I1: it is taken of what was applied, once, and counting begins anew', () => {
  const scene = new Scene()
  const node = draw('A follower t1 1 |')
  scene.apply(12)
  expect(scene.applying.snapshotDue(node)).toBe(null)
  scene.apply(2)
  expect(scene.applying.snapshotDue(node)).toEqual({ type: 'snapshot', index: 7, bytes: scene.state })
  expect(scene.applying.snapshotDue(node)).toBe(null)
  scene.apply(14)
  expect(scene.applying.snapshotDue({ ...node, snapshot: { ...SNAPSHOT, bytes: new Uint8Array(9_000) } })).toBe(null)
  scene.state = null
  expect(scene.applying.snapshotDue(node), 'of a machine that had to stop').toBe(null)
})

test('C7: what is agreed by a snapshot is told to whoever waits for it, in order; what is beyond it waits on', async () => {
  const scene = new Scene()
  const results = [1, 2, 3].map((byte) => scene.proposals.submit(Uint8Array.of(byte), 0))
  scene.lastSeq = 2
  scene.applying.restore(SNAPSHOT)
  expect(scene.told).toEqual(['s.1 result 1', 's.2 result 2'])
  expect(await Promise.all(results.slice(0, 2))).toEqual(['result 1', 'result 2'])
  expect(scene.proposals.pending().map(({ seq }) => seq)).toEqual([3])
  expect(scene.kept.at(-1)).toBe('s 2')
})

test('C5: of a session taken over, what its page knew already is brought to an end without a result', () => {
  const scene = new Scene()
  scene.proposals.takeOver(
    { session: 'old', settled: 0, last: 2, commands: [1, 2].map((seq) => ({ seq, command: Uint8Array.of(seq) })) },
    0,
    0,
  )
  scene.lastSeq = 2
  scene.lost = [1]
  scene.applying.restore(SNAPSHOT)
  expect(scene.told).toEqual(['old.2 result 2'])
  expect(scene.proposals.count).toBe(0)
  expect(scene.kept.at(-1)).toBe('old gone')
})

test('C16: of a session that expired it is decided what came of its commands, after an entry and after a snapshot alike', () => {
  const submitted = (): Scene => {
    const scene = new Scene()
    void scene.proposals.submit(Uint8Array.of(1), 0)
    scene.isExpired = true
    expect(scene.told).toEqual([])
    return scene
  }
  const [followed, restored] = [submitted(), submitted()]
  followed.apply(1)
  restored.applying.restore(SNAPSHOT)
  for (const { told, proposals } of [followed, restored]) expect([told, proposals.count]).toEqual([['s.1 decided 1'], 0])
})

test('C16: what a snapshot says of a command comes before what is decided of those that it says nothing of', () => {
  const scene = new Scene()
  for (const byte of [1, 2]) void scene.proposals.submit(Uint8Array.of(byte), 0)
  scene.lastSeq = 1
  scene.isExpired = true
  scene.applying.restore(SNAPSHOT)
  expect(scene.told).toEqual(['s.1 result 1', 's.2 decided 2'])
})

test('what cannot be read is no state to go on from', () => {
  const scene = new Scene()
  expect(() => scene.applying.restore({ ...SNAPSHOT, bytes: new Uint8Array(0) })).toThrow('cannot be read')
})
