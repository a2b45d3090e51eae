/**
 * What the page keeps to itself about an open list: what is being typed, which row has the keyboard, what is folded or
 * searched, and its own toasts. It turns what hands do into wishes and knows nothing about how they come true.
 */
import { tick } from 'svelte'
import { Calm } from './calm.svelte.ts'
import type { Step } from './keys.ts'
import { afterStep, arrivedAfter, linesOf, predecessor } from './order.ts'
import { Speech } from './speech.svelte.ts'
import type { Item, ItemId, View, Wish } from './view.ts'
import { count, short, WORDS } from './words.ts'

/** The key of the row that is not an item yet. No item id begins with a space. */
export const DRAFT = ' draft'

export type Editing = { readonly text: string; readonly from: string; readonly caret: number } & (
  | { readonly what: 'item'; readonly id: ItemId; readonly revision: number }
  | { readonly what: 'draft'; readonly after: ItemId | null }
)

export interface OwnToast {
  readonly words: string
  readonly label: string | null
  readonly act: () => void
}

export type SheetName = 'share' | 'keys' | 'forget' | 'name'

export class Desk {
  readonly calm = new Calm()
  readonly speech = new Speech()
  editing = $state.raw<Editing | null>(null)
  current = $state.raw<ItemId | null>(null)
  search = $state.raw<string | null>(null)
  sheet = $state.raw<SheetName | null>(null)
  toast = $state.raw<OwnToast | null>(null)
  /** Rows are being put in order: a field that loses the focus gets it back in the same frame. */
  rearranging = false
  #folded = $state.raw<ReadonlySet<ItemId>>(new Set())
  /** An item that somebody deleted while it is being edited here: it stays, with what was typed. */
  #ghost: Item | null = null
  /** Added, and not yet in the view: what is added meanwhile must come after it. */
  #adding: { readonly after: ItemId | null; readonly before: ReadonlySet<ItemId>; readonly at: number } | null = null
  #queue: string[] = []
  #focusAdded = false
  readonly #wish: (wish: Wish) => void

