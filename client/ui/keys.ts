/** The keyboard of UI.md section 7: which key means what. Pure, so that the map can be read, tested and shown on the sheet. */

export type Step = 'up' | 'down' | 'top' | 'end'

export type ItemAct =
  | { readonly do: 'go'; readonly to: Step }
  | { readonly do: 'move'; readonly to: Step }
  | { readonly do: 'edit' | 'delete' | 'menu' }

export type TypingAct =
  | { readonly do: 'keep' | 'keep-above' | 'done-next' | 'stop' | 'delete-empty' | 'undo' | 'redo' }
  | { readonly do: 'go' | 'move'; readonly to: 'up' | 'down' }

export type PageAct = 'add' | 'search' | 'undo' | 'redo' | 'share' | 'cluster' | 'keys'

export interface Key {
  readonly key: string
  readonly altKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  /** While an input method composes, no key is ours. */
  readonly isComposing: boolean
}

/** Where the caret stands, as far as keys depend on it. */
export interface Caret {
  readonly atStart: boolean
  readonly onFirstLine: boolean
  readonly onLastLine: boolean
  readonly empty: boolean
  /** Something was typed that the field itself can undo. */
  readonly typed: boolean
}

const STEPS: { readonly [key: string]: Step } = { ArrowUp: 'up', ArrowDown: 'down', Home: 'top', End: 'end' }

export function onItem(key: Key, mac: boolean): ItemAct | null {
  if (key.isComposing) return null
  const step = STEPS[key.key]
  if (step !== undefined) {
    if (moves(key, mac)) return { do: 'move', to: step }
    return plain(key) ? { do: 'go', to: step } : null
  }
  if (key.key === 'F10' && key.shiftKey) return { do: 'menu' }
  if (!plain(key)) return null
  if (key.key === 'Enter' || key.key === 'F2') return { do: 'edit' }
  if (key.key === 'Delete' || (mac && key.key === 'Backspace')) return { do: 'delete' }
  if (key.key === 'ArrowRight' || key.key === 'ContextMenu' || key.key.toLowerCase() === 'm') return { do: 'menu' }
  return null
}

export function whileTyping(key: Key, caret: Caret, mac: boolean): TypingAct | null {
  if (key.isComposing) return null
  if (key.key === 'Enter') {
    if (key.ctrlKey || key.metaKey) return { do: 'done-next' }
    return caret.atStart && !caret.empty ? { do: 'keep-above' } : { do: 'keep' }
  }
  if (key.key === 'Escape') return { do: 'stop' }
  const step = STEPS[key.key]
  if (step === 'up' || step === 'down') {
    if (key.altKey && moves(key, mac)) return { do: 'move', to: step }
    if (plain(key) && (step === 'up' ? caret.onFirstLine : caret.onLastLine)) return { do: 'go', to: step }
    return null
  }
  if (key.key === 'Backspace' && plain(key) && caret.empty) return { do: 'delete-empty' }
  const command = undoing(key)
  return command !== null && !caret.typed ? { do: command } : null
}

/** `inField`: the focus is where typing means text. `single`: keys without a modifier are switched on (WCAG 2.1.4). */
export function anywhere(key: Key, at: { readonly inField: boolean; readonly single: boolean }): PageAct | null {
  if (key.isComposing || at.inField) return null
  const command = undoing(key)
  if (command !== null) return command
  if (!at.single || key.ctrlKey || key.metaKey || key.altKey) return null
  const acts: { readonly [key: string]: PageAct } = { n: 'add', '/': 'search', s: 'share', c: 'cluster', '?': 'keys' }
  return acts[key.key.toLowerCase()] ?? null
}

/** What is printed on the key. */
export function capOf(key: string, mac: boolean): string {
  return mac ? ({ Ctrl: '⌘', Alt: '⌥', Shift: '⇧' }[key] ?? key) : key
}

function moves(key: Key, mac: boolean): boolean {
  if (key.metaKey) return false
  if (key.altKey) return !key.ctrlKey && !key.shiftKey
  const arrow = key.key.startsWith('Arrow')
  return arrow && key.ctrlKey && key.shiftKey === mac
}

function undoing(key: Key): 'undo' | 'redo' | null {
  if (key.altKey || !(key.ctrlKey || key.metaKey)) return null
  if (key.key.toLowerCase() === 'z') return key.shiftKey ? 'redo' : 'undo'
  return key.key.toLowerCase() === 'y' && !key.shiftKey ? 'redo' : null
}

function plain(key: Key): boolean {
  return !key.altKey && !key.ctrlKey && !key.metaKey && !key.shiftKey
}
