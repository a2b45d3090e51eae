/**
 * A state as a short text, so that a state reached twice is known again. What is left out, and why nothing that it decides can
 * differ:
 *
 * - Times. Clocks stand still between a world's ticks, and `rested` rewrites every deadline to "never" after each step: a
 *   timeout is a move that may happen at any moment, so no deadline means anything. Log time never moves for the same reason.
 * - `heardAt`, `reason` and `graced`: only stickiness and lateness read them, and where time stands still nobody but a leader is
 *   sticky. Most worlds run without pre-vote, with which fewer things happen, not others; one is about it.
 * - How wide the window of a member is, and what tells it: no entries fill it. What is under way is told by the last entry of each.
 * - What a leader was asked to read, and when it last sent anything: nobody reads.
 * - `matches` in messages and followers: for drawing only.
 * - `handedOut` is `commitIndex` after every step; `lastApplied` is read by nobody; the numbers of saves count only against
 *   each other, so they are written relative to the newest.
 * - The log that the newest save covers: of it the core reads whether it is the present one and where they part, no more.
 * - The order of messages under way or held back, and how often the same one is (copies are a bound of their own).
 *
 * With nodes that nobody could tell apart (`alike`) the least text over all their namings stands for all of them.
 */
import type { Message } from '../../shared/raft/messages.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import type { Body, Configuration, Entry, Member, NodeId } from '../../shared/raft/types.ts'
import type { Journal } from './journal.ts'
import type { Agreed, Bounds, Flying, Place, State, World } from './state.ts'

type Naming = ReadonlyMap<NodeId, string>

export class Keys {
  readonly #namings: readonly Naming[]
  /** For each naming, at which position the node called k stands. */
  readonly #orders: readonly (readonly number[])[]
  readonly #flights = new Map<string, Flying>()
  readonly #configurations = new WeakMap<Configuration, Map<Naming, string>>()
  readonly #sorted: boolean

