/** What this person does to the list: commands out, undo and redo, and what was refused (UI.md 5, DESIGN 12). */
import type { PendingCommand } from '../../shared/host/proposals.ts'
import { LIMITS } from '../../shared/limits.ts'
import type { Life } from '../../shared/life/life.ts'
import { commandId, END } from '../../shared/list/commands.ts'
import type { Command, CommandResult, ItemId } from '../../shared/list/commands.ts'
import { overlay, visibleBefore } from '../../shared/list/overlay.ts'
import type { Overlay } from '../../shared/list/overlay.ts'
import { inverse } from '../../shared/list/undo.ts'
import { bytesOf } from '../tab/command-bytes.ts'
import type { Item, Refusal, Toast, ToastId } from '../ui/view.ts'
import { subjectOf } from './items.ts'
import type { OwnEdit, RefusedItem } from './items.ts'

/** Steps that can be taken back, at most. */
const UNDO_MAX = 200
/** From so many added at once a toast offers to take them back together. */
const MANY = 20

/** One step of the user's: what takes it back, in the order in which to submit it. */
interface Back {
  readonly commands: readonly Command[]
  readonly words: string
  readonly toast: ToastId | null
}

type NewToast = Toast extends infer T ? (T extends Toast ? Omit<T, 'id'> : never) : never

export class Edits {
  readonly #life: Life
  readonly #undo: Back[] = []
  #redo: Back[] = []
  readonly #refused = new Map<ItemId, RefusedItem>()
  #toasts: Toast[] = []
  /** Changes that nobody can say of whether they were agreed, for as long as a toast tells of them. */
  readonly #unsure: Command[] = []
  #nextToast: ToastId = 1
  #unsent = 0
  #overlay: { readonly key: string; readonly value: Overlay; readonly own: readonly OwnEdit[] } | null = null

  constructor(life: Life) {
    this.#life = life
  }

  get toasts(): readonly Toast[] {
    return this.#toasts
  }

