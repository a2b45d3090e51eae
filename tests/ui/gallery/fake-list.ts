/**
 * A list in memory that answers wishes as a cluster would: the own edit at once and pending, agreed a moment later. It is
 * no Raft: just enough for hands to try the page.
 */
import type { Item, ItemId, ListScreen, News, Screen, View, Wish } from '../../../client/ui/view.ts'
import { AGREED, LINK, list } from './screens.ts'

type Change = (items: readonly Item[]) => readonly Item[]

export class FakeList {
  screen: Screen
  readonly wishes: Wish[] = []
  readonly #publish: (screen: Screen) => void
  readonly #agreeAfter: number
  #past: (readonly Item[])[] = []
  #future: (readonly Item[])[] = []
  #next = 100
  #toast = 0
  #frame = 0

  constructor(first: Screen, agreeAfter: number, publish: (screen: Screen) => void) {
    this.screen = first
    this.#agreeAfter = agreeAfter
    this.#publish = publish
  }

  readonly wish = (wish: Wish): void => {
    this.wishes.push(wish)
    if (this.screen.at === 'front') return this.#onFront(wish)
    switch (wish.do) {
      case 'add':
        return this.#add(wish.after, wish.texts)
      case 'edit':
        return this.#own(wish.id, (item) => ({ ...item, text: wish.text, revision: item.revision + 1 }))
      case 'check':
        return this.#own(wish.id, (item) => ({ ...item, done: wish.done }))
      case 'move':
        return this.#own(wish.id, (item) => item, moving(wish.id, wish.after))
      case 'delete':
        return this.#delete(wish.id)
      case 'again':
      case 'dismiss':
        return this.#own(wish.id, (item) => ({ ...item, standing: AGREED }))
      case 'rename':
        return this.#set({ name: wish.name })
      case 'undo':
        return this.#undo()
      case 'redo':
        return this.#redo()
      case 'send-again':
      case 'dismiss-toast':
        return this.#view({ toasts: this.#list.view.toasts.filter((toast) => toast.id !== wish.toast) })
      case 'dismiss-notice':
        return this.#view({ notices: this.#list.view.notices.filter((notice) => notice.is !== wish.notice) })
      case 'panel':
        this.screen = { ...this.#list, panel: wish.open }
        return this.#soon()
      case 'forget':
      case 'create':
      case 'open':
      case 'fresh-copy':
      case 'reload':
      case 'call-me':
    }
  }

  /** What somebody else does. */
  remote(change: Change, news: Omit<News, 'number'> | null = null): void {
    const { view } = this.#list
    if (news !== null) this.#view({ news: [...view.news, { ...news, number: (view.news.at(-1)?.number ?? 0) + 1 }] })
    this.#set({ items: change(this.#items) })
  }

  show(screen: Screen): void {
    this.screen = screen
    this.#soon()
  }

  get #list(): ListScreen {
    if (this.screen.at !== 'list') throw new Error('The front page has no list.')
    return this.screen
  }

  get #items(): readonly Item[] {
    const { list: at } = this.#list.view
    return 'items' in at ? at.items : []
  }

  #onFront(wish: Wish): void {
    if (wish.do === 'create') this.show({ ...list({ list: { at: 'here', name: wish.name, items: [] } }), link: `${LINK}2` })
    if (wish.do === 'open' && this.screen.at === 'front') this.show({ ...this.screen, problem: 'not-a-link' })
    if (wish.do === 'forget' && this.screen.at === 'front') {
      this.show({ ...this.screen, lists: this.screen.lists?.filter((one) => one.id !== wish.list) ?? null })
    }
  }

  #add(after: ItemId | null, texts: readonly string[]): void {
    const added = texts.map((text) => ({ id: `s1.${this.#next++}`, text, revision: 1, done: false, standing: this.#pending() }))
    this.#change((items) => {
      const at = after === null ? 0 : items.findIndex((item) => item.id === after) + 1
      return [...items.slice(0, at), ...added, ...items.slice(at)]
    })
    if (texts.length > 20) this.#tell({ is: 'added', count: texts.length })
    this.#agree(added.map((item) => item.id))
  }

  #delete(id: ItemId): void {
    const gone = this.#items.find((item) => item.id === id)
    this.#change((items) => items.filter((item) => item.id !== id))
    if (gone !== undefined) this.#tell({ is: 'deleted', text: gone.text })
  }

  #own(id: ItemId, edit: (item: Item) => Item, order: Change = (items) => items): void {
    this.#change((items) => order(items.map((item) => (item.id === id ? edit({ ...item, standing: this.#pending() }) : item))))
    this.#agree([id])
  }

  #undo(): void {
    const before = this.#past.pop()
    if (before === undefined) return this.#tell({ is: 'nothing-to-undo' })
    this.#future.push(this.#items)
    this.#set({ items: before.map((item) => ({ ...item, standing: AGREED })) })
    this.#tell({ is: 'undone' })
  }

  #redo(): void {
    const after = this.#future.pop()
    if (after === undefined) return this.#tell({ is: 'nothing-to-redo' })
    this.#past.push(this.#items)
    this.#set({ items: after })
  }

  #change(change: Change): void {
    this.#past.push(this.#items)
    this.#set({ items: change(this.#items) })
  }

  #pending(): Item['standing'] {
    return { is: 'pending', since: Date.now(), storedIn: 1, needed: 3, of: 5 }
  }

  #agree(ids: readonly ItemId[]): void {
    if (this.#agreeAfter === Infinity) return
    setTimeout(() => {
      if (this.screen.at !== 'list') return
      this.#set({
        items: this.#items.map((item) => (ids.includes(item.id) && item.standing.is === 'pending' ? { ...item, standing: AGREED } : item)),
      })
    }, this.#agreeAfter)
  }

  #tell(
    toast:
      | { readonly is: 'deleted'; readonly text: string }
      | { readonly is: 'added'; readonly count: number }
      | { readonly is: 'undone' | 'nothing-to-undo' | 'nothing-to-redo' },
  ): void {
    this.#view({ toasts: [{ id: ++this.#toast, ...toast }] })
  }

  #set(change: { readonly name?: string; readonly items?: readonly Item[] }): void {
    const { list: at } = this.#list.view
    if (at.at === 'here') this.#view({ list: { ...at, ...change } })
  }

  #view(change: Partial<View>): void {
    this.screen = { ...this.#list, view: { ...this.#list.view, ...change } }
    this.#soon()
  }

  /** Once a frame at most. */
  #soon(): void {
    if (this.#frame !== 0) return
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0
      this.#publish(this.screen)
    })
  }
}

export function moving(id: ItemId, after: ItemId | null): Change {
  return (items) => {
    const rest = items.filter((item) => item.id !== id)
    const at = after === null ? 0 : rest.findIndex((item) => item.id === after) + 1
    return [...rest.slice(0, at), ...items.filter((item) => item.id === id), ...rest.slice(at)]
  }
}
