/**
 * What the page is given and what it gives back (UI.md section 11, first cluster). The page looks and never thinks: it
 * draws one immutable `Screen` and calls `onwish` with a `Wish`. Whoever produces the screen publishes a new value at
 * most once an animation frame and never changes one it has published; **an `Item` whose fields did not change keeps
 * its identity** from value to value, because rows are keyed by id and skipped when the object is the same one.
 *
 * The page keeps to itself: what is being edited or dragged, which done items are folded, open menus and sheets, theme,
 * the clipboard, saving a copy as a file, and all short delays (150 ms, 400 ms, 600 ms, 1.2 s, 2 s, toasts).
 */

export type PersonId = string
export type ListId = string
export type ItemId = string
export type TabId = string
export type ToastId = number
/** Milliseconds since 1970, as `Date.now()` gives them. */
export type Millis = number

export type Hue = 'cobalt' | 'vermilion' | 'viridian' | 'ochre' | 'plum' | 'rose' | 'umber' | 'slate'
export type Pattern = 'halves' | 'diamond' | 'cross' | 'slash' | 'border' | 'bars' | 'quarters' | 'disc'
export interface Flag {
  readonly hue: Hue
  readonly pattern: Pattern
}

/** `name` is never empty: without a name of its own a person is called by flag (`calledBy` in flags.ts): "Plum". */
export interface Person {
  readonly id: PersonId
  readonly name: string
  readonly flag: Flag
}

/** The whole page. Props of App.svelte: `{ screen: Screen | null, onwish: (wish: Wish) => void }`. */
export type Screen = FrontScreen | ListScreen

export interface FrontScreen {
  readonly at: 'front'
  readonly me: Person
  /** Lists of this browser, last visited first. `null`: not read yet (the page shows nothing in their place). */
  readonly lists: readonly ListSummary[] | null
  /** Why the last `create` or `open` did not happen, until the next one. */
  readonly problem: FrontProblem | null
}

/**
 * `not-a-link`: what was pasted, or the address itself, is no link to a list. `guest`: this tab may not store, so no list can
 * begin here. `no-room`: the list could not be stored.
 * `no-storage`: this browser stores nothing at all for the page, or its database does not answer.
 */
export type FrontProblem = 'not-a-link' | 'guest' | 'no-room' | 'no-storage'

export interface ListSummary {
  readonly id: ListId
  /** The list's whole link, with the secret in the fragment: what Share copies and what the row leads to. */
  readonly link: string
  readonly name: string
  readonly items: number
  /** Edits of this browser that are not yet agreed. */
  readonly pending: number
  /** When the newest entry known here was agreed; null while nothing is known. */
  readonly agreedAt: Millis | null
  /** The tabs last known to have it, this browser's own included; those out of touch are drawn as outlines. */
  readonly boats: readonly SummaryBoat[]
  /** People other than me who keep a copy, as far as this browser knows. */
  readonly others: readonly Person[]
  /** Somebody who is known to have newer entries than this browser, while out of touch. */
  readonly latest: Person | null
}

export interface SummaryBoat {
  readonly tab: TabId
  readonly person: Person
  readonly leads: boolean
  readonly inTouch: boolean
}

export interface ListScreen {
  readonly at: 'list'
  /** The list's whole link, absolute, without `/cluster`: for Share and for "Open another tab". */
  readonly link: string
  /** The address says `/#<secret>/cluster`. The page asks for a change by `{ do: 'panel' }`; Back closes it. */
  readonly panel: boolean
  readonly view: View
}

export interface View {
  readonly list: ListView
  readonly me: Person
  readonly fleet: Fleet
  /** Everything that holds at the moment, in any order: the page shows one, by rank (`foremost` in notices.ts). */
  readonly notices: readonly Notice[]
  /** Where the newest agreed change of an item is stored; null if this tab does not know. Asked when somebody wants to know. */
  readonly stored: (item: ItemId) => Stored | null
  /** Newest last: the page shows the last one, keeps its time, and says `{ do: 'dismiss-toast' }` when it is over. */
  readonly toasts: readonly Toast[]
  /** What others did, newest last, numbered for ever upwards; the page speaks each once. Keeping the last 50 is plenty. */
  readonly news: readonly News[]
  readonly can: {
    /** False while looking, waiting, copying and stopped. True without a majority: edits are kept and stay pending. */
    readonly edit: boolean
    /** What undo and redo would do, or null if there is nothing to do. The words are shown nowhere else than here. */
    readonly undo: string | null
    readonly redo: string | null
  }
}

