/** Which notice is shown, how it looks and what can be done about it (UI.md section 5). One at a time, by rank. */
import type { Notice } from './view.ts'
import { WORDS } from './words.ts'

/** First comes first: what endangers edits, then what holds them up, then what is good to know. */
const RANK: readonly Notice['is'][] = [
  'stopped',
  'no-room',
  'too-old',
  'too-few',
  'own-copy',
  'guest',
  'private-window',
  'no-introductions',
  'twin',
]

export function foremost(notices: readonly Notice[]): Notice | null {
  for (const is of RANK) {
    const found = notices.find((notice) => notice.is === is)
    if (found !== undefined) return found
  }
  return null
}

export type NoticeAct = keyof typeof ACT_LABELS
export const ACT_LABELS = {
  who: WORDS.who,
  save: WORDS.saveACopy,
  'fresh-copy': WORDS.freshCopy,
  reload: WORDS.reload,
  'got-it': WORDS.gotIt,
} as const

export interface Look {
  readonly tone: 'pending' | 'trouble' | 'plain'
  readonly icon: 'boat' | 'storage' | 'warning' | 'reload' | 'tabs' | 'copy' | 'info'
  /** The main one last, at the outer edge; a phone shows it alone. */
  readonly acts: readonly NoticeAct[]
}

const LOOKS: { readonly [is in Notice['is']]: Look } = {
  stopped: { tone: 'trouble', icon: 'warning', acts: ['save'] },
  'no-room': { tone: 'trouble', icon: 'storage', acts: ['save'] },
  'too-old': { tone: 'plain', icon: 'reload', acts: ['reload'] },
  'too-few': { tone: 'pending', icon: 'boat', acts: ['who'] },
  'own-copy': { tone: 'plain', icon: 'copy', acts: [] },
  guest: { tone: 'plain', icon: 'info', acts: ['got-it'] },
  'private-window': { tone: 'plain', icon: 'info', acts: ['got-it', 'save'] },
  'no-introductions': { tone: 'plain', icon: 'info', acts: [] },
  twin: { tone: 'plain', icon: 'tabs', acts: ['got-it'] },
}

export function lookOf(notice: Notice): Look {
  const look = LOOKS[notice.is]
  return notice.is === 'stopped' && notice.lend ? { ...look, acts: ['save', 'fresh-copy'] } : look
}
