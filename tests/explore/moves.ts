/** What may happen next in a small world, and what becomes of it: the real core steps, the explorer is everything around it. */
import { farewells } from '../../shared/raft/farewell.ts'
import { configurationIndex, mayCampaign, start } from '../../shared/raft/node.ts'
import type { RaftNode, Role, Settings } from '../../shared/raft/node.ts'
import { step } from '../../shared/raft/step.ts'
import type { Input, Outgoing } from '../../shared/raft/step.ts'
import type { Message } from '../../shared/raft/messages.ts'
import type { Command, Configuration, Entry, Millis, NodeId } from '../../shared/raft/types.ts'
import { ROOMY } from '../support/settings.ts'
import { add, birth, hinted, isHintDue, open } from './journal.ts'
import type { Journal } from './journal.ts'
import { Keys } from './keys.ts'
import { isSpent } from './spent.ts'
import { Broken, agreeing, matching, observed, promised, rewritten, stored } from './laws.ts'
import { due, isWaited, rested, unheard } from './timeless.ts'
import { NOTHING, spend } from './state.ts'
import type { Bounds, Flying, Move, Past, Place, State, World } from './state.ts'

const SETTINGS: Settings = { ...ROOMY, preVote: false, appendsInFlight: 2, uncommittedMax: 100 }

/**
 * `harm`: Figure 3 alone, to see what a broken rule ends in. `all`: also promises before they are durable, and the core's own
 * invariants. `none`: to look ahead without judging.
 */
export type Laws = 'none' | 'harm' | 'all'

/** A state being changed. */
interface Draft {
  readonly places: Place[]
  flight: Flying[]
  past: Past
  readonly left: Bounds
}

export class Moves {
  readonly keys: Keys
  readonly #world: World
  readonly #laws: Laws
  readonly #settings: Settings
  readonly #forgets: boolean

  constructor(world: World, laws: Laws, { forgetsSpent = true } = {}) {
    this.#forgets = forgetsSpent
    this.#world = world
    this.#laws = laws
    this.#settings = { ...SETTINGS, ...world.settings }
    this.keys = new Keys(world)
  }

