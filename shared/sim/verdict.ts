import type { Violation } from './world.ts'

/** What a world came to, whole or bare. */
export interface Verdict {
  readonly seed: number
  /** Null: all laws held. */
  readonly violation: Violation | null
  /** Of nodes. */
  readonly steps: number
  readonly commits: number
  readonly reigns: number
  /** Clients that were told an outcome; in bare worlds, reads. */
  readonly answered: number
}
