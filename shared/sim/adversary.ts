/** Does to the cluster what the list of faults says. */
import { unreachable } from '../raft/assert.ts'
import type { Cluster } from './cluster.ts'
import { groupOf, isLeaderFault, isNetworkFault, isPageFault } from './faults.ts'
import type { BrowserFault, Fault, LeaderFault, NetworkFault, PageFault } from './faults.ts'
import type { Machine } from './machine.ts'
import type { Page, SaveStage, Seat } from './page.ts'
import type { Barrier, Station } from './transport.ts'

const STAGES: readonly SaveStage[] = ['asked', 'half', 'landed', 'told']

export class Adversary {
  readonly #cluster: Cluster
  #isOver = false

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  plan(faults: readonly Fault[]): void {
    const { world } = this.#cluster
    for (const fault of faults) {
      world.at(fault.at, () => {
        if (this.#isOver) return
        if (world.isTracing) world.trace('fault', `${fault.kind} for ${fault.lasts.toFixed(0)}`)
        this.#strike(fault)
      })
    }
  }

  /**
   * Nothing more is broken. These browsers are healed, and reach each other and nobody else; what the others suffer lasts. At
   * least one tab of each is there again.
   */
  spare(spared: readonly Machine[]): void {
    const { network, world } = this.#cluster
    world.trace('calm', `for browsers ${spared.map(({ index }) => index + 1).join()} alone`)
    this.#isOver = true
    network.heal()
    const isSpared = ({ machine }: Station): boolean => spared.some(({ index }) => index === machine)
    network.block((from, to) => isSpared(from) !== isSpared(to))
    for (const machine of spared) this.#heal(machine)
  }

  /** Everything is healed. */
  end(): void {
    const { network, machines, world } = this.#cluster
    world.trace('calm', 'for all')
    this.#isOver = true
    network.heal()
    for (const machine of machines) this.#heal(machine)
  }

  /** What a person does whose page has stopped. */
  reloadStopped(pages: readonly Page[]): void {
    for (const page of pages) if (page.life?.phase.at === 'stopped' || page.isTooOld) this.#reload(page, 20)
  }

  #heal(machine: Machine): void {
    for (const page of machine.pages) {
      page.trap = null
      page.clock.throttle(0)
      page.thaw()
    }
    if (machine.pages.length === 0) this.#restore(machine, 1)
  }