  get refused(): readonly RefusedItem[] {
    return [...this.#refused.values()]
  }

  get canUndo(): string | null {
    return this.#undo.at(-1)?.words ?? null
  }

  get canRedo(): string | null {
    return this.#redo.at(-1)?.words ?? null
  }

  /** The agreed list with own pending commands applied, and which items those are about; the same while nothing changed. */
  look(): { readonly overlay: Overlay; readonly own: readonly OwnEdit[] } {
    const { list, proposals } = this.#life
    const key = `${list.lastApplied} ${proposals.nextSeq} ${proposals.count}`
    if (this.#overlay?.key !== key) {
      const pending = proposals.pending().flatMap((one) => {
        const command = list.read(one.bytes)
        return command === null ? [] : [{ session: one.session, seq: one.seq, command, pending: one }]
      })
      const own = pending.flatMap(({ command, pending: one }) => {
        const item = subjectOf(command, commandId(one.session, one.seq))
        return item === null ? [] : [{ item, pending: one }]
      })
      this.#overlay = { key, value: overlay(list.level, list.agreed, pending), own }
    }
    return { overlay: this.#overlay.value, own: this.#overlay.own }
  }

  add(after: ItemId | null, texts: readonly string[]): void {
    let anchor: ItemId | null = after
    const backs: Command[] = []
    for (const text of texts) {
      const { id, back } = this.#submit({ type: 'add', after: anchor, text })
      if (back !== null) backs.unshift(back)
      anchor = id ?? anchor
    }
    const toast = texts.length > MANY ? this.toast({ is: 'added', count: texts.length }) : null
    this.#remember(backs, 'add', toast)
  }

  do(command: Command, words: string): void {
    const { back } = this.#submit(command)
    this.#remember(back === null ? [] : [back], words, null)
  }

  delete(id: ItemId): void {
    const text = this.look().overlay.items.find((item) => item.id === id)?.text ?? ''
    const { back } = this.#submit({ type: 'delete', id })
    if (back !== null) this.#remember([back], 'delete', this.toast({ is: 'deleted', text }))
  }

  /** The newest step, or the one that this toast told of. */
  undo(of: ToastId | null): void {
    const at = of === null ? this.#undo.length - 1 : this.#undo.findIndex(({ toast }) => toast === of)
    if (of !== null) this.dismissToast(of)
    const [step] = at < 0 ? [] : this.#undo.splice(at, 1)
    if (step === undefined) return void this.toast({ is: 'nothing-to-undo' })
    this.#redo.push(this.#back(step))
    this.toast({ is: 'undone' })
  }

  redo(): void {
    const step = this.#redo.pop()
    if (step === undefined) return void this.toast({ is: 'nothing-to-redo' })
    this.#undo.push(this.#back(step))
    this.toast({ is: 'redone' })
  }

  /** Once more what was refused: what is not there comes back as a new item with the words that were typed. */
  again(id: ItemId): void {
    const refused = this.#refused.get(id)
    if (refused === undefined) return
    this.#refused.delete(id)
    const { text } = refused.item
    const there = this.look().overlay.items.find((item) => item.id === id)
    if (there === undefined) this.add(refused.after, [text])
    else this.do({ type: 'edit', id, revision: there.revision, text }, 'edit')
  }

  sendAgain(toast: ToastId): void {
    const commands = this.#unsure.splice(0)
    this.dismissToast(toast)
    for (const command of commands) this.do(command, command.type)
  }

  dismiss(id: ItemId): void {
    this.#refused.delete(id)
  }

  toast(toast: NewToast): ToastId {
    const id = this.#nextToast++
    this.#toasts = [...this.#toasts, { ...toast, id }]
    return id
  }

  dismissToast(id: ToastId): void {
    if (this.#toasts.some((toast) => toast.id === id && toast.is === 'unsure')) this.#unsure.length = 0
    this.#toasts = this.#toasts.filter((toast) => toast.id !== id)
  }

  /** The outcome of an own command: what was typed and refused stays on the page until the person has seen it. */
  settled({ session, seq, bytes }: PendingCommand, result: CommandResult): void {
    if (result.ok) return
    const command = this.#life.list.read(bytes)
    if (command === null) return
    const why = shown(result.reason)
    const id = commandId(session, seq)
    if (result.reason === 'changed') this.toast({ is: 'nothing-to-undo' })
    if (result.reason === 'unknown' && command.type !== 'add' && command.type !== 'edit') this.#ask(command)
    if (why !== null) this.#refuse(command, id, why)
  }

  /** One toast for all of them. */
  #ask(command: Command): void {
    const asked = this.#toasts.find(({ is }) => is === 'unsure')
    this.#toasts = this.#toasts.filter((toast) => toast !== asked)
    this.#unsure.push(command)
    this.toast({ is: 'unsure', count: this.#unsure.length })
  }

  #refuse(command: Command, id: string, why: Refusal): void {
    if (command.type !== 'add' && command.type !== 'edit') return
    const item = subjectOf(command, id) ?? id
    const { agreed } = this.#life.list
    const last = agreed.view().items.at(-1)?.id ?? null
    const wanted = command.type === 'edit' ? visibleBefore(agreed, item) : command.after === END ? last : command.after
    const done = agreed.order.find(item)?.item.done ?? false
    const drawn: Item = { id: item, text: command.text, revision: 0, done, standing: { is: 'refused', why, by: null } }
    this.#refused.set(item, { item: drawn, after: wanted })
  }

  #submit(command: Command): { readonly id: string | null; readonly back: Command | null } {
    const { proposals, list } = this.#life
    const bytes = bytesOf(command)
    if (bytes.length > LIMITS.entryBytes) {
      // It gets no number, so the id of its row must be nobody's.
      this.#refuse(command, `unsent.${++this.#unsent}`, 'too-long')
      return { id: null, back: null }
    }
    const id = commandId(proposals.session, proposals.nextSeq)
    // An add is taken back by its id alone, so many at once need no look at the list.
    const before = command.type === 'add' ? list.agreed : this.look().overlay.list
    const back = inverse(before, command, id)
    void this.#life.submit(bytes)
    return { id, back }
  }

  #remember(commands: readonly Command[], words: string, toast: ToastId | null): void {
    if (commands.length === 0) return
    this.#undo.push({ commands, words, toast })
    if (this.#undo.length > UNDO_MAX) this.#undo.shift()
    this.#redo = []
  }

  /** Takes a step back, and says what takes that back in turn. */
  #back({ commands, words }: Back): Back {
    const backs: Command[] = []
    for (const command of commands) {
      const { back } = this.#submit(command)
      if (back !== null) backs.unshift(back)
    }
    return { commands: backs, words, toast: null }
  }
}

function shown(reason: Extract<CommandResult, { ok: false }>['reason']): Refusal | null {
  switch (reason) {
    case 'deleted':
    case 'gone':
    case 'too-long':
    case 'full':
    case 'unknown':
      return reason
    case 'changed':
    case 'skipped':
    case 'malformed':
      return null
  }
}