  /** Everybody has started, with one configuration stored and known committed. */
  first(): State {
    const { ids, voters, learners = [], bounds, lateWrites = false } = this.#world
    const entry: Entry = { index: 1, term: 0, time: 0, body: { type: 'configuration', configuration: configuration(voters, learners) } }
    const places = ids.map((id): Place => this.#started(id, birth(id, [entry], lateWrites), 0))
    return { places, flight: [], past: { led: 0, agreed: [{ entry, since: 0 }] }, left: { ...NOTHING, ...bounds } }
  }

  /** Everything that may happen in this state. A message that is never delivered was lost, so loss is no move. */
  from(state: State): readonly Move[] {
    const moves: Move[] = []
    for (const flying of state.flight) {
      if (state.places[this.#at(flying.message.to)]?.core == null) continue
      moves.push({ type: 'deliver', flying })
      if (state.left.copies > 0) moves.push({ type: 'copy', flying })
    }
    for (let at = 0; at < state.places.length; at++) this.#ownMoves(state, at, moves)
    const { may } = this.#world
    return may === undefined ? moves : moves.filter((move) => may(move, state))
  }

  /** The state after a move; null where it changes nothing worth a state (or the core stopped, where only harm counts). */
  after(state: State, move: Move): State | null {
    const draft: Draft = { places: [...state.places], flight: [...state.flight], past: state.past, left: state.left }
    try {
      if (!this.#make(draft, move)) return null
    } catch (error) {
      if (this.#laws === 'all' || error instanceof Broken) throw error
      return null
    }
    if (this.#forgets) this.#sweep(draft)
    return { ...draft, left: spend(state.left, move) }
  }

  #ownMoves({ places, left }: State, at: number, moves: Move[]): void {
    const place = places[at]!
    const { core, save, disk } = place
    for (let k = 0; k < disk.late.length; k++) moves.push({ type: 'land', at })
    if (core === null) {
      moves.push({ type: 'restart', at })
      return
    }
    if (save !== null) moves.push({ type: 'saved', at })
    if (left.hints > 0 && isHintDue(place)) moves.push({ type: 'hint', at })
    if (left.crashes > 0) moves.push({ type: 'crash', at })
    if (left.crashes > 0 && save !== null && this.#world.lateWrites === true) moves.push({ type: 'late', at })
    if (left.leaves > 0) moves.push({ type: 'leave', at })
    if (left.ticks > 0) moves.push({ type: 'tick', at })
    if (core.role.name !== 'leader') {
      if (left.timeouts > 0 && core.currentTerm < this.#world.termMax && mayCampaign(core)) moves.push({ type: 'timeout', at })
      return
    }
    if (left.heartbeats > 0) moves.push({ type: 'heartbeat', at })
    if (left.heartbeats > 0 && isWaited(core)) moves.push({ type: 'silence', at })
    if (left.proposals > 0) moves.push({ type: 'propose', at })
    for (const { id } of left.transfers > 0 ? places : []) if (id !== place.id) moves.push({ type: 'transfer', at, to: id })
    if (left.changes === 0) return
    for (const next of this.#world.changes?.(core, place) ?? []) moves.push({ type: 'change', at, configuration: next })
  }

  #make(draft: Draft, move: Move): boolean {
    if (move.type === 'deliver' || move.type === 'copy') {
      if (move.type === 'deliver') draft.flight.splice(draft.flight.indexOf(move.flying), 1)
      this.#step(draft, this.#at(move.flying.message.to), { type: 'message', message: arrived(move.flying.message) })
      return true
    }
    const { at } = move
    const place = draft.places[at]!
    switch (move.type) {
      case 'timeout':
        return this.#step(draft, at, { type: 'wake' }, (core) => ({ ...core.role, deadline: place.clock, graced: true }))
      case 'heartbeat':
        return this.#step(draft, at, { type: 'wake' }, due)
      case 'silence':
        return this.#step(draft, at, { type: 'wake' }, (core) => due({ ...core, role: unheard(core.role) }))
      case 'propose':
        return this.#step(draft, at, {
          type: 'proposal',
          commands: [command(1 + (this.#world.bounds.proposals ?? 0) - draft.left.proposals)],
        })
      case 'change':
        return this.#step(draft, at, { type: 'change', at: configurationIndex(place.core!), configuration: move.configuration })
      case 'transfer':
        return this.#step(draft, at, { type: 'transfer', to: move.to })
      case 'saved':
        return this.#saved(draft, at)
      case 'hint':
        draft.places[at] = { ...place, disk: hinted(place.disk, place.core!.commitIndex), keys: [] }
        return true
      case 'crash':
      case 'late':
        return this.#crash(draft, at, move.type === 'late')
      case 'restart':
        return this.#restart(draft, at)
      case 'land':
        return this.#land(draft, at)
      case 'leave':
        return this.#leave(draft, at)
      case 'tick':
        draft.places[at] = { ...place, clock: place.clock + (this.#world.tickMs ?? 0), keys: [] }
        return true
    }
  }

  /** One step of the core with one input; false if it changed nothing that was asked for. */
  #step(draft: Draft, at: number, input: Input, adjust?: (core: RaftNode) => Role): boolean {
    const place = draft.places[at]!
    const before = place.core!
    const { node, output } = step(adjust ? { ...before, role: adjust(before) } : before, [input], { now: place.clock, random: 0 })
    if (input.type === 'change' && node.log === before.log) return false
    const core = rested(node, place.clock)
    draft.places[at] = { ...place, core, save: output.save ?? place.save, keys: [] }
    if (core.log !== before.log && this.#laws === 'all') matching(core, draft.places)
    if (this.#laws === 'all') stored(before, core, draft.places)
    if (this.#laws !== 'none') draft.past = observed(before, core, draft.past)
    this.#send(draft, at, output.send)
    // What was applied is told in the next turn, as by the host.
    if (node.commitIndex > before.commitIndex) this.#step(draft, at, { type: 'applied', index: node.commitIndex })
    return true
  }

  /** What waits for nothing leaves, the rest is held back. */
  #send(draft: Draft, at: number, sent: readonly Outgoing[]): void {
    if (sent.length === 0) return
    const held: Outgoing[] = []
    for (const outgoing of sent) {
      const plain = { ...outgoing, message: unadorned(outgoing.message) }
      if (plain.after === null) this.#leaves(draft, at, plain.message)
      else held.push(plain)
    }
    const place = draft.places[at]!
    if (held.length > 0) draft.places[at] = { ...place, held: [...place.held, ...held], keys: [] }
  }

  #leaves(draft: Draft, at: number, message: Message): void {
    if (this.#laws === 'all') promised(message, draft.places[at]!)
    const flying = this.keys.flying(message)
    if (!draft.flight.includes(flying)) draft.flight.push(flying)
  }

  /** As the host does it: first what waited for the save leaves, but for acks of an older term, then the node hears of it. */
  #saved(draft: Draft, at: number): boolean {
    const place = draft.places[at]!
    const save = place.save!
    const disk = add(place.disk, place.record + 1, save)
    // Somebody else writes this journal: the node stops.
    if (disk === null) return this.#crash(draft, at, false)
    if (this.#laws === 'all') rewritten(place.id, place.disk, disk)
    const isDue = ({ after }: Outgoing): boolean => after! <= save.number
    const held = place.held.filter((outgoing) => !isDue(outgoing))
    draft.places[at] = { ...place, disk, record: place.record + 1, save: null, held, keys: [] }
    for (const { message } of place.held.filter(isDue)) if (message.term >= place.core!.currentTerm) this.#leaves(draft, at, message)
    return this.#step(draft, at, { type: 'saved', number: save.number })
  }

  #crash(draft: Draft, at: number, isLate: boolean): boolean {
    const { id, disk, save, record, clock } = draft.places[at]!
    const late = isLate && save !== null ? [...disk.late, { number: record + 1, save }] : disk.late
    draft.places[at] = { id, core: null, held: [], save: null, disk: { ...disk, late }, record: 0, clock, keys: [] }
    return true
  }

  #restart(draft: Draft, at: number): boolean {
    const { id, disk, clock } = draft.places[at]!
    const opened = open(disk)
    if (opened === null) throw new Broken(`the journal of ${id} contradicts itself`)
    if (this.#laws === 'all') rewritten(id, disk, opened)
    const place = this.#started(id, opened, clock)
    draft.places[at] = place
    if (this.#laws !== 'none') draft.past = { ...draft.past, agreed: agreeing(place.core!, 1, draft.past.agreed) }
    return true
  }

  #started(id: NodeId, disk: Journal, clock: Millis): Place {
    const moment = { now: clock, random: 0 }
    const { node } = step(start(id, disk.durable, this.#settings, moment), [{ type: 'wake' }], moment)
    return { id, core: rested(node, clock), held: [], save: null, disk, record: disk.records.length, clock, keys: [] }
  }

  /** The oldest write of a dead host reaches the disk now, or collides and aborts. */
  #land(draft: Draft, at: number): boolean {
    const place = draft.places[at]!
    const [{ number, save }, ...late] = place.disk.late as [Journal['late'][number], ...Journal['late']]
    const landed = add(place.disk, number, save) ?? { ...place.disk, hasCollided: true }
    if (this.#laws === 'all') rewritten(place.id, place.disk, landed)
    draft.places[at] = { ...place, disk: { ...landed, late }, keys: [] }
    return true
  }

  /** As `leave` of shared/host does it: the frames go out, nothing is saved, the node never steps again. */
  #leave(draft: Draft, at: number): boolean {
    const { id, core, clock } = draft.places[at]!
    const said = farewells(core!, [{ node: id, incarnation: 1 }], { now: clock, random: 0 }, () => true)
    for (const farewell of said) this.#leaves(draft, at, unadorned(farewell))
    return this.#crash(draft, at, false)
  }

  #sweep(draft: Draft): void {
    const place = (id: NodeId): Place => draft.places[this.#at(id)]!
    const isIdle = ({ message }: Flying): boolean => isSpent(message, place(message.to), place(message.from), this.#world.termMax)
    if (draft.flight.some(isIdle)) draft.flight = draft.flight.filter((flying) => !isIdle(flying))
  }

  #at(id: NodeId): number {
    return Number(id.slice(1)) - 1
  }
}

export const member = (node: NodeId) => ({ node, machine: node, levels: { min: 1, max: 1 }, votes: true })

const configuration = (voters: readonly NodeId[], learners: readonly NodeId[] = []): Configuration => {
  return { voters: voters.map(member), learners: learners.map(member) }
}

/** What is only drawn, and why an election is asked for where nobody is sticky, would make equal messages look different. */
function unadorned(message: Message): Message {
  if (message.type === 'AppendEntries') return message.matches.length === 0 ? message : { ...message, matches: [] }
  if (message.type === 'RequestVote') return { ...message, reason: 'timeout' }
  if (message.type === 'Farewell' && message.append !== null) return { ...message, append: { ...message.append, matches: [] } }
  return message
}

/** Decoded anew: no two nodes share an entry, so nothing is the same because it is the same object. */
function arrived(message: Message): Message {
  if (message.type === 'AppendEntries')
    return message.entries.length === 0 ? message : { ...message, entries: message.entries.map((entry) => ({ ...entry })) }
  if (message.type === 'Farewell' && message.append !== null)
    return { ...message, append: arrived(message.append) as typeof message.append }
  return message
}

const command = (seq: number): Command => ({ header: { session: 's', seq, settled: 0 }, bytes: new Uint8Array(), signature: null })
