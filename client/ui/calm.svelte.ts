/**
 * The order that is shown. Nothing moves under the pointer because of somebody else (UI.md section 10.1): a remote change
 * of order shows at once if what the person points at stays where it is (or scrolling can keep it there), and otherwise
 * waits until the pointer rests, 3 s at most. What items say is never held back, only where they stand.
 */
import { heldBack, moved, sameOrder, shiftOf } from './order.ts'
import type { Item, ItemId } from './view.ts'

const POINTER_RESTS_MS = 600
const WAIT_MAX_MS = 3_000
/** A press counts for what lay there this long before. */
const PRESS_MS = 200

interface Place {
  readonly id: ItemId
  readonly top: number
  readonly bottom: number
}

export class Calm {
  shown = $state.raw<readonly Item[]>([])
  #latest: readonly Item[] = []
  #mine = false
  #dragging = false
  #waitingSince: number | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  #pointer = { at: -Infinity, x: -1, y: -1, down: false }
  #before: { readonly at: number; readonly scroll: number; readonly places: readonly Place[] } | null = null
  #rows: () => HTMLElement | null = () => null

  /** The list element, as soon as there is one. */
  watch(rows: () => HTMLElement | null): void {
    this.#rows = rows
  }

  /** What the view says, even where it does not show yet. */
  get latest(): readonly Item[] {
    return this.#latest
  }

  receive(next: readonly Item[]): void {
    this.#latest = next
    if (sameOrder(this.shown, next)) this.#show(next)
    else if (this.#dragging) this.shown = heldBack(this.shown, next)
    else if (this.#mine || !this.#disturbs(next)) this.#show(next)
    else this.#hold(next)
  }

  /** The next change of order is this person's own: it shows at once. */
  expectOwn(): void {
    this.#mine = true
  }

  /** A move shows before the view has it, so that a dropped row never jumps back for a frame. */
  move(id: ItemId, after: ItemId | null): void {
    this.#mine = true
    this.shown = moved(this.shown, id, after)
  }

  set dragging(on: boolean) {
    this.#dragging = on
    if (!on) this.receive(this.#latest)
  }

  pointer(event: PointerEvent, down: boolean): void {
    this.#pointer = { at: performance.now(), x: event.clientX, y: event.clientY, down }
  }

  /** The item that a press was meant for, if rows have just moved; else null. Whoever scrolled since has looked again. */
  meant({ clientY, timeStamp }: MouseEvent): ItemId | null {
    if (this.#before === null || timeStamp - this.#before.at > PRESS_MS || window.scrollY !== this.#before.scroll) return null
    return this.#before.places.find((place) => place.top <= clientY && clientY < place.bottom)?.id ?? null
  }

  /** Where rows lay when a remote change of order moved them. */
  remember(places: readonly Place[]): void {
    this.#before = { at: performance.now(), scroll: window.scrollY, places }
  }

  /** What must not move on the screen: the row under the pointer, else the focused one if it is in sight, else the first that is. */
  anchor(): ItemId | null {
    const rows = this.#rows()
    if (rows === null) return null
    const under = document.elementFromPoint(this.#pointer.x, this.#pointer.y)
    const focused = rows.contains(document.activeElement) ? document.activeElement : null
    const row = rowOf(under) ?? (focused !== null && isInSight(focused) ? rowOf(focused) : null)
    if (row !== null) return row
    // While the title is in sight, it is what stays in its place.
    const ceiling = document.querySelector('header')?.getBoundingClientRect().bottom ?? 0
    if (rows.getBoundingClientRect().top >= ceiling) return null
    const first = rowsBelow(ceiling, rows).next()
    return first.done === true ? null : rowOf(first.value)
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #show(next: readonly Item[]): void {
    this.#mine = false
    this.#waitingSince = null
    this.shown = next
  }

  #hold(next: readonly Item[]): void {
    this.shown = heldBack(this.shown, next)
    const now = performance.now()
    this.#waitingSince ??= now
    if (this.#timer !== null) clearTimeout(this.#timer)
    const rests = this.#pointer.down ? POINTER_RESTS_MS : this.#pointer.at + POINTER_RESTS_MS - now
    const wait = Math.min(rests, this.#waitingSince + WAIT_MAX_MS - now)
    this.#timer = setTimeout(() => this.receive(this.#latest), Math.max(0, wait) + 1)
  }

  #disturbs(next: readonly Item[]): boolean {
    const now = performance.now()
    const busy = this.#pointer.down || now - this.#pointer.at < POINTER_RESTS_MS
    if (!busy || (this.#waitingSince !== null && now - this.#waitingSince >= WAIT_MAX_MS)) return false
    const anchor = this.anchor()
    const rows = this.#rows()
    if (anchor === null || rows === null || !this.shown.some((item) => item.id === anchor)) return false
    const usual = rows.querySelector<HTMLElement>('[data-item]')?.offsetHeight ?? 40
    const shift = shiftOf(this.shown, next, anchor, (id) => rowElement(rows, id)?.offsetHeight ?? usual)
    if (!shift.stays) return true
    if (shift.px === 0) return false
    const scroll = window.scrollY + shift.px
    const end = document.documentElement.scrollHeight + Math.min(0, shift.px) - window.innerHeight
    return scroll < 0 || scroll > end
  }
}

export function rowElement(rows: HTMLElement, id: ItemId): HTMLElement | null {
  return rows.querySelector<HTMLElement>(`[data-item="${CSS.escape(id)}"]`)
}

export function rowOf(element: Element | null): ItemId | null {
  return element?.closest<HTMLElement>('[data-item]')?.dataset['item'] ?? null
}

function isInSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect()
  return bottom > 0 && top < window.innerHeight
}

/** From the first that ends below a height on. Only sections that do so, too, are looked into: what is far is not laid out. */
export function* rowsBelow(height: number, rows: HTMLElement): Generator<HTMLElement, undefined> {
  const sections = rows.children
  const first = firstBelow(height, sections)
  for (let at = first; at < sections.length; at++) {
    const section = sections[at]!
    // A gap stands for its rows.
    const all = section.hasAttribute('data-gap') ? [section] : [...section.children]
    yield* all.slice(at === first ? firstBelow(height, all) : 0) as HTMLElement[]
  }
}

/** They lie in order from top to bottom, so the first one that ends below a height is found by halving. */
function firstBelow(height: number, all: ArrayLike<Element>): number {
  let low = 0
  let high = all.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (all[middle]!.getBoundingClientRect().bottom > height) high = middle
    else low = middle + 1
  }
  return low
}
