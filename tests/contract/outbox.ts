/** What every Outbox promises: what was put and is not settled is there, in order, for the next page. */
import type { Outbox, OutboxSession } from '../../shared/life/ports.ts'
import { same, type Scene } from './scene.ts'
import type { OriginWorld } from './registry.ts'

const command = (seq: number): Uint8Array => Uint8Array.of(seq, seq)

export const outboxScenes: readonly Scene<OriginWorld>[] = [
  {
    title: 'a room without commands has no sessions',
    async play(world) {
      same(await world.page().outbox.sessions(world.room()), [], 'sessions')
    },
  },
  {
    title: 'commands come back in order of seq, for every session apart',
    async play(world) {
      const room = world.room()
      const { outbox } = world.page()
      await Promise.all(Array.from({ length: 12 }, (_, i) => outbox.put(room, 'a', i + 1, command(i + 1))))
      await outbox.put(room, 'ab', 1, command(7))
      await outbox.put(world.room(), 'a', 1, command(8))
      same(
        await sessions(world, room),
        [
          { session: 'a', settled: 0, last: 12, commands: Array.from({ length: 12 }, (_, i) => ({ seq: i + 1, command: command(i + 1) })) },
          { session: 'ab', settled: 0, last: 1, commands: [{ seq: 1, command: command(7) }] },
        ],
        'sessions',
      )
    },
  },
  {
    title: 'a command that is a view of something larger is stored as it was when it was put',
    async play(world) {
      const room = world.room()
      const large = new Uint8Array(64).fill(1)
      const put = world.page().outbox.put(room, 'a', 1, large.subarray(2, 4))
      large.fill(2)
      await put
      const [session] = await sessions(world, room)
      same(session?.commands, [{ seq: 1, command: Uint8Array.of(1, 1) }], 'commands')
      same(session?.commands[0]?.command.buffer.byteLength, 2, 'bytes kept')
    },
  },
  {
    title: 'settling forgets what is known and remembers how far',
    async play(world) {
      const room = world.room()
      await fill(world.page().outbox, room, 'a', 4)
      await world.page().outbox.settle(room, 'a', 2)
      same(
        await sessions(world, room),
        [{ session: 'a', settled: 2, last: 4, commands: [3, 4].map((seq) => ({ seq, command: command(seq) })) }],
        'sessions',
      )
    },
  },
  {
    title: 'settling more than was put is remembered: those numbers are never given again',
    async play(world) {
      const room = world.room()
      await world.page().outbox.settle(room, 'a', 5)
      same(await sessions(world, room), [{ session: 'a', settled: 5, last: 5, commands: [] }], 'sessions')
    },
  },
  {
    title: 'settling never goes back',
    async play(world) {
      const room = world.room()
      const { outbox } = world.page()
      await fill(outbox, room, 'a', 4)
      await Promise.all([outbox.settle(room, 'a', 3), outbox.settle(room, 'a', 1)])
      await outbox.put(room, 'a', 2, command(2)) // Late: its result is known.
      same(await sessions(world, room), [{ session: 'a', settled: 3, last: 4, commands: [{ seq: 4, command: command(4) }] }], 'sessions')
    },
  },
  {
    title: 'a settled session stays, with its last number, until it is dropped',
    async play(world) {
      const room = world.room()
      const { outbox } = world.page()
      await fill(outbox, room, 'a', 2)
      await fill(outbox, room, 'b', 1)
      await outbox.settle(room, 'a', 2)
      const b = { session: 'b', settled: 0, last: 1, commands: [{ seq: 1, command: command(1) }] }
      same(await sessions(world, room), [{ session: 'a', settled: 2, last: 2, commands: [] }, b], 'sessions')
      await outbox.drop(room, 'a')
      await outbox.drop(room, 'never-seen')
      same(await sessions(world, room), [b], 'sessions')
    },
  },
  {
    title: 'dropping takes unsettled commands too',
    async play(world) {
      const room = world.room()
      const { outbox } = world.page()
      await fill(outbox, room, 'a', 3)
      await outbox.settle(room, 'a', 1)
      await outbox.drop(room, 'a')
      same(await sessions(world, room), [], 'sessions')
    },
  },
]

async function fill(outbox: Outbox, room: string, session: string, count: number): Promise<void> {
  for (let seq = 1; seq <= count; seq++) await outbox.put(room, session, seq, command(seq))
}

/** As the next page finds them. */
async function sessions(world: OriginWorld, room: string): Promise<readonly OutboxSession[]> {
  return [...(await world.page().outbox.sessions(room))].sort((a, b) => (a.session < b.session ? -1 : 1))
}
