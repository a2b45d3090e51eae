/** Many rounds of one question. What goes wrong is told with the seed, the round and the input, as hexadecimal where it is bytes. */
import { dice, type Dice } from './dice.ts'

/** Inputs of each kind: bytes in, bytes out, records, events. `FUZZ=n` for another number, `FUZZ_SEED=n` for others. */
export const INPUTS = Number(process.env['FUZZ'] ?? 1_000_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 0)
export const PATIENCE = Math.max(120_000, INPUTS)

export class Outcomes {
  readonly #counts = new Map<string, number>()

  add(outcome: string): void {
    this.#counts.set(outcome, this.of(outcome) + 1)
  }

  of(outcome: string): number {
    return this.#counts.get(outcome) ?? 0
  }

  /** Asked for, and never seen. */
  missing(expected: readonly string[]): readonly string[] {
    return expected.filter((outcome) => this.of(outcome) === 0)
  }
}

/** One of each round: an input, and what becomes of it, which throws if that is neither a value nor a refusal. */
export interface Round<T> {
  readonly make: (dice: Dice) => T
  readonly outcome: (input: T) => string
}

export function rounds<T>(seed: number, times: number, { make, outcome }: Round<T>): Outcomes {
  const outcomes = new Outcomes()
  const rolls = dice(seed + 1_000 * SEED)
  for (let round = 0; round < times; round++) {
    const input = make(rolls)
    try {
      outcomes.add(outcome(input))
    } catch (error) {
      throw new Error(`FUZZ_SEED=${SEED} seed ${seed} round ${round}: ${shown(input)}`, { cause: error })
    }
  }
  return outcomes
}

/** The same all the way down, also bytes, NaN and the sign of a zero. */
export function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (one instanceof Uint8Array)
    return other instanceof Uint8Array && one.length === other.length && one.every((byte, k) => byte === other[k])
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((item, k) => same(item, other[k]))
  const keys = Object.keys(one) as (keyof typeof one)[]
  return (
    !Array.isArray(other) && keys.length === Object.keys(other).length && keys.every((key) => key in other && same(one[key], other[key]))
  )
}

function shown(input: unknown): string {
  return JSON.stringify(input, (_key, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value))
}
