/**
 * Everything between this tab and one other: the line in use, at most one attempt at a new one beside it, and when to try
 * again. The lower tab id initiates (no glare); every attempt has an epoch, and signals of other epochs are dropped.
 */
import type { Millis, TabId } from '../../shared/host/ports.ts'
import { Line, type LastFrame, type LineEvent } from './line.ts'
import type { PairEvent, PairOwner, PairState } from './owner.ts'
import { CONNECT_WITHIN, failuresKept, retryDelay } from './retry.ts'
import { CANDIDATES_MAX, decodeSignal, encodeSignal, type Candidate, type Signal } from './signals.ts'
import type { ChannelSignal } from './types.ts'

interface Attempt {
  readonly epoch: number
  readonly line: Line
  readonly deadline: Millis
  isAnswered: boolean
  candidatesIn: number
  candidatesOut: readonly Candidate[]
  flushAt: Millis
}

/** Candidates come in bursts; one signal carries those of so many milliseconds. */
const GATHER: Millis = 10
const CANDIDATES_IN_ALL = 4 * CANDIDATES_MAX
/** An open channel that ICE believes in and nobody answers on: a cut, a stopped page. Try another beside it after so long. */
const SILENT_PATIENCE: Millis = 30_000
const WANT_EVERY: Millis = 1_000

export class Pair {
  readonly tab: TabId
  readonly #owner: PairOwner
  readonly #isInitiator: boolean
  /** The signaling server says that it is in the room. */
  #isPresent = false
  #live: Line | null = null
  #attempt: Attempt | null = null
  #lastEpoch = 0
  #failures = 0
  #retryAt: Millis = 0
  #wantedAt = -Infinity
  #hurriedAt = -Infinity

  constructor(tab: TabId, owner: PairOwner) {
    this.tab = tab
    this.#owner = owner
    this.#isInitiator = owner.tab < tab
  }

