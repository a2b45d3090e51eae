/** What every Registry promises: it remembers, across pages, one machine for ever. */
import type { ListRecord, NodeRecord, Outbox, Registry } from '../../shared/life/ports.ts'
import { check, same, type Scene } from './scene.ts'

export interface OriginWorld {
  /** Another page of the same browser, with what it remembers. */
  readonly page: () => { readonly registry: Registry; readonly outbox: Outbox }
  /** A room that nobody has used. */
  readonly room: () => string
}

const list = (room: string, visitedAt: number, name = 'Groceries'): ListRecord => ({
  room,
  secret: 'AAAAAAAAAAAAAAAAAAAAAA',
  name,
  visitedAt,
  items: 3,
  pending: 1,
  agreedAt: null,
})

const node = (node: string, room: string): NodeRecord => ({ node, room, lastTerm: 1, lastIndex: 2, incarnation: 3, retired: false })

export const registryScenes: readonly Scene<OriginWorld>[] = [
  {
    title: 'pages that ask at once are told the same machine and the same person',
    async play(world) {
      const pages = Array.from({ length: 6 }, () => world.page().registry)
      const answers = await Promise.all(pages.flatMap((page) => [page.machine(), page.person().then(({ id }) => id)]))
      const machines = new Set(answers.filter((_, i) => i % 2 === 0))
      const people = new Set(answers.filter((_, i) => i % 2 === 1))
      same([machines.size, people.size], [1, 1], 'machines and people')
      check(/^[0-9a-z]{16,}$/.test([...machines][0] ?? ''), 'a machine is named in lower case and digits')
      check(![...people].some((person) => machines.has(person)), 'a person is not a machine')
      same(await world.page().registry.machine(), [...machines][0], 'machine later')
    },
  },
  {
    title: 'a person keeps the id when named',
    async play(world) {
      const { id } = await world.page().registry.person()
      await world.page().registry.setPersonName('Ada')
      same(await world.page().registry.person(), { id, name: 'Ada' }, 'person')
      await world.page().registry.setPersonName('')
      same(await world.page().registry.person(), { id, name: '' }, 'person')
    },
  },
  {
    title: 'lists come back, last visit first, the newest record of each',
    async play(world) {
      const [a, b] = [world.room(), world.room()]
      const { registry } = world.page()
      await registry.putList(list(a, 1_000))
      await registry.putList(list(b, 2_000))
      await registry.putList(list(a, 3_000, 'Renamed'))
      const ours = (await world.page().registry.lists()).filter(({ room }) => room === a || room === b)
      same(ours, [list(a, 3_000, 'Renamed'), list(b, 2_000)], 'lists')
    },
  },
  {
    title: 'nodes are found by their list, and forgotten one by one',
    async play(world) {
      const [a, b] = [world.room(), world.room()]
      const { registry } = world.page()
      await registry.putNode(node(`${a}1`, a))
      await registry.putNode(node(`${a}2`, a))
      await registry.putNode(node(`${b}1`, b))
      await registry.putNode({ ...node(`${a}1`, a), lastIndex: 9, retired: true })
      const later = world.page().registry
      const found = [...(await later.nodes(a))].sort((x, y) => (x.node < y.node ? -1 : 1))
      same(found, [{ ...node(`${a}1`, a), lastIndex: 9, retired: true }, node(`${a}2`, a)], 'nodes of a')
      await later.removeNode(`${a}1`)
      await later.removeNode('never-seen')
      same(await world.page().registry.nodes(a), [node(`${a}2`, a)], 'nodes of a')
      same(await world.page().registry.nodes(b), [node(`${b}1`, b)], 'nodes of b')
    },
  },
  {
    title: 'forgetting a list forgets its nodes and its outbox, and no other',
    async play(world) {
      const a = world.room()
      const rooms = [a, `${a}x`, a.slice(0, -1)] // No name is mistaken for another that begins like it.
      const { registry, outbox } = world.page()
      for (const room of rooms) {
        await registry.putList(list(room, 1_000))
        await registry.putNode(node(`of-${room}`, room))
        await outbox.put(room, 's', 1, Uint8Array.of(1))
        await outbox.put(room, 't', 1, Uint8Array.of(1))
        await outbox.settle(room, 't', 1)
      }
      await registry.forgetList(a)
      const later = world.page()
      const left = (await later.registry.lists()).map(({ room }) => room).filter((room) => rooms.includes(room))
      same(left.sort(), rooms.slice(1).sort(), 'lists')
      for (const room of rooms) {
        const kept = room !== a
        same((await later.registry.nodes(room)).length, kept ? 1 : 0, `nodes of ${room}`)
        same((await later.outbox.sessions(room)).length, kept ? 2 : 0, `sessions of ${room}`)
      }
    },
  },
]
