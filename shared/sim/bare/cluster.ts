/** Some servers and what is between them. */
import type { Millis } from '../../host/ports.ts'
import type { Message } from '../../raft/messages.ts'
import type { Output } from '../../raft/step.ts'
import type { Entry, Index, Member, NodeId } from '../../raft/types.ts'
import type { Dice } from '../dice.ts'
import { Laws } from '../laws.ts'
import type { World } from '../world.ts'
import type { BareProfile } from './profile.ts'
import { Server } from './server.ts'
import type { Around } from './server.ts'

const NO_BYTES = new Uint8Array()

export class BareCluster implements Around {
  readonly world: World
  readonly laws: Laws
  readonly dice: Dice
  readonly servers: readonly Server[]
  profile: BareProfile
  /** Links that carry nothing, as `from>to`. */
  readonly cuts = new Set<string>()
  readonly #byId: ReadonlyMap<NodeId, Server>
  /** When the newest frame of a link arrives: a data channel keeps its order. */
  readonly #lastAt = new Map<string, Millis>()
  /** Commands that clients proposed, and those that were refused. */
  readonly #proposed = new Set<string>()
  readonly #refused = new Set<string>()
  readonly #committed = new Set<string>()
  /** What was committed when a read was asked for. */
  readonly #asked = new Map<string, Index>()
  /** Of a request that comes twice one may be taken and one refused. */
  readonly #areRepeated: boolean
  #commands = 0
  #reads = 0
  answered = 0

  constructor(world: World, profile: BareProfile) {
    this.world = world
    this.profile = profile
    this.#areRepeated = profile.network.duplicate > 0
    this.dice = world.dice('bare')
    this.laws = new Laws(world, (entry) => this.#onCommit(entry))
    const ids = Array.from({ length: profile.servers }, (_, k) => `s${k + 1}`)
    const configuration = { voters: ids.slice(0, profile.voters).map(memberOf), learners: [] }
    const founding: Entry = { index: 1, term: 0, time: 0, body: { type: 'configuration', configuration } }
    this.servers = ids.map((id, k) => new Server(this, id, k < profile.voters ? founding : null))
    this.#byId = new Map(this.servers.map((server) => [server.id, server]))
    for (const server of this.servers) server.start()
  }

  get leaders(): readonly Server[] {
    return this.servers.filter(({ core }) => core?.role.name === 'leader')
  }

  /** One to three new commands at a server, whatever it is. */
  propose(server: Server): string | null {
    if (!server.isUp) return null
    const commands = Array.from({ length: 1 + this.dice.below(3) }, () => {
      const session = `c${++this.#commands}`
      this.#proposed.add(session)
      return { header: { session, seq: 1, settled: 0 }, bytes: NO_BYTES, signature: null }
    })
    server.deliver({ type: 'proposal', commands })
    return `c${this.#commands}`
  }

  isCommitted(session: string): boolean {
    return this.#committed.has(session)
  }

  read(server: Server): void {
    if (!server.isUp) return
    const id = ++this.#reads
    this.#asked.set(`${server.id} ${id}`, this.laws.lastCommitted)
    server.deliver({ type: 'read', id })
  }

  send(message: Message): void {
    const { dice, profile, world } = this
    const { network } = profile
    const link = `${message.from}>${message.to}`
    if (this.cuts.has(link) || dice.chance(network.loss)) return
    const times = dice.chance(network.duplicate) ? 2 : 1
    for (let k = 0; k < times; k++) {
      const takes = dice.between(network.delay[0], network.delay[1])
      if (dice.chance(network.straggle)) this.#arriveAt(world.now + takes + dice.between(0, network.straggleMax), link, message)
      else {
        const at = Math.max(world.now + takes, this.#lastAt.get(link) ?? 0)
        this.#lastAt.set(link, at)
        this.#arriveAt(at, link, message)
      }
    }
  }

  told({ id }: Server, { refused, answer }: Pick<Output, 'refused' | 'answer' | 'unanswered'>): void {
    if (!this.#areRepeated) for (const { session } of refused) this.#refuse(session)
    for (const { id: read, index } of answer) {
      this.answered++
      const floor = this.#asked.get(`${id} ${read}`)!
      if (index < floor) this.world.fail('reads see what was agreed', `${id} reads at ${index}, and ${floor} was committed when it asked`)
    }
  }

  #refuse(session: string): void {
    this.#refused.add(session)
    if (this.#committed.has(session)) this.world.fail('one outcome a proposal', `${session} was committed, then refused`)
  }

  #arriveAt(at: Millis, link: string, message: Message): void {
    this.world.at(at, () => {
      if (!this.cuts.has(link)) this.#byId.get(message.to)!.deliver({ type: 'message', message: decoded(message) })
    })
  }

  #onCommit({ index, body }: Entry): void {
    if (body.type !== 'command') return
    const { session } = body.command.header
    this.#committed.add(session)
    if (!this.#proposed.has(session)) this.world.fail('nothing from nowhere', `${session} at ${index}`)
    if (this.#refused.has(session)) this.world.fail('one outcome a proposal', `${session} was refused, then committed`)
  }
}

export function memberOf(node: NodeId): Member {
  return { node, machine: node, levels: { min: 1, max: 1 }, votes: true }
}

/** No two nodes share an entry, so nothing is the same because it is the same object. */
function decoded(message: Message): Message {
  if (message.type === 'AppendEntries') {
    return message.entries.length === 0 ? message : { ...message, entries: message.entries.map((entry) => ({ ...entry })) }
  }
  if (message.type !== 'Farewell' || message.append === null) return message
  return { ...message, append: decoded(message.append) as typeof message.append }
}
