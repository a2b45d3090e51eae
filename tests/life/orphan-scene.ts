/** A machine with nodes that nobody hosts. */
import { HeldLocks } from '../../shared/life/held-locks.ts'
import { Orphans } from '../../shared/life/orphans.ts'
import type { Opened } from '../../shared/life/orphans.ts'
import type { Configuration, Entry, Member } from '../../shared/raft/types.ts'
import { encodeRecord } from '../../shared/wire/record.ts'
import { Machine, ROOM } from './machine.ts'

export const HERE = 'here'
const member = (node: string): Member => ({
  node,
  machine: node.startsWith('far') ? 'far' : HERE,
  levels: { min: 1, max: 1 },
  votes: true,
})
export const voting = (...nodes: readonly string[]): Configuration => ({ voters: nodes.map(member), learners: [] })

export class Scene {
  readonly machine = new Machine()
  readonly options = this.machine.options('t1')
  readonly held = new HeldLocks(this.options.locks)
  readonly orphans = new Orphans(this.options, this.held)

  /** A journal whose log ends with these, the last at `lastIndex`. */
  async store(node: string, lastIndex: number, ...configurations: readonly Configuration[]): Promise<this> {
    const bodies = [
      ...configurations.map((configuration) => ({ type: 'configuration', configuration }) as const),
      ...Array.from({ length: lastIndex - configurations.length }, () => ({ type: 'noop' }) as const),
    ]
    const entries = bodies.map((body, at): Entry => ({ index: at + 1, term: 1, time: 0, body }))
    const birth = { node, machine: HERE, cluster: '0'.repeat(32), nonce: 'n', createdAt: 0, term: 1, votedFor: null, commitIndex: 0 }
    await this.machine.disk.create(node, encodeRecord(1, { kind: 'birth', ...birth, entries }))
    await this.remember(node, lastIndex)
    return this
  }

  async remember(node: string, lastIndex: number): Promise<void> {
    await this.machine.registry.putNode({ node, room: ROOM, lastTerm: 1, lastIndex, incarnation: 1, retired: false })
  }

  /** Another tab of this machine hosts it. */
  async hostElsewhere(node: string): Promise<this> {
    const document = this.machine.locks.open()
    await document.take(`node:${node}`, 0)
    document.answerFor([node])
    return this
  }

  damage(node: string): void {
    this.machine.storage.journals.get(node)!.get(1)![20]! ^= 1
  }

  /** Somebody else writes its journal. */
  async collide(node: string): Promise<void> {
    const journal = this.machine.storage.journals.get(node)!
    for (let number = 1; number < 100; number++) if (!journal.has(number)) journal.set(number, Uint8Array.of(1))
    await this.machine.clock.pass(3_000)
  }

  async stored(): Promise<readonly string[]> {
    const records = await this.machine.registry.nodes(ROOM)
    return records.map(({ node, retired }) => (retired ? `${node} retired` : node)).toSorted()
  }

  async open(): Promise<string> {
    const { first, more } = await this.orphans.openAtStart(HERE, await this.machine.registry.nodes(ROOM))
    return more === null ? inWords(first) : `${inWords(first)}, then ${inWords(await more())}`
  }
}

export function inWords({ alive, trouble }: Opened): string {
  const nodes = alive.map(({ saved }) => saved.node).join(' ')
  return trouble === null ? nodes : `${nodes} | ${trouble.why}`
}

export const grown = [voting('a'), voting('a', 'b'), voting('a', 'b', 'c')]

/** Three voters of this machine; this tab hosted `a` before. */
export async function three(): Promise<Scene> {
  const scene = new Scene()
  await scene.store('a', 4, ...grown)
  await scene.store('b', 5, ...grown)
  await scene.store('c', 6, ...grown)
  scene.machine.remembered = 'a'
  return scene
}
