/** `flotilla` in the console: the page's stable interface for scripts and for other people's tests (README). */
import { plainTransition } from '../../shared/host/transition.ts'
import type { PlainTransition, Transition } from '../../shared/host/transition.ts'
import type { Status } from '../../shared/host/status.ts'
import { readList } from '../../shared/life/read-list.ts'
import type { Consistency, ListRead } from '../../shared/life/read-list.ts'
import type { Command, CommandResult } from '../../shared/list/commands.ts'
import { END } from '../../shared/list/commands.ts'
import type { Onlookers } from './browser.ts'
import { bytesOf } from './command-bytes.ts'
import type { OpenList } from './open-list.ts'

export interface ConsoleItem {
  readonly id: string
  readonly text: string
  readonly done: boolean
  readonly revision: number
}

/** Items as `items()` gives them. */
export type ConsoleRead =
  | (Omit<ListRead, 'items'> & { readonly items: readonly ConsoleItem[] })
  | { readonly ok: false; readonly reason: 'no-list' }

export type ConsoleResult = CommandResult | { readonly ok: false; readonly reason: 'no-list' }

/**
 * `received`: a command, whoever gave it, is in this tab's log and may yet be replaced there; `agreed`: this tab has applied it;
 * `changed`: what status() says may have changed.
 */
export type FlotillaEvent =
  | { readonly type: 'changed' }
  | { readonly type: 'received'; readonly id: string }
  | { readonly type: 'agreed'; readonly id: string; readonly result: CommandResult }

export interface Flotilla {
  /** Null on the front page. */
  status(): Status | null
  /** The agreed items, in order. */
  items(): readonly ConsoleItem[]
  /** The agreed list; by default with everything that was agreed in any tab before this call. */
  read(consistency?: Consistency): Promise<ConsoleRead>
  /** Commands not yet agreed, in the order in which they were given. */
  pending(): readonly (Command & { readonly session: string; readonly seq: number })[]
  /** After that item; absent: at the end; null: at the start. */
  add(text: string, afterId?: string | null): Promise<ConsoleResult>
  edit(id: string, text: string): Promise<ConsoleResult>
  check(id: string, done: boolean): Promise<ConsoleResult>
  move(id: string, afterId: string | null): Promise<ConsoleResult>
  delete(id: string): Promise<ConsoleResult>
  rename(name: string): Promise<ConsoleResult>
  /** Drops every frame to and from these tabs, both ways, until heal(). */
  cut(tabIds: readonly string[]): void
  heal(): void
  /** Calls back at once when something happens, in this very turn; returns how to stop. */
  subscribe(listener: (event: FlotillaEvent) => void): () => void
  /** Calls back with every transition of every node hosted here, within its turn, as JSON can hold it; returns how to stop. */
  transitions(listener: (transition: SeenTransition) => void): () => void
}

/** One of what happens to the nodes of this tab, and when: milliseconds since 1970, by a clock that only goes forward. */
export type SeenTransition = PlainTransition & { readonly at: number }

export type Listeners = Set<(event: FlotillaEvent) => void>

/** `current` is the list that is open now, if one is. */
export function makeConsole(current: () => OpenList | null, listeners: Listeners, onlookers: Onlookers): Flotilla {
  const submit = async (command: Command): Promise<ConsoleResult> => {
    const open = current()
    return open === null ? { ok: false, reason: 'no-list' } : open.life.submit(bytesOf(command))
  }
  const find = (id: string): ConsoleItem | undefined => items().find((item) => item.id === id)
  const items = (): readonly ConsoleItem[] => plainItems(current()?.life.list.agreed.view().items ?? [])
  return {
    status: () => current()?.life.status ?? null,
    items,
    read: async (consistency = 'linearizable') => {
      const open = current()
      if (open === null) return { ok: false, reason: 'no-list' }
      const read = await readList(open.life, consistency)
      return { ...read, items: plainItems(read.items) }
    },
    pending: () => {
      const life = current()?.life
      if (life === undefined) return []
      return life.proposals.pending().flatMap(({ session, seq, bytes }) => {
        const command = life.list.read(bytes)
        return command === null ? [] : [{ ...command, session, seq }]
      })
    },
    add: (text, afterId = END) => submit({ type: 'add', after: afterId, text }),
    edit: (id, text) => submit({ type: 'edit', id, revision: find(id)?.revision ?? 1, text }),
    check: (id, done) => submit({ type: 'check', id, done }),
    move: (id, afterId) => submit({ type: 'move', id, after: afterId }),
    delete: (id) => submit({ type: 'delete', id }),
    rename: (name) => submit({ type: 'rename', name }),
    cut: (tabIds) => current()?.mesh.cut(tabIds),
    heal: () => current()?.mesh.heal(),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    transitions: (listener) => {
      const onlooker = (transition: Transition): void => {
        try {
          listener({ ...plainTransition(transition), at: performance.timeOrigin + performance.now() })
        } catch (error) {
          // Within a turn of the node, which has no part in it.
          reportError(error)
        }
      }
      onlookers.add(onlooker)
      return () => void onlookers.delete(onlooker)
    },
  }
}

function plainItems(items: readonly ConsoleItem[]): readonly ConsoleItem[] {
  return items.map(({ id, text, done, revision }) => ({ id, text, done, revision }))
}
