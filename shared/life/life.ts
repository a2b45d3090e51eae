/** The life of one list in one tab: which nodes it hosts, from opening to farewell (DESIGN 6). */
import { Host } from '../host/host.ts'
import type { MachineId, Millis, NodeId } from '../host/ports.ts'
import { Proposals } from '../host/proposals.ts'
import { statusOf } from '../host/status.ts'
import type { Status } from '../host/status.ts'
import { LIMITS } from '../limits.ts'
import type { CommandResult } from '../list/commands.ts'
import { sessionName } from '../replica/session-name.ts'
import type { ClusterId } from '../wire/envelope.ts'
import { mint } from './birth.ts'
import type { Alive } from './birth.ts'
import { nodeLock, sessionLock, tabLock } from './decisions.ts'
import { Deaths } from './deaths.ts'
import { HeldLocks } from './held-locks.ts'
import { OutboxKeeper } from './keeper.ts'
import { LeftSessions } from './left-sessions.ts'
import { unanswered } from './options.ts'
import type { LifeOptions, Phase, Watch, WhyStopped } from './options.ts'
import { neededBy, Orphans, RELOAD_MS } from './orphans.ts'
import type { Opened } from './orphans.ts'
import type { NodeRecord, Person } from './ports.ts'
import { ReplicatedList, SKIP } from './replicated-list.ts'
import { patienceOf, Shortage } from './shortage.ts'

const TICK_MS = 250
const REMEMBER_MS = 1_000
/** A tab of this machine may go without having had a link to us: what it left unsettled is looked for now and then. */
const SEEK_SESSIONS_MS = 5_000
const SLEPT_MS = 2_500

interface Who {
  readonly machine: MachineId
  readonly person: Person
  /** The first of this page. */
  readonly session: string
  readonly held: HeldLocks
}

/** What is remembered of nodes, once this tab's own locks are held: hints, and the lock of each decides. */
type Remembered = Promise<readonly [readonly NodeRecord[], ...unknown[]]>

export class Life {
  readonly list: ReplicatedList
  readonly proposals: Proposals<CommandResult>
  readonly host: Host
  readonly #options: LifeOptions
  readonly #changed: () => void
  readonly #held: HeldLocks
  readonly #orphans: Orphans
  readonly #keeper: OutboxKeeper
  readonly #sessions: LeftSessions
  readonly #deaths: Deaths
  readonly #bornAt: Millis
  #phase: Phase = { at: 'opening' }
  #tickedAt: Millis
  readonly #shortage = new Shortage()
  #isAdopting = false
  #rememberedAt: Millis = -Infinity
  readonly #noted = new Map<NodeId, string>()
  #neighbours = 0
  #neighbourLeftAt: Millis = -Infinity
  #isOutboxFull = false
  #hasLeft = false
  #hadStored = false
  #cancelTick: (() => void) | null = null

