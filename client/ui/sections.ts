/**
 * A long list in sections. Before each frame a browser looks at every child of a list, and with thousands of them that alone takes
 * longer than a frame may. So rows that stand together are one child. A row stays in its section as long as it stays in order; one
 * that goes to another is made anew there.
 */
import { isGap, type Gap } from './drawn.svelte.ts'
import type { ItemId } from './view.ts'

/** So many rows are put in one section; others may come between them, and one that has more than twice as many is divided. */
export const SECTION = 50

interface Entry {
  readonly id: ItemId
}

export interface Section<E> {
  /** Not an item's: those do not begin with a space. */
  readonly id: ` section ${number}`
  readonly rows: readonly E[]
}

export type Part<E> = Section<E> | Gap

/** What will be a section: the one that stood at `home`, or a new one. */
interface Draft<E> {
  home: number | null
  readonly rows: E[]
}

export class Sections<E extends Entry> {
  #sections: readonly Section<E>[] = []
  #made = 0

  /**
   * These rows in sections: the very same objects where nothing changed. Where one is divided, the rows beside `held()` stay as they
   * are in the page, since somebody may be about to press, type or choose there. For a $derived.
   */
  of(rows: readonly (E | Gap)[], held: () => ItemId | null): readonly Part<E>[] {
    const drafts = draft(rows, homesOf(rows, this.#sections), this.#sections)
    const parts = drafts.flatMap((part): readonly Part<E>[] => (isGap(part) ? [part] : this.#divide(part, held)))
    this.#sections = parts.filter((part): part is Section<E> => !isGap(part))
    return parts
  }

  #divide({ home, rows }: Draft<E>, held: () => ItemId | null): readonly Section<E>[] {
    const was = home === null ? null : this.#sections[home]!
    if (rows.length <= 2 * SECTION) return [was === null ? this.#make(rows) : goesOn(was, rows)]
    const count = Math.floor(rows.length / SECTION)
    const size = Math.ceil(rows.length / count)
    const pieces = Array.from({ length: count }, (_, k) => rows.slice(k * size, (k + 1) * size))
    const id = was === null ? null : held()
    const heir = pieces.find((piece) => piece.some((row) => row.id === id)) ?? pieces[0]!
    return pieces.map((piece) => (piece === heir && was !== null ? goesOn(was, piece) : this.#make(piece)))
  }

  #make(rows: readonly E[]): Section<E> {
    return { id: ` section ${this.#made++}`, rows }
  }
}

function goesOn<E>(was: Section<E>, rows: readonly E[]): Section<E> {
  const isSame = was.rows.length === rows.length && rows.every((row, at) => row === was.rows[at])
  return isSame ? was : { id: was.id, rows }
}

/** New rows and those that moved join what they stand in, or else the section before them, or the one after, as long as it has room. */
function draft<E extends Entry>(
  rows: readonly (E | Gap)[],
  homes: readonly (number | null)[],
  sections: readonly Section<E>[],
): readonly (Draft<E> | Gap)[] {
  const parts: (Draft<E> | Gap)[] = []
  const taken = new Set<number>()
  const ahead = homesAhead(rows, homes)
  let open: Draft<E> | null = null
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!
    if (isGap(row)) {
      parts.push(row)
      open = null
      continue
    }
    const kept = homes[at]!
    const home = kept === null || (taken.has(kept) && open?.home !== kept) ? null : kept
    const isWithin: boolean = open !== null && open.home !== null && open.home === (home ?? ahead[at])
    const hasRoom: boolean = open !== null && (home === null ? open.rows.length < SECTION : canGoOn(open, sections[home]!))
    if (!isWithin && !hasRoom) parts.push((open = { home: null, rows: [] }))
    if (home !== null && open!.home !== home) {
      open!.home = home
      taken.add(home)
    }
    open!.rows.push(row)
  }
  return parts
}

/** Where the next row stays that stays anywhere, before the next gap. */
function homesAhead(rows: readonly (Entry | Gap)[], homes: readonly (number | null)[]): readonly (number | null)[] {
  const ahead: (number | null)[] = []
  let next: number | null = null
  for (let at = rows.length - 1; at >= 0; at--) ahead[at] = next = isGap(rows[at]!) ? null : (homes[at] ?? next)
  return ahead
}

/** New rows that a section may take in before its own. */
function canGoOn<E>({ home, rows }: Draft<E>, section: Section<E>): boolean {
  return home === null && rows.length + section.rows.length <= SECTION
}

/** The place of the section in which each row stays; null for one that is new or has moved. As few as can be have moved. */
function homesOf<E extends Entry>(rows: readonly (E | Gap)[], sections: readonly Section<E>[]): readonly (number | null)[] {
  const before = sections.flatMap(({ rows }) => rows)
  const home = sections.flatMap(({ rows }, at) => rows.map(() => at))
  const least = Math.min(rows.length, before.length)
  // Nearly all stay where they are, and to look them up takes longer than to see that.
  let head = 0
  while (head < least && rows[head]!.id === before[head]!.id) head++
  let tail = 0
  while (tail < least - head && rows.at(-1 - tail)!.id === before.at(-1 - tail)!.id) tail++
  const between = [before.length - tail, rows.length - tail] as const
  const known = new Map(before.slice(head, between[0]).map(({ id }, at) => [id, home[head + at]!]))
  const homes = rows.slice(head, between[1]).map(({ id }) => known.get(id) ?? null)
  const stays = longestInOrder(homes)
  return [...home.slice(0, head), ...homes.map((one, at) => (stays.has(at) ? one : null)), ...home.slice(between[0])]
}

/** The places of a longest run of numbers that never go down, nulls left out (patience sorting). */
function longestInOrder(numbers: readonly (number | null)[]): ReadonlySet<number> {
  /** For each length the place of the least number with which a run so long can end. */
  const ends: number[] = []
  const previous = new Map<number, number | undefined>()
  for (const [at, number] of numbers.entries()) {
    if (number === null) continue
    let low = ends.length > 0 && numbers[ends.at(-1)!]! <= number ? ends.length : 0
    let high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (numbers[ends[middle]!]! <= number) low = middle + 1
      else high = middle
    }
    previous.set(at, ends[low - 1])
    ends[low] = at
  }
  const run = new Set<number>()
  for (let at = ends.at(-1); at !== undefined; at = previous.get(at)) run.add(at)
  return run
}
