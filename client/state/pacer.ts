/**
 * When to draw: at most once an animation frame, with a rest after each drawing, so that agreeing never waits for pictures. What
 * came of one's own hands is drawn at the next frame.
 */
import type { Millis } from '../../shared/host/ports.ts'

/** What tells the time to a page. */
export interface Frames {
  now(): Millis
  isHidden(): boolean
  /** Returns what takes it back. */
  later(delay: Millis, run: () => void): () => void
  atNextFrame(run: () => void): void
}

/** So many times as long as a drawing took nothing is drawn after it, and never longer than this. */
const REST_TIMES = 9
const REST_MAX_MS = 250
/** A hidden page has no animation frames; it is drawn when it is seen again, and its title all the same. */
const HIDDEN_MS = 250
/** Others wait for this tab's vote: pictures come after it, as long as an election that ends at once may take. */
const ELECTION_MS = 150
const LOOK_MS = 15

export class Pacer {
  readonly #frames: Frames
  readonly #publish: () => void
  readonly #isElecting: () => boolean
  #isDue = false
  #cancelRest: (() => void) | null = null
  #restUntil: Millis = -Infinity
  #electingSince: Millis | null = null

  /** `isElecting`: no leader is known to a node of this page. */
  constructor(frames: Frames, publish: () => void, isElecting: () => boolean) {
    this.#frames = frames
    this.#publish = publish
    this.#isElecting = isElecting
  }

  /** Called often. */
  drawSoon(): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#wait(this.#frames.isHidden() ? HIDDEN_MS : Math.max(this.#restUntil - this.#frames.now(), 0))
  }

  /** Nobody waits to see what came of their own hands. */
  hurry(): void {
    this.#restUntil = -Infinity
    if (this.#cancelRest === null) return
    this.#cancelRest()
    this.#atNextFrame()
  }

  draw(): void {
    const before = this.#frames.now()
    this.#publish()
    // Drawing comes after this turn; what it took decides when the next may be.
    this.#frames.later(0, () => {
      const now = this.#frames.now()
      this.#restUntil = now + Math.min(REST_TIMES * (now - before), REST_MAX_MS)
    })
  }

  #wait(delay: Millis): void {
    this.#cancelRest = this.#frames.later(delay, () => (this.#isVoteFirst() ? this.#wait(LOOK_MS) : this.#atNextFrame()))
  }

  #isVoteFirst(): boolean {
    const now = this.#frames.now()
    this.#electingSince = this.#isElecting() ? (this.#electingSince ?? now) : null
    return this.#electingSince !== null && now - this.#electingSince < ELECTION_MS
  }

  #atNextFrame(): void {
    this.#cancelRest = null
    this.#frames.atNextFrame(() => {
      this.#isDue = false
      this.draw()
    })
  }
}

/** Of this document. */
export const documentFrames: Frames = {
  now: () => performance.now(),
  isHidden: () => document.visibilityState === 'hidden',
  later(delay, run) {
    const timer = setTimeout(run, delay)
    return () => clearTimeout(timer)
  },
  /** Or at once where the page is hidden, or when it is before the frame comes: then none would come until somebody looks. */
  atNextFrame(run) {
    if (document.visibilityState === 'hidden') return run()
    const now = (): void => {
      cancelAnimationFrame(frame)
      document.removeEventListener('visibilitychange', now)
      run()
    }
    const frame = requestAnimationFrame(now)
    document.addEventListener('visibilitychange', now)
  },
}
