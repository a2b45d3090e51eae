/** Guarded actions, in the manner of TLA+: each guard is a fact in words, so that a deviation says which one did not hold. */
import type { Cluster, Id, Server } from './state.ts'

/** The server that acts, in its cluster. */
export interface Place {
  readonly cluster: Cluster
  readonly server: Server
}

export interface Action<P> {
  readonly name: string
  readonly guards: Readonly<Record<string, (place: Place, given: P) => boolean>>
  /** What changes at the server that acts; what else changes in the cluster it changes itself. */
  readonly effect: (place: Place, given: P) => Partial<Server>
}

/** Of every action and guard, in order of their making. */
export const ACTIONS: Action<never>[] = []

export function action<P>(name: string, guards: Action<P>['guards'], effect: Action<P>['effect'] = () => ({})): Action<P> {
  const made = { name, guards, effect }
  ACTIONS.push(made)
  return made
}

export class GuardFailed extends Error {
  readonly node: Id
  readonly action: string
  readonly guard: string
  readonly given: unknown
  /** As it was when the guard was asked. */
  readonly server: Server

  constructor(server: Server, action: string, guard: string, given: unknown) {
    super(`${server.id} ${action}: ${guard}`)
    this.node = server.id
    this.action = action
    this.guard = guard
    this.given = given
    this.server = server
  }
}

/** One server that acts; counts what it did. */
export class Actor {
  readonly cluster: Cluster
  readonly id: Id
  readonly #done: Map<string, number>

  constructor(cluster: Cluster, id: Id, done: Map<string, number>) {
    this.cluster = cluster
    this.id = id
    this.#done = done
  }

  get server(): Server {
    return this.cluster.servers.get(this.id)!
  }

  /** Throws GuardFailed where the action is not enabled. */
  take<P>({ name, guards, effect }: Action<P>, given: P): void {
    const place = { cluster: this.cluster, server: this.server }
    for (const guard of Object.keys(guards)) {
      if (!guards[guard]!(place, given)) throw new GuardFailed(this.server, name, guard, given)
    }
    this.cluster.servers.set(this.id, { ...this.server, ...effect(place, given) })
    this.#done.set(name, (this.#done.get(name) ?? 0) + 1)
  }

  /** Is it enabled? */
  may<P>({ guards }: Action<P>, given: P): boolean {
    const place = { cluster: this.cluster, server: this.server }
    return Object.values(guards).every((holds) => holds(place, given))
  }
}
