/** A language for scenes with a list: people give commands, pictures show what stands where. */
import { commandId } from '../../shared/list/commands.ts'
import type { Anchor, Command, CommandId, CommandResult, ItemId } from '../../shared/list/commands.ts'
import { List } from '../../shared/list/list.ts'
import { inverse } from '../../shared/list/undo.ts'

export class Scene {
  list = new List()
  readonly #seqs = new Map<string, number>()
  /** What would take back each command that changed something, newest last. */
  readonly #undos = new Map<string, Command[]>()

  do(person: string, command: Command): CommandResult {
    const id = this.#next(person)
    const undo = inverse(this.list, command, id)
    const result = this.list.apply(1, command, { id })
    if (result.ok && undo !== null) this.#stack(person).push(undo)
    return result
  }

  /** Takes back the newest command of this person; gives the result, or null if there is nothing to take back. */
  undo(person: string): CommandResult | null {
    const undo = this.#stack(person).pop() ?? null
    return undo === null ? null : this.list.apply(1, undo, { id: this.#next(person) })
  }

  /** Takes back the newest command, and then the taking back. */
  undoAndRedo(person: string): { undone: string; redone: string } {
    const undo = this.#stack(person).at(-1)!
    const id = this.#next(person)
    const redo = inverse(this.list, undo, id)!
    this.list.apply(1, undo, { id })
    const undone = this.picture
    this.list.apply(1, redo, { id: this.#next(person) })
    return { undone, redone: this.picture }
  }

  add(person: string, text: string, after: Anchor = 'end'): ItemId {
    const result = this.do(person, { type: 'add', after, text })
    if (!result.ok || result.id === null) throw new Error(`not added: ${text}`)
    return result.id
  }

  /** The name if there is one, then the items: `bread milk✓`. */
  get picture(): string {
    const { name, items } = this.list.view()
    const row = items.map((item) => item.text + (item.done ? '✓' : '')).join(' ')
    return name === '' ? row : `${name}: ${row}`
  }

  #next(person: string): CommandId {
    const seq = (this.#seqs.get(person) ?? 0) + 1
    this.#seqs.set(person, seq)
    return commandId(person, seq)
  }

  #stack(person: string): Command[] {
    const stack = this.#undos.get(person) ?? []
    this.#undos.set(person, stack)
    return stack
  }
}
