/**
 * How rows change places: what moved slides from where it was, what others added fades in, what they deleted fades out,
 * and what the person looks at stays where it is on the screen (UI.md sections 9 and 10.1).
 */
import { firstBelow, rowElement } from './calm.svelte.ts'
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
  readonly focus: { readonly element: HTMLElement; readonly caret: readonly [number, number] | null } | null
}

/** Before rows change: the places of those on the screen, the anchor's, and who has the focus. */
export function placesOf(rows: HTMLElement, anchor: ItemId | null): Places {
  const all = [...rows.children] as HTMLElement[]
  const at: { id: ItemId; element: HTMLElement; top: number; bottom: number }[] = []
  for (let i = firstBelow(0, all); i < all.length && at.length < ROWS_MAX * 2; i++) {
    const element = all[i]!
    const { top, bottom } = element.getBoundingClientRect()
    if (top > window.innerHeight) break
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
  const { rows, focus } = before
  if (focus !== null && document.activeElement !== focus.element && focus.element.isConnected) {
    focus.element.focus({ preventScroll: true })
    if (focus.caret !== null && focus.element instanceof HTMLTextAreaElement) focus.element.setSelectionRange(...focus.caret)
  }
  if (keepsAnchor) keepAnchor(before)
  if (!moves || calmMotion.matches) return
  const known = new Map(before.at.map((place) => [place.id, place]))
  let moving = 0
  for (const place of before.at) {
    const { element } = place
    if (!rows.contains(element)) fadeOut(rows, place)
    else if (moving < ROWS_MAX) moving += slide(element, place.top - element.getBoundingClientRect().top) ? 1 : 0
  }
  const first = before.at[0]?.top ?? 0
  for (const element of rows.children as Iterable<HTMLElement>) {
    const id = element.dataset['item']
    if (id === undefined || known.has(id)) continue
    const { top } = element.getBoundingClientRect()
    if (top > window.innerHeight) break
    if (top >= first && element.dataset['standing'] === 'agreed')
      element.animate({ opacity: [0, 1] }, { duration: FADE_MS, easing: 'ease-out' })
  }
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
  return { element, caret }
}
