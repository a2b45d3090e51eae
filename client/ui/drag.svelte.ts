/**
 * Dragging a row: by its grip with mouse or pen, by a long press with a finger. The row is lifted and follows, a line marks
 * the landing, the page scrolls near its edges, and nothing else moves until it is dropped. Esc cancels.
 */
import { rowElement, rowOf } from './calm.svelte.ts'
import type { Desk } from './desk.svelte.ts'
import { predecessor } from './order.ts'
import type { ItemId } from './view.ts'

const LONG_PRESS_MS = 300
/** px a finger may tremble, and a mouse must move. */
const TREMBLE = 8
const BEGIN = 3
const EDGE = 72

export class Drag {
  id = $state.raw<ItemId | null>(null)
  /** px the row has been carried from its place. */
  lift = $state(0)
  /** Where it would land: px from the top of the list, and the item it would stand after; null: where it was. */
  landing = $state.raw<{ readonly top: number; readonly after: ItemId | null } | null>(null)
  #from = { y: 0, scroll: 0 }
  #y = 0
  #pointer: { readonly id: number; readonly item: ItemId; readonly byGrip: boolean } | null = null
  #press: ReturnType<typeof setTimeout> | null = null
  #frame = 0
  #swallow = false
  readonly #desk: Desk
  #rows: HTMLElement | null = null

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** Listens on the list element; returns how to stop. */
  on(rows: HTMLElement): () => void {
    this.#rows = rows
    const life = new AbortController()
    const { signal } = life
    rows.addEventListener('pointerdown', (event) => this.#down(event), { signal })
    window.addEventListener('pointermove', (event) => this.#move(event), { signal })
    window.addEventListener('pointerup', (event) => this.#up(event), { signal })
    window.addEventListener('pointercancel', () => this.cancel(), { signal })
    // Once a finger carries a row, the page must not scroll under it; this works only from a listener that may say so.
    rows.addEventListener('touchmove', (event) => this.id !== null && event.cancelable && event.preventDefault(), {
      passive: false,
      signal,
    })
    rows.addEventListener('contextmenu', (event) => event.pointerType === 'touch' && event.preventDefault(), { signal })
    rows.addEventListener('click', (event) => this.#click(event), { capture: true, signal })
    window.addEventListener('keydown', (event) => this.#escape(event), { capture: true, signal })
    return () => {
      life.abort()
      this.cancel()
      this.#rows = null
    }
  }

  cancel(): void {
    this.#letGo()
    this.lift = 0
    this.landing = null
    if (this.id === null) return
    this.id = null
    this.#desk.calm.dragging = false
  }

  #down(event: PointerEvent): void {
    this.#swallow = false
    const target = event.target as Element
    const item = rowOf(target)
    if (item === null || event.button !== 0 || this.#pointer !== null || !event.isPrimary) return
    const byGrip = target.closest('.grip') !== null
    const byFinger = event.pointerType === 'touch' && target.closest('button, textarea') === null
    if (!byGrip && !byFinger) return
    if (this.#rows?.closest('[data-locked]') != null) return
    this.#pointer = { id: event.pointerId, item, byGrip }
    this.#from = { y: event.clientY, scroll: window.scrollY }
    this.#y = event.clientY
    if (byFinger) this.#press = setTimeout(() => this.#begin(), LONG_PRESS_MS)
  }

  #move(event: PointerEvent): void {
    if (this.#pointer === null || event.pointerId !== this.#pointer.id) return
    this.#y = event.clientY
    const moved = Math.abs(event.clientY - this.#from.y)
    if (this.id !== null) this.#follow()
    else if (this.#pointer.byGrip && moved > BEGIN) this.#begin()
    else if (!this.#pointer.byGrip && moved > TREMBLE) this.#letGo()
  }

  #begin(): void {
    if (this.#pointer === null) return
    this.#desk.keep()
    this.#desk.calm.dragging = true
    this.#desk.current = this.#pointer.item
    this.id = this.#pointer.item
    this.#swallow = true
    if (!this.#pointer.byGrip) navigator.vibrate?.(10)
    this.#follow()
    this.#frame = requestAnimationFrame(() => this.#scrollNearEdges())
  }

  #follow(): void {
    const { id } = this
    if (id === null || this.#rows === null) return
    this.lift = this.#y - this.#from.y + window.scrollY - this.#from.scroll
    const list = this.#rows.getBoundingClientRect()
    const y = Math.min(Math.max(this.#y, list.top + 1), list.bottom - 1)
    const over = rowOf(document.elementFromPoint(list.left + list.width / 2, y))
    const row = over === null ? null : rowElement(this.#rows, over)
    if (over === null || row === null) {
      // Over its own empty place.
      if (this.#y > list.top && this.#y < list.bottom) this.landing = null
      return
    }
    const box = row.getBoundingClientRect()
    const below = y > box.top + box.height / 2
    const { visible } = this.#desk
    const shown = this.#desk.calm.shown
    const after = below ? over : predecessor(shown, over)
    const own = visible.findIndex((item) => item.id === id)
    const stays = after === id || (below && visible[own - 1]?.id === over) || (!below && visible[own + 1]?.id === over)
    this.landing = stays ? null : { top: (below ? box.bottom : box.top) - list.top, after }
  }

  #scrollNearEdges(): void {
    if (this.id === null) return
    const below = this.#y - (window.innerHeight - EDGE)
    const above = EDGE + 56 - this.#y
    const by = below > 0 ? below / 6 : above > 0 ? -above / 6 : 0
    if (by !== 0) {
      window.scrollBy({ top: by, behavior: 'instant' })
      this.#follow()
    }
    this.#frame = requestAnimationFrame(() => this.#scrollNearEdges())
  }

  #up(event: PointerEvent): void {
    if (this.#pointer === null || event.pointerId !== this.#pointer.id) return
    const { id, landing } = this
    this.#letGo()
    if (id === null) return
    // One change for the page: the row is put down and stands in its new place in the same frame.
    this.id = null
    this.lift = 0
    this.landing = null
    this.#desk.calm.dragging = false
    if (landing !== null) this.#desk.move(id, landing.after)
  }

  #letGo(): void {
    if (this.#press !== null) clearTimeout(this.#press)
    cancelAnimationFrame(this.#frame)
    this.#press = null
    this.#pointer = null
  }

  /** The click that ends a drag means nothing. */
  #click(event: Event): void {
    if (!this.#swallow) return
    this.#swallow = false
    event.preventDefault()
    event.stopPropagation()
  }

  #escape(event: KeyboardEvent): void {
    if (this.id === null || event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    this.cancel()
  }
}
