/** A small language for histories of a cluster, written by hand: what a cluster that works would have done, and what it must not. */
import { Check } from './check.ts'
import type { Deviation } from './check.ts'
import type { Observation, Started, Stepped, View } from './observation.ts'
import type {
  AppendEntries,
  AppendEntriesReply,
  Configuration,
  Entries,
  Entry,
  Id,
  Message,
  RequestVote,
  RequestVoteReply,
} from './state.ts'

export function configuration(voters: string, learners = '', guests = ''): Configuration {
  const ids = (text: string): readonly Id[] => (text === '' ? [] : text.split(' '))
  return { voters: ids(voters), learners: ids(learners), guests: ids(guests) }
}

/** A command, `noop`, or a configuration. */
export function entry(term: number, body: string | Configuration): Entry {
  if (typeof body === 'string') return { term, body, configuration: null }
  return { term, body: JSON.stringify(body), configuration: body }
}

interface Recorded {
  readonly view: View
  readonly log: Entries
  readonly incarnation: number
  readonly saves: number
}

/** What is given of a step; the rest is as if nothing happened. */
export interface Told {
  readonly inputs?: Stepped['inputs']
  readonly after?: Partial<View>
  /** Appended. */
  readonly entries?: Entries
  /** The log is cut to so many entries first. */
  readonly keep?: number
  /** Issues a save of all that is new, or just this. */
  readonly save?: true | Partial<NonNullable<Stepped['save']>>
  readonly sent?: readonly Message[]
  /** What waits for the save that is issued or owed. */
  readonly held?: readonly Message[]
  readonly confirmed?: Stepped['confirmed']
  readonly answered?: Stepped['answered']
  /** A change of what the step would have been otherwise. */
  readonly but?: Partial<Stepped>
}

/** Knows of each node what it was told of it, and fills in what a step does not say. */
export class History {
  readonly check = new Check()
  readonly #nodes = new Map<Id, Recorded>()
  readonly #saved = new Map<Id, number>()

  get deviation(): Deviation | null {
    return this.check.deviation
  }

  see(observation: Observation): this {
    this.check.see(observation)
    return this
  }

  start(node: Id, start: Partial<Started> = {}): this {
    const incarnation = (this.#nodes.get(node)?.incarnation ?? 0) + 1
    const nothing = { currentTerm: 0, votedFor: null, log: [], compacted: 0, applied: 0, commitIndex: 0, asksFirst: false }
    const started: Started = { type: 'started', node, incarnation, ...nothing, ...start }
    const { log, currentTerm, votedFor, commitIndex } = started
    const view: View = { ...RESTING, currentTerm, votedFor, commitIndex, configuration: newest(log) }
    this.#nodes.set(node, { view, log, incarnation, saves: 0 })
    this.#saved.set(node, log.length)
    this.#applied.delete(node)
    return this.see(started)
  }

  step(node: Id, told: Told): this {
    const before = this.#nodes.get(node)!
    const { entries = [], keep = before.log.length, sent = [], held = [] } = told
    const log = [...before.log.slice(0, keep), ...entries]
    const view: View = { ...before.view, configuration: newest(log), ...told.after }
    const saves = before.saves + (told.save === undefined ? 0 : 1)
    const from = Math.min(keep, this.#saved.get(node)!) + 1
    const whole = { number: saves, currentTerm: view.currentTerm, votedFor: view.votedFor, from, entries: log.slice(from - 1), snapshot: 0 }
    if (told.save !== undefined) this.#saved.set(node, log.length)
    const applied = log.slice(this.#applied.get(node) ?? 0, view.commitIndex)
    this.#applied.set(node, Math.max(this.#applied.get(node) ?? 0, view.commitIndex))
    this.#nodes.set(node, { view, log, incarnation: before.incarnation, saves })
    return this.see({
      type: 'stepped',
      node,
      incarnation: before.incarnation,
      inputs: told.inputs ?? [],
      after: view,
      log: { from: keep + 1, entries },
      save: told.save === undefined ? null : { ...whole, ...(told.save === true ? {} : told.save) },
      sent: [...sent.map((message) => ({ message, after: null })), ...held.map((message) => ({ message, after: saves }))],
      restored: null,
      applied,
      confirmed: told.confirmed ?? told.answered ?? [],
      answered: told.answered ?? [],
      ...told.but,
    })
  }

  readonly #applied = new Map<Id, number>()

  /** The newest save is done, what waited for it leaves, and the node hears of it. */
  saved(node: Id, sent: readonly Message[] = [], told: Told = {}): this {
    const { saves: number, incarnation } = this.#nodes.get(node)!
    this.see({ type: 'saved', node, incarnation, number, sent })
    return this.step(node, { ...told, inputs: [{ type: 'saved', number }, ...(told.inputs ?? [])] })
  }

  hear(node: Id, message: Message, told: Told = {}): this {
    return this.step(node, { ...told, inputs: [{ type: 'message', message }, ...(told.inputs ?? [])] })
  }
}

const RESTING = { role: 'follower', leader: null, votes: [], matchIndex: [], nextIndex: [], handingTo: null, snapshot: 0 } as const

function newest(log: Entries): Configuration {
  return log.findLast(({ configuration }) => configuration !== null)?.configuration ?? configuration('')
}

export function asks(from: Id, to: Id, term: number, last: string, more: Partial<RequestVote> = {}): RequestVote {
  const [lastLogIndex, lastLogTerm] = last.split('@').map(Number) as [number, number]
  return { type: 'RequestVote', from, to, term, preVote: false, reason: 'timeout', lastLogIndex, lastLogTerm, ...more }
}

export function answers(asked: RequestVote, granted: boolean, term: number = asked.term): RequestVoteReply {
  return { type: 'RequestVoteReply', from: asked.to, to: asked.from, term, preVote: asked.preVote, granted, asked: asked.term }
}

export function appends(from: Id, to: Id, term: number, prev: string, entries: Entries, leaderCommit: number, sentAt = 0): AppendEntries {
  const [prevLogIndex, prevLogTerm] = prev.split('@').map(Number) as [number, number]
  return { type: 'AppendEntries', from, to, term, prevLogIndex, prevLogTerm, entries, leaderCommit, sentAt, quiet: false }
}

export function acks(
  append: AppendEntries,
  commitIndex: number,
  matchIndex = append.prevLogIndex + append.entries.length,
): AppendEntriesReply {
  return {
    type: 'AppendEntriesReply',
    from: append.to,
    to: append.from,
    term: append.term,
    sentAt: append.sentAt,
    commitIndex,
    result: { success: true, matchIndex },
  }
}

export function refuses(append: AppendEntries, term: number, hint: string, commitIndex = 0): AppendEntriesReply {
  const [hintIndex, hintTerm] = hint.split('@').map(Number) as [number, number]
  const result = { success: false, prevLogIndex: append.prevLogIndex, hintIndex, hintTerm } as const
  return { type: 'AppendEntriesReply', from: append.to, to: append.from, term, sentAt: append.sentAt, commitIndex, result }
}
