/** Browsers, their tabs and the network between them, watched by those who know the laws. */
import type { NodeId } from '../host/ports.ts'
import type { PendingCommand } from '../host/proposals.ts'
import type { Transition } from '../host/transition.ts'
import { found } from '../life/birth.ts'
import { TIMES } from '../limits.ts'
import type { CommandResult } from '../list/commands.ts'
import type { RaftNode, Settings } from '../raft/node.ts'
import { isVoter } from '../raft/quorum.ts'
import { Clients } from './clients.ts'
import { Copies } from './copies.ts'
import type { ClockWish } from './clock.ts'
import { Laws } from './laws.ts'
import { Losses } from './losses.ts'
import { FIRST_NAME } from './history.ts'
import { Machine } from './machine.ts'
import { Network } from './network.ts'
import { Oracle } from './oracle.ts'
import { overhear } from './overhear.ts'
import { Page, ROOM } from './page.ts'
import type { Around, Seat } from './page.ts'
import type { Profile } from './profile.ts'
import { Readers } from './readers.ts'
import type { Station } from './transport.ts'
import type { World } from './world.ts'

export class Cluster implements Around {
  readonly world: World
  profile: Profile
  /** Of every node; a calm world squeezes no timeouts. */
  readonly settings: { -readonly [K in keyof Settings]: Settings[K] }
  readonly network: Network
  readonly laws: Laws
  readonly oracle: Oracle
  readonly clients: Clients
  readonly readers: Readers
  readonly losses: Losses
  readonly copies: Copies
  readonly machines: Machine[] = []
  readonly dice

  readonly transition: ((transition: Transition) => void) | undefined

  constructor(world: World, profile: Profile, transition?: (transition: Transition) => void) {
    this.world = world
    this.transition = transition
    this.profile = profile
    this.settings = { ...profile.settings }
    this.dice = { clock: world.dice('clock'), disk: world.dice('disk'), faults: world.dice('faults'), machines: world.dice('machines') }
    this.oracle = new Oracle(world, profile.sessions)
    this.laws = new Laws(world, (entry) => this.oracle.committed(entry))
    this.network = new Network(
      world,
      () => this.profile.network,
      (from, to, message) => this.#sent(from, to, message),
    )
    this.clients = new Clients(world, this.oracle)
    this.readers = new Readers(world, this.oracle, this.clients)
    this.losses = new Losses(this)
    this.copies = new Copies(this)
  }

  get pages(): readonly Page[] {
    return this.machines.flatMap(({ pages }) => pages)
  }

  newMachine(): Machine {
    const machine = new Machine(this.world, this.machines.length, this.drawClock())
    this.machines.push(machine)
    return machine
  }

  drawClock(): ClockWish {
    const { drift, rounding } = this.profile.clock
    const { machines: dice } = this.dice
    return { rate: 1 + dice.between(-drift, drift), rounding, wallOffset: dice.between(-100_000, 100_000) }
  }

  /** "New list" on this machine, as the client does it; then its page opens. */
  async foundList(machine: Machine): Promise<void> {
    const { world } = this
    const seat = machine.newTab(null)
    const page = new Page(this, machine, seat)
    const { disk, registry, clock, mintId } = page.options
    const node = mintId()
    const minting = { node, machine: machine.id, cluster: CLUSTER, nonce: mintId(), at: clock.wall() }
    world.answered()
    const founded = await found(disk, minting, FIRST_NAME, mintId())
    // A disk that fails: somebody presses the button again.
    if (!founded.ok) return this.foundList(machine)
    await registry.putNode({ node, room: ROOM, lastTerm: 1, lastIndex: founded.value.saved.entries.length, incarnation: 1, retired: false })
    seat.remembered = node
    page.crash()
    founded.value.journal.close()
    this.open(machine, seat)
  }

  open(machine: Machine, seat: Seat): Page {
    const page = new Page(this, machine, seat)
    machine.keep(seat)
    seat.page = page
    const { lag } = this.profile
    if (lag > 0 && this.world.dice(`lag ${page.name} ${seat.loads}`).chance(0.5)) page.clock.throttle(lag)
    this.world.trace(page.name, 'opens')
    page.open()
    return page
  }

  /** A new tab; a duplicate remembers what the other does. */
  openTab(machine: Machine, remembered: NodeId | null): Page {
    return this.open(machine, machine.newTab(remembered))
  }

  /** No new trouble from the network and the disks, and no timeouts that make every vote a split one. */
  calm(): void {
    const { network, disk } = this.profile
    this.settings.electionMax = TIMES.electionMax
    this.profile = {
      ...this.profile,
      oldBuilds: 0,
      lag: 0,
      network: { ...network, loss: 0, duplicate: 0, reorder: 0, spike: 0, farewellLoss: 0, farewellCut: 0 },
      disk: { ...disk, slow: 0, failure: 0 },
    }
  }

  landed(place: string, number: number, record: Uint8Array, replaces: boolean): void {
    this.laws.journals.landed(place, number, record, replaces)
  }

  retired(page: Page, node: NodeId): void {
    if (this.losses.has(node) || this.copies.concern(page.machine)) return
    this.world.fail('no node is retired', `${page.name} gave up ${node}: ${JSON.stringify(page.life?.phase)}`)
  }

  /** Only who is no voter any more may stop; a broken rule says which, where the page still knows. */
  stopped(page: Page, node: NodeId): void {
    this.world.after(1, () => {
      const phase = page.life?.phase
      const stopped = phase?.at === 'stopped' ? phase.why : null
      this.world.trace(page.name, `stopped ${node}: ${stopped?.why}`)
      if (!isVoter(this.laws.configuration, node) || this.losses.has(node) || this.copies.concern(page.machine)) return
      if (stopped?.why === 'disagrees' && this.losses.isCorrupt(page)) return
      const why = stopped?.why === 'broken' ? String(stopped.error) : (stopped?.why ?? 'it does not say why')
      this.world.fail('no voter stops', `${page.name} stopped ${node}: ${why}`)
    })
  }

  kept(session: string, seq: number, bytes: Uint8Array): void {
    if (this.world.isTracing) this.world.trace('outbox', `keeps ${session}.${seq}`)
    this.oracle.kept(session, seq, bytes)
  }

  settled(page: Page, command: PendingCommand, result: CommandResult): void {
    this.oracle.settled(page.name, command, result)
  }

  changed(page: Page, nodes: readonly RaftNode[]): void {
    this.laws.look(page, nodes, page.storage.mark)
    if (page.life !== null) this.oracle.shown(page, page.name, page.life.list.lastApplied)
  }

  died(page: Page): void {
    this.world.trace(page.name, 'is gone')
    this.laws.forget(page)
  }

  /** Dies and is back within 30 ms: where durability matters, it must have mattered. */
  crashAtSave(page: Page): void {
    if (!page.isAlive) return
    const machine = this.machines[page.machine]!
    page.crash()
    this.world.after(page.fate.between(1, 30), () => {
      if (page.seat.page === null && machine.tabs.includes(page.seat)) this.open(machine, page.seat)
    })
  }

  #sent(from: Station, to: Station, bytes: Uint8Array): void {
    const { mark } = this.machines[from.machine]!.storage
    for (const message of overhear(bytes, this.world.isTracing)) {
      this.laws.sent(message, mark)
      if (this.world.isTracing) this.world.trace(from.name, `-> ${to.name} ${JSON.stringify(message, withoutBytes)}`)
    }
  }
}

/** The one cluster of a simulated world. */
const CLUSTER = '0'.repeat(32)

function withoutBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? `${value.length} bytes` : value
}
