/** What the page must say about the state of things; the page shows one, by rank. */
import type { Life } from '../../shared/life/life.ts'
import type { Status } from '../../shared/host/status.ts'
import { majorityOf } from '../../shared/raft/quorum.ts'
import type { Notice } from '../ui/view.ts'

/** Shorter losses of a majority are elections and slow links: not worth a word. */
const TOO_FEW_AFTER_MS = 1_500

export interface NoticeScene {
  readonly life: Life
  readonly status: Status
  readonly now: number
  /** Since when there has been no majority, by the same clock as `now`; null while there is one. */
  readonly withoutMajoritySince: number | null
  readonly isTooOld: boolean
  readonly isTwin: boolean
  readonly dismissed: ReadonlySet<Notice['is']>
}

export function noticesOf(scene: NoticeScene): readonly Notice[] {
  return [...lasting(scene), ...passing(scene).filter(({ is }) => !scene.dismissed.has(is))]
}

/** These hold until something is done about them. */
function lasting({ life, status, now, withoutMajoritySince, isTooOld }: NoticeScene): readonly Notice[] {
  const notices: Notice[] = []
  const { phase, host } = life
  const isFull = phase.at === 'stopped' && phase.why.why === 'storage' && phase.why.error.type === 'full'
  if (phase.at === 'stopped' && !isFull) notices.push({ is: 'stopped', lend: host.routes.peers.length > 0 })
  if (isFull || life.isOutboxFull) notices.push({ is: 'no-room' })
  if (withoutMajoritySince !== null && now - withoutMajoritySince >= TOO_FEW_AFTER_MS) notices.push(tooFew(life, status))
  if (isTooOld || isBehind(life)) notices.push({ is: 'too-old' })
  return notices
}

/** What others do is for a newer build. */
function isBehind({ list: { stop } }: Life): boolean {
  return stop?.type === 'level' || stop?.type === 'unknown-command'
}

function passing({ life, status, isTwin }: NoticeScene): readonly Notice[] {
  const notices: Notice[] = []
  if (!life.host.options.votes) notices.push({ is: 'guest' })
  if (status.signaling === 'down' && status.peers.length > 0) notices.push({ is: 'no-introductions', others: status.peers.length })
  if (isTwin) notices.push({ is: 'twin' })
  return notices
}

function tooFew({ host }: Life, { voters, hosted, pending }: Status): Notice {
  const there = voters.filter((voter) => hosted.includes(voter) || host.routes.tabOf(voter) !== null).length
  const needed = majorityOf(voters.length)
  return { is: 'too-few', missing: Math.max(needed - there, 1), needed, of: voters.length, kept: pending }
}
