/** What can be asked of a list, and what comes of it (DESIGN 12). Commands are intents; the log gives them their order. */

/** `<session>.<seq>` of a command, and so of the item that an add makes: known before anybody agreed to it. */
export type CommandId = string
export type ItemId = CommandId

/** `null`: at the start. `'end'`: after everything. Else right after that item, deleted or not. */
export type Anchor = ItemId | null

export const END = 'end'

/**
 * Makes a command an undo (or a redo): it applies only while what it sets is as command `from` left it, and leaves it
 * marked as command `to` did, so that the step before can be undone next. `to` is null where nobody had set it: there is
 * no step before, and the mark is the command's own.
 */
export interface Back {
  readonly from: CommandId
  readonly to: CommandId | null
}

export type Command =
  | { readonly type: 'add'; readonly after: Anchor; readonly text: string }
  /** `revision` is the one the text was typed over. The last edit in the log wins. */
  | { readonly type: 'edit'; readonly id: ItemId; readonly revision: number; readonly text: string; readonly back?: Back }
  | { readonly type: 'check'; readonly id: ItemId; readonly done: boolean; readonly back?: Back }
  | { readonly type: 'move'; readonly id: ItemId; readonly after: Anchor; readonly back?: Back }
  /** `untouched`, the undo of an add: only while nobody has edited, checked, moved, deleted or restored it since. */
  | { readonly type: 'delete'; readonly id: ItemId; readonly back?: Back; readonly untouched?: true }
  | { readonly type: 'restore'; readonly id: ItemId; readonly back?: Back }
  | { readonly type: 'rename'; readonly name: string; readonly back?: Back }
  /** Takes the place of a command that cannot be found any more, so that its session can go on (DESIGN 9). */
  | { readonly type: 'skip' }

/** The level that brought each command. At a lower level it is unknown, to new builds too. */
export const SINCE: Readonly<Record<Command['type'], number>> = {
  add: 1,
  edit: 1,
  check: 1,
  move: 1,
  delete: 1,
  restore: 1,
  rename: 1,
  skip: 1,
}

export type Refusal =
  /** The item is deleted; it can be restored. */
  | 'deleted'
  /** No such item or anchor: deleted so long ago that it is forgotten, or never there. */
  | 'gone'
  /** Text over LIMITS.itemText or a name over LIMITS.listName. */
  | 'too-long'
  /** LIMITS.items are there. */
  | 'full'
  /** Somebody changed since what an undo would have reverted. */
  | 'changed'
  /** The command was lost and its number given up: it was not applied and never will be. */
  | 'skipped'
  /** Not a command by the rules of this level. */
  | 'malformed'
  /** Its session expired, and the list does not show whether it was applied. Nothing that is applied comes to this: see trace.ts. */
  | 'unknown'

/** What a command that is applied may come to. */
export const REFUSALS: readonly Refusal[] = ['deleted', 'gone', 'too-long', 'full', 'changed', 'skipped', 'malformed']

/** A command that wants what is so already is accepted and changes nothing. */
export type CommandResult =
  /** `id`: the item, null for the list's name. `revision`: of the item's text now, null for the name. */
  | { readonly ok: true; readonly id: ItemId | null; readonly revision: number | null; readonly overwrote: boolean }
  | { readonly ok: false; readonly reason: Refusal }

export function commandId(session: string, seq: number): CommandId {
  return `${session}.${seq}`
}
