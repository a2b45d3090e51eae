/** How the nodes of every tab stand, told from tab to tab for people to look at; no decision is taken by it. */
import { leaderOf } from '../raft/node.ts'
import type { RaftNode } from '../raft/node.ts'
import type { ClusterId } from '../wire/envelope.ts'
import { decodeReport, encodeReport } from '../wire/report.ts'
import type { NodeReport } from '../wire/report.ts'
import type { Clock, TabId } from './ports.ts'

/** At most so often a tab tells the others. */
const REPORT_MS = 250

export class Reports {
  readonly #clock: Clock
  readonly #tell: () => void
  readonly #heard = new Map<TabId, readonly NodeReport[]>()
  #told = ''
  #isDue = false

  /** `tell` is called when it is time to send what `next` gives. */
  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock
    this.#tell = tell
  }

  of(tab: TabId): readonly NodeReport[] {
    return this.#heard.get(tab) ?? []
  }

  /** False for bytes that are no report of this cluster. */
  hear(tab: TabId, bytes: Uint8Array, cluster: ClusterId | null): boolean {
    const read = decodeReport(bytes)
    if (!read.ok || read.value.cluster !== cluster) return false
    this.#heard.set(tab, read.value.nodes)
    return true
  }

  down(tab: TabId): void {
    this.#heard.delete(tab)
  }

  /** Somebody new has heard nothing yet. */
  again(): void {
    this.#told = ''
    this.soon()
  }

  soon(): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#clock.wake(this.#clock.now() + REPORT_MS, () => {
      this.#isDue = false
      this.#tell()
    })
  }

  /** The next report, or null when it would say what the last one said. */
  next(cluster: ClusterId, hosted: readonly RaftNode[]): Uint8Array | null {
    const nodes = hosted.map((node) => ({
      node: node.id,
      role: node.role.name,
      term: node.currentTerm,
      leader: leaderOf(node),
      logLength: node.log.lastIndex,
      commitIndex: node.commitIndex,
    }))
    const text = JSON.stringify(nodes)
    if (nodes.length === 0 || text === this.#told) return null
    this.#told = text
    return encodeReport({ cluster, nodes })
  }
}
