/** What `flotilla.read` answers: the agreed list at one moment. */
import type { Host } from '../host/host.ts'
import type { Item } from '../list/list.ts'
import type { Index } from '../raft/types.ts'
import type { ReplicatedList } from './replicated-list.ts'

/** `local`: as this tab knows it. `linearizable`: with everything that was agreed anywhere before the question. */
export type Consistency = 'linearizable' | 'local'

export interface ListRead {
  readonly ok: true
  readonly name: string
  readonly items: readonly Item[]
  /** Of the last log entry in it. */
  readonly index: Index
}

/** A linearizable read waits through elections and partitions, and ends with the page. */
export function readList({ host, list }: { readonly host: Host; readonly list: ReplicatedList }, by: Consistency): Promise<ListRead> {
  const look = (): ListRead => {
    const { name, items } = list.agreed.view()
    return { ok: true, name, items, index: list.lastApplied }
  }
  if (by === 'local') return Promise.resolve(look())
  const seen = host.reads.linearizable(look)
  // What is read in one go is one question.
  void Promise.resolve().then(() => host.propose())
  return seen
}
