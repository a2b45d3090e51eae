/**
 * Is there an order of these operations, each between its call and its return, in which one copy alone would have given these
 * results? (Herlihy and Wing 1990; the search is Wing and Gong's with Lowe's memory of what was tried.)
 */

export interface Operation<Input, Output> {
  readonly input: Input
  /** What the client was told; null if nothing: then it may have taken effect at any time since, or never. */
  readonly output: Output | null
  /** Both on one scale; of two operations that share a moment neither came first. */
  readonly called: number
  /** Infinity where nothing was told. */
  readonly returned: number
}

/** One copy that answers one operation after the other. Two states with the same key answer everything alike for ever. */
export interface Model<State, Input, Output> {
  readonly initial: State
  step(state: State, input: Input): { readonly state: State; readonly output: Output }
  keyOf(state: State): string
  isSame(one: Output, other: Output): boolean
}

export type Linearization =
  /** Positions in the history, in the order in which they could have taken effect. */
  | { readonly is: 'found'; readonly order: readonly number[] }
  /** The longest that could be explained, and the operations of which one had to come next. `gave-up`: not all ways were tried. */
  | { readonly is: 'none' | 'gave-up'; readonly longest: readonly number[]; readonly stuck: readonly number[] }

interface Tried<State> {
  readonly state: State
  readonly done: bigint
  /** Still to be tried, last first. */
  readonly next: number[]
}

/** A history that is not to be explained can take exponentially long; none that could be came near this. */
const TRIES_MAX = 100_000

/**
 * Exponential at worst in how many operations overlap, so partition the history. `rankOf` says which of several to try first: by a
 * rank that is right from beginning to end, as the place in a log is, it takes one try an operation. Whatever is found stands by
 * itself.
 */
export function linearize<State, Input, Output>(
  model: Model<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  rankOf: (position: number) => number = (i) => history[i]!.returned,
): Linearization {
  const candidates = (done: bigint): number[] => mayComeNext(history, done).sort((a, b) => compareRanks(rankOf(a), rankOf(b)) || b - a)
  const answered = history.reduce((all, { output }, i) => (output === null ? all : all | (1n << BigInt(i))), 0n)
  const seen = new Set<string>()
  const way: number[] = []
  const stack: Tried<State>[] = [{ state: model.initial, done: 0n, next: candidates(0n) }]
  let longest: readonly number[] = []
  let stuck: readonly number[] = candidates(0n)
  while (stack.length > 0) {
    const top = stack.at(-1)!
    if ((top.done & answered) === answered) return { is: 'found', order: [...way] }
    const i = top.next.pop()
    if (i === undefined) {
      // Of the ways that lead nowhere the longest is told; it is written down where it ends.
      if (way.length > longest.length) [longest, stuck] = [[...way], candidates(top.done)]
      stack.pop()
      way.pop()
      continue
    }
    const { input, output } = history[i]!
    const took = model.step(top.state, input)
    if (output !== null && !model.isSame(took.output, output)) continue
    const done = top.done | (1n << BigInt(i))
    const key = `${done.toString(36)} ${model.keyOf(took.state)}`
    if (seen.has(key)) continue
    seen.add(key)
    if (seen.size > TRIES_MAX) {
      return way.length > longest.length ? { is: 'gave-up', longest: way, stuck: candidates(top.done) } : { is: 'gave-up', longest, stuck }
    }
    way.push(i)
    stack.push({ state: took.state, done, next: candidates(done) })
  }
  return { is: 'none', longest, stuck }
}

/** What may take effect next: whatever was called before the first of the others returned. */
function mayComeNext<Input, Output>(history: readonly Operation<Input, Output>[], done: bigint): number[] {
  const open = history.flatMap((_, i) => ((done >> BigInt(i)) & 1n ? [] : [i]))
  const firstReturn = open.reduce((first, i) => Math.min(first, history[i]!.returned), Infinity)
  return open.filter((i) => history[i]!.called <= firstReturn)
}

/** Lowest last, where the next one is taken from; two without a rank are alike. */
function compareRanks(a: number, b: number): number {
  return a === b ? 0 : b - a
}
