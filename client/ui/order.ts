/** Questions about the order of items, and what of a new order may be shown (UI.md section 10.1). Pure. */
import type { Step } from './keys.ts'
import type { Item, ItemId } from './view.ts'

/**
 * Where a step takes an item: the item to stand after (null: the start), or undefined if it would not move. Steps count in
 * `visible`; the answer holds for `all`, where folded items lie between.
 */
export function afterStep(all: readonly Item[], visible: readonly Item[], id: ItemId, step: Step): ItemId | null | undefined {
  const at = visible.findIndex((item) => item.id === id)
  const before = visible[at - 1]
  const next = visible[at + 1]
  if (at < 0) return undefined
  if (step === 'up') return before === undefined ? undefined : predecessor(all, before.id)
  if (step === 'down') return next?.id
  if (step === 'top') return all[0]?.id === id ? undefined : null
  const last = all.at(-1)
  return last === undefined || last.id === id ? undefined : last.id
}

export function predecessor(all: readonly Item[], id: ItemId): ItemId | null {
  return all[all.findIndex((item) => item.id === id) - 1]?.id ?? null
}

export function moved(all: readonly Item[], id: ItemId, after: ItemId | null): readonly Item[] {
  const item = all.find((one) => one.id === id)
  if (item === undefined || after === id) return all
  const rest = all.filter((one) => one.id !== id)
  const at = after === null ? 0 : rest.findIndex((one) => one.id === after) + 1
  return [...rest.slice(0, at), item, ...rest.slice(at)]
}

export function sameOrder(a: readonly Item[], b: readonly Item[]): boolean {
  return a.length === b.length && a.every((item, at) => item.id === b[at]?.id)
}

/** `next` in the order and with the members of `shown`: news of every item, while nothing changes its place. */
export function heldBack(shown: readonly Item[], next: readonly Item[]): readonly Item[] {
  const latest = new Map(next.map((item) => [item.id, item]))
  return shown.map((item) => latest.get(item.id) ?? item)
}

/** Items that were not there before, directly below `after`: what an own "add" has become. */
export function arrivedAfter(before: ReadonlySet<ItemId>, next: readonly Item[], after: ItemId | null): readonly ItemId[] {
  const start = after === null ? 0 : next.findIndex((item) => item.id === after) + 1
  const arrived: ItemId[] = []
  for (const item of next.slice(start)) {
    if (before.has(item.id)) break
    arrived.push(item.id)
  }
  return arrived
}

/** How far the anchor would move, px: rows that come above it and rows that go, by their heights. */
export function shiftOf(
  shown: readonly Item[],
  next: readonly Item[],
  anchor: ItemId,
  heightOf: (id: ItemId) => number,
): { readonly stays: boolean; readonly px: number } {
  const at = next.findIndex((item) => item.id === anchor)
  const was = shown.findIndex((item) => item.id === anchor)
  if (at < 0 || was < 0) return { stays: false, px: 0 }
  const height = (items: readonly Item[]) => items.reduce((sum, item) => sum + heightOf(item.id), 0)
  return { stays: true, px: height(next.slice(0, at)) - height(shown.slice(0, was)) }
}

/** Lines as items: trimmed, without the empty ones. */
export function linesOf(text: string): readonly string[] {
  return text
    .split(/\r\n|\r|\n|\u2028|\u2029/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
