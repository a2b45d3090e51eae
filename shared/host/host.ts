/** Runs the nodes of one tab for one list, and speaks for them to the other tabs. */
import type { TabSeen } from '../raft/autopilot.ts'
import type { Message } from '../raft/messages.ts'
import { leaderOf, type RaftNode } from '../raft/node.ts'
import { frameKind, type ClusterId } from '../wire/envelope.ts'
import { decodeHello, encodeHello, type Hello } from '../wire/hello.ts'
import type { Replayed } from '../wire/replay.ts'
import { PROTOCOL } from '../limits.ts'
import { Applying } from './applying.ts'
import { Suspects } from './copies.ts'
import { Elections } from './elections.ts'
import { farewellFrames } from './farewell-frames.ts'
import { Gate, refusalMessage } from './gate.ts'
import { Marks } from './marks.ts'
import type { Counts, HostEvents, HostOptions } from './options.ts'
import type { Journal, Millis, NodeId, TabId } from './ports.ts'
import { isAtRest, Pilot, tabsSeen, unneeded } from './pilot.ts'
import { ownHello } from './own-hello.ts'
import { Reads } from './reads.ts'
import { Reports } from './reports.ts'
import { Routes } from './routes.ts'
import { Runner, type Stopped } from './runner.ts'
import { Traffic } from './traffic.ts'

export class Host {
  readonly routes = new Routes()
  readonly options: HostOptions
  /** What other tabs said of their nodes, for people to look at. */
  readonly reports: Reports
  readonly reads: Reads
  readonly traffic: Traffic
  readonly elections = new Elections()
  readonly #events: HostEvents
  readonly #runners = new Map<NodeId, Runner>()
  readonly #gate: Gate
  readonly #applying: Applying
  readonly #pilot: Pilot
  readonly #marks = new Marks()
  readonly #suspects: Suspects
  #cluster: ClusterId | null
  #main: NodeId | null = null
  #hostedSince: Millis
  #cancelResend: (() => void) | null = null
  #person: HostOptions['person']
  #signaling: 'up' | 'down' = 'down'
  #refused: string | null = null
  #hasLeft = false

