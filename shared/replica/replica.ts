/** Turns a machine into a replicated one: entries in, outcomes out, each command applied exactly once (DESIGN 9). */
import { assert, unreachable } from './assert.ts'
import { Checksums } from './checksum.ts'
import type { Batch, Hashing } from './checksum.ts'
import type { Machine, ReplicaEntry, ReplicaHeader } from './machine.ts'
import { isTime, Sessions } from './sessions.ts'
import type { SessionLimits } from './sessions.ts'

/** A log that says nothing yet of levels is at this one. */
const FIRST_LEVEL = 1
/** From this level on sessions expire. */
const EXPIRY_LEVEL = 2

export interface ReplicaLevels {
  readonly min: number
  readonly max: number
}

export type Stop =
  /** The log is at a level that this build does not have. */
  | { readonly type: 'level'; readonly level: number }
  /** A command that this build does not have at this level: somebody newer wrote it. */
  | { readonly type: 'unknown-command' }
  /** After the entry at `index` the leader had another state than this replica. */
  | { readonly type: 'checksum'; readonly index: number }

export type Outcome<R> =
  /** Nothing that a client waits for. */
  | { readonly type: 'none' }
  | { readonly type: 'applied'; readonly session: string; readonly seq: number; readonly result: R }
  /** Applied before; this is the result it had. */
  | { readonly type: 'repeated'; readonly session: string; readonly seq: number; readonly result: R }
  /** Applied before, and its client has said that it knows the result. */
  | { readonly type: 'settled'; readonly session: string; readonly seq: number }
  /** Not applied, and nothing of this session ever will be: it was forgotten, or may be one that was. */
  | { readonly type: 'expired'; readonly session: string; readonly seq: number }
  /** Not applied and not remembered: seq `expected` has to come first. */
  | { readonly type: 'gap'; readonly session: string; readonly seq: number; readonly expected: number }
  | { readonly type: 'level'; readonly level: number }
  /** Not applied, and nothing will be from here on. */
  | { readonly type: 'stopped'; readonly stop: Stop }

export class Replica<R> {
  readonly #machine: Machine<R>
  readonly #levels: ReplicaLevels
  readonly #limits: SessionLimits
  readonly #checksums: Checksums
  #sessions: Sessions<R>
  #lastApplied = 0
  #level = FIRST_LEVEL
  #time = 0
  #stop: Stop | null = null

  constructor(machine: Machine<R>, levels: ReplicaLevels, hashing: Hashing, limits: SessionLimits) {
    this.#machine = machine
    this.#checksums = new Checksums(hashing)
    this.#levels = levels
    this.#limits = limits
    this.#sessions = new Sessions(limits)
  }

  get lastApplied(): number {
    return this.#lastApplied
  }

  get level(): number {
    return this.#level
  }

  /** Log time: of the newest entry applied, never less than of one before. */
  get time(): number {
    return this.#time
  }

  /** Why nothing is applied any more, or null. */
  get stop(): Stop | null {
    return this.#stop
  }

  /** For the leader to note in the log, so that all can compare; null when there is nothing new to compare. */
  get checksum(): { readonly index: number; readonly hash: Uint8Array } | null {
    return this.#stop === null ? this.#checksums.newest : null
  }

  /** The newest seq of a session that was applied, 0 if none: the next one must be one more. */
  lastSeq(session: string): number {
    return this.#sessions.last(session)
  }

  /** Nothing of this session will be applied from here on. */
  isExpired(session: string): boolean {
    return this.#sessions.isExpired(session)
  }

  /** It may expire before long. */
  isStale(session: string): boolean {
    return this.#sessions.isStale(session, this.#time)
  }

  /** What came of an applied command; null for what was not applied, or is known to its client. */
  resultOf(session: string, seq: number): R | null {
    return this.#sessions.resultOf(session, seq)
  }

