/** The running page as a rune: which screen the address names, published at most once an animation frame. */
import { parseFragment } from '../../shared/wire/keys.ts'
import type { Link } from '../../shared/wire/keys.ts'
import { forgetList } from '../tab/forget-list.ts'
import { foundList } from '../tab/found-list.ts'
import type { Browser } from '../tab/browser.ts'
import type { FlotillaEvent, Listeners } from '../tab/console.ts'
import type { OpenList } from '../tab/open-list.ts'
import type { FrontProblem, FrontScreen, Screen, Wish } from '../ui/view.ts'
import { linkTo, personOf, summaries } from './front.ts'
import { ListState } from './list-state.ts'
import { Pacer, documentFrames } from './pacer.ts'

const REMEMBER_MS = 1_000
const RESTLESS_MS = 250

export class Page {
  readonly #browser: Browser
  readonly listeners: Listeners = new Set()
  /** Null until it is known what a list's link leads to. */
  #screen = $state.raw<Screen | null>(parseFragment(location.hash) === null ? EMPTY_FRONT : null)
  #front: FrontScreen = EMPTY_FRONT
  #list: ListState | null = null
  /** The secret that is being opened or is open; an opening that was overtaken closes again. */
  #secret: string | null = null
  #problem: FrontProblem | null = null
  readonly #pacer = new Pacer(
    documentFrames,
    () => this.#publish(),
    () => this.#list?.isElecting === true,
  )
  #rememberedAt = -Infinity
  #remembered = ''
  #openedPanel = false

  constructor(browser: Browser) {
    this.#browser = browser
    addEventListener('hashchange', () => this.#run(this.#follow()))
    addEventListener('popstate', () => this.#pacer.drawSoon())
    addEventListener('pagehide', () => this.#list?.open.leave())
    // A page kept in the back-forward cache has said farewell: its nodes must never step again (DESIGN 6).
    addEventListener('pageshow', (event: PageTransitionEvent) => event.persisted && location.reload())
    setInterval(() => this.#list?.isRestless !== false && this.#pacer.drawSoon(), RESTLESS_MS)
    this.#run(this.#follow())
  }

  get screen(): Screen | null {
    return this.#screen
  }

  get open(): OpenList | null {
    return this.#list?.open ?? null
  }

  wish(wish: Wish): void {
    this.#pacer.hurry()
    if (isOfPage(wish)) this.#wishOfPage(wish)
    else if (this.#list !== null) wishOfList(this.#list, wish)
    this.#pacer.drawSoon()
  }

  #wishOfPage(wish: PageWish): void {
    switch (wish.do) {
      case 'create':
        return this.#run(this.#create(wish.name))
      case 'open':
        return this.#openLink(wish.link)
      case 'forget':
        return this.#run(this.#forget(wish.list))
      case 'panel':
        return this.#setPanel(wish.open)
      case 'reload':
        return location.reload()
      case 'fresh-copy':
        return void this.#freshCopy()
      case 'call-me':
        return this.#run(this.#callMe(wish.name))
      default:
        return wish satisfies never
    }
  }

  /** A browser whose database does not answer can open nothing, and the page says so. */
  #run(wished: Promise<void>): void {
    wished.catch((error: unknown) => {
      reportError(error)
      if (this.#list === null) this.#secret = null
      this.#front = { ...this.#front, lists: this.#front.lists ?? [], problem: 'no-storage' }
      this.#pacer.drawSoon()
    })
  }

  async #callMe(name: string): Promise<void> {
    if (this.#list !== null) return this.#list.callMe(name)
    await this.#browser.registry.setPersonName(name)
    await this.#showFront()
  }

  /** Goes where the address says. */
  async #follow(): Promise<void> {
    const link = parseFragment(location.hash)
    if (link === null) return this.#leaveFor(null)
    if (link.secret === this.#secret) return this.#pacer.drawSoon()
    await this.#leaveFor(link)
  }

  async #leaveFor(link: Link | null): Promise<void> {
    this.#list?.open.leave()
    this.#list = null
    this.#secret = link?.secret ?? null
    this.#remembered = ''
    if (link === null) {
      this.#problem = location.hash.length > 1 ? 'not-a-link' : null
      return this.#showFront()
    }
    const list = await ListState.of(this.#browser, link.secret, (event) => {
      this.#tell(event)
      this.#pacer.drawSoon()
    })
    if (this.#secret !== link.secret) return list.open.leave()
    this.#list = list
    this.#pacer.draw()
  }

  /** Within a turn of a node: what a script's listener throws is its own trouble, and must not stop the node. */
  #tell(event: FlotillaEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(event)
      } catch (error) {
        reportError(error)
      }
    }
  }

  async #showFront(): Promise<void> {
    const me = personOf(await this.#browser.registry.person())
    const lists = await summaries(this.#browser, me)
    this.#front = { at: 'front', me, lists, problem: this.#problem }
    this.#pacer.drawSoon()
  }

  async #create(name: string): Promise<void> {
    const founded = await foundList(this.#browser, name)
    this.#problem = founded.ok ? null : founded.error.type === 'guest' ? 'guest' : 'no-room'
    if (!founded.ok) return this.#showFront()
    location.hash = founded.value
  }

  #openLink(text: string): void {
    const at = text.indexOf('#')
    const link = parseFragment(at < 0 ? text.trim() : text.slice(at).trim())
    this.#problem = link === null ? 'not-a-link' : null
    if (link === null) this.#run(this.#showFront())
    else location.hash = link.secret
  }

  async #forget(list: string | null): Promise<void> {
    const room = list ?? this.#list?.open.room ?? null
    if (room === null) return
    if (this.#list?.open.room === room) {
      this.#list.open.leave()
      this.#list = null
      this.#secret = null
      history.replaceState(null, '', location.pathname)
    }
    await forgetList(this.#browser, room)
    await this.#showFront()
  }

  async #freshCopy(): Promise<void> {
    const room = this.#list?.open.room
    if (room !== undefined) this.#browser.remembered.set(room, null)
    location.reload()
  }

  /** Opening is a history entry of its own; closing goes back, if we opened it. */
  #setPanel(open: boolean): void {
    const isOpen = parseFragment(location.hash)?.page === 'cluster'
    if (open === isOpen || this.#secret === null) return
    if (!open && this.#openedPanel) return history.back()
    if (open) history.pushState(null, '', `#${this.#secret}/cluster`)
    else history.replaceState(null, '', `#${this.#secret}`)
    this.#openedPanel = open
  }

  #publish(): void {
    const list = this.#list
    if (list === null) {
      if (this.#secret === null) this.#screen = this.#front
      return
    }
    const panel = parseFragment(location.hash)?.page === 'cluster'
    this.#screen = { at: 'list', link: linkTo(list.open.secret), panel, view: list.view() }
    this.#remember(list)
  }

  #remember(list: ListState): void {
    const now = this.#browser.clock.now()
    const record = list.record()
    if (record === null || now - this.#rememberedAt < REMEMBER_MS) return
    this.#rememberedAt = now
    const text = JSON.stringify(record)
    if (text === this.#remembered) return
    this.#remembered = text
    // What the front page shows; nothing else needs it.
    this.#browser.registry.putList({ ...record, visitedAt: this.#browser.clock.wall() }).catch(() => {})
  }
}

const EMPTY_FRONT: FrontScreen = { at: 'front', me: personOf({ id: 'nobody', name: '' }), lists: null, problem: null }

/** What concerns the page, not the list. */
type PageWish = Extract<Wish, { do: 'create' | 'open' | 'forget' | 'panel' | 'reload' | 'fresh-copy' | 'call-me' }>

const OF_PAGE: ReadonlySet<Wish['do']> = new Set<PageWish['do']>(['create', 'open', 'forget', 'panel', 'reload', 'fresh-copy', 'call-me'])

function isOfPage(wish: Wish): wish is PageWish {
  return OF_PAGE.has(wish.do)
}

function wishOfList(list: ListState, wish: Exclude<Wish, PageWish>): void {
  const { edits } = list
  switch (wish.do) {
    case 'add':
      return edits.add(wish.after, wish.texts)
    case 'edit':
      return edits.do({ type: 'edit', id: wish.id, revision: wish.revision, text: wish.text }, 'edit')
    case 'check':
      return edits.do({ type: 'check', id: wish.id, done: wish.done }, 'check')
    case 'move':
      return edits.do({ type: 'move', id: wish.id, after: wish.after }, 'move')
    case 'rename':
      return edits.do({ type: 'rename', name: wish.name }, 'rename')
    case 'delete':
      return edits.delete(wish.id)
    case 'again':
      return edits.again(wish.id)
    case 'dismiss':
      return edits.dismiss(wish.id)
    case 'undo':
      return edits.undo(wish.of)
    case 'redo':
      return edits.redo()
    case 'send-again':
      return edits.sendAgain(wish.toast)
    case 'dismiss-toast':
      return edits.dismissToast(wish.toast)
    case 'dismiss-notice':
      return list.dismiss(wish.notice)
    default:
      return wish satisfies never
  }
}
