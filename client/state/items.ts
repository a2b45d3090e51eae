/** The items as the page draws them: agreed, pending or refused, each the same object as long as nothing about it changed. */
import { matchesOf } from '../../shared/raft/replication.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import type { Index } from '../../shared/raft/types.ts'
import { configurationOf } from '../../shared/raft/node.ts'
import { majorityOf } from '../../shared/raft/quorum.ts'
import type { PendingCommand } from '../../shared/host/proposals.ts'
import type { Item as ListItem } from '../../shared/list/list.ts'
import type { Overlay } from '../../shared/list/overlay.ts'
import type { Command } from '../../shared/list/commands.ts'
import type { Item, ItemId, Standing, Stored } from '../ui/view.ts'

const AGREED: Standing = { is: 'agreed' }

export interface OwnEdit {
  readonly item: ItemId
  readonly pending: PendingCommand
}

/** Refused, and still shown with what was typed: right after `after`. */
export interface RefusedItem {
  readonly item: Item
  readonly after: ItemId | null
}

export class Items {
  readonly #agreed = new WeakMap<ListItem, Item>()
  #pending = new Map<ItemId, Item>()
  /** Where in the log an item changed last, of changes applied while somebody looked. */
  readonly #changedAt = new Map<ItemId, Index>()
  /** All others changed here or before. */
  readonly #replayed: Index
  #settled: { readonly of: readonly ListItem[]; readonly items: readonly Item[] } | null = null

  /** `replayed`: the index up to which changes were applied before this was made. */
  constructor(replayed: Index) {
    this.#replayed = replayed
  }

  /** An agreed change of this item was applied. */
  changed(item: ItemId, index: Index): void {
    this.#changedAt.set(item, index)
  }

  /** Never counts a voter too many; null while nobody has said how far the voters are. */
  stored(item: ItemId, main: RaftNode | null): Stored | null {
    const matches = main === null ? [] : matchesOf(main)
    if (matches.length === 0) return null
    const index = this.#changedAt.get(item) ?? this.#replayed
    return { storedIn: matches.filter(([, match]) => match >= index).length, of: matches.length }
  }

  draw(overlay: Overlay, edits: readonly OwnEdit[], main: RaftNode | null, refused: readonly RefusedItem[]): readonly Item[] {
    // The list at rest, which is nearly always: the very same array, so that nothing is compared row by row.
    const isAtRest = edits.length === 0 && refused.length === 0
    if (isAtRest && this.#settled?.of === overlay.items) return this.#settled.items
    const standings = standingsOf(edits, main)
    const pending = new Map<ItemId, Item>()
    const items = overlay.items.map((item) => {
      const standing = standings.get(item.id)
      if (standing === undefined) return this.#agreedItem(item)
      const drawn = this.#same(this.#pending.get(item.id), item, standing)
      pending.set(item.id, drawn)
      return drawn
    })
    this.#pending = pending
    if (isAtRest) this.#settled = { of: overlay.items, items }
    return refused.reduce((all, { item, after }) => insert(all, item, after), items)
  }

  #agreedItem(item: ListItem): Item {
    const known = this.#agreed.get(item)
    if (known !== undefined) return known
    const { id, text, revision, done } = item
    const drawn = { id, text, revision, done, standing: AGREED }
    this.#agreed.set(item, drawn)
    return drawn
  }

  #same(before: Item | undefined, { id, text, revision, done }: ListItem, standing: Standing): Item {
    const drawn = { id, text, revision, done, standing }
    return before !== undefined && JSON.stringify(before) === JSON.stringify(drawn) ? before : drawn
  }
}

/** The item that a command is about; null for the list's name. */
export function subjectOf(command: Command, id: string): ItemId | null {
  if (command.type === 'add') return id
  return 'id' in command ? command.id : null
}

/** Of each item with pending edits: since when, and in how many voters' tabs the newest of them is stored. */
function standingsOf(edits: readonly OwnEdit[], main: RaftNode | null): ReadonlyMap<ItemId, Standing> {
  const standings = new Map<ItemId, Standing>()
  if (edits.length === 0) return standings
  const of = main === null ? 1 : configurationOf(main).voters.length
  const matches = main === null ? [] : matchesOf(main)
  const places = placesOf(main)
  for (const { item, pending } of edits) {
    const index = places.get(`${pending.session}.${pending.seq}`)
    // In no log yet: then it is kept in this tab's outbox alone.
    const storedIn = index === undefined ? 1 : Math.max(matches.filter(([, match]) => match >= index).length, 1)
    const before = standings.get(item)
    const since = before?.is === 'pending' ? before.since : pending.since
    standings.set(item, { is: 'pending', since, storedIn, needed: majorityOf(of), of })
  }
  return standings
}

/** Where in the log commands lie that are not committed yet. */
function placesOf(main: RaftNode | null): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  if (main === null) return places
  for (const { index, body } of main.log.slice(main.commitIndex + 1)) {
    if (body.type === 'command') places.set(`${body.command.header.session}.${body.command.header.seq}`, index)
  }
  return places
}

function insert(items: readonly Item[], item: Item, after: ItemId | null): Item[] {
  const rest = items.filter(({ id }) => id !== item.id)
  const at = after === null ? 0 : rest.findIndex(({ id }) => id === after) + 1
  return after !== null && at === 0 ? [...rest, item] : [...rest.slice(0, at), item, ...rest.slice(at)]
}
