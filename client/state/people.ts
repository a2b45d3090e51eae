/** Who is behind which tab and node, as the tabs say in HELLO; remembered after they have gone. */
import type { Host } from '../../shared/host/host.ts'
import { configurationOf } from '../../shared/raft/node.ts'
import { membersOf } from '../../shared/raft/quorum.ts'
import type { Person as Known } from '../../shared/life/ports.ts'
import { calledBy, flagOf, flagsOf } from '../ui/flags.ts'
import type { Person } from '../ui/view.ts'

export class People {
  readonly #byNode = new Map<string, Known>()
  readonly #drawn = new Map<string, Person>()

  /** Takes in who is in touch now. Call before asking. */
  look(host: Host, me: Known): void {
    for (const { id } of host.hosted) this.#byNode.set(id, me)
    for (const { hello } of host.routes.peers) for (const { node } of hello.hosted) this.#byNode.set(node, hello.person)
    const members = host.main === null ? [] : membersOf(configurationOf(host.main))
    // The order of members is the same in every tab and grows at its end, so everybody sees the same flags.
    const known = members.flatMap(({ node }) => this.#byNode.get(node) ?? [])
    const flags = flagsOf([...known, me].map(({ id }) => id))
    this.#drawn.clear()
    for (const { id, name } of [...known, me]) {
      const flag = flags.get(id) ?? flagOf(id)
      this.#drawn.set(id, { id, flag, name: calledBy(name, flag) })
    }
  }

  person({ id, name }: Known): Person {
    const flag = flagOf(id)
    return this.#drawn.get(id) ?? { id, flag, name: calledBy(name, flag) }
  }

  /** Whoever ran a node when it was last in touch; somebody unknown is called by the node's own flag. */
  ofNode(node: string): Person {
    return this.person(this.#byNode.get(node) ?? { id: node, name: '' })
  }
}
