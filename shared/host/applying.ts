/** Feeds what is committed to the replicated machine of this tab, tells its clients what came of it, and says when to take a snapshot. */
import type { RaftNode } from '../raft/node.ts'
import type { Entry, Index, Snapshot } from '../raft/types.ts'
import { LIMITS } from '../limits.ts'
import type { HostOptions } from './options.ts'

type Served = Pick<HostOptions, 'applier' | 'proposals' | 'clock' | 'snapshotAfter'>

/** About what an entry takes in a log, besides the bytes of its command. */
const ENTRY_OVERHEAD = 64

export class Applying {
  readonly #options: Served
  /** Of the log, since the last snapshot. */
  #bytes = 0

  constructor(options: Served) {
    this.#options = options
  }

  restore(snapshot: Snapshot): void {
    const { applier, proposals, clock } = this.#options
    // Its hash was right, so whoever wrote it is newer than this build, or one of us is broken: no state is better than a wrong one.
    if (!applier.restore(snapshot.bytes)) throw new Error(`a snapshot up to ${snapshot.index} that cannot be read`)
    this.#bytes = 0
    proposals.restored(applier, clock.now())
    proposals.expire(applier, clock.now())
  }

  /** These entries, one at least. True if one of them was proposed here, so that whoever waits for it learns what came of it. */
  apply(entries: readonly Entry[]): boolean {
    const { applier, proposals, clock } = this.#options
    const [now, batch] = [clock.now(), { first: entries[0]!.index, last: entries.at(-1)!.index }]
    let isAwaited = false
    for (const entry of entries) {
      this.#bytes += ENTRY_OVERHEAD + (entry.body.type === 'command' ? entry.body.command.bytes.length : 0)
      const outcome = applier.apply(entry, batch)
      if (outcome !== null && proposals.applied(outcome.session, outcome.seq, outcome.result, now)) isAwaited = true
    }
    proposals.expire(applier, now)
    return isAwaited
  }

  /** What to give to the nodes here, if it is time; null for a machine that met a level of the future. */
  snapshotDue({ snapshot }: RaftNode): { readonly type: 'snapshot'; readonly index: Index; readonly bytes: Uint8Array } | null {
    const { applier, snapshotAfter = LIMITS.logBytesBeforeSnapshot } = this.#options
    if (!isSnapshotDue(this.#bytes, snapshot?.bytes.length ?? 0, snapshotAfter)) return null
    this.#bytes = 0
    const bytes = applier.snapshot()
    return bytes === null ? null : { type: 'snapshot', index: applier.lastApplied, bytes }
  }
}

/** So that all snapshots together write no more than the log did, and a log is never much longer than what it leads to. */
export function isSnapshotDue(logBytes: number, snapshotBytes: number, atLeast: number): boolean {
  return logBytes > Math.max(snapshotBytes, atLeast)
}
