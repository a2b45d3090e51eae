/** One list: commands in, in the order of the log; typed results out. The same on every machine that applies the same log. */
import { LIMITS } from '../limits.ts'
import { assert, unreachable } from './assert.ts'
import { END, SINCE } from './commands.ts'
import type { Anchor, Back, Command, CommandId, CommandResult, ItemId, Refusal } from './commands.ts'
import { Order } from './order.ts'
import type { Item, Setters, Slot } from './order.ts'

export type { Item } from './order.ts'

export interface ListView {
  readonly name: string
  readonly items: readonly Item[]
}

/** An item as a snapshot brings it back. */
export interface Remembered {
  readonly item: Item
  readonly setBy: Setters
  readonly deleted: boolean
}

/** A new list is for one owner, who applies to it and hands out views and clones. */
export class List {
  #name = ''
  #namedBy: CommandId | null = null
  #order = new Order()
  /** Ids of deleted items, the longest deleted first. */
  #tombstones = new Set<ItemId>()
  #size = 0
  #view: ListView | null = null

  /** A list as it was: `items` in order, deleted ones too, and `tombstones` the ids of those, the longest deleted first. */
  static of(was: {
    readonly name: string
    readonly namedBy: CommandId | null
    readonly items: readonly Remembered[]
    readonly tombstones: readonly ItemId[]
  }): List {
    const list = new List()
    list.#name = was.name
    list.#namedBy = was.namedBy
    for (const { item, setBy, deleted } of was.items) list.#order.insert(item, setBy, deleted, list.#order.last)
    list.#tombstones = new Set(was.tombstones)
    list.#size = was.items.length - was.tombstones.length
    return list
  }

  /** Items that are there. */
  get size(): number {
    return this.#size
  }

  get name(): string {
    return this.#name
  }

  /** The command that gave the name, null before the first. */
  get namedBy(): CommandId | null {
    return this.#namedBy
  }

  get tombstones(): ReadonlySet<ItemId> {
    return this.#tombstones
  }

  get order(): Pick<Order, 'find' | 'first' | 'last'> {
    return this.#order
  }

  /** `id` is the command's own (`commandId`), never used before. A refused command changes nothing. */
  apply(level: number, command: Command, { id }: { readonly id: CommandId }): CommandResult {
    assert(level >= SINCE[command.type], 'a command is applied at a level that has it')
    switch (command.type) {
      case 'add':
        return this.#add(command, id)
      case 'rename':
        return this.#rename(command, id)
      case 'restore':
      case 'delete':
        return this.#setPresence(command, id)
      case 'edit':
      case 'check':
      case 'move':
        return this.#change(command, id)
      case 'skip':
        return refused('skipped')
      default:
        return unreachable(command)
    }
  }

  /** The same object until something visible changes. */
  view(): ListView {
    this.#view ??= { name: this.#name, items: this.#present() }
    return this.#view
  }

  /** Shares the items; applying to one does not show in the other. */
  clone(): List {
    const clone = new List()
    clone.#name = this.#name
    clone.#namedBy = this.#namedBy
    clone.#order = this.#order.clone()
    clone.#tombstones = new Set(this.#tombstones)
    clone.#size = this.#size
    clone.#view = this.#view
    return clone
  }

  #add(command: Command & { type: 'add' }, id: CommandId): CommandResult {
    if (command.text.length > LIMITS.itemText) return refused('too-long')
    const anchor = this.#anchor(command.after)
    if (anchor === 'gone') return refused('gone')
    if (this.#size >= LIMITS.items) return refused('full')
    const item: Item = { id, text: command.text, revision: 1, done: false }
    this.#order.insert(item, { text: id, done: id, place: id, presence: id }, false, anchor)
    this.#size += 1
    this.#view = null
    return accepted(item)
  }

  #rename({ name, back }: Command & { type: 'rename' }, id: CommandId): CommandResult {
    if (name.length > LIMITS.listName) return refused('too-long')
    if (back !== undefined && back.from !== this.#namedBy) return refused('changed')
    if (name !== this.#name || back !== undefined) {
      this.#name = name
      this.#namedBy = back?.to ?? id
      this.#view = null
    }
    return { ok: true, id: null, revision: null, overwrote: false }
  }

  #setPresence(command: Command & { type: 'delete' | 'restore' }, id: CommandId): CommandResult {
    const slot = this.#order.find(command.id)
    if (slot === null) return refused('gone')
    if (hasChanged(slot, 'presence', command.back)) return refused('changed')
    if (command.type === 'delete' && command.untouched === true && !isUntouched(slot)) return refused('changed')
    const deleted = command.type === 'delete'
    const changes = deleted !== slot.deleted
    if (changes && !deleted && this.#size >= LIMITS.items) return refused('full')
    if (changes) this.#setDeleted(slot, deleted)
    mark(slot, 'presence', { changes, back: command.back, id })
    return accepted(slot.item)
  }