  constructor(cluster: ClusterId | null, options: HostOptions, events: HostEvents) {
    this.options = options
    this.#cluster = cluster
    this.#events = events
    this.#person = options.person
    this.#hostedSince = options.clock.now()
    this.#suspects = new Suspects(this.routes, options)
    this.traffic = new Traffic(options.transport, this.routes)
    this.#applying = new Applying(options)
    this.#pilot = new Pilot(options.clock, () => (this.#hasLeft ? undefined : this.announce()))
    this.reads = new Reads(options.clock, () => options.applier.lastApplied)
    this.reports = new Reports(options.clock, () => this.#report())
    this.#gate = new Gate(options.applier)
    options.transport.listen({
      up: (tab, hello) => this.#hello(tab, hello, true),
      hello: (tab, hello) => this.#hello(tab, hello, false),
      down: (tab) => this.#down(tab),
      message: (tab, message) => this.#receive(tab, message),
      refused: (_, reason) => this.#refusedBy(reason),
      signaling: (state) => {
        this.#signaling = state
        this.#events.changed()
      },
      left: (tab) => this.gone(tab, false),
    })
    this.announce()
  }

  get cluster(): ClusterId | null {
    return this.#cluster
  }

  /** Why a peer closed its link to us for good, the latest; null if none did. */
  get refusedBy(): string | null {
    return this.#refused
  }

  get signaling(): 'up' | 'down' {
    return this.#signaling
  }

  get counts(): Counts {
    return this.traffic.counts
  }

  /** The hosted node with the newest log at the start, then fixed; null before the first. */
  get main(): RaftNode | null {
    return this.#main === null ? null : (this.#runners.get(this.#main)?.node ?? null)
  }

  /** Nodes that run here, the main one first. */
  get hosted(): readonly RaftNode[] {
    return [...this.#runners.values()].map((runner) => runner.node)
  }

  /** Runs a node from what its journal gave back. The first one is the main node, and the one that is applied here. */
  add(saved: Replayed, journal: Journal): void {
    const { settings, clock } = this.options
    this.#cluster = saved.cluster
    this.#main ??= saved.node
    const isMain = this.#main === saved.node
    if (isMain && saved.compaction !== null) this.#applying.restore(saved.compaction.snapshot)
    const runner = new Runner(saved, journal, settings, clock, {
      admit: (node, inputs) => {
        const { inputs: admitted, refusals } = this.#gate.admit(node, inputs)
        for (const { to, refusal } of refusals) {
          if (to === null) this.options.proposals.refused(refusal, clock.now())
          else this.#send([refusalMessage(node, to, refusal)])
        }
        return admitted
      },
      send: (messages) => this.#send(messages),
      restore: (snapshot) => (isMain ? this.#applying.restore(snapshot) : undefined),
      apply: (entries) => isMain && this.#applying.apply(entries),
      refused: (refusals) => {
        for (const refusal of refusals) this.options.proposals.refused(refusal, clock.now())
      },
      read: (output) => this.reads.hear(output),
      changed: (before, after) => this.#changed(runner, before, after),
      stopped: (stopped) => this.#stopped(saved.node, stopped),
      transition: this.#events.transition,
    })
    this.#runners.set(saved.node, runner)
    this.routes.own({ node: saved.node, incarnation: saved.incarnation, nonce: saved.nonce })
    this.#suspects.look()
    this.announce()
  }

  /** Stops running a node. Its journal stays. */
  remove(node: NodeId): void {
    this.#runners.get(node)?.stop({ why: 'left' })
  }

  /** Proposes and asks what waits, if there is somebody to propose to. Called after every submit and every read. */
  propose(): void {
    const { proposals, clock } = this.options
    const runner = this.#main === null ? undefined : this.#runners.get(this.#main)
    if (runner === undefined) return
    this.reads.ask(runner)
    const now = clock.now()
    const leader = leaderOf(runner.node)
    const commands = proposals.due(leader, runner.node.currentTerm, now)
    if (commands.length > 0) runner.deliver([{ type: 'proposal', commands }])
    this.#cancelResend?.()
    // The turn that finds a leader asks again, so waiting for one costs nothing.
    const at = leader === null ? Infinity : proposals.wakeAt(now)
    this.#cancelResend = at === Infinity ? null : clock.wake(at, () => this.propose())
  }

  call(person: HostOptions['person']): void {
    this.#person = person
    this.announce()
  }

  /** Tells every tab what runs here. */
  announce(): void {
    const { transport, clock } = this.options
    this.#hostedSince = clock.now()
    transport.setHello(encodeHello(this.#say()))
    this.#events.changed()
  }

  /** The page slept: nothing it believes about time holds. */
  suspended(): void {
    for (const runner of this.#runners.values()) runner.deliver([{ type: 'suspended' }])
  }

  /** Word that a tab is gone: its document is no more, or (not certain) the signaling server lost sight of it. */
  gone(tab: TabId, isCertain: boolean): void {
    const nodes = this.routes.hostedBy(tab)
    if (nodes.length > 0) for (const runner of this.#runners.values()) runner.deliver([{ type: 'gone', nodes, isCertain }])
  }

  /** Inside pagehide: says farewell for all nodes of the tab, and none of them ever steps again in this page. */
  leave(): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    const { clock, transport } = this.options
    const cluster = this.#cluster
    const nodes = this.hosted
    const speaker = nodes.find(({ role }) => role.name === 'leader') ?? nodes[0]
    const leaving = [...this.#runners].map(([node, { incarnation }]) => ({ node, incarnation }))
    const frames = speaker === undefined || cluster === null ? [] : farewellFrames(speaker, leaving, cluster, this.routes, clock.now())
    if (speaker !== undefined) this.#events.transition?.({ type: 'left', node: speaker.id, said: frames.map(({ farewell }) => farewell) })
    transport.farewell(frames)
    for (const runner of this.#runners.values()) runner.stop({ why: 'left' })
  }

  #hello(tab: TabId, bytes: Uint8Array, isNew: boolean): void {
    const { clock, transport, proposals } = this.options
    const read = decodeHello(bytes)
    if (!read.ok || read.value.tab !== tab) return this.traffic.count('hello')
    const hello = read.value
    if (hello.protocol.min > PROTOCOL.max || hello.protocol.max < PROTOCOL.min) return transport.refuse(tab, 'protocol')
    if (hello.cluster !== null && this.#cluster !== null && hello.cluster !== this.#cluster) return transport.refuse(tab, 'another cluster')
    this.routes.hello(tab, hello, clock.now())
    this.#suspects.look()
    if (this.#cluster === null && hello.cluster !== null) {
      this.#cluster = hello.cluster
      this.#events.foundCluster(hello.cluster)
    }
    if (isNew) {
      proposals.resend(clock.now())
      this.reads.again()
      this.reports.again()
    }
    this.propose()
    this.#events.changed()
  }

  #down(tab: TabId): void {
    this.routes.down(tab)
    this.reports.down(tab)
    this.#events.changed()
  }

  #refusedBy(reason: string): void {
    // A newer start of one of our nodes was seen: this profile was restored or copied. Which one is not said, so all stop.
    if (reason === 'copied') for (const runner of this.#runners.values()) runner.stop({ why: 'copied' })
    this.#refused = reason
    this.#events.changed()
  }

  #receive(tab: TabId, bytes: Uint8Array): void {
    this.traffic.hear(bytes)
    if (frameKind(bytes) === 'report') {
      if (!this.reports.hear(tab, bytes, this.#cluster)) this.traffic.count('report')
      return this.#events.changed()
    }
    for (const message of this.traffic.open(bytes, this.#cluster)) {
      const runner = this.#runners.get(message.to)
      if (runner === undefined) this.traffic.count('unknown node')
      else if (this.routes.tabOf(message.from) !== tab) this.traffic.count('not its tab')
      else {
        if (message.type === 'Farewell') this.#pilot.hearFarewell(message, this.routes, this.options.clock.now())
        runner.deliver([{ type: 'message', message }])
      }
    }
  }

  #send(messages: readonly Message[]): void {
    const cluster = this.#cluster
    if (cluster === null) return
    for (const message of messages) this.#runners.get(message.to)?.deliver([{ type: 'message', message }])
    const away = messages.filter(({ to }) => !this.#runners.has(to))
    this.traffic.post(cluster, away)
  }

  #changed(runner: Runner, before: RaftNode, after: RaftNode): void {
    const { applier, clock } = this.options
    const now = clock.now()
    const isMain = after.id === this.#main
    if (isMain) this.elections.look(before, after, now)
    // Its log may be as good as any: what the machine made of it is not, and nothing that it says may be believed.
    if (isMain && applier.stop?.type === 'checksum') return runner.stop({ why: 'disagrees', index: applier.stop.index })
    const tabs = (): readonly TabSeen[] => tabsSeen(this.#say(), this.#hostedSince, this.routes.peers)
    const advice = this.#pilot.advise(after, tabs, applier.level, now)
    const mark = this.#marks.due(after, isMain, applier)
    for (const wish of [advice, mark]) if (wish !== null) runner.deliver([wish])
    const taken = isMain ? this.#applying.snapshotDue(after) : null
    if (taken !== null) for (const one of this.#runners.values()) one.deliver([taken])
    if (isMain) this.propose()
    for (const node of unneeded(after, this.#main, this.#runners.keys())) this.#events.removed(node)
    if (isAtRest(before, after)) return
    this.reports.soon()
    this.#events.changed()
  }

  #say(): Hello {
    const said = { ...this.options, cluster: this.#cluster, person: this.#person, late: this.#pilot.isLate }
    return ownHello(said, this.options.applier, this.#runners)
  }

  #stopped(node: NodeId, stopped: Stopped): void {
    this.#runners.delete(node)
    if (!this.#hasLeft) this.announce()
    this.#events.stopped(node, stopped)
  }

  #report(): void {
    if (this.#cluster === null || this.#hasLeft) return
    const report = this.reports.next(this.#cluster, this.hosted)
    if (report !== null) for (const { tab } of this.routes.peers) this.traffic.send(tab, report)
  }
}