  /** Entries come once each, in the order of the log. Once stopped, stopped: the entry counts as not applied. */
  applyEntry(entry: ReplicaEntry, batch: Batch = { first: entry.index, last: entry.index }): Outcome<R> {
    this.compare(entry.index)
    if (this.#stop !== null) return { type: 'stopped', stop: this.#stop }
    assert(entry.index === this.#lastApplied + 1, 'entries are applied in the order of the log, without gaps')
    if (entry.time > this.#time) this.#time = entry.time
    const outcome = this.#applyBody(entry, batch)
    if (outcome.type === 'stopped') this.#stop = outcome.stop
    else {
      this.#lastApplied = entry.index
      this.#sessions.expire(this.#time)
      this.#checksums.applied(entry.index, batch, () => this.snapshot())
    }
    return outcome
  }

  /** Stops if the state was another than the leader's somewhere before this entry. */
  compare(index = Infinity): void {
    const other = this.#checksums.overdue(index)
    if (other !== null) this.#stop ??= { type: 'checksum', index: other }
  }

  /** Plain values, the same on every replica that has applied the same log: packed, it can be hashed. */
  snapshot(): unknown {
    return {
      version: 1,
      lastApplied: this.#lastApplied,
      level: this.#level,
      time: this.#time,
      sessions: this.#sessions.snapshot(),
      ...(this.#level >= EXPIRY_LEVEL && { forgottenAt: this.#sessions.forgottenAt }),
      machine: this.#machine.snapshot(),
    }
  }

  /** Goes on from a snapshot; false, with nothing changed, if it is none. A level beyond this build stops it at once. */
  restore(snapshot: unknown): boolean {
    const { version, lastApplied, level, time, sessions, forgottenAt, machine } = Object(snapshot) as Readonly<Record<string, unknown>>
    if (version !== 1 || !isCount(lastApplied) || !isCount(level) || level < FIRST_LEVEL || !isTime(time)) return false
    if (level >= EXPIRY_LEVEL !== (forgottenAt !== undefined)) return false
    const restored = Sessions.restore({ sessions, forgottenAt }, this.#limits, (value) => this.#machine.readResult(value))
    if (restored === null || !this.#machine.restore(machine)) return false
    this.#sessions = restored
    this.#lastApplied = lastApplied
    this.#level = level
    this.#time = time
    // Whoever is too old for it applies nothing more, whatever comes next.
    this.#stop = level > this.#levels.max ? { type: 'level', level } : null
    this.#checksums.clear()
    return true
  }

  #applyBody({ body }: ReplicaEntry, batch: Batch): Outcome<R> {
    switch (body.type) {
      case 'noop':
      case 'configuration':
        return { type: 'none' }
      case 'level':
        return this.#raiseLevel(body.level)
      case 'checksum':
        return this.#checksums.agrees(body, batch) ? { type: 'none' } : { type: 'stopped', stop: { type: 'checksum', index: body.index } }
      case 'command':
        return this.#applyCommand(body.command.header, body.command.bytes)
      default:
        return unreachable(body)
    }
  }

  #raiseLevel(level: number): Outcome<R> {
    if (level > this.#levels.max) return { type: 'stopped', stop: { type: 'level', level } }
    if (!(level > this.#level)) return { type: 'none' }
    this.#level = level
    if (level >= EXPIRY_LEVEL) this.#sessions.beginExpiry()
    return { type: 'level', level }
  }

  #applyCommand(header: ReplicaHeader, bytes: Uint8Array): Outcome<R> {
    const { session, seq } = header
    const turn = this.#sessions.turn(header, this.#time)
    switch (turn.type) {
      case 'expired':
        return { type: 'expired', session, seq }
      case 'gap':
        return { type: 'gap', session, seq, expected: turn.expected }
      case 'settled':
      case 'repeat':
        this.#sessions.heard(header)
        return turn.type === 'repeat' ? { type: 'repeated', session, seq, result: turn.result } : { type: 'settled', session, seq }
      case 'next':
        return this.#applyNext(header, bytes)
      default:
        return unreachable(turn)
    }
  }

  #applyNext(header: ReplicaHeader, bytes: Uint8Array): Outcome<R> {
    const { session, seq } = header
    if (!this.#supports(this.#level)) return { type: 'stopped', stop: { type: 'level', level: this.#level } }
    const applied = this.#machine.apply(this.#level, bytes, { session, seq, time: this.#time })
    if (!applied.known) return { type: 'stopped', stop: { type: 'unknown-command' } }
    this.#sessions.record(header, applied.result, this.#time)
    return { type: 'applied', session, seq, result: applied.result }
  }

  #supports(level: number): boolean {
    return this.#levels.min <= level && level <= this.#levels.max
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
