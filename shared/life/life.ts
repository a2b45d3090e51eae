/** The life of one list in one tab: which nodes it hosts, from opening to farewell (DESIGN 6). */
import { Host } from '../host/host.ts'
import type { MachineId, Millis, NodeId } from '../host/ports.ts'
import { Proposals } from '../host/proposals.ts'
import type { Keeper } from '../host/proposals.ts'
import { statusOf } from '../host/status.ts'
import type { Status } from '../host/status.ts'
import type { CommandResult } from '../list/commands.ts'
import { configurationOf, configurationsIn } from '../raft/node.ts'
import type { Configuration } from '../raft/types.ts'
import { mint, reopen } from './birth.ts'
import type { Alive } from './birth.ts'
import { candidates, compareLogs, isAllHere, nodeLock, nodesToAdopt, sessionLock, tabLock } from './decisions.ts'
import type { LifeOptions, Phase, Watch, WhyStopped } from './options.ts'
import type { HeldLock, NodeRecord, Person } from './ports.ts'
import { ReplicatedList, SKIP } from './replicated-list.ts'

/** How long a reload waits for the document it replaces to let go of its node. */
const RELOAD_MS = 2_000
const TICK_MS = 250
/** Without a majority for so long, orphans of this machine are taken: sooner while the page is young, or nobody is elsewhere. */
const PATIENCE = { allHere: 250, young: 500, living: 1_000, youth: 2_000 } as const
const REMEMBER_MS = 1_000
const SLEPT_MS = 2_500

interface Who {
  readonly machine: MachineId
  readonly person: Person
}

export class Life {
  readonly list: ReplicatedList
  readonly proposals: Proposals<CommandResult>
  readonly host: Host
  readonly #options: LifeOptions
  readonly #changed: () => void
  readonly #locks = new Map<string, HeldLock>()
  readonly #bornAt: Millis
  #phase: Phase = { at: 'opening' }
  #tickedAt: Millis
  #withoutMajoritySince: Millis | null = null
  #isAdopting = false
  #rememberedAt: Millis = -Infinity
  #neighbours = 0
  #isOutboxFull = false
  #hasLeft = false
  #hadStored = false
  #cancelTick: (() => void) | null = null

  private constructor(options: LifeOptions, who: Who, changed: () => void, watch: Watch) {
    this.#options = options
    this.#changed = changed
    this.#bornAt = options.clock.now()
    this.#tickedAt = this.#bornAt
    this.list = new ReplicatedList(watch.applied)
    this.proposals = new Proposals(options.mintId(), this.#keeper(), SKIP, watch.settled)
    const { tab, transport, settings, build, clock } = options
    this.host = new Host(
      null,
      { tab, transport, settings, build, clock, ...who, votes: options.locks !== null, applier: this.list, proposals: this.proposals },
      {
        changed,
        foundCluster: () => void this.#join(),
        removed: (node) => this.host.remove(node),
        stopped: (node, stopped) => this.#stopped(node, stopped),
      },
    )
  }

  /** Opens a list by its room: with what is stored here, else by looking for others. Opening never creates a list. */
  static async open(options: LifeOptions, changed: () => void, watch: Watch = {}): Promise<Life> {
    const { registry } = options
    const [machine, person] = await Promise.all([registry.machine(), registry.person()])
    const life = new Life(options, { machine, person }, changed, watch)
    await life.#open()
    return life
  }

  get phase(): Phase {
    return this.#phase
  }

  /** This browser had a copy when the page opened. */
  get hadStored(): boolean {
    return this.#hadStored
  }

  /** Edits made now may be lost with this tab: the browser has no room for them. */
  get isOutboxFull(): boolean {
    return this.#isOutboxFull
  }

  get status(): Status {
    return statusOf(this.host)
  }

  submit(bytes: Uint8Array): Promise<CommandResult> {
    const result = this.proposals.submit(bytes, this.#options.clock.wall())
    this.host.propose()
    this.#changed()
    return result
  }

  suspended(): void {
    this.host.suspended()
  }

  /** Inside pagehide. Letting go of the locks is the last act: a page kept in a cache must not keep its nodes. */
  leave(): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    this.#cancelTick?.()
    this.host.leave()
    for (const lock of this.#locks.values()) lock.release()
  }

  async #open(): Promise<void> {
    const { tab, locks } = this.#options
    if (locks !== null) {
      await this.#take(tabLock(tab), 0)
      await this.#take(sessionLock(this.proposals.session), 0)
      await this.#takeOverSessions()
      const opened = await this.#openStored()
      for (const alive of opened) this.#host(alive)
      this.#hadStored = opened.length > 0
    }
    if (this.#phase.at === 'opening') this.#setPhase({ at: this.host.main === null ? 'looking' : 'here' })
    if (this.host.cluster !== null) await this.#join()
    this.#tick()
  }

  /** The best orphan, and whatever else of this machine is needed for a majority that nobody else provides; newest log first. */
  async #openStored(): Promise<readonly Alive[]> {
    const { registry, room, remembered } = this.#options
    const records = await registry.nodes(room)
    const mine = remembered.get(room)
    const first = await this.#openFirst(candidates(records, mine), mine)
    if (first === null) return []
    const configuration = configurationsIn(first.saved.entries).at(-1)?.configuration
    const alone = configuration !== undefined && isAllHere(configuration, this.host.options.machine)
    const more = alone ? await this.#openOrphans(configuration, [first.saved.node], []) : []
    const last = ({ saved }: Alive): { lastTerm: number; lastIndex: number } => {
      return { lastTerm: saved.entries.at(-1)?.term ?? 0, lastIndex: saved.entries.length }
    }
    return [first, ...more].toSorted((a, b) => compareLogs(last(b), last(a)))
  }

  async #openFirst(records: readonly NodeRecord[], mine: NodeId | null): Promise<Alive | null> {
    for (const { node } of records) {
      const alive = await this.#openNode(node, node === mine ? RELOAD_MS : 0)
      if (alive !== null) return alive
      if (this.#phase.at === 'stopped') return null
    }
    return null
  }

  async #openOrphans(configuration: Configuration, hosted: readonly NodeId[], linked: readonly NodeId[]): Promise<readonly Alive[]> {
    const { registry, room, locks } = this.#options
    if (locks === null) return []
    const [held, stored] = await Promise.all([locks.held(), registry.nodes(room)])
    const opened: Alive[] = []
    for (const node of nodesToAdopt({ configuration, hosted, linked, held, stored })) {
      const alive = await this.#openNode(node, 0)
      if (alive !== null) opened.push(alive)
    }
    return opened
  }

