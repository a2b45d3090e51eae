/** The order of everything the list remembers, deleted items included: a linked list with an index by id. */
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
  text: CommandId
  done: CommandId
  place: CommandId
  presence: CommandId
}

/** An item in its place. A deleted one keeps both. */
export interface Slot {
  item: Item
  deleted: boolean
  readonly setBy: Setters
  previous: Slot | null
  next: Slot | null
}

export class Order {
  readonly #slots = new Map<ItemId, Slot>()
  #first: Slot | null = null
  #last: Slot | null = null

  get first(): Slot | null {
    return this.#first
  }

  get last(): Slot | null {
    return this.#last
  }

  find(id: ItemId): Slot | null {
    return this.#slots.get(id) ?? null
  }

  /** Puts a new item right after `previous`, or at the start. */
  insert(item: Item, setBy: Setters, deleted: boolean, previous: Slot | null): Slot {
    assert(!this.#slots.has(item.id), 'an id is given once')
    const slot: Slot = { item, deleted, setBy, previous: null, next: null }
    this.#slots.set(item.id, slot)
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
    this.#slots.delete(slot.item.id)
  }

  clone(): Order {
    const order = new Order()
    for (let slot = this.#first; slot !== null; slot = slot.next) order.insert(slot.item, { ...slot.setBy }, slot.deleted, order.#last)
    return order
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
