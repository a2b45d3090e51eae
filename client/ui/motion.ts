/**
 * How rows change places: what moved slides from where it was, what others added fades in, what they deleted fades out,
 * and what the person looks at stays where it is on the screen (UI.md sections 9 and 10.1).
 */
import { rowElement, rowOf, rowsBelow } from './calm.svelte.ts'
import { calmMotion } from './outside.ts'
import type { ItemId } from './view.ts'

const MOVE_MS = 180
const FADE_MS = 160
const ROWS_MAX = 30
const EASE = 'cubic-bezier(0.2, 0.7, 0.2, 1)'

export interface Places {
  readonly rows: HTMLElement
  readonly at: readonly { readonly id: ItemId; readonly element: HTMLElement; readonly top: number; readonly bottom: number }[]
  readonly anchor: { readonly id: ItemId; readonly element: HTMLElement; readonly top: number } | null
  readonly focus: { readonly element: HTMLElement; readonly row: ItemId | null; readonly caret: readonly [number, number] | null } | null
}

/** Before rows change: the places of those on the screen, the anchor's, and who has the focus. */
export function placesOf(rows: HTMLElement, anchor: ItemId | null): Places {
  const at: { id: ItemId; element: HTMLElement; top: number; bottom: number }[] = []
  for (const element of rowsBelow(0, rows)) {
    const { top, bottom } = element.getBoundingClientRect()
    if (top > window.innerHeight || at.length === ROWS_MAX * 2) break
    const id = element.dataset['item']
    if (id !== undefined) at.push({ id, element, top, bottom })
  }
  return {
    rows,
    at,
    anchor: anchor === null ? null : anchored(rows, anchor, at),
    focus: focusIn(rows),
  }
}

/** Nearly always on the screen: to look for one row among thousands takes long. */
function anchored(rows: HTMLElement, id: ItemId, at: Places['at']): Places['anchor'] {
  const seen = at.find((place) => place.id === id)
  if (seen !== undefined) return { id, element: seen.element, top: seen.top }
  const element = rowElement(rows, id)
  return element === null ? null : { id, element, top: element.getBoundingClientRect().top }
}

/** After they changed, in the same frame. `moves`: slide and fade; without it only focus and anchor are put back. */
export function settle(before: Places, moves: boolean, keepsAnchor: boolean): void {
  const { rows } = before
  keepFocus(before)
  if (keepsAnchor) keepAnchor(before)
  if (!moves || calmMotion.matches) return
  const known = new Set(before.at.map(({ id }) => id))
  let moving = 0
  for (const place of before.at) {
    const element = rows.contains(place.element) ? place.element : rowElement(rows, place.id)
    if (element === null) fadeOut(rows, place)
    else if (moving < ROWS_MAX) moving += slide(element, place.top - element.getBoundingClientRect().top) ? 1 : 0
  }
  for (const element of rowsBelow(before.at[0]?.top ?? 0, rows)) {
    const id = element.dataset['item']
    if (id === undefined || known.has(id)) continue
    if (element.getBoundingClientRect().top > window.innerHeight) break
    if (element.dataset['standing'] === 'agreed') element.animate({ opacity: [0, 1] }, { duration: FADE_MS, easing: 'ease-out' })
  }
}

/** What had the focus has it still, or what stands for it where its row was made anew. */
function keepFocus({ rows, focus }: Places): void {
  if (focus === null || document.activeElement === focus.element) return
  const { row, caret } = focus
  const like = focus.element instanceof HTMLTextAreaElement ? 'textarea' : 'input[type=checkbox]'
  // A line that is not an item yet is nobody's row.
  const made = row === null ? rows.querySelector('[data-draft]') : rowElement(rows, row)
  const element = focus.element.isConnected ? focus.element : made?.querySelector<HTMLElement>(like)
  element?.focus({ preventScroll: true })
  if (caret !== null && element instanceof HTMLTextAreaElement) element.setSelectionRange(...caret)
}

function keepAnchor({ rows, anchor }: Places): void {
  if (anchor === null) return
  const element = rows.contains(anchor.element) ? anchor.element : rowElement(rows, anchor.id)
  if (element === null) return
  const moved = element.getBoundingClientRect().top - anchor.top
  if (Math.abs(moved) >= 1) window.scrollBy({ top: moved, behavior: 'instant' })
}

function slide(element: HTMLElement, from: number): boolean {
  if (Math.abs(from) < 1) return false
  element.animate({ transform: [`translateY(${from}px)`, 'none'] }, { duration: MOVE_MS, easing: EASE })
  return true
}

/** The row itself is gone: a picture of it fades where it lay, above what closes up. */
function fadeOut(rows: HTMLElement, place: Places['at'][number]): void {
  const picture = place.element.cloneNode(true) as HTMLElement
  const box = rows.getBoundingClientRect()
  picture.inert = true
  picture.ariaHidden = 'true'
  picture.role = 'presentation'
  delete picture.dataset['item']
  picture.style.cssText = `position:absolute;left:0;right:0;top:${place.top - box.top}px;height:${place.bottom - place.top}px;pointer-events:none`
  const layer = rows.parentElement?.querySelector<HTMLElement>('[data-leaving]')
  if (layer === null || layer === undefined) return
  layer.append(picture)
  picture.animate({ opacity: [1, 0] }, { duration: FADE_MS, easing: 'ease-out', fill: 'forwards' }).finished.then(
    () => picture.remove(),
    () => picture.remove(),
  )
}

function focusIn(rows: HTMLElement): Places['focus'] {
  const element = document.activeElement
  if (!(element instanceof HTMLElement) || !rows.contains(element)) return null
  const caret = element instanceof HTMLTextAreaElement ? ([element.selectionStart, element.selectionEnd] as const) : null
  return { element, row: rowOf(element), caret }
}