  /** Lock, then open. Null if somebody else runs it, or if it cannot be trusted any more. */
  async #openNode(node: NodeId, patience: Millis): Promise<Alive | null> {
    const { disk, registry, room, locks, mintId } = this.#options
    if (!(await this.#take(nodeLock(node), 0))) {
      // A document that answers is alive and hosts it, so this is a duplicated tab; silence is the document we replace.
      if (patience === 0 || (await locks!.ask(node))) return null
      if (!(await this.#take(nodeLock(node), patience))) return null
    }
    const opened = await reopen(disk, node, mintId())
    if (opened.ok) return opened.value
    this.#release(nodeLock(node))
    const { error } = opened
    if (error.type === 'missing') await registry.removeNode(node)
    else if (error.type === 'refused') {
      await registry.putNode({ node, room, lastTerm: 0, lastIndex: 0, retired: true })
      if (error.error.type !== 'retired') this.#setPhase({ at: 'stopped', why: { why: 'damaged', node, damage: error.error } })
    } else this.#setPhase({ at: 'stopped', why: { why: 'storage', error } })
    return null
  }

  /** Somebody with this list is in touch, and nothing of it is stored here: mint a node, which they make a learner. */
  async #join(): Promise<void> {
    const { disk, locks, registry, room, mintId, clock } = this.#options
    const { cluster } = this.host
    if (cluster === null || this.#phase.at !== 'looking' || this.host.main !== null) return
    this.#setPhase({ at: 'here' })
    const node = mintId()
    if (locks !== null) await this.#take(nodeLock(node), 0)
    const minted = await mint(disk, { node, machine: this.host.options.machine, cluster, nonce: mintId(), at: clock.wall() })
    if (!minted.ok) return this.#setPhase({ at: 'stopped', why: { why: 'storage', error: minted.error } })
    if (locks !== null) await registry.putNode({ node, room, lastTerm: 0, lastIndex: 0, retired: false })
    this.#host(minted.value)
  }

  #host(alive: Alive): void {
    const { room, remembered } = this.#options
    if (this.#hasLeft) return alive.journal.close()
    this.host.add(alive.saved, alive.journal)
    if (this.host.main?.id === alive.saved.node) remembered.set(room, alive.saved.node)
    this.#answer()
  }

  #answer(): void {
    this.#options.locks?.answerFor(this.host.hosted.map(({ id }) => id))
  }

  #stopped(node: NodeId, stopped: WhyStopped): void {
    const { registry, room } = this.#options
    if (this.#hasLeft) return
    this.#release(nodeLock(node))
    this.#answer()
    if (stopped.why === 'left') return
    // What broke a rule here, or was started anew elsewhere, must not run again under this id.
    if (stopped.why !== 'storage') void registry.putNode({ node, room, lastTerm: 0, lastIndex: 0, retired: true })
    if (this.host.main === null) this.#setPhase({ at: 'stopped', why: stopped })
    else this.#changed()
  }

  #tick(): void {
    const { clock } = this.#options
    if (this.#hasLeft) return
    this.#cancelTick = clock.wake(clock.now() + TICK_MS, () => this.#tick())
    const now = clock.now()
    // So long without a wake: frozen, throttled to a minute, or a laptop closed.
    if (now - this.#tickedAt > SLEPT_MS) this.host.suspended()
    this.#tickedAt = now
    const { main } = this.host
    if (main === null || this.#options.locks === null) return
    this.#withoutMajoritySince = this.status.majority ? null : (this.#withoutMajoritySince ?? now)
    if (this.#withoutMajoritySince !== null && now - this.#withoutMajoritySince >= this.#patience(now)) void this.#adopt()
    const neighbours = this.host.routes.peers.filter(({ hello }) => hello.machine === this.host.options.machine).length
    if (neighbours < this.#neighbours) void this.#takeOverSessions()
    this.#neighbours = neighbours
    if (now - this.#rememberedAt >= REMEMBER_MS) this.#remember(now)
  }

  #patience(now: Millis): Millis {
    const { main, options } = this.host
    if (main !== null && isAllHere(configurationOf(main), options.machine)) return PATIENCE.allHere
    return now - this.#bornAt < PATIENCE.youth ? PATIENCE.young : PATIENCE.living
  }

  /** "Close other tabs": what they hosted is free, and needed. */
  async #adopt(): Promise<void> {
    const { main, hosted, routes } = this.host
    if (this.#isAdopting || main === null) return
    this.#isAdopting = true
    const configuration = configurationOf(main)
    const linked = configuration.voters.map(({ node }) => node).filter((node) => routes.tabOf(node) !== null)
    const ids = hosted.map(({ id }) => id)
    const opened = await this.#openOrphans(configuration, ids, linked)
    for (const alive of opened) this.#host(alive)
    this.#isAdopting = false
  }

  /** What tabs of this machine left behind unsettled is brought to an end by who holds the session's lock. */
  async #takeOverSessions(): Promise<void> {
    const { outbox, room, clock } = this.#options
    for (const kept of await outbox.sessions(room)) {
      if (this.#locks.has(sessionLock(kept.session)) || !(await this.#take(sessionLock(kept.session), 0))) continue
      this.proposals.takeOver(kept, this.list.lastSeq(kept.session), clock.wall())
    }
    this.host.propose()
  }

  /** Hints for the next start: which journal is the newest. */
  #remember(now: Millis): void {
    const { registry, room } = this.#options
    this.#rememberedAt = now
    for (const { id: node, log } of this.host.hosted) {
      void registry.putNode({ node, room, lastTerm: log.lastTerm, lastIndex: log.lastIndex, retired: false })
    }
  }

  async #take(name: string, patience: Millis): Promise<boolean> {
    const lock = await this.#options.locks!.take(name, patience)
    if (lock === null) return false
    if (this.#hasLeft) lock.release()
    else this.#locks.set(name, lock)
    return !this.#hasLeft
  }

  #release(name: string): void {
    this.#locks.get(name)?.release()
    this.#locks.delete(name)
  }

  #setPhase(phase: Phase): void {
    this.#phase = phase
    this.#changed()
  }

  /** Nothing waits for the outbox: a command that is agreed before it is kept has lost nothing. */
  #keeper(): Keeper {
    const { outbox, room } = this.#options
    const kept = (done: Promise<void>): void => {
      done.catch(() => {
        this.#isOutboxFull = true
        this.#changed()
      })
    }
    return {
      put: (session, seq, bytes) => kept(outbox.put(room, session, seq, bytes)),
      settle: (session, settled) => kept(outbox.settle(room, session, settled)),
      drop: (session) => kept(outbox.drop(room, session)),
    }
  }
}