  get state(): PairState {
    if (this.#live !== null) return this.#live.isUp ? 'up' : 'silent'
    return this.#attempt === null ? 'waiting' : 'connecting'
  }

  get isIdle(): boolean {
    return !this.#isPresent && this.#live === null && this.#attempt === null
  }

  get dueAt(): Millis {
    const { candidatesOut, flushAt = Infinity, deadline = Infinity, line } = this.#attempt ?? { candidatesOut: [] }
    const retryAt = this.#wouldTry() ? Math.max(this.#retryAt, this.#silentUntil()) : Infinity
    const gathered = candidatesOut.length > 0 ? flushAt : Infinity
    return Math.min(this.#live?.dueAt ?? Infinity, line?.dueAt ?? Infinity, deadline, gathered, retryAt)
  }

  /** The line in use, if it carries messages. */
  get line(): Line | null {
    return this.#live?.isUp === true ? this.#live : null
  }

  present(isPresent: boolean): void {
    if (isPresent && !this.#isPresent) this.#retryAt = Math.min(this.#retryAt, this.#owner.now())
    this.#isPresent = isPresent
  }

  pass(now: Millis, isLate: boolean): void {
    this.#live?.pass(now, isLate)
    this.#attempt?.line.pass(now, isLate)
    if (this.#attempt !== null && now >= this.#attempt.flushAt) this.#flush(this.#attempt)
    if (this.#attempt !== null && now >= this.#attempt.deadline) this.#fail('late')
    if (this.#wouldTry() && now >= Math.max(this.#retryAt, this.#silentUntil())) this.#open(this.#owner.nextEpoch(), true)
  }

  /** Something changed for the better: do not wait for the next try. */
  hurry(): void {
    const now = this.#owner.now()
    this.#hurriedAt = now
    this.#live?.hurry()
    if (this.#attempt !== null || this.#live?.isUp === true || !this.#isPresent) return
    this.#retryAt = now
    this.#failures = 0
    if (this.#isInitiator || now - this.#wantedAt < WANT_EVERY || !this.#owner.canStart()) return
    this.#wantedAt = now
    this.#say({ type: 'want' })
  }

  receive(bytes: Uint8Array): void {
    const signal = decodeSignal(bytes)
    if (signal === null) return this.#owner.count('refused:signal')
    switch (signal.type) {
      case 'offer':
        return this.#accept(signal.epoch, signal.sdp)
      case 'answer':
        return this.#answered(signal.epoch, signal.sdp)
      case 'candidates':
        return this.#candidates(signal.epoch, signal.candidates)
      case 'want':
        return this.#wanted()
    }
  }

  /** The last frame on every open channel, whether or not anybody answers there. */
  end(frame: LastFrame): void {
    this.#live?.end(frame)
    this.#attempt?.line.end(frame)
    this.#live = this.#attempt = null
    this.#isPresent = false
  }

  destroy(): void {
    this.#live?.destroy()
    this.#attempt?.line.destroy()
    this.#live = this.#attempt = null
    this.#isPresent = false
  }

  #wouldTry(): boolean {
    const isNeeded = this.#isInitiator && this.#isPresent && this.#attempt === null && this.#live?.isUp !== true
    return isNeeded && this.#owner.canStart() && !this.#owner.isCut(this.tab)
  }

  /** A new handshake helps a line only once ICE has lost the other side; a cut or a stopped page it does not help. */
  #silentUntil(): Millis {
    if (this.#live === null || !this.#live.channel.isConnected()) return -Infinity
    return Math.max(this.#live.since ?? 0, this.#hurriedAt) + SILENT_PATIENCE
  }

  #open(epoch: number, initiator: boolean): Attempt {
    this.#lastEpoch = epoch
    this.#owner.count('attempt:made')
    // Assigned below: a channel calls nothing within the call that makes it.
    let attempt: Attempt | null = null
    const line = new Line(
      {
        now: () => this.#owner.now(),
        hello: () => this.#owner.hello(),
        isCut: () => this.#owner.isCut(this.tab),
        count: (what) => this.#owner.count(what),
        tell: (event) => this.#heard(line, event),
      },
      (events) =>
        this.#owner.openChannel(
          { initiator, ice: this.#owner.ice() },
          { ...events, signal: (signal) => attempt !== null && this.#signal(attempt, signal) },
        ),
    )
    const deadline = this.#owner.now() + CONNECT_WITHIN
    attempt = { epoch, line, deadline, isAnswered: !initiator, candidatesIn: 0, candidatesOut: [], flushAt: Infinity }
    this.#attempt = attempt
    this.#owner.replan()
    return attempt
  }

  #accept(epoch: number, sdp: string): void {
    if (this.#isInitiator) return this.#owner.count('refused:wrong-side')
    if (epoch <= this.#lastEpoch) return this.#owner.count('refused:epoch')
    this.#attempt?.line.destroy()
    this.#open(epoch, false).line.channel.signal({ type: 'offer', sdp })
  }

  #answered(epoch: number, sdp: string): void {
    const attempt = this.#attempt
    if (attempt === null || attempt.epoch !== epoch || attempt.isAnswered) return this.#owner.count('refused:epoch')
    attempt.isAnswered = true
    attempt.line.channel.signal({ type: 'answer', sdp })
  }

  #candidates(epoch: number, candidates: readonly Candidate[]): void {
    const attempt = this.#attempt
    // The attempt may have come up before its last candidates.
    if (attempt === null && epoch === this.#lastEpoch) return undefined
    if (attempt === null || attempt.epoch !== epoch) return this.#owner.count('refused:epoch')
    attempt.candidatesIn += candidates.length
    if (attempt.candidatesIn > CANDIDATES_IN_ALL) return this.#owner.count('refused:candidates')
    for (const candidate of candidates) attempt.line.channel.signal({ type: 'candidate', candidate })
  }

  #wanted(): void {
    const now = this.#owner.now()
    if (!this.#isInitiator || now - this.#wantedAt < WANT_EVERY) return this.#owner.count('refused:want')
    this.#wantedAt = now
    this.#retryAt = now
    this.#owner.replan()
  }

  #signal(attempt: Attempt, signal: ChannelSignal): void {
    if (this.#attempt !== attempt) return
    if (signal.type !== 'candidate') return this.#say({ type: signal.type, epoch: attempt.epoch, sdp: signal.sdp })
    if (attempt.candidatesOut.length === 0) attempt.flushAt = this.#owner.now() + GATHER
    attempt.candidatesOut = [...attempt.candidatesOut, signal.candidate]
    if (attempt.candidatesOut.length >= CANDIDATES_MAX) this.#flush(attempt)
    this.#owner.replan()
  }

  #flush(attempt: Attempt): void {
    const candidates = attempt.candidatesOut
    attempt.candidatesOut = []
    attempt.flushAt = Infinity
    this.#say({ type: 'candidates', epoch: attempt.epoch, candidates })
  }

  #say(signal: Signal): void {
    this.#owner.signal(this.tab, encodeSignal(signal))
  }

  #heard(line: Line, event: LineEvent): void {
    if (event.type === 'up' && line !== this.#live) this.#replace(line)
    if (line !== this.#live) {
      // An attempt has nothing to tell but how it ends.
      if (event.type === 'closed') this.#fail('closed')
      if (event.type === 'refused') this.#over(event)
      if (event.type === 'bye') this.#over({ type: 'gone' })
      return
    }
    if (event.type === 'closed') return this.#lost()
    if (event.type === 'bye' && line.isUp && event.message.byteLength > 0) this.#tell({ type: 'message', message: event.message })
    if (event.type === 'bye') return this.#over({ type: 'gone' })
    if (event.type === 'refused') return this.#over(event)
    if (event.type === 'up') this.#abandon()
    return this.#tell(event)
  }

  #tell(event: PairEvent): void {
    this.#owner.tell(this.tab, event)
  }

  /** The attempt said hello both ways: it is the line now. */
  #replace(line: Line): void {
    const old = this.#live
    this.#live = line
    this.#attempt = null
    if (old?.isUp === true) this.#tell({ type: 'down' })
    old?.destroy()
  }

  /** The line in use is heard again: an attempt beside it has no purpose. Its other end sees it close. */
  #abandon(): void {
    if (!this.#isInitiator) return
    this.#attempt?.line.destroy()
    this.#attempt = null
  }

  #fail(why: 'late' | 'closed'): void {
    this.#attempt?.line.destroy()
    this.#attempt = null
    this.#owner.count(`attempt:${why}`)
    this.#later()
  }

  #lost(): void {
    const line = this.#live
    this.#live = null
    if (line?.isUp === true) {
      this.#failures = failuresKept(this.#failures, this.#owner.now() - line.since!)
      this.#tell({ type: 'down' })
    }
    this.#later()
  }

  #later(): void {
    this.#retryAt = this.#owner.now() + retryDelay(this.#failures, this.#owner.random())
    this.#failures += 1
    this.#owner.replan()
  }

  #over(event: PairEvent): void {
    const wasUp = this.#live?.isUp === true
    this.destroy()
    if (wasUp) this.#tell({ type: 'down' })
    this.#tell(event)
  }
}
