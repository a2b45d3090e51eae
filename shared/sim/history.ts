/** What clients asked and were told, item by item: whatever the log says, it must look like one list that one machine kept. */
import type { Command, CommandResult, ItemId } from '../list/commands.ts'
import type { Index } from '../raft/types.ts'
import { linearize } from './linearizable.ts'
import type { Linearization, Model, Operation } from './linearizable.ts'

/** A read of one item, or of the name, in a list that was applied up to `at`. */
interface Look {
  readonly type: 'look'
  readonly at: Index
}

export interface Asked {
  /** The id of an item that an add makes; of a read, what is looked at. */
  readonly id: string
  readonly command: Command | Look
}

/** An item as it shows; null where none does. */
export interface Seen {
  readonly seen: unknown
}

export type ListOperation = Operation<Asked, CommandResult | Seen>

export class History {
  /** Counts what happens, so that no two calls or returns share a moment. */
  #moment = 0
  readonly #open = new Map<string, { readonly asked: Asked; readonly called: number }>()
  readonly #told: (ListOperation & { readonly id: string })[] = []

  asked(id: string, command: Command): void {
    this.#open.set(id, { asked: { id, command }, called: ++this.#moment })
  }

  told(id: string, result: CommandResult): void {
    const open = this.#open.get(id)
    if (open === undefined) return
    this.#open.delete(id)
    // Given up, so it never takes effect: no part of what the list did.
    if (!result.ok && result.reason === 'skipped') return
    this.#told.push({ id, input: open.asked, output: result, called: open.called, returned: ++this.#moment })
  }

  /** The moment of a call, for `saw`. */
  now(): number {
    return ++this.#moment
  }

  /** A read was answered. One that is not has no effect. */
  saw(subject: string, seen: unknown, { called, at }: { readonly called: number; readonly at: Index }): void {
    const input = { id: subject, command: { type: 'look', at } } as const
    this.#told.push({ id: subject, input, output: { seen }, called, returned: ++this.#moment })
  }

  /**
   * The first item whose history no single list could have given, in words; null if there is none. `indexOf`: where in the log a
   * command lies, Infinity if nowhere; it only says what to try first.
   */
  check(indexOf: (id: string) => number = () => 0): string | null {
    const unknown = [...this.#open.values()].map(({ asked, called }): ListOperation => ({
      input: asked,
      output: null,
      called,
      returned: Infinity,
    }))
    for (const [subject, history] of bySubject([...this.#told, ...unknown])) {
      const rankOf = (i: number): number => {
        const { id, command } = history[i]!.input
        return command.type === 'look' ? command.at + 0.5 : indexOf(id)
      }
      const found = subject === NAME ? linearize(NAME_MODEL, history, rankOf) : linearize(ITEM_MODEL, history, rankOf)
      if (found.is !== 'found') return describe(subject, history, found)
    }
    return null
  }
}

/** The list's name is a subject like the items. */
export const NAME = 'the name'
export const FIRST_NAME = 'the list'

function bySubject(operations: readonly ListOperation[]): ReadonlyMap<string, readonly ListOperation[]> {
  const subjects = new Map<string, ListOperation[]>()
  for (const operation of operations) {
    const subject = subjectOf(operation.input)
    if (subject === null) continue
    const known = subjects.get(subject)
    if (known === undefined) subjects.set(subject, [operation])
    else known.push(operation)
  }
  return subjects
}

function subjectOf({ id, command }: Asked): string | null {
  if (command.type === 'add' || command.type === 'look') return id
  if (command.type === 'rename') return NAME
  return command.type === 'skip' ? null : command.id
}

interface KnownItem {
  readonly id: ItemId
  readonly text: string
  readonly revision: number
  readonly done: boolean
  readonly deleted: boolean
}

/** One item, told again in a few lines: what the list does with the place of an item is the list's own matter. */
export const ITEM_MODEL: Model<KnownItem | null, Asked, CommandResult | Seen> = {
  initial: null,
  keyOf: (item) => (item === null ? '' : `${item.revision} ${item.done} ${item.deleted} ${item.text}`),
  isSame: (one, other) => JSON.stringify(one) === JSON.stringify(other),
  step(item, { id, command }) {
    if (command.type === 'look') return { state: item, output: { seen: seenOf(item) } }
    if (command.type === 'add') {
      const added = { id, text: command.text, revision: 1, done: false, deleted: false }
      return { state: added, output: accepted(added) }
    }
    if (item === null) return { state: null, output: { ok: false, reason: 'gone' } }
    const changed = (to: Partial<KnownItem>, overwrote = false) => {
      const state = { ...item, ...to }
      return { state, output: accepted(state, overwrote) }
    }
    if (command.type === 'delete') return changed({ deleted: true })
    if (command.type === 'restore') return changed({ deleted: false })
    if (item.deleted) return { state: item, output: { ok: false, reason: 'deleted' } }
    if (command.type === 'check') return changed({ done: command.done })
    if (command.type !== 'edit' || command.text === item.text) return changed({})
    return changed({ text: command.text, revision: item.revision + 1 }, command.revision < item.revision)
  },
}

/** Every name is accepted; what it is shows in reads only. */
const NAME_MODEL: Model<string, Asked, CommandResult | Seen> = {
  initial: FIRST_NAME,
  keyOf: (name) => name,
  isSame: (one, other) => JSON.stringify(one) === JSON.stringify(other),
  step: (name, { command }) =>
    command.type === 'rename'
      ? { state: command.name, output: { ok: true, id: null, revision: null, overwrote: false } }
      : { state: name, output: { seen: name } },
}

function seenOf(item: KnownItem | null): unknown {
  return item === null || item.deleted ? null : { text: item.text, revision: item.revision, done: item.done }
}

function accepted({ id, revision }: KnownItem, overwrote = false): CommandResult {
  return { ok: true, id, revision, overwrote }
}

function describe(
  subject: string,
  history: readonly ListOperation[],
  { is, longest, stuck }: Exclude<Linearization, { is: 'found' }>,
): string {
  const line = (i: number): string => {
    const { input, output, called, returned } = history[i]!
    return `  ${called} to ${returned}: ${JSON.stringify(input.command)} -> ${JSON.stringify(output)}`
  }
  const next = is === 'none' ? 'none of these can come next:' : 'none of these was seen to lead anywhere:'
  return [`${subject}: after`, ...longest.map(line), next, ...stuck.map(line)].join('\n')
}