  constructor({ ids, alike = [] }: Pick<World, 'ids' | 'alike'>) {
    const fixed = ids.map((id, at) => [id, String(at + 1)] as const)
    this.#namings = permutations(alike).map(
      (other) => new Map([...fixed, ...alike.map((id, k) => [id, String(ids.indexOf(other[k]!) + 1)] as const)]),
    )
    this.#orders = this.#namings.map((naming) => {
      const order: number[] = []
      for (const [at, id] of ids.entries()) order[Number(naming.get(id)) - 1] = at
      return order
    })
    this.#sorted = this.#namings.length > 1
  }

  of(state: State): string {
    let least = this.#text(state, 0)
    for (let naming = 1; naming < this.#namings.length; naming++) {
      const text = this.#text(state, naming)
      if (text < least) least = text
    }
    return least
  }

  /** The one object that stands for this message. */
  flying(message: Message): Flying {
    const key = this.#message(message, this.#namings[0]!)
    const known = this.#flights.get(key)
    if (known !== undefined) return known
    const keys = this.#namings.map((naming, k) => (k === 0 ? key : this.#message(message, naming)))
    const flying = { message, keys }
    this.#flights.set(key, flying)
    return flying
  }

  #text({ places, flight, past, left }: State, naming: number): string {
    let text = ''
    for (const at of this.#orders[naming]!) text += this.#placeKey(places[at]!, naming) + '|'
    const messages = flight.map(({ keys }) => keys[naming]!)
    if (messages.length > 1) messages.sort()
    return `${text}${messages.join(';')}|${past.led}${this.#agreed(past.agreed, this.#namings[naming]!)}|${bounds(left)}`
  }

  #placeKey(place: Place, naming: number): string {
    return (place.keys[naming] ??= this.#place(place, this.#namings[naming]!))
  }

  #place({ core, held, save, disk, record, clock }: Place, name: Naming): string {
    const stored = `${this.#disk(disk, name)}${disk.records.length > 0 ? record : ''}`
    if (core === null) return `${stored}x`
    const { issued } = core.saves
    const waiting = held.map(({ message, after }) => `${after! - issued.number}${this.#message(message, name)}`).sort()
    const saving =
      save === null ? '' : `s${save.term}${called(name, save.votedFor)}${save.commitIndex},${save.from}${this.#entries(save.entries, name)}`
    return `${stored}${this.#core(core, name)}${saving}h${waiting.join(';')}@${clock}`
  }

  #disk({ durable, records, late, hasCollided }: Journal, name: Naming): string {
    const { currentTerm, votedFor, entries, commitIndex } = durable
    const text = `${currentTerm}${called(name, votedFor)}${commitIndex}${this.#entries(entries, name)}`
    if (records.length === 0) return text
    const kept = records.map((record) => {
      return record.kind === 'save'
        ? `${record.term}${called(name, record.votedFor)}${record.from}${this.#entries(record.entries, name)}`
        : record.kind
    })
    const waiting = late.map(
      ({ number, save }) => `${number}:${save.term}${called(name, save.votedFor)}${save.from}${this.#entries(save.entries, name)}`,
    )
    return `${text}(${kept.join(';')})(${waiting.join(';')})${hasCollided ? '!' : ''}`
  }

  #core(core: RaftNode, name: Naming): string {
    const { currentTerm, votedFor, log, commitIndex, saves, configurations } = core
    const { issued, inFlight, durable } = saves
    const inForce = configurations.at(-1)!
    const before = configurations.at(-2)
    const parts = log === issued.log ? '=' : String(log.divergence(issued.log))
    const placed = `${inForce.index}${this.#configuration(inForce.configuration, name)}${before ? this.#configuration(before.configuration, name) : ''}`
    const known = `${issued.term}${called(name, issued.votedFor)}${parts},${inFlight ? `${inFlight.term}${called(name, inFlight.votedFor)}${inFlight.lastIndex}` : '-'},${durable.term}${called(name, durable.votedFor)}${durable.lastIndex}`
    return `${currentTerm}${called(name, votedFor)}${commitIndex}${this.#entries(log.slice(1), name)}${placed}${known}${this.#role(core, name)}`
  }

  #role({ role }: RaftNode, name: Naming): string {
    if (role.name === 'follower') return `f${called(name, role.leader)}`
    if (role.name !== 'leader')
      return `${role.name[0]}${[...role.granted]
        .map((id) => name.get(id)!)
        .sort()
        .join('')}`
    const members = [...role.progress].map(
      ([id, { matchIndex, nextIndex, state, flow, ackedSentAt, commitSent, overtaken, since, departing }]) => {
        const underWay = flow.underWay.map(({ last }) => last)
        return `${name.get(id)}${matchIndex},${nextIndex}${state[0]}${underWay.join('+')},${ackedSentAt},${commitSent},${overtaken},${since},${departing ? `${departing.index},${departing.until}` : ''}`
      },
    )
    return `l${members.sort().join(';')}${role.transfer ? `t${called(name, role.transfer.to)}${role.transfer.asked}` : ''}`
  }

  #message(message: Message, name: Naming): string {
    const head = `${name.get(message.from)}${name.get(message.to)}${message.term}`
    switch (message.type) {
      case 'RequestVote':
        return `${message.preVote ? 'P' : 'V'}${head},${message.lastLogIndex},${message.lastLogTerm}`
      case 'RequestVoteReply':
        return `${message.preVote ? 'p' : 'v'}${head},${message.asked}${message.granted ? '+' : '-'}`
      case 'AppendEntries':
        return `${message.quiet ? 'Q' : 'A'}${head},${message.prevLogIndex},${message.prevLogTerm},${message.leaderCommit},${message.sentAt}${this.#entries(message.entries, name)}`
      case 'AppendEntriesReply': {
        const { result } = message
        const said = result.success ? `+${result.matchIndex}` : `-${result.prevLogIndex},${result.hintIndex},${result.hintTerm}`
        return `a${head},${message.sentAt},${message.commitIndex}${said}`
      }
      case 'Farewell': {
        const successors = message.successors.map((id) => name.get(id)).join('')
        return `F${head}${successors}${message.append ? this.#message(message.append, name) : ''}`
      }
      case 'TimeoutNow':
        return `T${head}`
      case 'Propose':
      case 'ProposeRefused':
      case 'ReadIndex':
      case 'ReadIndexReply':
      case 'InstallSnapshot':
      case 'InstallSnapshotReply':
        throw new Error('in a small world proposals are made at the leader, and nobody reads or takes snapshots')
    }
  }

  #agreed(agreed: readonly Agreed[], name: Naming): string {
    let text = ''
    for (const { entry, since } of agreed) text += `,${since}${this.#entry(entry, name)}`
    return text
  }

  #entries(entries: readonly Entry[], name: Naming): string {
    let text = '['
    for (const entry of entries) text += this.#entry(entry, name)
    return text + ']'
  }

  #entry({ term, body }: Entry, name: Naming): string {
    return `${term}${this.#body(body, name)}`
  }

  #body(body: Body, name: Naming): string {
    if (body.type === 'configuration') return this.#configuration(body.configuration, name)
    return body.type === 'command' ? `c${body.command.header.seq}` : body.type[0]!
  }

  #configuration(configuration: Configuration, name: Naming): string {
    let known = this.#configurations.get(configuration)
    if (known === undefined) this.#configurations.set(configuration, (known = new Map()))
    let text = known.get(name)
    if (text === undefined) {
      text = `{${this.#members(configuration.voters, name)}/${this.#members(configuration.learners, name)}}`
      known.set(name, text)
    }
    return text
  }

  /** The order of members decides only who of equals is the first successor. */
  #members(members: readonly Member[], name: Naming): string {
    const names = members.map(({ node }) => name.get(node)!)
    return (this.#sorted ? names.sort() : names).join('')
  }
}

function bounds({ timeouts, heartbeats, proposals, crashes, leaves, changes, ticks, copies, transfers, hints }: Bounds): string {
  return `${timeouts},${heartbeats},${proposals},${crashes},${leaves},${changes},${ticks},${copies},${transfers},${hints}`
}

const called = (name: Naming, id: NodeId | null): string => (id === null ? '_' : `n${name.get(id)}`)

function permutations(ids: readonly NodeId[]): readonly (readonly NodeId[])[] {
  if (ids.length < 2) return [ids]
  return ids.flatMap((first) => permutations(ids.filter((id) => id !== first)).map((rest) => [first, ...rest]))
}

/** 53 bits of a text (cyrb53): two of a million states share one with a chance of 1 in 18,000. */
export function hash(text: string): number {
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 2_654_435_761)
    b = Math.imul(b ^ code, 1_597_334_677)
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909)
  return 4_294_967_296 * (2_097_151 & b) + (a >>> 0)
}
