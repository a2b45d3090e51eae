/**
 * Which rows are drawn. When hundreds come in one go, the first ones are drawn at once; the others where the person looks, and
 * piece by piece while there is nothing else to do. Until then gaps keep their places.
 */
import type { ItemId } from './view.ts'

/** So many rows are drawn in one go. Of more the browser lays out those near the screen only: the others are one line high, and so is a gap's row. */
export const MANY = 300
/** No row is lower, px. */
const ROW_MIN = 24
/** So many rows between other work: it may wait for them and hardly be felt. */
const PIECE = 120
/** How often a page that is never idle draws a piece, ms. */
const PIECE_EVERY = 100
/** While many rows come again and again, only what is in sight is drawn: agreeing on them has the processor, ms. */
const POURING = 500

interface Entry {
  readonly id: ItemId
}

/** Rows next to each other that are not drawn yet. */
export interface Gap {
  /** Not an item's: those do not begin with a space. */
  readonly id: ` gap ${number}`
  readonly missing: readonly ItemId[]
}

export class Drawn {
  /** Counts what was drawn though nothing had changed. */
  #pieces = $state(0)
  #entries: readonly Entry[] = []
  /** Not drawn yet. */
  readonly #owed = new Set<ItemId>()
  #owedAt = -Infinity
  /** In the order in which they stand. */
  #gaps: readonly Gap[] = []

  /**
   * These entries as they are to be drawn: the very same array if all are. `needed` is, wherever it stands. For a $derived; which
   * of them are new is told by what was asked before.
   */
  rows<E extends Entry>(entries: readonly E[], needed: ItemId | null): readonly (E | Gap)[] {
    void this.#pieces
    const coming = entries.length - this.#entries.length
    if (coming > MANY || (entries.length > MANY && coming > screenful())) this.#owe(entries)
    this.#entries = entries
    if (needed !== null) this.#owed.delete(needed)
    const rows = this.#owed.size === 0 ? [] : withGaps(entries, this.#owed)
    this.#gaps = rows.filter((row) => isGap(row))
    if (this.#gaps.length > 0) return rows
    this.#owed.clear()
    return entries
  }

  /** Draws until all are drawn; returns how to stop. */
  inPieces(list: HTMLElement): () => void {
    const next = (): void => {
      const isPouring = performance.now() - this.#owedAt < POURING
      if (!this.inSight(list) && !isPouring) this.#draw(this.#gaps[0]?.missing.slice(0, PIECE) ?? [])
      cancel = isPouring ? later(next, POURING) : whenIdle(next)
    }
    let cancel = whenIdle(next)
    return () => cancel()
  }

  /**
   * Draws what the person looks at; false if that is drawn already. And two screens above and below: that near browsers lay rows
   * out in full, so one drawn later would move those in sight by as many lines as it has.
   */
  inSight(list: HTMLElement): boolean {
    const [from, to] = [-2 * window.innerHeight, 3 * window.innerHeight]
    const places = [...list.children].filter((part) => part.hasAttribute('data-gap'))
    for (const [at, { missing }] of this.#gaps.entries()) {
      const { top, bottom, height } = places[at]!.getBoundingClientRect()
      if (bottom <= from || top >= to) continue
      const rowAt = (y: number): number => Math.floor(((y - top) / height) * missing.length)
      this.#draw(missing.slice(Math.max(rowAt(from), 0), rowAt(to) + 1))
      return true
    }
    return false
  }

  all(): void {
    this.#draw([...this.#owed])
  }

  /** Of those that come the first are drawn at once, as many as a screen may show. */
  #owe(entries: readonly Entry[]): void {
    const before = new Set(this.#entries.map(({ id }) => id))
    let left = screenful()
    for (const { id } of entries) if (!before.has(id) && left-- <= 0) this.#owed.add(id)
    this.#owedAt = performance.now()
  }

  #draw(ids: readonly ItemId[]): void {
    if (ids.length === 0) return
    for (const id of ids) this.#owed.delete(id)
    this.#pieces++
  }
}

export function isGap(part: object): part is Gap {
  return 'missing' in part
}

function withGaps<E extends Entry>(entries: readonly E[], owed: ReadonlySet<ItemId>): readonly (E | Gap)[] {
  const rows: (E | Gap)[] = []
  let missing: ItemId[] = []
  let gaps = 0
  const close = (): void => {
    if (missing.length === 0) return
    const gap: Gap = { id: ` gap ${gaps++}`, missing }
    rows.push(gap)
    missing = []
  }
  for (const entry of entries) {
    if (owed.has(entry.id)) missing.push(entry.id)
    else {
      close()
      rows.push(entry)
    }
  }
  close()
  return rows
}

/** Safari has no idle callbacks. */
function whenIdle(work: () => void): () => void {
  if ('requestIdleCallback' in window) {
    const request = requestIdleCallback(work, { timeout: PIECE_EVERY })
    return () => cancelIdleCallback(request)
  }
  return later(work, PIECE_EVERY / 4)
}

function later(work: () => void, delay: number): () => void {
  const timer = setTimeout(work, delay)
  return () => clearTimeout(timer)
}

/** As many rows as a screen may show. */
function screenful(): number {
  return Math.ceil(window.innerHeight / ROW_MIN)
}
