/**
 * A cluster of cores as a language for scenes. Nothing happens unless the scene says so: the clock stands still, messages lie in
 * one queue until delivered, saves of slow disks end when told. The laws of Figure 3 are asked after every step.
 */
import type { Message } from '../../shared/raft/messages.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import { NOTHING_DURABLE, configurationIndex } from '../../shared/raft/node.ts'
import type { Save } from '../../shared/raft/saves.ts'
import type { Input } from '../../shared/raft/step.ts'
import { step } from '../../shared/raft/step.ts'
import type { Refusal } from '../../shared/raft/turn.ts'
import type { Command, Entry, Index, Millis, Moment, NodeId } from '../../shared/raft/types.ts'
import { Laws } from './cluster-laws.ts'
import * as lives from './cluster-life.ts'
import type { Leaving, Life, Options } from './cluster-life.ts'
import { Network } from './cluster-network.ts'
import type { Filter } from './cluster-network.ts'
import { SETTINGS, configuration, parse, pictureOf } from './cluster-picture.ts'
import { diceOf } from './dice.ts'

export { SETTINGS, configuration, draw, lines, member } from './cluster-picture.ts'

const DELIVERIES_MAX = 20_000
const WAKES_MAX = 20_000

export class Cluster {
  now: Millis = 0
  readonly network = new Network()
  /** Every save that was issued. */
  readonly saves: { readonly id: NodeId; readonly save: Save }[] = []
  readonly #lives = new Map<NodeId, Life>()
  readonly #laws = new Laws()
  readonly #seqs = new Map<NodeId, number>()
  readonly #dice: () => number

  private constructor(seed: number) {
    this.#dice = diceOf(seed)
  }

  /** Voters that just started and have stored nothing; their configuration is the world's, before the log. */
  static of(...voters: readonly NodeId[]): Cluster {
    return Cluster.with(voters)
  }

  static with(voters: readonly NodeId[], { learners = [], settings = {}, strangers = [], seed = 1 }: Options = {}): Cluster {
    const cluster = new Cluster(seed)
    const initial = configuration(voters, learners)
    for (const id of [...voters, ...learners, ...strangers]) {
      const told = strangers.includes(id) ? null : initial
      cluster.#lives.set(id, lives.lifeOf(id, { ...SETTINGS, ...settings }, told, cluster.#moment()))
    }
    return cluster
  }

  /** Every line is a voter. */
  static draw(...drawn: readonly string[]): Cluster {
    const cluster = new Cluster(1)
    const voters = drawn.map((line) => parse(line).id)
    for (const life of drawn.map((line) => lives.drawnLife(line, voters))) {
      cluster.#lives.set(life.node.id, life)
      cluster.#laws.seen(life.node)
    }
    return cluster
  }

