/** The rules of the list again, as plainly as they can be said and with no thought of speed: an array and a search. */
import type { Command, CommandResult, Refusal } from '../../shared/list/commands.ts'

export interface NaiveLimits {
  readonly items: number
  readonly tombstones: number
  readonly itemText: number
  readonly listName: number
}

interface Row {
  id: string
  text: string
  revision: number
  done: boolean
  /** When it was deleted, as a count of deletions; null while it is there. */
  deletedAt: number | null
  by: { text: string; done: string; place: string; presence: string }
}

export class Naive {
  name = ''
  namedBy: string | null = null
  rows: Row[] = []
  #deletions = 0
  readonly #limits: NaiveLimits

  constructor(limits: NaiveLimits) {
    this.#limits = limits
  }

  get items() {
    return this.rows.filter((row) => row.deletedAt === null).map(({ id, text, revision, done }) => ({ id, text, revision, done }))
  }

  clone(): Naive {
    const clone = new Naive(this.#limits)
    clone.name = this.name
    clone.namedBy = this.namedBy
    clone.rows = structuredClone(this.rows)
    clone.#deletions = this.#deletions
    return clone
  }

  /** The same command about an item that there is, if there are any, and its undo one that fits. */
  aim(command: Command, at: number): Command {
    const row = this.rows[at % Math.max(1, this.rows.length)]
    const aimed = 'id' in command && row ? { ...command, id: row.id } : command
    if (!('back' in aimed) || !aimed.back) return aimed
    const from = this.#setter(aimed)
    return from === null ? aimed : { ...aimed, back: { ...aimed.back, from } }
  }

  apply(command: Command, id: string): CommandResult {
    const reason = this.#refusal(command)
    if (reason !== null) return { ok: false, reason }
    if (command.type === 'rename') {
      if (command.name !== this.name || command.back) this.namedBy = command.back?.to ?? id
      this.name = command.name
      return { ok: true, id: null, revision: null, overwrote: false }
    }
    let overwrote = false
    if (command.type === 'add') {
      const row = { id, text: command.text, revision: 1, done: false, deletedAt: null, by: { text: id, done: id, place: id, presence: id } }
      this.rows.splice(this.#place(command.after), 0, row)
    } else if (command.type === 'edit') {
      const row = this.#row(command.id)!
      overwrote = row.text !== command.text && !command.back && command.revision < row.revision
      this.#mark(row, 'text', row.text !== command.text, command, id)
      if (row.text !== command.text) row.revision += 1
      row.text = command.text
    } else if (command.type === 'check') {
      const row = this.#row(command.id)!
      this.#mark(row, 'done', row.done !== command.done, command, id)
      row.done = command.done
    } else if (command.type === 'move') {
      const row = this.#row(command.id)!
      const before = this.rows.map((one) => one.id).join()
      if (command.after !== command.id) {
        this.rows = this.rows.filter((one) => one !== row)
        this.rows.splice(this.#place(command.after), 0, row)
      }
      this.#mark(row, 'place', this.rows.map((one) => one.id).join() !== before, command, id)
    } else if (command.type === 'delete' || command.type === 'restore') {
      const row = this.#row(command.id)!
      const changes = (command.type === 'delete') === (row.deletedAt === null)
      this.#mark(row, 'presence', changes, command, id)
      if (changes) row.deletedAt = command.type === 'delete' ? (this.#deletions += 1) : null
      const tombstones = this.rows.filter((one) => one.deletedAt !== null).sort((a, b) => a.deletedAt! - b.deletedAt!)
      const dropped = tombstones.slice(0, Math.max(0, tombstones.length - this.#limits.tombstones))
      this.rows = this.rows.filter((one) => !dropped.includes(one))
      return { ok: true, id: row.id, revision: row.revision, overwrote: false }
    }
    const itemId = 'id' in command ? command.id : id
    return { ok: true, id: itemId, revision: this.#row(itemId)!.revision, overwrote }
  }

  #refusal(command: Command): Refusal | null {
    if (command.type === 'skip') return 'skipped'
    const row = 'id' in command ? this.#row(command.id) : undefined
    if ('id' in command && !row) return 'gone'
    if (row && row.deletedAt !== null && ['edit', 'check', 'move'].includes(command.type)) return 'deleted'
    if ('text' in command && command.text.length > this.#limits.itemText) return 'too-long'
    if ('name' in command && command.name.length > this.#limits.listName) return 'too-long'
    if ('after' in command && command.after !== null && command.after !== 'end' && !this.#row(command.after)) return 'gone'
    if ('back' in command && command.back && this.#setter(command) !== command.back.from) return 'changed'
    if (command.type === 'delete' && command.untouched && Object.values(row!.by).some((by) => by !== row!.id)) return 'changed'
    const brings = command.type === 'add' || (command.type === 'restore' && row!.deletedAt !== null)
    return brings && this.items.length >= this.#limits.items ? 'full' : null
  }

  #setter(command: Command): string | null {
    if (command.type === 'rename') return this.namedBy
    if (command.type === 'add' || command.type === 'skip') return null
    const what = { edit: 'text', check: 'done', move: 'place', delete: 'presence', restore: 'presence' } as const
    return this.#row(command.id)?.by[what[command.type]] ?? null
  }

  #row(id: string): Row | undefined {
    return this.rows.find((row) => row.id === id)
  }

  #place(after: string | null): number {
    return after === null ? 0 : after === 'end' ? this.rows.length : this.rows.findIndex((row) => row.id === after) + 1
  }

  #mark(row: Row, what: keyof Row['by'], changes: boolean, command: Command, id: string): void {
    if (changes || ('back' in command && command.back)) row.by[what] = ('back' in command ? command.back?.to : null) ?? id
  }
}