export type ListView =
  /** Nobody has answered yet, and nothing is stored here. */
  | { readonly at: 'looking' }
  /** Looked long enough (a few seconds): nobody with this list is here. */
  | { readonly at: 'waiting' }
  /** A learner that catches up. `share` from 0 to 1; `items` what has arrived, shown read-only. */
  | { readonly at: 'copying'; readonly from: Person; readonly share: number; readonly name: string; readonly items: readonly Item[] }
  | { readonly at: 'here'; readonly name: string; readonly items: readonly Item[] }
  /** A failed assertion or a stored copy that does not add up: shown read-only, so that it can be saved. */
  | { readonly at: 'stopped'; readonly name: string; readonly items: readonly Item[] }

/** In the list's order, as this tab sees it at once: agreed state with this tab's own pending commands applied. */
export interface Item {
  readonly id: ItemId
  readonly text: string
  /** Given back with an edit: the revision of the text that the person saw when typing began. */
  readonly revision: number
  readonly done: boolean
  readonly standing: Standing
}

/**
 * How far an item's newest own edit has come. `agreed` also for everything made by others. `needed`: the majority of the voters.
 */
export type Standing =
  | { readonly is: 'agreed' }
  /** `since`: when the oldest edit that is still pending was made, kept over a reload. */
  | ({ readonly is: 'pending'; readonly since: Millis; readonly needed: number } & Stored)
  /**
   * The item stays in `items`, with the text the person typed, until `again` or `dismiss`. `by`: who deleted it, if known.
   * After `dismiss` it shows what is agreed, or goes if it is deleted.
   */
  | { readonly is: 'refused'; readonly why: Refusal; readonly by: Person | null }

/** Tabs of voters that have it stored, of all voters. */
export interface Stored {
  readonly storedIn: number
  readonly of: number
}

/**
 * `deleted`: while I changed it; `gone`: deleted so long ago that it cannot be restored; `full`: 5,000 items; `unknown`: it waited
 * so long that nobody can say whether it was agreed.
 */
export type Refusal = 'deleted' | 'gone' | 'too-long' | 'full' | 'unknown'

/**
 * The cluster as this tab sees it. `tabs`: this tab and every tab that hosts a voter or a learner; a voter that no tab in
 * touch hosts stands here as a tab of its own with reach `lost`.
 */
export interface Fleet {
  readonly tabs: readonly Tab[]
  /** How many of `tabs` are in touch, this one included. */
  readonly inTouch: number
  readonly leader: TabId | null
  /** Own edits on their way. */
  readonly sending: number
  /**
   * `agree`: there is a leader in touch. `choosing`: none yet, but a majority is in touch. `too-few`: no majority is.
   * `alone`: this tab is the whole cluster (it agrees with itself). Not damped: the page waits before it shows.
   */
  readonly mood: 'agree' | 'choosing' | 'too-few' | 'alone'
}

export interface Tab {
  readonly id: TabId
  readonly person: Person
  /** "laptop", "phone"; null when it is not known. */
  readonly device: string | null
  readonly me: boolean
  readonly role: 'follower' | 'candidate' | 'leader'
  /** False: a learner, which stores and follows but has no vote. */
  readonly voter: boolean
  readonly reach: 'up' | 'lost'
  /** null: this tab does not know. */
  readonly term: number | null
  readonly log: { readonly lastIndex: number; readonly commitIndex: number } | null
}

