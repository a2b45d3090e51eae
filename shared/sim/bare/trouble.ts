/** What happens to bare servers: drawn as it comes. */
import type { Millis } from '../../host/ports.ts'
import { configurationIndex, configurationOf } from '../../raft/node.ts'
import type { RaftNode } from '../../raft/node.ts'
import { isMember, membersOf, without } from '../../raft/quorum.ts'
import type { Configuration } from '../../raft/types.ts'
import { memberOf } from './cluster.ts'
import type { BareCluster } from './cluster.ts'
import type { Server } from './server.ts'

const KINDS = [
  'crash',
  'crash',
  'cut',
  'cut',
  'one-way',
  'alone',
  'apart',
  'freeze',
  'leave',
  'change',
  'change',
  'transfer',
  'burst',
  'rumour',
] as const

/** Turns that a leader hears proposals in, one right after the other. */
const BURST = 8

/** Milliseconds of a write and of a way. Shorter than the least that timeouts differ by, and neither clocks nor turns round that away: so no vote is split for ever. */
const CALM: readonly [Millis, Millis] = [0.1, 0.3]

export class Trouble {
  readonly #cluster: BareCluster
  #isOver = false

  constructor(cluster: BareCluster) {
    this.#cluster = cluster
    this.#repeat(cluster.profile.faultEvery, () => this.#strike())
    this.#repeat(cluster.profile.commandEvery, () => cluster.propose(this.#anybody()))
    this.#repeat(cluster.profile.readEvery, () => cluster.read(this.#anybody()))
  }

  /** From now on all is well; who is down stays down. */
  end(): void {
    const { cuts, profile } = this.#cluster
    this.#isOver = true
    cuts.clear()
    const network = { ...profile.network, delay: CALM, loss: 0, duplicate: 0, straggle: 0 }
    this.#cluster.profile = {
      ...profile,
      gather: 0,
      network,
      disk: { ...profile.disk, save: CALM, slow: 0 },
      clock: { ...profile.clock, rounding: 0, late: 0 },
    }
  }

  /** About so often, for as long as there is trouble. */
  #repeat(every: Millis, what: () => void): void {
    const { world, dice } = this.#cluster
    if (every === Infinity) return
    world.after(dice.between(0, 2 * every), () => {
      if (this.#isOver) return
      what()
      this.#repeat(every, what)
    })
  }

  #strike(): void {
    const { dice, servers, profile } = this.#cluster
    const who = profile.isAtLeaders ? (this.#cluster.leaders[0] ?? this.#anybody()) : this.#anybody()
    const other = this.#anybody()
    const rest = servers.filter((server) => server !== who)
    const kind = dice.pick(KINDS)
    switch (kind) {
      case 'crash':
      case 'leave':
        return this.#end(who, kind)
      case 'cut':
        return this.#cut([who], [other], true)
      case 'one-way':
        return dice.chance(0.5) ? this.#cut([who], rest, false) : this.#cut(rest, [who], false)
      case 'alone':
        return this.#cut([who], rest, true)
      case 'apart': {
        const side = servers.filter(() => dice.chance(0.5))
        return this.#cut(
          side,
          servers.filter((server) => !side.includes(server)),
          true,
        )
      }
      case 'freeze':
        return who.freeze(this.#some([50, 400, 3_000]), dice.chance(0.5))
      case 'change':
        return this.#change()
      case 'transfer':
        return this.#transfer(other)
      case 'burst':
        for (let k = 0; k < BURST; k++) this.#cluster.propose(who)
        return
      case 'rumour':
        return this.#rumour(who, dice.chance(0.5))
    }
  }

  #end(who: Server, how: 'crash' | 'leave'): void {
    who[how]()
    if (this.#cluster.dice.chance(0.5)) this.#rumour(who, true)
    this.#cluster.world.after(this.#some([5, 300, 3_000]), () => who.start())
  }

  /** All hear that it is gone, soon or when it may be back; which it need not be. */
  #rumour(who: Server, isCertain: boolean): void {
    for (const server of this.#cluster.servers) {
      this.#cluster.world.after(this.#some([1, 20, 300]), () => server.deliver({ type: 'gone', nodes: [who.id], isCertain }))
    }
  }

  #cut(some: readonly Server[], others: readonly Server[], isBothWays: boolean): void {
    const { cuts, world } = this.#cluster
    const links = some.flatMap(({ id: a }) => others.flatMap(({ id: b }) => (isBothWays ? [`${a}>${b}`, `${b}>${a}`] : [`${a}>${b}`])))
    for (const link of links) cuts.add(link)
    world.after(this.#some([100, 800, 4_000]), () => {
      for (const link of links) cuts.delete(link)
    })
  }

  #transfer(to: Server): void {
    const leader = this.#cluster.leaders[0]
    if (leader === undefined) return
    this.#cluster.world.trace(leader.name, `hands over to ${to.id}`)
    leader.deliver({ type: 'transfer', to: to.id })
  }

  /** Whatever the mechanism may be asked, wise or not: policy is the autopilot's. */
  #change(): void {
    const leader = this.#cluster.leaders[0]
    const core = leader?.core
    if (leader === undefined || core == null) return
    this.#cluster.world.trace(leader.name, 'is asked to change who is a member')
    leader.deliver({ type: 'change', at: configurationIndex(core), configuration: this.#next(core) })
  }

  #next(core: RaftNode): Configuration {
    const { dice, servers } = this.#cluster
    const inForce = configurationOf(core)
    const outside = servers.filter(({ id }) => !isMember(inForce, id))
    const roll = dice.next()
    if (outside.length > 0 && roll < 0.4) return { ...inForce, learners: [...inForce.learners, memberOf(dice.pick(outside).id)] }
    if (inForce.learners.length > 0 && roll < 0.7) {
      const learner = dice.pick(inForce.learners)
      return { voters: [...inForce.voters, learner], learners: inForce.learners.filter((one) => one !== learner) }
    }
    return without(inForce, dice.pick(membersOf(inForce)).node)
  }

  #anybody(): Server {
    return this.#cluster.dice.pick(this.#cluster.servers)
  }

  /** Between nothing and one of these. */
  #some(most: readonly Millis[]): Millis {
    return this.#cluster.dice.between(1, this.#cluster.dice.pick(most))
  }
}