  get ids(): readonly NodeId[] {
    return [...this.#lives.keys()]
  }

  get picture(): string {
    return pictureOf([...this.#lives.values()])
  }

  /** Who leads the newest term, if anybody. */
  get leader(): NodeId | null {
    return lives.newestLeader(this.#living())
  }

  node(id: NodeId): RaftNode {
    return this.#life(id).node
  }

  isDown(id: NodeId): boolean {
    return this.#life(id).isDown
  }

  /** The save under way, of a slow disk. */
  saving(id: NodeId): Save | null {
    return this.#life(id).save
  }

  /** The texts of the commands in the state machine, in order. */
  applied(id: NodeId): readonly string[] {
    return lives.textsOf(this.#life(id))
  }

  snapshot(id: NodeId): this {
    return this.act(id, { type: 'snapshot', index: this.node(id).handedOut, bytes: lives.stateOf(this.#life(id)) })
  }

  appliedEntries(id: NodeId): readonly Entry[] {
    return this.#life(id).applied
  }

  refused(id: NodeId): readonly Refusal[] {
    return this.#life(id).refused
  }

  /** Own reads that something was said of: what had to be applied, or null where nobody served them. */
  reads(id: NodeId): ReadonlyMap<number, Index | null> {
    return this.#life(id).reads
  }

  messages(filter: Filter = {}): readonly Message[] {
    return this.network.matching(filter)
  }

  act(id: NodeId, ...inputs: readonly Input[]): this {
    const life = this.#life(id)
    if (life.isDown) throw new Error(`${id} is down`)
    const before = life.node
    const { node, output } = step(before, inputs, this.#moment())
    lives.live(life, node, output)
    if (output.save !== null) {
      if (life.save !== null) throw new Error(`${id} issued save ${output.save.number} while one is in flight`)
      life.save = output.save
      this.saves.push({ id, save: output.save })
    }
    this.#release(life)
    this.#laws.read(id, inputs, output.answer)
    this.#laws.stepped(before, node, life.starts, this.#living(), (of) => this.#lives.get(of)?.disk ?? NOTHING_DURABLE)
    if (life.save !== null && !life.isSlow) return this.saved(id)
    return node.lastApplied < node.handedOut ? this.act(id, { type: 'applied', index: node.handedOut }) : this
  }

  /** Its election timeout expires, on time, and before those of all others: they happen to have drawn longer ones. */
  timeout(id: NodeId): this {
    const { role } = this.node(id)
    if (role.name === 'leader') throw new Error(`${id} leads`)
    this.now = Math.max(this.now, role.deadline)
    for (const life of this.#lives.values()) if (life.node.id !== id) lives.postpone(life, this.now)
    return this.act(id, { type: 'wake' })
  }

  heartbeat(id: NodeId): this {
    const { role } = this.node(id)
    if (role.name !== 'leader') throw new Error(`${id} does not lead`)
    this.now = Math.max(this.now, role.heartbeatDue)
    return this.act(id, { type: 'wake' })
  }

  propose(id: NodeId, ...texts: readonly string[]): this {
    return this.act(id, { type: 'proposal', commands: texts.map((text) => this.command(id, text)) })
  }

  command(session: NodeId, text: string): Command {
    const seq = (this.#seqs.get(session) ?? 0) + 1
    this.#seqs.set(session, seq)
    return { header: { session, seq, settled: 0 }, bytes: new TextEncoder().encode(text), signature: null }
  }

  change(id: NodeId, voters: readonly NodeId[], learners: readonly NodeId[] = []): this {
    return this.act(id, { type: 'change', at: configurationIndex(this.node(id)), configuration: configuration(voters, learners) })
  }

  transfer(from: NodeId, to: NodeId): this {
    return this.act(from, { type: 'transfer', to })
  }

  /** Wakes nobody. */
  advance(ms: Millis): this {
    this.now += ms
    return this
  }

  /** Time goes by for all: deadlines are kept, messages arrive at once. */
  pass(ms: Millis): this {
    const end = this.now + ms
    this.settle()
    for (let count = 0; ; count++) {
      if (count > WAKES_MAX) throw new Error('somebody wants to be woken all the time')
      const next = [...this.#lives.values()].filter((life) => !life.isDown).toSorted((a, b) => a.wake - b.wake)[0]
      if (next === undefined || next.wake > end) break
      this.now = Math.max(this.now, next.wake)
      this.act(next.node.id, { type: 'wake' }).settle()
    }
    this.now = end
    return this
  }

  /** Delivers until nothing is under way. Among these only, if any are named: what others send or are sent is lost. */
  settle(...among: readonly NodeId[]): this {
    for (let count = 0; this.network.queue.length > 0; count++) {
      if (count > DELIVERIES_MAX) throw new Error('the cluster never settles')
      const message = this.network.take(0)
      if (among.length > 0 && !(among.includes(message.from) && among.includes(message.to))) continue
      this.receive(message)
    }
    return this
  }

  /** Delivers those that are under way now, once each, in the order sent. */
  deliver(filter: Filter = {}): this {
    const chosen = this.messages(filter)
    return chosen.reduce((cluster, message) => cluster.receive(message), this.drop(filter))
  }

  /** A copy of each arrives, and it is still under way. */
  repeat(filter: Filter = {}): this {
    return this.messages(filter).reduce((cluster, message) => cluster.receive(message), this)
  }

  drop(filter: Filter = {}): this {
    this.network.drop(filter)
    return this
  }

  /** Whatever the network looks like; a node that is down hears nothing. */
  receive(message: Message): this {
    const life = this.#lives.get(message.to)
    return life === undefined || life.isDown ? this : this.act(message.to, { type: 'message', message })
  }

  /** From now on messages pass within a group only; what is under way between groups is lost. */
  cut(...groups: readonly (readonly NodeId[])[]): this {
    this.network.cut(groups)
    return this
  }

  heal(): this {
    this.network.cut([])
    return this
  }

  /** Their saves end when told. */
  slow(...ids: readonly NodeId[]): this {
    for (const id of ids) this.#life(id).isSlow = true
    return this
  }

  fast(...ids: readonly NodeId[]): this {
    for (const id of ids) {
      this.#life(id).isSlow = false
      if (this.#life(id).save !== null) this.saved(id)
    }
    return this
  }

  /** The save in flight is durable. */
  saved(id: NodeId): this {
    const life = this.#life(id)
    if (life.save === null) throw new Error(`${id} saves nothing`)
    const { number } = life.save
    lives.store(life)
    this.#release(life)
    return this.act(id, { type: 'saved', number })
  }

  /** Stops at once and forgets what was not saved. With `landed` the save under way reached the disk, but nobody was told. */
  crash(id: NodeId, { landed = false } = {}): this {
    const life = this.#life(id)
    if (landed && life.save !== null) lives.store(life)
    lives.crash(life, this.#moment())
    return this
  }

  /** Its tab closes: it says farewell, nothing of that is saved, and it never steps again before a restart. */
  leave(id: NodeId, { with: mates = [], bytes = Infinity, landed = false }: Leaving = {}): this {
    const all = [id, ...mates].map((node) => this.#life(node))
    for (const farewell of lives.farewellsOf(all, this.#moment(), bytes)) this.network.send(farewell)
    for (const { node } of all) this.crash(node.id, { landed })
    return this
  }

  restart(id: NodeId): this {
    lives.restart(this.#life(id), this.#moment())
    return this
  }

  #release(life: Life): void {
    for (const message of lives.takeReady(life)) {
      this.#laws.left(message)
      this.network.send(message)
    }
  }

  #moment(): Moment {
    return { now: this.now, random: this.#dice() }
  }

  #living(): readonly RaftNode[] {
    return [...this.#lives.values()].filter((life) => !life.isDown).map((life) => life.node)
  }

  #life(id: NodeId): Life {
    const life = this.#lives.get(id)
    if (life === undefined) throw new Error(`nobody is called ${id}`)
    return life
  }
}
