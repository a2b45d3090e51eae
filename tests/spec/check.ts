/** Is what was recorded of a whole cluster a behaviour of the specification? */
import { Actor, GuardFailed } from './action.ts'
import { explainStep } from './explain.ts'
import * as lives from './lives.ts'
import * as membership from './membership.ts'
import type { Observation, Started } from './observation.ts'
import * as replication from './replication.ts'
import { emptyCluster, printOf } from './state.ts'
import type { Cluster, Farewell, Id, Server } from './state.ts'

export interface Deviation {
  /** Of all that was observed, from 1. */
  readonly step: number
  readonly node: Id
  readonly action: string
  /** The fact that did not hold. */
  readonly guard: string
  /** What the action was asked to do. */
  readonly given: unknown
  /** When the guard was asked. */
  readonly server: Server
  readonly observed: Observation
}

export class Check {
  readonly cluster: Cluster = emptyCluster()
  /** How often each action was taken. */
  readonly done = new Map<string, number>()
  observed = 0
  steps = 0
  deviation: Deviation | null = null

  /** Takes what happened, in an order in which what is received was sent before. After the first deviation it looks no more. */
  see(observation: Observation): void {
    if (this.deviation !== null) return
    this.observed++
    if (observation.type === 'stepped') this.steps++
    try {
      this.#explain(observation)
    } catch (error) {
      if (!(error instanceof GuardFailed)) throw error
      const { node, action, guard, given, server } = error
      this.deviation = { step: this.observed, node, action, guard, given, server, observed: observation }
    }
  }

  #explain(observation: Observation): void {
    const actor = new Actor(this.cluster, observation.node, this.done)
    switch (observation.type) {
      case 'started':
        return this.#start(actor, observation)
      case 'stepped':
        return explainStep(actor, observation)
      case 'saved':
        for (const message of observation.sent) actor.take(lives.letGo, { message, number: observation.number })
        actor.take(lives.saveDone, observation)
        for (const message of observation.sent) actor.take(lives.send, { message, wasHeld: true })
        return
      case 'left':
        return this.#leave(actor, observation.said)
      case 'stopped':
        return actor.take(lives.stop, null)
    }
  }

  #start(actor: Actor, { currentTerm, votedFor, log: left, compacted, ...start }: Started): void {
    const log = [...this.cluster.committed.slice(0, compacted), ...left]
    const given = { ...start, stored: { currentTerm, votedFor, log } }
    if (this.cluster.servers.has(actor.id)) return actor.take(lives.restart, given)
    this.cluster.servers.set(actor.id, lives.blank(actor.id))
    actor.take(log.length > 0 ? lives.found : lives.mint, given)
  }

  #leave(actor: Actor, said: readonly Farewell[]): void {
    const nodes = said[0]?.nodes ?? [actor.id]
    const { log } = actor.server
    const ends = said.flatMap(({ append }) =>
      append === null ? [] : [{ entry: append.entries.at(-1), end: append.prevLogIndex + append.entries.length }],
    )
    const removal = ends.find(({ end }) => end > log.length)?.entry ?? null
    actor.take(membership.farewell, { said, nodes, removal })
    for (const message of said) {
      if (message.append !== null) actor.take(replication.appendEntries, { message: message.append, mayEndWith: removal })
      this.cluster.network.add(printOf(message))
    }
  }
}