export type Notice =
  /** `lend`: others are in touch and `{ do: 'fresh-copy' }` works. */
  | { readonly is: 'stopped'; readonly lend: boolean }
  | { readonly is: 'no-room' }
  /** `missing` more tabs make `needed` of `of`; `kept`: own edits that wait. */
  | { readonly is: 'too-few'; readonly missing: number; readonly needed: number; readonly of: number; readonly kept: number }
  /** Others speak a newer protocol: this tab must be reloaded to join them. */
  | { readonly is: 'too-old' }
  /** Nobody else in touch, and somebody is known to have newer entries. */
  | { readonly is: 'own-copy'; readonly on: Millis; readonly latest: Person }
  | { readonly is: 'guest' }
  | { readonly is: 'private-window' }
  /** The signaling server is away while `others` tabs are in touch. */
  | { readonly is: 'no-introductions'; readonly others: number }
  /** Another tab of this browser has it open; once per browser. */
  | { readonly is: 'twin' }

/** A toast stays the same value until it goes. `undo`: offer Undo, which sends `{ do: 'undo', of: toast.id }`. */
export type Toast = { readonly id: ToastId } & (
  | { readonly is: 'deleted'; readonly text: string }
  /** For more than 20 items added at once. */
  | { readonly is: 'added'; readonly count: number }
  /** After a time without majority: "In touch again. Your 3 edits are agreed". */
  | { readonly is: 'in-touch-again'; readonly agreed: number }
  /** So many changes without words of their own waited so long that nobody can say whether they were agreed. */
  | { readonly is: 'unsure'; readonly count: number }
  | { readonly is: 'undone' }
  | { readonly is: 'redone' }
  | { readonly is: 'nothing-to-undo' }
  | { readonly is: 'nothing-to-redo' }
)

export interface News {
  readonly number: number
  /** null: not known. */
  readonly by: Person | null
  readonly did: 'added' | 'edited' | 'finished' | 'reopened' | 'moved' | 'deleted' | 'renamed'
  /** The item's text, or the list's new name. */
  readonly what: string
}

/** Everything the page asks for. None is answered: the next screen shows what became of it. */
export type Wish =
  // On the front page.
  /** `name` is trimmed and not empty. Leads to the new list's address. */
  | { readonly do: 'create'; readonly name: string }
  /** Whatever was pasted; leads to that list's address or sets `problem`. */
  | { readonly do: 'open'; readonly link: string }
  /** Asked and confirmed. From a list's page: leads to the front page. */
  | { readonly do: 'forget'; readonly list: ListId | null }
  // On a list.
  /** `after` null: at the start. Texts are trimmed, not empty, in order, and become neighbours. */
  | { readonly do: 'add'; readonly after: ItemId | null; readonly texts: readonly string[] }
  | { readonly do: 'edit'; readonly id: ItemId; readonly revision: number; readonly text: string }
  | { readonly do: 'check'; readonly id: ItemId; readonly done: boolean }
  | { readonly do: 'move'; readonly id: ItemId; readonly after: ItemId | null }
  | { readonly do: 'delete'; readonly id: ItemId }
  /** Submit what was refused once more, as a new item if it is not there. */
  | { readonly do: 'again'; readonly id: ItemId }
  /** "Fine": the refusal was seen. */
  | { readonly do: 'dismiss'; readonly id: ItemId }
  | { readonly do: 'rename'; readonly name: string }
  /** `of` null: my latest change; else the change that this toast told of. With nothing to do: a toast says so. */
  | { readonly do: 'undo'; readonly of: ToastId | null }
  | { readonly do: 'redo' }
  /** Submit once more what this toast told of. */
  | { readonly do: 'send-again'; readonly toast: ToastId }
  | { readonly do: 'dismiss-toast'; readonly toast: ToastId }
  | { readonly do: 'dismiss-notice'; readonly notice: Notice['is'] }
  /** Opens (a history entry of its own) or closes (back, if we opened it) the cluster panel. */
  | { readonly do: 'panel'; readonly open: boolean }
  /** Throw the stored copy away and take a fresh one from the others. */
  | { readonly do: 'fresh-copy' }
  | { readonly do: 'reload' }
  /** "You are ...": the name others see; empty: be called by flag again. */
  | { readonly do: 'call-me'; readonly name: string }