  readonly visible = $derived.by(() => {
    const sought = this.search?.trim().toLowerCase() ?? ''
    const shown = this.calm.shown.filter((item) => !(item.done && this.#folded.has(item.id)))
    return sought === '' ? shown : shown.filter((item) => item.text.toLowerCase().includes(sought))
  })
  readonly folded = $derived(this.calm.shown.length - this.calm.shown.filter((item) => !(item.done && this.#folded.has(item.id))).length)

  constructor(wish: (wish: Wish) => void) {
    this.#wish = wish
  }

  receive(view: View): void {
    const { list } = view
    const items = 'items' in list ? list.items : []
    this.calm.receive(this.#withGhost(items))
    this.#continueAdding(items)
  }

  wish(wish: Wish): void {
    if (wish.do === 'undo' || wish.do === 'redo' || wish.do === 'again' || wish.do === 'send-again') this.calm.expectOwn()
    this.#wish(wish)
  }

  // Editing

  edit(id: ItemId, caret = Infinity): void {
    this.keep()
    const item = this.item(id)
    if (item === undefined) return
    this.current = id
    this.editing = { what: 'item', id, revision: item.revision, text: item.text, from: item.text, caret }
  }

  typed(text: string): void {
    if (this.editing !== null) this.editing = { ...this.editing, text }
  }

  /** Ends editing; what was changed becomes a wish. An item emptied is an item deleted. */
  keep(): void {
    const { editing } = this
    if (editing === null) return
    this.editing = null
    this.#submit(editing)
  }

  /** What was typed is sent, and typing goes on: for when the page may be gone the next moment. */
  save(): void {
    const { editing } = this
    if (editing?.what === 'item' && editing.text.trim() !== '') {
      this.#submit(editing)
      this.editing = { ...editing, from: editing.text.trim() }
    }
    this.#flushQueue()
  }

  openLine(where: 'below' | 'above'): void {
    const { editing } = this
    if (editing === null) return
    if (editing.what === 'draft') {
      if (editing.text.trim() === '') return
      this.#add(editing.after, linesOf(editing.text))
      this.editing = { ...editing, text: '', from: '', caret: 0 }
      return
    }
    this.keep()
    const after = where === 'below' ? editing.id : predecessor(this.calm.shown, editing.id)
    this.editing = { what: 'draft', after, text: '', from: '', caret: 0 }
  }

  /** Several lines pasted into a row: the first joins its text, each other one becomes an item below. */
  pasteLines(text: string): void {
    const { editing } = this
    if (editing === null) return
    if (editing.what === 'draft') {
      this.#add(editing.after, linesOf(text))
      this.editing = { ...editing, text: '', from: '' }
      return
    }
    const [first, ...more] = linesOf(text)
    this.editing = { ...editing, text: first ?? '' }
    this.keep()
    this.#add(editing.id, more)
    this.focus(editing.id)
  }

  stop(): void {
    const { editing } = this
    this.keep()
    // A line that was kept just now is not an item for another frame.
    this.#focusAdded = this.#adding !== null
    if (editing?.what === 'item') this.focus(editing.id)
    else if (editing?.what === 'draft') this.focus(editing.after ?? this.visible[0]?.id ?? null)
  }

  // Items

  item(id: ItemId): Item | undefined {
    return this.calm.shown.find((item) => item.id === id)
  }

  addAtEnd(text: string): void {
    this.#add(this.calm.latest.at(-1)?.id ?? null, linesOf(text))
  }

  check(id: ItemId, done: boolean): void {
    this.#wish({ do: 'check', id, done })
  }

  delete(id: ItemId): void {
    const neighbour = this.neighbour(id, 'down') ?? this.neighbour(id, 'up')
    if (this.editing?.what === 'item' && this.editing.id === id) this.editing = null
    this.calm.expectOwn()
    this.#wish({ do: 'delete', id })
    this.focus(neighbour)
  }

  move(id: ItemId, after: ItemId | null): void {
    this.calm.move(id, after)
    this.#wish({ do: 'move', id, after })
    const { visible } = this
    const at = visible.findIndex((item) => item.id === id)
    if (at >= 0) this.speech.say(`${short(visible[at]!.text)}, ${at + 1} of ${visible.length}.`)
  }

  step(id: ItemId, step: Step): void {
    const after = afterStep(this.calm.shown, this.visible, id, step)
    if (after !== undefined) this.move(id, after)
  }

  again(id: ItemId): void {
    if (this.#ghost?.id !== id) return this.wish({ do: 'again', id })
    const after = predecessor(this.calm.shown, id)
    const text = this.#ghost.text
    this.#dropGhost()
    this.#add(after, [text])
  }

  dismiss(id: ItemId): void {
    if (this.#ghost?.id === id) this.#dropGhost()
    else this.#wish({ do: 'dismiss', id })
  }

  neighbour(id: ItemId, step: Step): ItemId | null {
    const { visible } = this
    const at = visible.findIndex((item) => item.id === id)
    const to = { up: at - 1, down: at + 1, top: 0, end: visible.length - 1 }[step]
    return visible[to]?.id ?? null
  }

  /** The keyboard goes to this item's checkbox, once the page shows it. */
  focus(id: ItemId | null): void {
    this.current = id
    void tick().then(() => {
      const row = id === null ? null : document.querySelector<HTMLElement>(`[data-item="${CSS.escape(id)}"] input[type=checkbox]`)
      if (row !== null) row.focus()
      else document.querySelector<HTMLElement>('[data-add]')?.focus()
    })
  }

  // Folding

  fold(): void {
    const done = this.calm.shown.filter((item) => item.done)
    const more = done.filter((item) => !this.#folded.has(item.id)).length
    this.calm.expectOwn()
    this.#folded = new Set(done.map((item) => item.id))
    this.tell(`Hid ${count(more, 'item').split(' ')[0]} done`, WORDS.show, () => this.unfold())
  }

  unfold(): void {
    this.#folded = new Set()
    this.toast = null
  }

  tell(words: string, label: string | null = null, act: () => void = () => {}): void {
    this.toast = { words, label, act }
    this.speech.say(words)
  }

  end(): void {
    this.keep()
    this.#flushQueue()
    this.calm.end()
    this.speech.end()
  }

  #submit(editing: Editing): void {
    const text = editing.text.trim()
    if (editing.what === 'draft') {
      if (text !== '') this.#add(editing.after, linesOf(text))
    } else if (text === '') {
      this.calm.expectOwn()
      this.#wish({ do: 'delete', id: editing.id })
    } else if (text !== editing.from.trim()) {
      if (this.#ghost?.id === editing.id) this.#ghost = { ...this.#ghost, text }
      this.#wish({ do: 'edit', id: editing.id, revision: editing.revision, text })
    } else if (this.#ghost?.id === editing.id) {
      this.#dropGhost()
    }
  }

  #add(below: ItemId | null, texts: readonly string[]): void {
    if (texts.length === 0) return
    // A ghost is known to nobody but this page.
    const after = below !== null && below === this.#ghost?.id ? predecessor(this.calm.latest, below) : below
    if (this.#adding !== null && performance.now() - this.#adding.at < 1_000) {
      this.#queue.push(...texts)
      return
    }
    this.calm.expectOwn()
    this.#adding = { after, before: new Set(this.calm.latest.map((item) => item.id)), at: performance.now() }
    this.#wish({ do: 'add', after, texts })
  }

  #continueAdding(items: readonly Item[]): void {
    if (this.#adding === null) return
    const { after, before } = this.#adding
    const last = arrivedAfter(before, items, after).at(-1)
    if (last === undefined) return
    this.#adding = null
    if (this.editing?.what === 'draft' && this.editing.after === after) this.editing = { ...this.editing, after: last }
    if (this.#queue.length > 0) return this.#add(last, this.#queue.splice(0))
    if (this.#focusAdded) this.focus(last)
    this.#focusAdded = false
  }

  #flushQueue(): void {
    if (this.#queue.length > 0) this.#wish({ do: 'add', after: this.#adding?.after ?? null, texts: this.#queue.splice(0) })
  }

  #withGhost(items: readonly Item[]): readonly Item[] {
    const { editing } = this
    const edited = editing?.what === 'item' ? editing.id : this.#ghost?.id
    if (edited === undefined || items.some((item) => item.id === edited)) {
      this.#ghost = null
      return items
    }
    const was = this.#ghost ?? this.item(edited)
    if (was === undefined) return items
    this.#ghost = { ...was, standing: { is: 'refused', why: 'deleted', by: null } }
    const before = predecessor(this.calm.shown, edited)
    const at = before === null ? 0 : items.findIndex((item) => item.id === before) + 1
    return [...items.slice(0, at), this.#ghost, ...items.slice(at)]
  }

  #dropGhost(): void {
    const ghost = this.#ghost
    this.#ghost = null
    this.calm.expectOwn()
    this.calm.receive(this.calm.latest.filter((item) => item.id !== ghost?.id))
  }
}
