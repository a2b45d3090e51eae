/** One open list as the page shows it. Not reactive: whoever owns it asks for a view once a frame. */
import type { ListRecord } from '../../shared/life/ports.ts'
import type { PendingCommand } from '../../shared/host/proposals.ts'
import { entriesTaken } from '../../shared/host/transition.ts'
import type { Transition } from '../../shared/host/transition.ts'
import type { AppliedCommand } from '../../shared/life/replicated-list.ts'
import { commandId } from '../../shared/list/commands.ts'
import type { CommandResult } from '../../shared/list/commands.ts'
import { isMember } from '../../shared/raft/quorum.ts'
import { configurationOf, leaderOf } from '../../shared/raft/node.ts'
import type { Person as Known } from '../../shared/life/ports.ts'
import type { Browser } from '../tab/browser.ts'
import type { FlotillaEvent } from '../tab/console.ts'
import { openList } from '../tab/open-list.ts'
import type { OpenList } from '../tab/open-list.ts'
import type { ListView, News, Notice, Person, View } from '../ui/view.ts'
import { Edits } from './edits.ts'
import { fleetOf } from './fleet.ts'
import { Items } from './items.ts'
import { noticesOf } from './notices.ts'
import { People } from './people.ts'

/** Nobody answered for so long: nobody with this list is here. */
const WAITING_AFTER_MS = 4_000
const NEWS_MAX = 50
const TWIN_SEEN = 'flotilla:twin-seen'

export class ListState {
  readonly open: OpenList
  readonly edits: Edits
  readonly #browser: Browser
  readonly #items: Items
  readonly #people = new People()
  readonly #bornAt: number
  readonly #dismissed = new Set<Notice['is']>()
  #me: Known
  #news: News[] = []
  #newsCount = 0
  #hasArrived = false
  #hasReported = false
  #withoutMajoritySince: number | null = null
  #keptWhileFew = 0
  #agreedAt: number | null

  private constructor(browser: Browser, open: OpenList, me: Known, agreedAt: number | null) {
    this.#agreedAt = agreedAt
    this.#browser = browser
    this.open = open
    this.edits = new Edits(open.life)
    this.#items = new Items(open.life.list.lastApplied)
    this.#me = me
    this.#bornAt = browser.clock.now()
  }

  /** `tell` is called often; look at most once a frame. */
  static async of(browser: Browser, secret: string, tell: (event: FlotillaEvent) => void): Promise<ListState> {
    let state: ListState | null = null
    // A stored log tells what came of a reloaded page's edits before there is anything to show it with.
    const early: (readonly [PendingCommand, CommandResult])[] = []
    const asked = Promise.all([browser.registry.person(), browser.registry.lists()])
    asked.catch(() => {}) // Said below, once there is something to leave.
    const open = await openList(browser, secret, () => tell({ type: 'changed' }), {
      settled: (command, result) => {
        if (state === null) early.push([command, result])
        else state.edits.settled(command, result)
      },
      applied: (applied) => {
        state?.heard(applied)
        tell({ type: 'agreed', id: commandId(applied.session, applied.seq), result: applied.result })
      },
      transition: (transition) => {
        // Of several nodes here only the main one speaks for the tab.
        if (transition.node !== state?.open.life.host.main?.id) return
        for (const id of commandsTaken(transition)) tell({ type: 'received', id })
      },
    })
    const [me, lists] = await asked.catch((error: unknown) => {
      open.leave()
      throw error
    })
    state = new ListState(browser, open, me, lists.find(({ room }) => room === open.room)?.agreedAt ?? null)
    for (const [command, result] of early) state.edits.settled(command, result)
    return state
  }

  /** When to look again though nothing happens. */
  get isRestless(): boolean {
    return !this.#hasArrived || this.#withoutMajoritySince !== null
  }

  /** What is stored here knows of no leader now. */
  get isElecting(): boolean {
    const { main } = this.open.life.host
    return main !== null && leaderOf(main) === null
  }

