/**
 * Every text of the page, in one place (UI.md section 6: those words are final). No full stop after a single phrase,
 * names instead of he or she, never blame. `term`, `candidate`, `log` and `commit` occur only where the cluster is shown.
 */
import type { Fleet, ListSummary, Millis, Notice, Person, Refusal, Stored, Tab, Toast } from './view.ts'

export const TEXT_MAX = 2_000
const ITEMS_MAX = 5_000

export const WORDS = {
  app: 'Flotilla',
  allLists: 'All lists',
  close: 'Close',
  items: 'Items',
  itemsSoFar: 'Items so far',
  addAnItem: 'Add an item',
  whatDoWeNeed: 'What do we need?',
  nothingYet: 'Nothing on it yet',
  allDone: 'All done',
  notYetAgreed: 'not yet agreed',
  nameOfTheList: 'Name of the list',
  search: 'Search',
  searchThisList: 'Search this list',
  closeSearch: 'Close search',
  share: 'Share',
  copyLink: 'Copy link',
  copied: 'Copied',
  reminderCopied: 'Reminder copied',
  notCopied: 'The browser would not copy. Select the link and copy it yourself',
  openAnotherTab: 'Open another tab',
  send: 'Send…',
  whoeverHasTheLink: 'Whoever has the link has the list. Everything after # stays in the browser: no server ever gets to read it.',
  keepsInCompany: 'Open it on a phone or a second computer, and the list lives there too.',
  listMenu: 'List menu',
  rename: 'Rename',
  undo: 'Undo',
  redo: 'Redo',
  show: 'Show',
  saveACopy: 'Save a copy',
  theme: 'Theme',
  asTheSystem: 'As the system',
  light: 'Light',
  dark: 'Dark',
  keyboard: 'Keyboard',
  forgetThisList: 'Forget this list',
  forget: 'Forget',
  keep: 'Keep',
  fine: 'Fine',
  edit: 'Edit',
  done: 'Done',
  notDone: 'Not done',
  moveUp: 'Move up',
  moveDown: 'Move down',
  moveToTop: 'Move to top',
  moveToEnd: 'Move to end',
  up: 'Up',
  down: 'Down',
  ok: 'OK',
  copy: 'Copy',
  delete: 'Delete',
  addAgain: 'Add again',
  sendAgain: 'Send again',
  dismiss: 'Dismiss',
  textCopied: 'Text copied',
  settings: 'Settings',
  nameANewList: 'Name a new list',
  create: 'Create',
  iHaveALink: 'I have a link',
  pasteTheLink: 'Paste the link',
  open: 'Open',
  listsHere: 'Lists in this browser',
  sentence: 'No account, no data server. A list lives in the tabs that have it open, and in the browsers that had it before.',
  onlyThisBrowser: 'only this browser',
  looking: 'Looking for somebody who has this list',
  waiting: 'Nobody with this list is here right now',
  waitingMore:
    'The list lives in the tabs of the people who use it. Leave this tab open: it joins by itself as soon as one of them opens the list.',
  copyReminder: 'Copy a reminder for them',
  goToMyLists: 'Go to my lists',
  copying: 'Copying the list',
  emptyAlone: ['Yours alone for now.', 'It keeps better in company.'],
  emptyTogether: 'Nothing on it yet.',
  hintEnter: 'Adds the item and opens the next line',
  hintPaste: 'Paste several lines and each becomes an item',
  hintShare: ['Share the link', ', and everybody who opens it holds a copy'],
  cluster: 'Cluster',
  closeCluster: 'Close cluster',
  ourNameForYou: 'What should the others call you?',
  yourName: 'Your name',
  callMe: 'Call me this',
  singleKeys: 'Single keys work outside fields',
  somebody: 'Somebody',
  you: 'You',
  who: 'Who?',
  freshCopy: 'Get a fresh copy',
  reload: 'Reload',
  gotIt: 'Got it',
} as const

export const PROBLEMS = {
  'not-a-link': 'That is not a link to a list',
  guest: 'A list cannot begin here: the address is not https. Open it by https, or on the machine that serves it',
  'no-room': 'This browser has no room left for another list',
  'no-storage': 'This browser does not let the page store anything',
} as const

export const TABLE = { tab: 'Tab', name: 'Name', role: 'Role', term: 'Term', log: 'Log', commit: 'Commit', unknown: '–' } as const

