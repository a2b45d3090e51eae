/** Runs one node: inbox -> step -> send -> save -> apply (DESIGN 3). It decides nothing; the core does. */
import type { Message } from '../raft/messages.ts'
import { start } from '../raft/node.ts'
import type { RaftNode, Settings } from '../raft/node.ts'
import type { Save } from '../raft/saves.ts'
import { step } from '../raft/step.ts'
import type { Input, Outgoing, Output } from '../raft/step.ts'
import type { Refusal } from '../raft/turn.ts'
import type { Entry, Index, Moment, NodeId, SaveNumber, Snapshot } from '../raft/types.ts'
import { encodeRecord } from '../wire/record.ts'
import type { Replayed } from '../wire/replay.ts'
import { rewrite } from '../wire/rewrite.ts'
import { TIMES } from '../limits.ts'
import type { Clock, Journal, Millis, Result, SaveError } from './ports.ts'
import type { Transition } from './transition.ts'

/** Why a node runs no more. The others of its tab go on. */
export type Stopped =
  | { readonly why: 'left' }
  | { readonly why: 'storage'; readonly error: SaveError }
  | { readonly why: 'broken'; readonly error: unknown }
  /** It was told that a newer start of it was seen, so this is a restored or copied profile (DESIGN 8). */
  | { readonly why: 'copied' }
  /** After the entry at `index` the leader had another state than the machine here. */
  | { readonly why: 'disagrees'; readonly index: Index }

/** What a runner tells its host. Called within a turn, in this order; none of it may call back into the runner at once. */
export interface RunnerEvents {
  /** Sees the inputs of a turn before the core does, and may take some out. */
  admit(node: RaftNode, inputs: readonly Input[]): readonly Input[]
  send(messages: readonly Message[]): void
  /** The state machine goes on from here. Before `apply`. */
  restore(snapshot: Snapshot): void
  /** True if a client here learned by it what came of its command. */
  apply(entries: readonly Entry[]): boolean
  refused(refusals: readonly Refusal[]): void
  /** What was applied before it is seen already. */
  read(output: Pick<Output, 'answer' | 'unanswered'>): void
  /** After every turn that changed the node. */
  changed(before: RaftNode, after: RaftNode): void
  stopped(stopped: Stopped): void
  /** Whoever looks on; it never calls back. */
  readonly transition?: ((transition: Transition) => void) | undefined
}

export class Runner {
  readonly incarnation: number
  readonly nonce: string
  readonly #born: Pick<Replayed, 'cluster' | 'node' | 'machine' | 'createdAt'>
  readonly #journal: Journal
  readonly #clock: Clock
  readonly #events: RunnerEvents
  #node: RaftNode
  #inbox: Input[] = []
  #isTurnDue = false
  #held: Outgoing[] = []
  #record: number
  #hintedCommit: Index
  #cancelHint: (() => void) | null = null
  #hinting: Promise<void> | null = null
  #cancelWake: (() => void) | null = null
  #wakeAt: Millis = Infinity
  #stopped: Stopped | null = null

