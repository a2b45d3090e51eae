/** A format to be fuzzed: good samples, how they are damaged, and what may become of that. */
import { pack, unpack } from '../../shared/wire/msgpack.ts'
import type { Result } from '../../shared/wire/result.ts'
import { distort, mutate, type Dice } from './dice.ts'
import { same } from './rounds.ts'

export interface Format<T> {
  readonly name: string
  readonly seed: number
  /** Of the million inputs. */
  readonly share: number
  readonly good: readonly Uint8Array[]
  readonly decode: (bytes: Uint8Array) => Result<T, { readonly type: string }>
  readonly encode: (value: T) => Uint8Array
  /** Of bytes that hold one packed value after a head: where it begins. */
  readonly head: number | null
  /** What damaged bytes are given so that they are not refused at the door. */
  readonly dress?: (bytes: Uint8Array) => Uint8Array
  /** Refusals that this format must have met at least once. */
  readonly refusals: readonly string[]
}

/** Bytes of anybody, every time others. */
export function damaged<T>({ good, head, dress = (bytes) => bytes }: Format<T>): (dice: Dice) => Uint8Array {
  const values = head === null ? [] : good.map((sample) => valueOf(sample.subarray(head)))
  return (dice) => {
    const at = dice.below(good.length)
    const sample = good[at]!
    const kind = dice.below(8)
    if (kind === 0) return dress(dice.bytes(dice.below(64)))
    if (kind === 1) return dress(sample.slice(0, dice.below(sample.length)))
    if (kind < 5 || head === null) return dress(mutate(sample, dice.pick(good), dice))
    const packed = pack(distort(values[at], dice))
    const bytes = new Uint8Array(head + packed.length)
    bytes.set(sample.subarray(0, head))
    bytes.set(packed, head)
    return dress(bytes)
  }
}

/** The type of the refusal, or that it was accepted. */
export function outcomeOf<T>({ decode, encode }: Format<T>, bytes: Uint8Array): string {
  const result = decode(bytes)
  if (!result.ok) return result.error.type
  const again = decode(encode(result.value))
  if (!again.ok || !same(again.value, result.value)) throw new Error('what was accepted is not the same again')
  return 'accepted'
}

function valueOf(bytes: Uint8Array): unknown {
  const value = unpack(bytes, 1024 * 1024)
  if (!value.ok) throw new Error('a good sample is not one packed value')
  return value.value
}
