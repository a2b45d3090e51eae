/** Visits every state of a small world, nearest first, so that what breaks a law is shown by a shortest way there. */
import { configurationOf, isChangeInFlight } from '../../shared/raft/node.ts'
import { isQuorum } from '../../shared/raft/quorum.ts'
import { BrokenInvariant } from '../../shared/raft/assert.ts'
import { hash } from './keys.ts'
import { Broken } from './laws.ts'
import { Moves } from './moves.ts'
import type { Laws } from './moves.ts'
import { canCommit, canCommitTogether } from './recovery.ts'
import { committedConfiguration } from './state.ts'
import type { State, World } from './state.ts'
import { begin } from './story.ts'
import { tell } from './tell.ts'

export interface Violation {
  readonly law: string
  /** A shortest way to it from where the world begins, as lines of a scene. */
  readonly schedule: readonly string[]
}

export interface Report {
  readonly name: string
  readonly states: number
  readonly transitions: number
  /** Moves from the beginning to the farthest state visited. */
  readonly depth: number
  /** False if it was cut at `statesMax`; everything up to `depth` - 1 moves was visited then. */
  readonly isComplete: boolean
  readonly violation: Violation | null
  /** In how many states each of the world's events was seen. */
  readonly events: Readonly<Record<string, number>>
  /** States in which a living majority waits for somebody who went, and the shortest way to one. */
  readonly waiting: number
  readonly waitingSchedule: readonly string[] | null
}

export interface Options {
  readonly laws?: Laws
  readonly statesMax?: number
}

export function explore(world: World, options: Options = {}): Report {
  return new Search(world, options).run()
}

class Search {
  readonly #world: World
  readonly #moves: Moves
  readonly #ahead: Moves
  readonly #statesMax: number
  readonly #first: State
  readonly #known = new Set<number>()
  /** Of each state visited: which one it was reached from, and by which of its moves. */
  readonly #parents: number[] = []
  readonly #ways: number[] = []
  readonly #events: Record<string, number> = {}
  /** What `canCommit` said of the nodes as they are, by themselves and with everybody back. */
  readonly #progress = new Map<number, boolean>()
  #transitions = 0
  #waiting = 0
  #waitingSchedule: readonly string[] | null = null

  constructor(world: World, { laws = 'all', statesMax = world.statesMax }: Options) {
    this.#world = world
    this.#moves = new Moves(world, laws)
    this.#ahead = new Moves(world, 'none')
    this.#statesMax = statesMax
    this.#first = begin(world, this.#moves)
    for (const event of Object.keys(world.events)) this.#events[event] = 0
  }

  run(): Report {
    let depth = 0
    let isComplete = true
    let level: { readonly number: number; readonly state: State }[] = [{ number: this.#visit(this.#first, -1, -1)!, state: this.#first }]
    for (;;) {
      const next: typeof level = []
      for (const { number, state } of level) {
        if (this.#parents.length >= this.#statesMax) {
          isComplete = false
          break
        }
        const violation = this.#expand(number, state, next)
        if (violation !== null) return this.#report(depth + 1, false, violation)
      }
      if (next.length === 0 || !isComplete) return this.#report(isComplete ? depth : depth + 1, isComplete, null)
      level = next
      depth++
    }
  }

  #expand(number: number, state: State, next: { number: number; state: State }[]): Violation | null {
    for (const [way, move] of this.#moves.from(state).entries()) {
      this.#transitions++
      try {
        const after = this.#moves.after(state, move)
        const fresh = after === null ? null : this.#visit(after, number, way)
        if (fresh !== null) next.push({ number: fresh, state: after! })
      } catch (error) {
        if (!(error instanceof Broken || error instanceof BrokenInvariant)) throw error
        return { law: error.message, schedule: [...this.#schedule(number), tell(move)] }
      }
    }
    return null
  }

  /** The number of a state that was not known yet. */
  #visit(state: State, parent: number, way: number): number | null {
    const print = hash(this.#moves.keys.of(state))
    if (this.#known.has(print)) return null
    this.#known.add(print)
    this.#parents.push(parent)
    this.#ways.push(way)
    const number = this.#parents.length - 1
    for (const [event, holds] of Object.entries(this.#world.events)) if (holds(state)) this.#events[event]!++
    if (this.#world.asksProgress === true) this.#askProgress(state, number)
    return number
  }

  #askProgress(state: State, number: number): void {
    if (!this.#asked(state, 'together', canCommitTogether)) throw new Broken('wedged for good: with everybody back, nobody can commit')
    const isLiving = (id: string): boolean => state.places.some((place) => place.id === id && place.core !== null)
    if (!isQuorum(committedConfiguration(state), isLiving) || this.#asked(state, 'living', canCommit)) return
    this.#waiting++
    this.#waitingSchedule ??= this.#schedule(number)
    const isExcused = state.places.some(({ core }) => core !== null && isChangeInFlight(core) && !isQuorum(configurationOf(core), isLiving))
    if (!isExcused || this.#world.forbidsWaiting === true) throw new Broken('a living majority cannot go on')
  }

  /** Of many states that differ in what is under way or may still happen, one is asked. */
  #asked(state: State, who: string, question: (state: State, moves: Moves) => boolean): boolean {
    const print = hash(`${who}${this.#moves.keys.of({ ...state, flight: [], left: this.#first.left })}`)
    const known = this.#progress.get(print)
    if (known !== undefined) return known
    const answer = question(state, this.#ahead)
    this.#progress.set(print, answer)
    return answer
  }

  #schedule(number: number): readonly string[] {
    const ways: number[] = []
    for (let at = number; at > 0; at = this.#parents[at]!) ways.push(this.#ways[at]!)
    let state = this.#first
    return ways.toReversed().map((way) => {
      const move = this.#moves.from(state)[way]!
      state = this.#moves.after(state, move)!
      return tell(move)
    })
  }

  #report(depth: number, isComplete: boolean, violation: Violation | null): Report {
    return {
      name: this.#world.name,
      states: this.#parents.length,
      transitions: this.#transitions,
      depth,
      isComplete,
      violation,
      events: this.#events,
      waiting: this.#waiting,
      waitingSchedule: this.#waitingSchedule,
    }
  }
}
