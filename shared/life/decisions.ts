/** What to host, decided from what is known of locks and logs (DESIGN 6). Pure. */
import type { MachineId, NodeId } from '../host/ports.ts'
import { majorityOf } from '../raft/quorum.ts'
import type { Configuration } from '../raft/types.ts'
import { ownerOf } from '../replica/session-name.ts'
import type { NodeRecord } from './ports.ts'

export const nodeLock = (node: NodeId): string => `node:${node}`
export const tabLock = (tab: string): string => `tab:${tab}`
/** One for all sessions of a page. */
export const sessionLock = (session: string): string => `session:${ownerOf(session)}`

/** Orphans worth trying, best first: the one this tab hosted before a reload, then those with the newest log. */
export function candidates(records: readonly NodeRecord[], remembered: NodeId | null): readonly NodeRecord[] {
  const usable = records.filter(({ retired }) => !retired)
  const isRemembered = ({ node }: NodeRecord): number => (node === remembered ? 1 : 0)
  return usable.toSorted((a, b) => isRemembered(b) - isRemembered(a) || compareLogs(b, a))
}

/** 5.4.1, for choosing only: the later last term is newer, of equal ones the longer log. */
export function compareLogs(
  a: { readonly lastTerm: number; readonly lastIndex: number },
  b: { readonly lastTerm: number; readonly lastIndex: number },
): number {
  return a.lastTerm - b.lastTerm || a.lastIndex - b.lastIndex
}

export interface AdoptionScene {
  readonly configuration: Configuration
  readonly hosted: readonly NodeId[]
  /** Voters behind a live link. */
  readonly linked: readonly NodeId[]
  /** Names of locks that other documents of this machine hold. */
  readonly held: ReadonlySet<string>
  /** Voters by what any node hosted here has in its log, committed or not. */
  readonly votersByAny: readonly NodeId[]
  /** And learners: one may have become a voter since. */
  readonly membersByAny: readonly NodeId[]
  /** The newest log hosted here, null without any. */
  readonly newest: { readonly lastTerm: number; readonly lastIndex: number } | null
  /** Nobody has led for much longer than elections take. */
  readonly isUrgent: boolean
  /** Is a held lock taken for a node that runs? Not for ever: a frozen tab keeps its locks and says nothing. */
  readonly trustsHeld: boolean
  /** Journals of this machine. */
  readonly stored: readonly NodeRecord[]
}

/**
 * Voters whose locks are free here and that are needed for a majority which no held lock and no link provides. To a tab that
 * knows no configuration yet, whatever else is stored here and free knows more. Without a leader for long, one more each time: others
 * may have what is missing, and the configuration known here may be an old one.
 */
export function nodesToAdopt(scene: AdoptionScene): readonly NodeId[] {
  const { configuration, votersByAny, membersByAny, hosted, linked, held, newest, isUrgent, trustsHeld, stored } = scene
  const voters = configuration.voters.map(({ node }) => node)
  const isHere = (node: NodeId): boolean => hosted.includes(node) || linked.includes(node)
  const isProvided = (node: NodeId): boolean => isHere(node) || (trustsHeld && held.has(nodeLock(node)))
  const isFree = ({ node, retired }: NodeRecord): boolean => !retired && !isHere(node) && !held.has(nodeLock(node))
  const free = stored.filter(isFree).toSorted((a, b) => compareLogs(b, a))
  if (voters.length === 0) {
    const best = free.find(({ lastIndex }) => lastIndex > 0)
    return best === undefined ? [] : [best.node]
  }
  const missing = majorityOf(voters.length) - voters.filter(isProvided).length
  const useful = free.filter(({ node }) => voters.includes(node))
  if (isUrgent) {
    const best =
      free.find(({ node }) => votersByAny.includes(node)) ??
      free.find((record) => newest === null || compareLogs(record, newest) > 0) ??
      // What is remembered of its log may be old.
      free.find(({ node }) => membersByAny.includes(node))
    return best === undefined ? [] : [best.node]
  }
  return missing <= 0 || useful.length < missing ? [] : useful.slice(0, missing).map(({ node }) => node)
}

/** Then nobody elsewhere can be asked, and waiting for a leader makes no sense. */
export function isAllHere({ voters }: Configuration, machine: MachineId): boolean {
  return voters.length > 0 && voters.every((voter) => voter.machine === machine)
}