export const KEYS = {
  item: {
    title: 'On an item',
    keys: [
      ['Up and down', '↑', '↓'],
      ['Edit', 'Enter'],
      ['Done, or not', 'Space'],
      ['Move it', 'Alt', '↑', '↓'],
      ['To the top, to the end', 'Alt', 'Home', 'End'],
      ['Delete', 'Del'],
      ['Actions', 'M'],
    ],
  },
  typing: {
    title: 'While typing',
    keys: [
      ['Keep, new line below', 'Enter'],
      ['Keep, and stop', 'Esc'],
      ['Done, or not', 'Ctrl', 'Enter'],
      ['Line above, below', '↑', '↓'],
      ['Move it', 'Alt', '↑', '↓'],
      ['Delete if empty', 'Backspace'],
      ['Paste lines as items', 'Ctrl', 'V'],
    ],
  },
  anywhere: {
    title: 'Anywhere',
    keys: [
      ['Add an item', 'N'],
      ['Search', '/'],
      ['Undo my change', 'Ctrl', 'Z'],
      ['Redo', 'Ctrl', 'Shift', 'Z'],
      ['Share', 'S'],
      ['Cluster', 'C'],
      ['This sheet', '?'],
    ],
  },
} as const

export function count(n: number, one: string, many = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`
}

/** "10,000". The first call of `toLocaleString` loads a library of the browser's: ten milliseconds before a page shows anything. */
function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** "Ben", "Ben and Chi", "Ben, Chi and Dov"; each name once. */
export function named(people: readonly Person[]): string {
  const names = [...new Map(people.map((person) => [person.id, person.name])).values()]
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

const WORDS_FOR_FEW = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
function few(n: number): string {
  return WORDS_FOR_FEW[n] ?? String(n)
}

/** "today 18:04", "yesterday", "2 November", "2 November 2023". */
export function when(at: Millis, now: Millis): string {
  const then = new Date(at)
  const today = new Date(now)
  if (then.toDateString() === today.toDateString()) {
    return `today ${then.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`
  }
  if (then.toDateString() === new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1).toDateString()) return 'yesterday'
  return onDay(at, now)
}

function onDay(at: Millis, now: Millis): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear()
  return new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) })
}

/** What the fleet says: the bold part, then the rest. */
export function fleetWords(fleet: Fleet, says: { readonly sending: boolean; readonly choosing: boolean }): readonly [string, string] {
  const all = fleet.tabs.length
  if (fleet.mood !== 'too-few' && says.choosing) return ['Choosing a leader', '']
  if (fleet.mood !== 'too-few' && says.sending) return [`Sending ${count(fleet.sending, 'edit')}`, '']
  if (all <= 1) return ['1 tab', ', only you so far']
  if (fleet.inTouch >= all) return [count(all, 'tab'), ', all in touch']
  return [`${fleet.inTouch} of ${count(all, 'tab')}`, ' in touch']
}

/** Role, term and leader in words: what the cluster button's description says, and the panel's first line. */
export function fleetAtHelm(fleet: Fleet): string {
  const me = fleet.tabs.find((tab) => tab.me)
  if (me === undefined) return 'This tab is not in the cluster yet.'
  const term = me.term === null ? '' : ` in term ${me.term}`
  const role = roleOf(me)
  const mine = `This tab is ${role === 'Leader' ? 'the leader' : `a ${role.toLowerCase()}`}${term}.`
  const leader = fleet.tabs.find((tab) => tab.id === fleet.leader)
  if (leader === undefined) return `${mine} No leader is known.`
  return leader.me ? mine : `${mine} ${nameOfTab(leader)} leads.`
}

export function roleOf(tab: Tab): 'Leader' | 'Candidate' | 'Follower' | 'Learner' {
  if (!tab.voter) return 'Learner'
  return tab.role === 'leader' ? 'Leader' : tab.role === 'candidate' ? 'Candidate' : 'Follower'
}

export function nameOfTab(tab: Tab): string {
  return tab.device === null ? tab.person.name : `${tab.person.name}, ${tab.device}`
}

export function stored({ storedIn, of }: Stored): string {
  return `stored in ${storedIn} of ${count(of, 'tab')}`
}

const REFUSALS: { readonly [why in Refusal]: (by: Person | null) => string } = {
  deleted: (by) => (by === null ? 'It was deleted' : `${by.name} deleted this`),
  gone: () => 'It was deleted long ago',
  'too-long': () => tooLong,
  full: () => `This list is full: ${grouped(ITEMS_MAX)} items at most`,
  unknown: () => 'May not be agreed',
}
export const tooLong = `Too long: ${grouped(TEXT_MAX)} letters at most`
export function refusalWords(why: Refusal, by: Person | null): string {
  return REFUSALS[why](by)
}

export function toastWords(toast: Toast): string {
  if (toast.is === 'deleted') return `Deleted “${short(toast.text)}”`
  if (toast.is === 'added') return `Added ${count(toast.count, 'item')}`
  if (toast.is === 'in-touch-again')
    return `In touch again. ${toast.agreed === 1 ? 'Your edit is' : `Your ${toast.agreed} edits are`} agreed`
  if (toast.is === 'unsure') return `${count(toast.count, 'change')} of yours may not be agreed`
  return { undone: 'Undone', redone: 'Redone', 'nothing-to-undo': 'Nothing to undo', 'nothing-to-redo': 'Nothing to redo' }[toast.is]
}

type NoticeWords = { readonly [is in Notice['is']]: (notice: Extract<Notice, { is: is }>, now: Millis) => readonly [string, string] }
const NOTICES: NoticeWords = {
  stopped: ({ lend }) => [
    'This tab stopped, to be safe',
    `Its stored copy does not add up.${lend ? ' The others are fine and can lend you a fresh one.' : ''}`,
  ],
  'no-room': () => ['This browser has no room left', 'New edits are kept only while this tab is open. Free some room or save a copy.'],
  'too-old': () => ['This tab is too old for the others', 'Reload to join them.'],
  'too-few': ({ missing, needed, of, kept }) => [
    `Waiting for ${missing === 1 ? 'one more tab' : `${few(missing)} more tabs`}`,
    `Carry on: ${kept === 1 ? 'your edit is' : kept === 0 ? 'your edits are' : `your ${kept} edits are`} kept here, and agreed once ${needed} of ${count(of, 'tab')} are in touch.`,
  ],
  'own-copy': ({ on, latest }, now) => [
    `This is your copy of ${onDay(on, now)}`,
    `${latest.name} has the latest. Carry on: your edits are sent when ${latest.name} is back.`,
  ],
  guest: () => [
    'This tab can only follow from here',
    'It shows the list and sends your edits, but votes and stores nothing: the address is not https. Open it by https, or on the machine that serves it.',
  ],
  'private-window': () => ['This window forgets the list when you close it', 'Keep another tab open, or save a copy.'],
  'no-introductions': ({ others }) => [
    'New tabs cannot find you right now',
    others === 0 ? 'You go on as usual.' : `You ${few(others + 1)} go on as usual.`,
  ],
  twin: () => ['This list is open in another tab here', 'That is fine. Both show the same list.'],
}
/** A notice's bold line and its sentence. */
export function noticeWords(notice: Notice, now: Millis): readonly [string, string] {
  // The table is keyed by the notice's own kind, which TypeScript cannot follow through the union.
  return (NOTICES[notice.is] as (notice: Notice, now: Millis) => readonly [string, string])(notice, now)
}

/** A list on the front page: what it holds and how far it is agreed; then who has it. */
export function summaryWords(list: ListSummary, now: Millis): { readonly holds: string; readonly has: string } {
  const agreed = list.agreedAt === null ? '' : `, agreed ${when(list.agreedAt, now)}`
  const holds = `${count(list.items, 'item')}${list.pending > 0 ? `, ${list.pending} not yet agreed` : agreed}`
  const near = list.boats.filter((boat) => boat.inTouch).map((boat) => boat.person)
  const others = list.others.filter((person) => near.some((other) => other.id === person.id))
  if (others.length > 0) return { holds, has: `with ${named(others)}` }
  if (list.latest !== null) return { holds, has: `${list.latest.name} has the latest` }
  return { holds, has: list.others.length === 0 ? WORDS.onlyThisBrowser : '' }
}

export function forgetWords(others: readonly Person[]): string {
  if (others.length === 0) return 'Nobody else has it: it will be gone.'
  const several = new Set(others.map((person) => person.id)).size > 1
  return `It goes from this browser. ${named(others)} ${several ? 'keep' : 'keeps'} theirs.`
}

export function reminder(link: string): string {
  return `Could you open our list for a moment? My tab joins as soon as yours is there: ${link}`
}

export function short(text: string, max = 40): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length <= max ? line : `${line.slice(0, max - 1).trimEnd()}…`
}
