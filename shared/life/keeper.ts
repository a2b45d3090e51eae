/** Keeps what this tab gave and nobody has agreed to yet in the outbox of its machine, over a reload or a crash (DESIGN 9). */
import type { Millis } from '../host/ports.ts'
import type { Keeper } from '../host/proposals.ts'
import type { LifeOptions } from './options.ts'

/** Nearly every edit is agreed before: then it costs no write at all. A page that goes away keeps at once what it has. */
const KEEP_MS: Millis = 100
/** Clearing away what is agreed is not worth a write for each edit. */
const SETTLE_MS: Millis = 500

interface Unkept {
  readonly session: string
  readonly seq: number
  readonly bytes: Uint8Array
}

/** Nothing waits for the outbox: a command that is agreed before it is kept has lost nothing. */
export class OutboxKeeper implements Keeper {
  readonly #options: Pick<LifeOptions, 'outbox' | 'room' | 'clock'>
  readonly #failed: () => void
  #unkept: Unkept[] = []
  /** The newest command that was kept, by session; of one that another page began, none until it is filled up. */
  readonly #kept = new Map<string, number>()
  readonly #settled = new Map<string, number>()
  /** What the outbox was told of that. */
  readonly #told = new Map<string, number>()
  #isClearing = false

  constructor(options: Pick<LifeOptions, 'outbox' | 'room' | 'clock'>, failed: () => void) {
    this.#options = options
    this.#failed = failed
  }

  put(session: string, seq: number, bytes: Uint8Array): void {
    const { clock } = this.#options
    if (!this.#kept.has(session)) this.#kept.set(session, 0)
    if (this.#unkept.length === 0) clock.wake(clock.now() + KEEP_MS, () => this.keep())
    this.#unkept.push({ session, seq, bytes })
  }

  settle(session: string, settled: number): void {
    const { clock } = this.#options
    this.#settled.set(session, settled)
    if (this.#isClearing || !this.#isInOutbox(session)) return
    this.#isClearing = true
    clock.wake(clock.now() + SETTLE_MS, () => this.#clear())
  }

  drop(session: string): void {
    const { outbox, room } = this.#options
    this.#unkept = this.#unkept.filter((one) => one.session !== session)
    this.#do(outbox.drop(room, session))
    for (const known of [this.#kept, this.#settled, this.#told]) known.delete(session)
  }

  /** Now, all that is not agreed. */
  keep(): void {
    const { outbox, room } = this.#options
    const due = this.#unkept.filter(({ session, seq }) => seq > (this.#settled.get(session) ?? 0))
    this.#unkept = []
    for (const { session, seq, bytes } of due) {
      this.#do(outbox.put(room, session, seq, bytes))
      this.#kept.set(session, seq)
    }
    // Who takes a session over fills every number below its newest that is neither there nor settled.
    for (const session of new Set(due.map((one) => one.session))) this.#tell(session)
  }

  #clear(): void {
    this.#isClearing = false
    for (const session of this.#settled.keys()) if (this.#isInOutbox(session)) this.#tell(session)
  }

  /** Has it anything that the outbox was not told is settled? */
  #isInOutbox(session: string): boolean {
    return (this.#kept.get(session) ?? Infinity) > (this.#told.get(session) ?? 0)
  }

  /** What is agreed may stay a while: whoever takes the session over finds it applied. */
  #tell(session: string): void {
    const { outbox, room } = this.#options
    const settled = this.#settled.get(session) ?? 0
    if (settled <= (this.#told.get(session) ?? 0)) return
    this.#told.set(session, settled)
    this.#do(outbox.settle(room, session, settled))
  }

  #do(done: Promise<void>): void {
    done.catch(this.#failed)
  }
}
