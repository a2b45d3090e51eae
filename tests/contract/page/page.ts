/** A bare page with the adapters and suites of this folder on it, played from outside by tests/e2e. */
import { journalDisk, type Buckets } from '../../../client/disk/journal.ts'
import { TabClock } from '../../../client/tab/clock.ts'
import { WebLocks } from '../../../client/tab/locks.ts'
import type { Disk, Journal, Result, SaveError } from '../../../shared/host/ports.ts'
import { clockScenes } from '../clock.ts'
import { diskScenes } from '../disk.ts'
import { stored } from '../disk-world.ts'
import { LocalDocument } from '../locks.ts'
import { outboxScenes } from '../outbox.ts'
import { registryScenes } from '../registry.ts'
import { playable, type Scene } from '../scene.ts'
import { databaseDiskWorld, databaseOriginWorld } from '../worlds.ts'

declare global {
  interface Window {
    contract: typeof contract
    /** Given by browsers whose quota can be set from outside. */
    readonly setRoom?: (room: 'tight' | 'ample') => Promise<void>
    /** Given by who wants to know what was acknowledged before this page died. */
    readonly acknowledged?: (number: number) => Promise<void>
  }
}

/** A scene that was played, and what went wrong in it. */
export interface Played {
  readonly title: string
  readonly error: string | null
}

export type Place = 'bucket' | 'database'

const buckets = (navigator as { readonly storageBuckets?: Buckets }).storageBuckets ?? null
const bucketsAt = (place: Place): Buckets | null => (place === 'bucket' ? buckets : null)
const diskAt = (place: Place): Disk => journalDisk(indexedDB, bucketsAt(place))
const clock = new TabClock()
const journals = new Map<string, Journal>()

const contract = {
  hasBuckets: buckets !== null,
  playDisk: (place: Place) => playAll(diskScenes, databaseDiskWorld(bucketsAt(place), window.setRoom)),
  playRegistry: () => playAll(registryScenes, databaseOriginWorld()),
  playOutbox: () => playAll(outboxScenes, databaseOriginWorld()),
  playClock: () => playAll(clockScenes, { clock, later: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }),

  origin: databaseOriginWorld().page(),
  locks: new LocalDocument(new WebLocks()),
  clock,

  async create(place: Place, node: string): Promise<boolean> {
    const created = await diskAt(place).create(node, Uint8Array.of(1))
    if (created.ok) journals.set(node, created.value)
    return created.ok
  },
  /** Opens as a host does, adding one record. The numbers that it read, or why not. */
  async open(place: Place, node: string): Promise<Result<readonly number[], string>> {
    let read: readonly number[] = []
    const opened = await diskAt(place).open(node, (records) => {
      read = records.map(({ number }) => number)
      return { ok: true, value: { records: [Uint8Array.of(0)], replace: false } }
    })
    if (!opened.ok) return { ok: false, error: opened.error.type }
    journals.set(node, opened.value.journal)
    return { ok: true, value: read }
  },
  append: (node: string, number: number): Promise<Result<null, SaveError>> =>
    journals.get(node)!.append(number, Uint8Array.of(number % 256), 'strict'),
  /** Appends one record after the other, telling of each that was acknowledged, until this page dies. */
  async pour(node: string, from: number): Promise<string> {
    for (let number = from; ; number++) {
      const saved = await contract.append(node, number)
      if (!saved.ok) return saved.error.type
      void window.acknowledged?.(number)
    }
  },
  async numbers(place: Place, node: string): Promise<readonly number[]> {
    return (await stored({ disk: () => diskAt(place) }, node)).map(({ number }) => number)
  },
  /** Wakes one after the other, `every` milliseconds: how late each came. */
  async lateness(every: number, count: number): Promise<readonly number[]> {
    const late: number[] = []
    for (let i = 0; i < count; i++) {
      const at = clock.now() + every
      await new Promise<void>((resolve) => clock.wake(at, resolve))
      late.push(clock.now() - at)
    }
    return late
  },
}
window.contract = contract

async function playAll<World extends object>(scenes: readonly Scene<World>[], world: World): Promise<readonly Played[]> {
  const played: Played[] = []
  for (const { title, play } of playable(scenes, world)) {
    const error = await play(world).then(
      () => null,
      (error: unknown) => String(error),
    )
    played.push({ title, error })
  }
  return played
}
