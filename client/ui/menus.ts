/** What the menus offer. */
import type { Desk } from './desk.svelte.ts'
import type { MenuEntry } from './Menu.svelte'
import { copyText } from './outside.ts'
import { settings, type Theme } from './settings.svelte.ts'
import type { Item, Person, Stored, View } from './view.ts'
import { stored, WORDS } from './words.ts'

/** `storedAt`: where its newest agreed change is stored, if that is known. */
export function itemMenu(item: Item, desk: Desk, storedAt: Stored | null): readonly MenuEntry[] {
  const step = (label: string, to: 'up' | 'down' | 'top' | 'end', keys: string): MenuEntry => ({
    is: 'act',
    label,
    keys,
    act: () => {
      desk.step(item.id, to)
      desk.focus(item.id)
    },
  })
  return [
    { is: 'words', label: standingWords(item, storedAt) },
    { is: 'act', label: WORDS.edit, keys: 'Enter', act: () => desk.edit(item.id) },
    { is: 'act', label: item.done ? WORDS.notDone : WORDS.done, keys: 'Space', act: () => desk.check(item.id, !item.done) },
    { is: 'line' },
    step(WORDS.moveUp, 'up', 'Alt ↑'),
    step(WORDS.moveDown, 'down', 'Alt ↓'),
    step(WORDS.moveToTop, 'top', 'Alt Home'),
    step(WORDS.moveToEnd, 'end', 'Alt End'),
    { is: 'line' },
    { is: 'act', label: WORDS.copy, act: () => void copy(item.text, desk) },
    { is: 'act', label: WORDS.delete, keys: 'Del', tone: 'trouble', act: () => desk.delete(item.id) },
  ]
}

function standingWords({ standing }: Item, storedAt: Stored | null): string {
  if (standing.is === 'pending') return `Not yet agreed. ${capital(stored(standing))}.`
  if (standing.is === 'refused') return 'Refused'
  return storedAt === null ? 'Agreed' : `Agreed. ${capital(stored(storedAt))}.`
}

interface ListActs {
  readonly rename: () => void
  readonly search: () => void
  readonly save: () => void
}

export function listMenu(view: View, desk: Desk, acts: ListActs): readonly MenuEntry[] {
  const done = desk.visible.filter((item) => item.done).length
  const can = view.can.edit
  return [
    { is: 'act', label: WORDS.rename, off: !can, act: acts.rename },
    { is: 'act', label: WORDS.search, keys: '/', act: acts.search },
    { is: 'act', label: WORDS.undo, keys: 'Ctrl Z', off: view.can.undo === null, act: () => desk.wish({ do: 'undo', of: null }) },
    { is: 'act', label: WORDS.redo, off: view.can.redo === null, act: () => desk.wish({ do: 'redo' }) },
    desk.folded > 0
      ? { is: 'act', label: `Show ${desk.folded} done`, act: () => desk.unfold() }
      : { is: 'act', label: `Hide ${done === 0 ? '' : `${done} `}done`, off: done === 0, act: () => desk.fold() },
    { is: 'act', label: WORDS.saveACopy, act: acts.save },
    { is: 'line' },
    ...themeEntries(),
    { is: 'line' },
    callMeEntry(view.me, desk),
    { is: 'act', label: WORDS.keyboard, keys: '?', act: () => (desk.sheet = 'keys') },
    { is: 'act', label: `${WORDS.forgetThisList}…`, tone: 'trouble', act: () => (desk.sheet = 'forget') },
  ]
}

function callMeEntry(me: Person, desk: Desk): MenuEntry {
  return { is: 'act', label: `You are ${me.name}…`, act: () => (desk.sheet = 'name') }
}

export function themeEntries(): readonly MenuEntry[] {
  const choice = (theme: Theme, label: string): MenuEntry => ({
    is: 'choice',
    label,
    chosen: settings.theme === theme,
    act: () => (settings.theme = theme),
  })
  return [
    { is: 'words', label: WORDS.theme },
    choice('system', WORDS.asTheSystem),
    choice('light', WORDS.light),
    choice('dark', WORDS.dark),
  ]
}

async function copy(text: string, desk: Desk): Promise<void> {
  desk.tell((await copyText(text)) ? WORDS.textCopied : WORDS.notCopied)
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