  callMe(name: string): void {
    this.#me = { ...this.#me, name }
    this.#browser.registry.setPersonName(name).catch(() => {}) // Then it holds as long as this tab is open.
    this.open.life.host.call(this.#me)
  }

  dismiss(notice: Notice['is']): void {
    this.#dismissed.add(notice)
    if (notice === 'twin') localStorage.setItem(TWIN_SEEN, 'yes')
  }

  view(): View {
    const { life } = this.open
    const { host, phase } = life
    const status = life.status
    const now = this.#browser.clock.now()
    this.#people.look(host, this.#me)
    this.#watchMajority(status.majority, status.pending, now)
    const list = this.#list(now)
    const isLive = list.at === 'here'
    return {
      list,
      me: this.#people.person(this.#me),
      fleet: fleetOf(host, status, this.#people, this.#me),
      notices: noticesOf({
        life,
        status,
        now,
        withoutMajoritySince: isLive ? this.#withoutMajoritySince : null,
        isTooOld: this.open.isTooOld(),
        isTwin: isLive && this.#isTwin(),
        dismissed: this.#dismissed,
      }),
      stored: (item) => this.#items.stored(item, host.main),
      toasts: this.edits.toasts,
      news: this.#news,
      can: { edit: isLive && phase.at !== 'stopped', undo: this.edits.canUndo, redo: this.edits.canRedo },
    }
  }

  /** What the front page and the next start should know. */
  record(): Omit<ListRecord, 'visitedAt'> | null {
    const { room, secret, life } = this.open
    if (!this.#hasArrived) return null
    const { name, items } = life.list.agreed.view()
    return { room, secret, name, items: items.length, pending: life.proposals.count, agreedAt: this.#agreedAt }
  }

  /** Why a node stopped is for whoever opens the console; the page says what it means. */
  #reportStop(): void {
    const { phase } = this.open.life
    if (phase.at !== 'stopped' || this.#hasReported) return
    this.#hasReported = true
    // oxlint-disable-next-line no-console -- a broken invariant must be loud
    console.error('Flotilla: this tab stopped', phase.why)
  }

  #list(now: number): ListView {
    const { life } = this.open
    const { overlay, own } = this.edits.look()
    const items = this.#items.draw(overlay, own, life.host.main, this.edits.refused)
    const { name } = overlay
    this.#reportStop()
    if (life.phase.at === 'stopped') return { at: 'stopped', name, items }
    const { main } = life.host
    this.#hasArrived ||= main !== null && this.#hasWhatOthersAgreed()
    if (this.#hasArrived) return { at: 'here', name, items }
    const from = this.#lender()
    if (main === null || from === null) return { at: now - this.#bornAt < WAITING_AFTER_MS ? 'looking' : 'waiting' }
    const target = this.#target()
    return { at: 'copying', from, share: target === 0 ? 0 : Math.min(life.list.lastApplied / target, 1), name, items }
  }

  /** A list that was stored here is shown at once; a new copy when it is a member's and complete. */
  #hasWhatOthersAgreed(): boolean {
    const { main } = this.open.life.host
    if (main === null || this.open.life.list.lastApplied === 0) return false
    const target = this.#target()
    const { hadStored, list } = this.open.life
    return hadStored || (isMember(configurationOf(main), main.id) && target > 0 && list.lastApplied >= target)
  }

  /** What the others know agreed: other tabs, and nodes beside the main one that were taken since. */
  #target(): number {
    const { host } = this.open.life
    const elsewhere = host.routes.peers.flatMap(({ tab }) => host.reports.of(tab))
    const beside = host.hosted.filter(({ id }) => id !== host.main?.id)
    return Math.max(0, ...[...elsewhere, ...beside].map(({ commitIndex }) => commitIndex))
  }

  #lender(): Person | null {
    const peer = this.open.life.host.routes.peers.find(({ hello }) => hello.cluster !== null && hello.hosted.length > 0)
    return peer === undefined ? null : this.#people.person(peer.hello.person)
  }

  #isTwin(): boolean {
    const { host } = this.open.life
    const isHere = host.routes.peers.some(({ hello }) => hello.machine === host.options.machine)
    return isHere && localStorage.getItem(TWIN_SEEN) === null
  }

  #watchMajority(majority: boolean, pending: number, now: number): void {
    if (!majority) {
      this.#withoutMajoritySince ??= now
      this.#keptWhileFew = Math.max(this.#keptWhileFew, pending)
    } else {
      this.#withoutMajoritySince = null
      if (this.#keptWhileFew > 0 && pending === 0) {
        this.edits.toast({ is: 'in-touch-again', agreed: this.#keptWhileFew })
        this.#keptWhileFew = 0
      }
    }
  }

  /** Told while a stored log is replayed, too; only what happens from the arrival on is news. */
  heard({ session, command, result, index }: AppliedCommand): void {
    if (result.ok && result.id !== null) this.#items.changed(result.id, index)
    if (this.#hasArrived) this.#agreedAt = this.#browser.clock.wall()
    const { list, proposals } = this.open.life
    if (!this.#hasArrived || proposals.isOwn(session) || !result.ok) return
    const did = {
      add: 'added',
      edit: 'edited',
      move: 'moved',
      delete: 'deleted',
      restore: 'added',
      rename: 'renamed',
      skip: null,
      check: command.type === 'check' && command.done ? 'finished' : 'reopened',
    } as const
    const kind = did[command.type]
    const what = command.type === 'rename' ? command.name : result.id === null ? '' : (list.agreed.order.find(result.id)?.item.text ?? '')
    if (kind === null) return
    this.#news = [...this.#news, { number: ++this.#newsCount, by: null, did: kind, what }].slice(-NEWS_MAX)
  }
}

function commandsTaken(transition: Transition): readonly string[] {
  return entriesTaken(transition).flatMap(({ body }) => {
    if (body.type !== 'command') return []
    const { session, seq } = body.command.header
    return [commandId(session, seq)]
  })
}