  /** Goes on from what the journal gave back; `journal` has taken records up to `saved.last`. */
  constructor(saved: Replayed, journal: Journal, settings: Settings, clock: Clock, events: RunnerEvents) {
    this.incarnation = saved.incarnation
    this.nonce = saved.nonce
    this.#born = saved
    this.#journal = journal
    this.#clock = clock
    this.#events = events
    this.#record = saved.last
    this.#hintedCommit = saved.commitIndex
    const { term: currentTerm, votedFor, entries, commitIndex, compaction } = saved
    this.#node = start(saved.node, { currentTerm, votedFor, entries, commitIndex, compaction }, settings, this.#moment())
    events.transition?.({ type: 'started', ...this.#self, after: this.#node })
    this.deliver([{ type: 'wake' }])
  }

  get node(): RaftNode {
    return this.#node
  }

  get stopped(): Stopped | null {
    return this.#stopped
  }

  /** Puts inputs in line for the next turn, which takes all that wait. */
  deliver(inputs: readonly Input[]): void {
    if (this.#stopped !== null) return
    for (const input of inputs) this.#inbox.push(input)
    if (this.#isTurnDue || this.#inbox.length === 0) return
    this.#isTurnDue = true
    void Promise.resolve().then(() => this.#turn())
  }

  /** Never steps again. A save under way may still land. */
  stop(why: Stopped): void {
    if (this.#stopped !== null) return
    this.#cancelHint?.()
    // What was agreed a moment ago stays agreed after a reload, though nobody else may be here to say so.
    if (why.why === 'left') this.#hint()
    this.#stopped = why
    this.#inbox = []
    this.#held = []
    this.#cancelWake?.()
    this.#journal.close()
    this.#events.transition?.({ type: 'stopped', ...this.#self, why: why.why })
    this.#events.stopped(why)
  }

  get #self(): { readonly node: NodeId; readonly incarnation: number } {
    return { node: this.#node.id, incarnation: this.incarnation }
  }

  #moment(): Moment {
    return { now: this.#clock.now(), random: this.#clock.random() }
  }

  #turn(): void {
    this.#isTurnDue = false
    if (this.#stopped !== null) return
    const before = this.#node
    try {
      const inputs = this.#events.admit(before, this.#inbox)
      this.#inbox = []
      const { node, output } = step(before, inputs, this.#moment())
      this.#node = node
      // First, since what waits for no save leaves before one is begun, and before anybody looks on.
      this.#sendNow(output.send)
      this.#events.transition?.({ type: 'stepped', ...this.#self, before, inputs, output, after: node })
      this.#obey(output)
      this.#events.changed(before, node)
    } catch (error) {
      // A broken invariant stops this node loudly; never the page, never another node of the same tab.
      this.stop({ why: 'broken', error })
    }
  }

  #sendNow(send: readonly Outgoing[]): void {
    const now: Message[] = []
    for (const outgoing of send) {
      if (outgoing.after === null) now.push(outgoing.message)
      else this.#held.push(outgoing)
    }
    if (now.length > 0) this.#events.send(now)
  }

  #obey(output: Output): void {
    if (output.save !== null) this.#save(output.save)
    if (output.restore !== null) {
      this.#events.restore(output.restore)
      this.deliver([{ type: 'applied', index: output.restore.index }])
    }
    if (output.apply.length > 0) {
      const isAwaited = this.#events.apply(output.apply)
      this.#applied(output.apply.at(-1)!.index, isAwaited)
      if (output.save === null) this.#hintLater()
    }
    if (output.refused.length > 0) this.#events.refused(output.refused)
    if (output.answer.length > 0 || output.unanswered.length > 0) this.#events.read(output)
    this.#wake(output.wake)
  }

  /** Told at once; or in a task of its own, or sooner with what comes before it, where a client may make its next edit now. */
  #applied(index: Index, isAwaited: boolean): void {
    const applied = { type: 'applied', index } as const
    if (!isAwaited) return this.deliver([applied])
    this.#inbox.push(applied)
    this.#clock.wake(this.#clock.now(), () => this.deliver([]))
  }

  #save(save: Save): void {
    this.#cancelHint?.()
    this.#cancelHint = null
    this.#hintedCommit = save.commitIndex
    if (this.#hinting === null) return this.#write(save)
    // A hint that fails leaves its number free: a save after the gap would make the journal look damaged.
    void this.#hinting.then(() => this.#write(save)).catch((error: unknown) => this.stop({ why: 'broken', error }))
  }

  #write({ number, ...content }: Save): void {
    if (this.#stopped !== null) return
    const first = this.#record + 1
    const { incarnation, nonce } = this
    const isAnew = content.compaction !== null
    const records = isAnew
      ? rewrite({ ...this.#born, incarnation, nonce, ...content }, first)
      : [encodeRecord(first, { kind: 'save', ...content })]
    this.#record += records.length
    const write = (): Promise<Result<null, SaveError>> =>
      isAnew ? this.#journal.compact(first, records) : this.#journal.append(first, records[0]!, 'strict')
    void this.#append(write).then((error) => {
      if (error !== null) return this.stop({ why: 'storage', error })
      this.#release(number)
      this.deliver([{ type: 'saved', number }])
    })
  }

  /** A save that fails is tried once more under its own number: the transaction left nothing behind. */
  async #append(write: () => Promise<Result<null, SaveError>>): Promise<SaveError | null> {
    const first = await write()
    if (first.ok || this.#stopped !== null) return null
    if (first.error.type === 'collision') return first.error
    const second = await write()
    return second.ok ? null : second.error
  }

  /** Sends what waited for this save; an ack of an older term would vouch for what may be gone by now. */
  #release(number: SaveNumber): void {
    if (this.#stopped !== null) return
    const due = this.#held.filter(({ after }) => after !== null && after <= number)
    this.#held = this.#held.filter(({ after }) => after === null || after > number)
    const messages = due.map(({ message }) => message).filter(({ term }) => term >= this.#node.currentTerm)
    this.#events.transition?.({ type: 'saved', ...this.#self, number, sent: messages })
    if (messages.length > 0) this.#events.send(messages)
  }

  /** One second after commitIndex last moved with no save since, a record carries it alone (DESIGN 5). */
  #hintLater(): void {
    this.#cancelHint?.()
    this.#cancelHint = this.#clock.wake(this.#clock.now() + TIMES.commitHint, () => {
      this.#cancelHint = null
      this.#hint()
    })
  }

  /** Never beside a save or another hint, whose number comes first. Nobody waits for it, so it may fail: only a collision tells something. */
  #hint(): void {
    const { commitIndex, saves } = this.#node
    if (this.#stopped !== null || saves.inFlight !== null || this.#hinting !== null || commitIndex <= this.#hintedCommit) return
    this.#hintedCommit = commitIndex
    const record = ++this.#record
    this.#hinting = this.#journal.append(record, encodeRecord(record, { kind: 'hint', commitIndex }), 'relaxed').then((saved) => {
      this.#hinting = null
      if (saved.ok) return
      if (saved.error.type === 'collision') this.stop({ why: 'storage', error: saved.error })
      else this.#record--
    })
  }

  /** Deadlines mostly move later; a timer that fires too early for its deadline is set again, which costs less. */
  #wake(at: Millis): void {
    if (at >= this.#wakeAt) return
    this.#cancelWake?.()
    this.#wakeAt = at
    if (at === Infinity) return
    this.#cancelWake = this.#clock.wake(at, () => {
      this.#wakeAt = Infinity
      this.deliver([{ type: 'wake' }])
    })
  }
}
