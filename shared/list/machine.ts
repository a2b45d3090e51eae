/** The list as a machine that a replica can drive: bytes in, results out. The packing is given, the meaning is ours. */
import { commandId } from './commands.ts'
import type { CommandResult } from './commands.ts'
import { List } from './list.ts'
import { parseCommand } from './parse.ts'
import { readResult, restore, snapshot } from './snapshot.ts'

/** From bytes to plain values; never throws, and the same on every build of a level. */
export type Unpack = (bytes: Uint8Array) => { readonly ok: true; readonly value: unknown } | { readonly ok: false }

export class ListMachine {
  readonly #unpack: Unpack
  #list = new List()

  constructor(unpack: Unpack) {
    this.#unpack = unpack
  }

  /** What is agreed. To be looked at and cloned, not applied to; another object after a restore. */
  get list(): List {
    return this.#list
  }

  apply(
    level: number,
    bytes: Uint8Array,
    { session, seq }: { readonly session: string; readonly seq: number },
  ): { readonly known: true; readonly result: CommandResult } | { readonly known: false } {
    const unpacked = this.#unpack(bytes)
    if (!unpacked.ok) return { known: true, result: { ok: false, reason: 'malformed' } }
    const parsed = parseCommand(unpacked.value, level)
    if (parsed.ok) return { known: true, result: this.#list.apply(level, parsed.value, { id: commandId(session, seq) }) }
    if (parsed.error.type === 'malformed') return { known: true, result: { ok: false, reason: 'malformed' } }
    return { known: false }
  }

  snapshot(): unknown {
    return snapshot(this.#list)
  }

  restore(value: unknown): boolean {
    const list = restore(value)
    if (list !== null) this.#list = list
    return list !== null
  }

  readResult(value: unknown): CommandResult | null {
    return readResult(value)
  }
}
