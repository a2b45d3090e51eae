/**
 * The order of everything the list remembers, deleted items included: a linked list with an index by id.
 *
 * A clone is made for every frame that the page draws, and of all that copying the index of 5,000 ids would cost most
 * (1.5 ms of 1.6). So clones share it: it is only ever added to, and only by its owner. Whoever has fewer slots does
 * not see what was added later; what a clone adds itself, it keeps in an index of its own.
 */
import { assert } from './assert.ts'
import type { CommandId, ItemId } from './commands.ts'

/** Immutable: a new object whenever one of these changes, the same object as long as none does. */
export interface Item {
  readonly id: ItemId
  readonly text: string
  /** Counts the texts this item has had. */
  readonly revision: number
  readonly done: boolean
}

/** Which command last set each thing that can be undone by itself; at first the add. */
export interface Setters {
  readonly text: CommandId
  readonly done: CommandId
  readonly place: CommandId
  readonly presence: CommandId
}

/** An item in its place. A deleted one keeps both. */
export interface Slot {
  item: Item
  deleted: boolean
  setBy: Setters
  /** Where in the slots of its order. */
  at: number
  previous: Slot | null
  next: Slot | null
}

/** Forgotten slots beyond those in use, before the index is made anew without them. */
const SPARE_MAX = 4_096

export class Order {
  #index = new Map<ItemId, number>()
  /** Null for the owner of the index. */
  #own: Map<ItemId, number> | null = null
  /** Positions from here on are not ours in the shared index. */
  #ownFrom = Number.POSITIVE_INFINITY
  /** Null where one was forgotten. */
  #slots: (Slot | null)[] = []
  #size = 0
  #first: Slot | null = null
  #last: Slot | null = null

  get first(): Slot | null {
    return this.#first
  }

  get last(): Slot | null {
    return this.#last
  }

  find(id: ItemId): Slot | null {
    const shared = this.#index.get(id)
    const at = shared !== undefined && shared < this.#ownFrom ? shared : this.#own?.get(id)
    return at === undefined ? null : (this.#slots[at] ?? null)
  }

  /** Puts a new item right after `previous`, or at the start. */
  insert(item: Item, setBy: Setters, deleted: boolean, previous: Slot | null): Slot {
    assert(this.find(item.id) === null, 'an id is given once')
    const slot: Slot = { item, deleted, setBy, at: this.#slots.length, previous: null, next: null }
    const index = this.#own ?? this.#index
    index.set(item.id, slot.at)
    this.#slots.push(slot)
    this.#size += 1
    this.#link(slot, previous)
    return slot
  }

  move(slot: Slot, previous: Slot | null): void {
    assert(slot !== previous, 'nothing stands after itself')
    this.#unlink(slot)
    this.#link(slot, previous)
  }

  forget(slot: Slot): void {
    this.#unlink(slot)
    this.#slots[slot.at] = null
    this.#size -= 1
    if (this.#slots.length > 2 * this.#size + SPARE_MAX) this.#reindex()
  }

  clone(): Order {
    const order = new Order()
    order.#index = this.#index
    order.#own = new Map(this.#own)
    order.#ownFrom = Math.min(this.#ownFrom, this.#slots.length)
    order.#slots = Array.from(this.#slots, () => null)
    order.#size = this.#size
    for (let slot = this.#first; slot !== null; slot = slot.next) {
      const copy: Slot = { item: slot.item, deleted: slot.deleted, setBy: slot.setBy, at: slot.at, previous: null, next: null }
      order.#slots[copy.at] = copy
      order.#link(copy, order.#last)
    }
    return order
  }

  /** A new index, so that clones go on with the old one. */
  #reindex(): void {
    this.#index = new Map()
    this.#own = null
    this.#ownFrom = Number.POSITIVE_INFINITY
    this.#slots = []
    for (let slot = this.#first; slot !== null; slot = slot.next) {
      slot.at = this.#slots.length
      this.#index.set(slot.item.id, slot.at)
      this.#slots.push(slot)
    }
  }

  #link(slot: Slot, previous: Slot | null): void {
    const next = previous === null ? this.#first : previous.next
    slot.previous = previous
    slot.next = next
    if (previous === null) this.#first = slot
    else previous.next = slot
    if (next === null) this.#last = slot
    else next.previous = slot
  }

  #unlink(slot: Slot): void {
    if (slot.previous === null) this.#first = slot.next
    else slot.previous.next = slot.next
    if (slot.next === null) this.#last = slot.previous
    else slot.next.previous = slot.previous
  }
}