  #change(command: Command & { type: 'edit' | 'check' | 'move' }, id: CommandId): CommandResult {
    const slot = this.#order.find(command.id)
    if (slot === null) return refused('gone')
    if (slot.deleted) return refused('deleted')
    switch (command.type) {
      case 'edit':
        return this.#edit(slot, command, id)
      case 'check':
        return this.#check(slot, command, id)
      case 'move':
        return this.#move(slot, command, id)
      default:
        return unreachable(command)
    }
  }

  #edit(slot: Slot, { revision, text, back }: Command & { type: 'edit' }, id: CommandId): CommandResult {
    if (text.length > LIMITS.itemText) return refused('too-long')
    if (hasChanged(slot, 'text', back)) return refused('changed')
    const changes = text !== slot.item.text
    const overwrote = changes && back === undefined && revision < slot.item.revision
    if (changes) this.#replace(slot, { ...slot.item, text, revision: slot.item.revision + 1 })
    mark(slot, 'text', { changes, back, id })
    return accepted(slot.item, overwrote)
  }

  #check(slot: Slot, { done, back }: Command & { type: 'check' }, id: CommandId): CommandResult {
    if (hasChanged(slot, 'done', back)) return refused('changed')
    const changes = done !== slot.item.done
    if (changes) this.#replace(slot, { ...slot.item, done })
    mark(slot, 'done', { changes, back, id })
    return accepted(slot.item)
  }

  #move(slot: Slot, { after, back }: Command & { type: 'move' }, id: CommandId): CommandResult {
    const anchor = this.#anchor(after)
    if (anchor === 'gone') return refused('gone')
    if (hasChanged(slot, 'place', back)) return refused('changed')
    const changes = anchor !== slot && anchor !== slot.previous
    if (changes) {
      this.#order.move(slot, anchor)
      this.#view = null
    }
    mark(slot, 'place', { changes, back, id })
    return accepted(slot.item)
  }

  #replace(slot: Slot, item: Item): void {
    slot.item = item
    this.#view = null
  }

  /** The slot to stand after, null for the start. */
  #anchor(after: Anchor): Slot | null | 'gone' {
    if (after === null) return null
    if (after === END) return this.#order.last
    return this.#order.find(after) ?? 'gone'
  }

  #setDeleted(slot: Slot, deleted: boolean): void {
    slot.deleted = deleted
    this.#size += deleted ? -1 : 1
    this.#view = null
    if (!deleted) this.#tombstones.delete(slot.item.id)
    else this.#tombstones.add(slot.item.id)
    if (this.#tombstones.size > LIMITS.tombstones) this.#forgetOldest()
  }

  #forgetOldest(): void {
    const [oldest] = this.#tombstones
    const slot = oldest === undefined ? null : this.#order.find(oldest)
    assert(slot !== null, 'every tombstone has a place')
    this.#tombstones.delete(slot.item.id)
    this.#order.forget(slot)
  }

  #present(): readonly Item[] {
    const items: Item[] = []
    for (let slot = this.#order.first; slot !== null; slot = slot.next) if (!slot.deleted) items.push(slot.item)
    return items
  }
}

/** Whoever changes nothing is not the one who set it: an undo of theirs would revert somebody else. */
function mark(
  slot: Slot,
  what: keyof Setters,
  { changes, back, id }: { readonly changes: boolean; readonly back: Back | undefined; readonly id: CommandId },
): void {
  if (!changes && back === undefined) return
  const { text, done, place, presence } = slot.setBy
  const by = back?.to ?? id
  slot.setBy = {
    text: what === 'text' ? by : text,
    done: what === 'done' ? by : done,
    place: what === 'place' ? by : place,
    presence: what === 'presence' ? by : presence,
  }
}

function isUntouched({ item, setBy }: Slot): boolean {
  return setBy.text === item.id && setBy.done === item.id && setBy.place === item.id && setBy.presence === item.id
}

function hasChanged(slot: Slot, what: keyof Setters, back: Back | undefined): boolean {
  return back !== undefined && slot.setBy[what] !== back.from
}

function accepted(item: Item, overwrote = false): CommandResult {
  return { ok: true, id: item.id, revision: item.revision, overwrote }
}

function refused(reason: Refusal): CommandResult {
  return { ok: false, reason }
}
