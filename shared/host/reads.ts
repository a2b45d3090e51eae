/** The client's side of reads that see everything agreed before them: asks the leader until it answers (DESIGN 4, section 8). */
import type { ReadId } from '../raft/messages.ts'
import { leaderOf } from '../raft/node.ts'
import type { RaftNode } from '../raft/node.ts'
import type { Output } from '../raft/step.ts'
import { TIMES } from '../limits.ts'
import type { Clock, Millis } from './ports.ts'

/** Runs the node that asks. */
export interface Asker {
  readonly node: RaftNode
  readonly incarnation: number
  deliver(inputs: readonly { readonly type: 'read'; readonly id: ReadId }[]): void
}

/** Reads that came together are one question. */
interface Question {
  isSent: boolean
  readonly answered: (() => void)[]
}

/** An answer of an earlier start that comes late must answer nothing of this one. */
const IDS_PER_START = 2 ** 28

export class Reads {
  readonly #clock: Clock
  readonly #lastApplied: () => number
  readonly #questions = new Map<ReadId, Question>()
  #new: (() => void)[] = []
  #asked = 0
  #sentTo: string | null = null
  #sentAt: Millis = -Infinity
  #heldUntil: Millis = -Infinity
  #cancelWake: (() => void) | null = null

  constructor(clock: Clock, lastApplied: () => number) {
    this.#clock = clock
    this.#lastApplied = lastApplied
  }

  /** What `look` sees once everything is applied here that was agreed anywhere before this call; waits through elections and partitions. */
  linearizable<T>(look: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#new.push(() => resolve(look()))
    })
  }

  /** Asks what waits, if there is somebody to ask: once a leader and term, and again after a while without an answer. */
  ask(asker: Asker): void {
    if (this.#new.length === 0 && this.#questions.size === 0) return
    const now = this.#clock.now()
    const leader = leaderOf(asker.node)
    if (this.#new.length > 0) {
      this.#questions.set(asker.incarnation * IDS_PER_START + ++this.#asked, { isSent: false, answered: this.#new })
      this.#new = []
    }
    if (leader === null) return
    const to = `${leader} ${asker.node.currentTerm}`
    if (to !== this.#sentTo || now >= this.#sentAt + TIMES.resend) this.again()
    if (now < this.#heldUntil) return this.#wake(asker, this.#heldUntil)
    const due = [...this.#questions].filter(([, { isSent }]) => !isSent)
    for (const [, question] of due) question.isSent = true
    if (due.length > 0) {
      this.#sentTo = to
      this.#sentAt = now
      asker.deliver(due.map(([id]) => ({ type: 'read', id })))
    }
    this.#wake(asker, this.#sentAt + TIMES.resend)
  }

  /** Everything is asked again: after a new link, say. */
  again(): void {
    for (const question of this.#questions.values()) question.isSent = false
    this.#heldUntil = -Infinity
  }

  /** What a turn of the node that asks said of reads. */
  hear({ answer, unanswered }: Pick<Output, 'answer' | 'unanswered'>): void {
    for (const { id, index } of answer) {
      // A machine that met a level of the future applies no more, so it has nothing to say.
      if (index > this.#lastApplied()) continue
      const answered = this.#questions.get(id)?.answered ?? []
      this.#questions.delete(id)
      for (const settle of answered) settle()
    }
    for (const id of unanswered) {
      const question = this.#questions.get(id)
      if (question === undefined) continue
      question.isSent = false
      // Who led no longer does, or hands over: there will soon be word of another.
      this.#heldUntil = this.#clock.now() + TIMES.heartbeat
    }
  }

  #wake(asker: Asker, at: Millis): void {
    this.#cancelWake?.()
    this.#cancelWake = this.#questions.size === 0 ? null : this.#clock.wake(at, () => this.ask(asker))
  }
}