  #strike(fault: Fault): void {
    const { kind } = fault
    const page = this.#page(fault)
    if (isNetworkFault(kind)) this.#troubleNetwork(kind, fault)
    else if (isLeaderFault(kind)) this.#troubleLeader(kind, fault)
    else if (!isPageFault(kind)) this.#troubleBrowsers(kind, fault)
    else if (page !== null) this.#troublePage(kind, page, fault)
  }

  #troubleBrowsers(kind: BrowserFault, fault: Fault): void {
    const { copies, losses, machines, profile, pages } = this.#cluster
    const machine = machines[Math.floor(fault.other * machines.length)]!
    switch (kind) {
      case 'open-tab':
        if (machine.pages.length < profile.pagesMax) this.#cluster.openTab(machine, null)
        return
      case 'new-machine':
        if (machines.length < profile.machinesMax) this.#cluster.openTab(this.#cluster.newMachine(), null)
        return
      case 'kill-browser':
        return this.#kill(machine, fault)
      case 'restart-all':
        for (const each of machines) this.#kill(each, fault)
        return
      case 'close-all':
        for (const each of pages) this.#close(each)
        return this.#later(fault, () => {
          for (const each of machines) if (each.pages.length === 0) this.#cluster.openTab(each, null)
        })
      case 'throttle-many':
        for (const each of pages) if (fault.who < 0.5 || groupOf(each.name, fault) === 0) this.#throttle(each, fault)
        return
      case 'wipe':
        return this.#kill(machine, fault, () => this.#say('wiped', losses.wipe(machine)))
      case 'roll-back':
        return this.#kill(machine, fault, () => this.#say('rolled back', losses.rollBack(machine)))
      case 'move':
        return this.#kill(machine, fault, () => this.#say('moved', copies.move(machine)))
      case 'copy':
        return this.#copy(machine, fault)
      case 'freeze-many':
        for (const each of pages) if (groupOf(each.name, fault) === 0) this.#freeze(each, fault)
        return
      default:
        return unreachable(kind)
    }
  }

  #troublePage(kind: PageFault, page: Page, fault: Fault): void {
    const { clients, losses, machines, pages, profile } = this.#cluster
    const machine = machines[page.machine]!
    switch (kind) {
      case 'close-tab':
        return this.#close(page)
      case 'crash-tab':
        page.crash()
        return this.#later(fault, () => this.#reopen(machine, page.seat))
      case 'crash-at-save':
        page.trap = STAGES[Math.floor(fault.other * STAGES.length)]!
        return
      case 'reload':
        return this.#reload(page, fault.lasts / 20)
      case 'duplicate':
        if (machine.pages.length < profile.pagesMax) this.#cluster.openTab(machine, page.seat.remembered)
        return
      case 'close-others':
        for (const other of pages) if (other !== page && other.machine === page.machine) this.#close(other)
        return
      case 'freeze':
        return this.#freeze(page, fault)
      case 'throttle':
        return this.#throttle(page, fault)
      case 'jump':
        return this.#jump(page, fault)
      case 'corrupt':
        return losses.corrupt(page)
      case 'burst':
        for (let k = 0; k < 30; k++) clients.submit(page)
        return
      default:
        return unreachable(kind)
    }
  }

  #troubleLeader(kind: LeaderFault, fault: Fault): void {
    const { clients, network, pages } = this.#cluster
    const leading = pages.filter(({ nodes }) => nodes.some(({ role }) => role.name === 'leader'))
    const leader = leading[Math.floor(fault.who * leading.length)]
    if (leader === undefined) return
    // What happens to leaders has to happen fast, before all is said and done.
    const soon = fault.lasts / 10
    const crash = (page: Page, back: number): void => {
      page.crash()
      this.#cluster.world.after(back, () => this.#reopen(this.#cluster.machines[page.machine]!, page.seat))
    }
    switch (kind) {
      case 'crash-leader':
        return crash(leader, soon)
      case 'strand-leader': {
        // Entries that only a few will ever have, while others lead.
        const barrier: Barrier = (from, to) => (from === leader) !== (to === leader) && groupOf(`${from.name}${to.name}`, fault) === 0
        network.block(fault.other < 0.5 ? (from, to) => from === leader || to === leader : barrier)
        for (let k = 0; k < 10; k++) clients.submit(leader)
        return this.#later(fault, () => {
          network.heal()
          if (fault.other < 0.7) for (const page of this.#cluster.pages) crash(page, page === leader ? 1 : soon)
        })
      }
      case 'succeed-leader':
        // The next one, too, hardly has time to tell anybody.
        crash(leader, soon)
        return this.#later({ ...fault, lasts: soon }, () => {
          for (const page of this.#cluster.pages) {
            if (page.nodes.some(({ role }) => role.name === 'leader' || role.name === 'candidate')) page.trap = 'told'
          }
        })
      default:
        return unreachable(kind)
    }
  }

  #page({ who }: Fault): Page | null {
    const { pages } = this.#cluster
    return pages[Math.floor(who * pages.length)] ?? null
  }

  #close(page: Page): void {
    page.leave()
    this.#cluster.machines[page.machine]!.drop(page.seat)
  }

  #reload(page: Page, after: number): void {
    page.leave()
    this.#cluster.world.after(after, () => this.#reopen(this.#cluster.machines[page.machine]!, page.seat))
  }

  #reopen(machine: Machine, seat: Seat): void {
    if (seat.page === null && machine.tabs.includes(seat)) this.#cluster.open(machine, seat)
  }

  #kill(machine: Machine, fault: Fault, meanwhile: () => void = () => {}): void {
    for (const page of machine.pages) page.crash()
    this.#later(fault, () => {
      // Another fault may have started it again.
      if (machine.pages.length === 0) meanwhile()
      this.#restore(machine, Math.floor(fault.other * 4))
    })
  }

  /** The copy opens one of the tabs that the original had, or an empty one. */
  #copy(machine: Machine, { who }: Fault): void {
    const copy = this.#cluster.copies.copy(machine)
    this.#say('copied to one more browser', copy !== null)
    const remembered = machine.tabs[Math.floor(who * (machine.tabs.length + 1))]?.remembered ?? null
    if (copy !== null) this.#cluster.openTab(copy, remembered)
  }

  #say(what: string, isDone: boolean): void {
    if (isDone) this.#cluster.world.trace('disk', `is ${what}`)
  }

  #throttle(page: Page, fault: Fault): void {
    page.clock.throttle(fault.other < 0.8 ? 1_000 : 60_000)
    this.#later(fault, () => page.clock.throttle(0))
  }

  /** The browser is started again: with so many of the tabs it had, or with an empty one. */
  #restore(machine: Machine, count: number): void {
    const seats = machine.tabs.slice(0, count)
    if (seats.length === 0) return void this.#cluster.openTab(machine, null)
    for (const seat of machine.tabs.slice(count)) if (seat.page === null) machine.drop(seat)
    for (const seat of seats) this.#reopen(machine, seat)
  }

  #freeze(page: Page, fault: Fault): void {
    page.freeze()
    this.#later(fault, () => {
      page.thaw()
      // `resume` is fired where the browser froze it; a stalled renderer says nothing.
      if (fault.other < 0.5) page.deliver(() => page.life?.suspended())
    })
  }

  #jump(page: Page, { lasts, other }: Fault): void {
    page.clock.jump(lasts)
    if (other < 0.5) page.deliver(() => page.life?.suspended())
  }

  #troubleNetwork(kind: NetworkFault, fault: Fault): void {
    const { network } = this.#cluster
    if (kind === 'signaling') {
      network.signaling(false)
      return this.#later(fault, () => network.signaling(true))
    }
    const barrier = this.#barrier(kind, fault)
    if (kind === 'clog') network.clog(barrier, fault.lasts / 4)
    else network.block(barrier)
    return this.#later(fault, () => network.free(barrier))
  }

  /** Between two sides, by tab or, half the time, by machine; or around one page; or between two pages only. */
  #barrier(kind: Exclude<NetworkFault, 'signaling'>, fault: Fault): Barrier {
    const [page, other] = [this.#page(fault), this.#page({ ...fault, who: fault.other })]
    // Asked twice for every frame: a station stays on its side.
    const sides = new Map<Station, number>()
    const sideOf = (station: Station): number => {
      const known = sides.get(station)
      if (known !== undefined) return known
      const side = groupOf(fault.who < 0.5 ? station.name : `machine ${station.machine}`, fault)
      sides.set(station, side)
      return side
    }
    switch (kind) {
      case 'one-way':
        return (from, to) => sideOf(from) < sideOf(to)
      case 'isolate':
        return (from, to) => from === page || to === page
      case 'cut-pair':
        return (from, to) => (from === page && to === other) || (from === other && to === page)
      case 'partition':
      case 'clog':
        return (from, to) => sideOf(from) !== sideOf(to)
      default:
        return unreachable(kind)
    }
  }

  #later({ lasts }: Fault, what: () => void): void {
    this.#cluster.world.after(lasts, () => {
      if (!this.#isOver) what()
    })
  }
}
