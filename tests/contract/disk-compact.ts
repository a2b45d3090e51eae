/** What every Disk promises of a journal that begins anew while it is open (SPEC.md, J7). */
import { BIRTH, bytes, created, noise, opened, record, saved, stored, type DiskWorld } from './disk-world.ts'
import { check, same, type Scene } from './scene.ts'

const COLLISION = { ok: false, error: { type: 'collision' } } as const

export const compactScenes: readonly Scene<DiskWorld>[] = [
  {
    title: 'compact adds its records and deletes what is older, but for the first of this opening, and counting goes on',
    async play(world) {
      const node = world.node()
      await saved(await created(world.disk(), node), 2, bytes(2))
      const { journal } = await opened(world.disk(), node, { records: [bytes(3)], replace: false })
      await saved(journal, 4, bytes(4))
      await saved(journal, 5, bytes(5))
      same(await journal.compact(6, [bytes(60), bytes(70)]), { ok: true, value: null }, 'compact')
      same(await stored(world, node), [record(3, bytes(3)), record(6, bytes(60)), record(7, bytes(70))], 'stored')
      await saved(journal, 8, bytes(8))
      same(await journal.compact(9, [bytes(90)]), { ok: true, value: null }, 'again')
      same(await stored(world, node), [record(3, bytes(3)), record(9, bytes(90))], 'stored')
    },
  },
  {
    title: 'the first opening keeps the birth',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      await saved(journal, 2, bytes(2))
      same(await journal.compact(3, [bytes(30)]), { ok: true, value: null }, 'compact')
      same(await stored(world, node), [record(1, BIRTH), record(3, bytes(30))], 'stored')
      same(await world.disk().create(node, bytes(9)), COLLISION, 'create')
    },
  },
  {
    title: '◆ a late write of the host before collides after a compaction too, and stores nothing',
    async play(world) {
      const node = world.node()
      const dead = await created(world.disk(), node)
      await saved(dead, 2, bytes(2))
      const { journal } = await opened(world.disk(), node, { records: [bytes(3)], replace: false })
      await saved(journal, 4, bytes(4))
      same(await journal.compact(5, [bytes(50)]), { ok: true, value: null }, 'compact')
      same(await dead.append(3, bytes(66), 'strict'), COLLISION, 'late write')
      same(await dead.compact(3, [bytes(66), bytes(67)]), COLLISION, 'late compaction')
      same(await stored(world, node), [record(3, bytes(3)), record(5, bytes(50))], 'stored')
    },
  },
  {
    title: '◆ a compaction of which one number is taken stores nothing and deletes nothing',
    async play(world) {
      const node = world.node()
      const dead = await created(world.disk(), node)
      await saved(dead, 2, bytes(2))
      const { journal } = await opened(world.disk(), node, { records: [bytes(3)], replace: false })
      await saved(journal, 4, bytes(4))
      same(await dead.compact(3, [bytes(66)]), COLLISION, 'at its first')
      same(await dead.compact(4, [bytes(66), bytes(67)]), COLLISION, 'at its second')
      same(await stored(world, node), [record(1, BIRTH), record(2, bytes(2)), record(3, bytes(3)), record(4, bytes(4))], 'stored')
    },
  },
  {
    title: 'a compaction that aborts leaves everything as it was, and works when it is tried again',
    needs: 'abortNext',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      await saved(journal, 2, bytes(2))
      world.abortNext?.()
      const outcome = await journal.compact(3, [bytes(30), bytes(40)])
      check(!outcome.ok && outcome.error.type === 'aborted', `compact: ${JSON.stringify(outcome)}`)
      same(await stored(world, node), [record(1, BIRTH), record(2, bytes(2))], 'stored')
      same(await journal.compact(3, [bytes(30), bytes(40)]), { ok: true, value: null }, 'again')
      same(await stored(world, node), [record(1, BIRTH), record(3, bytes(30)), record(4, bytes(40))], 'stored')
    },
  },
  {
    title: 'a megabyte in pieces comes back as it was, and a closed journal takes none',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      const pieces = [noise(400_000), noise(400_000), noise(200_000)]
      same(await journal.compact(2, pieces), { ok: true, value: null }, 'compact')
      same(await stored(world, node), [record(1, BIRTH), ...pieces.map((piece, k) => record(k + 2, piece))], 'stored')
      journal.close()
      const outcome = await journal.compact(5, [bytes(5)])
      check(!outcome.ok && outcome.error.type === 'aborted', 'compact a closed journal')
    },
  },
]