  private constructor(options: LifeOptions, { machine, person, session, held }: Who, changed: () => void, watch: Watch) {
    this.#options = options
    this.#changed = changed
    this.#held = held
    this.#orphans = new Orphans(options, this.#held)
    this.#deaths = new Deaths(options.locks, (tab) => this.host.gone(tab, true))
    this.#bornAt = options.clock.now()
    this.#tickedAt = this.#bornAt
    this.list = new ReplicatedList(options.replica, watch.applied)
    this.#keeper = new OutboxKeeper(options, () => {
      this.#isOutboxFull = true
      this.#changed()
    })
    this.proposals = new Proposals(session, this.#keeper, SKIP, watch.settled)
    this.#sessions = new LeftSessions(options, this.#held, this.proposals, this.list)
    this.host = new Host(
      null,
      { ...options, machine, person, votes: options.locks !== null, applier: this.list, proposals: this.proposals },
      {
        changed,
        foundCluster: () => void this.#join(),
        removed: (node) => this.host.remove(node),
        stopped: (node, stopped) => this.#stopped(node, stopped),
        transition: watch.transition,
      },
    )
  }

  /** Opens a list by its room: with what is stored here, else by looking for others. Opening never creates a list. */
  static async open(options: LifeOptions, changed: () => void, watch: Watch = {}): Promise<Life> {
    const { registry, locks, room, tab, mintId } = options
    const held = new HeldLocks(locks)
    const session = sessionName(0, mintId())
    // All at once: each takes as long as a browser takes to answer.
    const remembered = Promise.all([registry.nodes(room), held.take(tabLock(tab), 0), held.take(sessionLock(session), 0)])
    remembered.catch(() => {}) // Said where it is waited for.
    const [machine, person] = await Promise.all([registry.machine(), registry.person()]).catch((error: unknown) => {
      held.releaseAll()
      throw error
    })
    const life = new Life(options, { machine, person, session, held }, changed, watch)
    await life.#open(remembered)
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
    // No entry may be larger, so no leader could take it; and a number that is never used up would hold up all others.
    if (bytes.length > LIMITS.entryBytes) return Promise.resolve({ ok: false, reason: 'too-long' })
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
    this.#deaths.end()
    this.host.leave()
    this.#keeper.keep()
    this.#options.locks?.answerFor([])
    this.#held.releaseAll()
  }

  async #open(remembered: Remembered): Promise<void> {
    try {
      await this.#openStored(remembered)
    } catch (error) {
      this.#setPhase({ at: 'stopped', why: unanswered(error) })
    }
    this.#tick()
  }

  async #openStored(remembered: Remembered): Promise<void> {
    if (this.#options.locks !== null) {
      const [stored] = await remembered
      // Neither waits for the other; but no stored log is applied before it is known whose outcomes are waited for here.
      const { machine } = this.host.options
      const [{ first, more }] = await Promise.all([this.#orphans.openAtStart(machine, stored), this.#takeOverSessions()])
      this.#hadStored = first.alive.length > 0
      this.#take(first)
      if (more !== null) void this.#adopt(more)
    }
    if (this.#phase.at === 'opening') this.#setPhase({ at: this.host.main === null ? 'looking' : 'here' })
    await this.#join()
  }

  /** Somebody with this list is in touch, and nothing of it is stored here: mint a node, which they make a learner. */
  async #join(): Promise<void> {
    const { cluster } = this.host
    if (cluster === null || this.#isAdopting || this.#phase.at !== 'looking' || this.host.main !== null) return
    this.#setPhase({ at: 'here' })
    try {
      await this.#mint(cluster)
    } catch (error) {
      this.#setPhase({ at: 'stopped', why: unanswered(error) })
    }
  }

  async #mint(cluster: ClusterId): Promise<void> {
    const { disk, locks, registry, room, mintId, clock } = this.#options
    const node = mintId()
    if (locks !== null && !(await this.#held.take(nodeLock(node), 0))) throw new Error('no lock for a node that is new')
    const minted = await mint(disk, { node, machine: this.host.options.machine, cluster, nonce: mintId(), at: clock.wall() })
    if (!minted.ok) return this.#setPhase({ at: 'stopped', why: { why: 'storage', error: minted.error } })
    if (locks !== null) await registry.putNode({ node, room, lastTerm: 0, lastIndex: 0, incarnation: 1, retired: false })
    this.#host(minted.value)
  }

  #take({ alive, trouble }: Opened): void {
    for (const one of alive) this.#host(one)
    if (trouble !== null && this.host.main === null) this.#setPhase({ at: 'stopped', why: trouble })
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
    if (this.#hasLeft) return
    this.#held.release(nodeLock(node))
    this.#answer()
    if (stopped.why === 'left') return
    // Started anew elsewhere: it must not run again under this id. What broke a rule here stopped before that was saved.
    if (stopped.why === 'copied') this.#note({ node, lastTerm: 0, lastIndex: 0, retired: true })
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
    if (this.#options.locks === null || (main === null && this.#phase.at !== 'looking')) return
    const near = this.host.routes.peers.filter(({ hello }) => hello.machine === this.host.options.machine)
    const neighbours = near.length
    this.#deaths.watch(near.map(({ tab }) => tab))
    // Who has just gone may be reloading: its node and its edits stay its own for a while.
    if (neighbours < this.#neighbours) this.#neighbourLeftAt = now
    this.#neighbours = neighbours
    const sinceOneLeft = now - this.#neighbourLeftAt
    if (this.#shortage.isDue(now, this.status, patienceOf(this.host, now - this.#bornAt), sinceOneLeft)) void this.#adopt()
    if (main === null) return
    const isSeekingDue = this.#sessions.soughtAt < this.#neighbourLeftAt || now - this.#sessions.soughtAt >= SEEK_SESSIONS_MS
    if (isSeekingDue && sinceOneLeft >= RELOAD_MS) void this.#takeOverSessions()
    if (now - this.#rememberedAt >= REMEMBER_MS) this.#remember(now)
  }

  /** "Close other tabs": what they hosted is free, and needed. */
  async #adopt(open = () => this.#orphans.openNeeded(neededBy(this.host, this.#shortage))): Promise<void> {
    if (this.#isAdopting) return
    this.#isAdopting = true
    const { main } = this.host
    try {
      const opened = await open()
      this.#hadStored ||= main === null && opened.alive.length > 0
      this.#take(opened)
      if (this.#phase.at === 'looking' && this.host.main !== null) this.#setPhase({ at: 'here' })
    } catch {
      // What this browser remembers did not answer: asked again after the next patience.
    }
    this.#isAdopting = false
    await this.#join()
  }

  async #takeOverSessions(): Promise<void> {
    await this.#sessions.takeOver()
    this.host.propose()
  }

  /** Hints for the next start: which journal is the newest. */
  #remember(now: Millis): void {
    this.#rememberedAt = now
    for (const { id: node, log } of this.host.hosted) {
      this.#note({ node, lastTerm: log.lastTerm, lastIndex: log.lastIndex, retired: false })
    }
  }

  /** Only hints, so it may fail; nothing is written where nothing is new. */
  #note(hint: Omit<NodeRecord, 'room' | 'incarnation'>): void {
    const { registry, room } = this.#options
    const record = { ...hint, room, incarnation: this.host.routes.incarnationOf(hint.node) }
    const text = JSON.stringify(record)
    if (this.#noted.get(record.node) === text) return
    this.#noted.set(record.node, text)
    registry.putNode(record).catch(() => this.#noted.delete(record.node))
  }

  #setPhase(phase: Phase): void {
    this.#phase = phase
    this.#changed()
  }
}
