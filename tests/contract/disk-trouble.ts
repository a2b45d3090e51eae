/** What every Disk promises when the browser does not do what it was asked: no room, an aborted transaction. */
import { BIRTH, bytes, created, noise, record, saved, stored, type DiskWorld } from './disk-world.ts'
import { check, same, type Scene } from './scene.ts'

export const troubleScenes: readonly Scene<DiskWorld>[] = [
  {
    // First: Chromium asks how much room there is, and believes the answer for half a minute.
    title: 'a full browser says full, stores nothing, and the number works once there is room',
    needs: 'room',
    async play(world) {
      const node = world.node()
      const large = noise(200_000)
      await world.room?.('tight')
      const journal = await created(world.disk(), node)
      let number = 1
      let append = await journal.append(++number, large, 'strict')
      while (append.ok && number < 10) append = await journal.append(++number, large, 'strict')
      const again = await journal.append(number, large, 'strict')
      const open = await world.disk().open(node, () => ({ ok: true, value: { records: [large, large], replace: false } }))
      const create = await world.disk().create(world.node(), large)
      await world.room?.('ample')
      for (const outcome of [append, again, open, create]) same(outcome, { ok: false, error: { type: 'full' } }, 'outcome')
      const before = await stored(world, node)
      same(before.length, number - 1, 'records')
      await saved(journal, number, large)
      same((await stored(world, node)).at(-1), record(number, large), 'newest')
    },
  },
  {
    title: 'an aborted transaction stores nothing, and its number is free for a retry',
    needs: 'abortNext',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      world.abortNext?.()
      const outcome = await journal.append(2, bytes(66), 'strict')
      check(!outcome.ok && outcome.error.type === 'aborted', `append: ${JSON.stringify(outcome)}`)
      same(await stored(world, node), [record(1, BIRTH)], 'stored')
      await saved(journal, 2, bytes(2))
      same(await stored(world, node), [record(1, BIRTH), record(2, bytes(2))], 'stored')
    },
  },
  {
    title: 'an aborted start leaves the journal as it was, replaced or not',
    needs: 'abortNext',
    async play(world) {
      const node = world.node()
      await saved(await created(world.disk(), node), 2, bytes(2))
      for (const replace of [false, true]) {
        world.abortNext?.()
        const outcome = await world.disk().open(node, () => ({ ok: true, value: { records: [bytes(66)], replace } }))
        check(!outcome.ok && outcome.error.type === 'aborted', `open: ${JSON.stringify(outcome)}`)
        same(await stored(world, node), [record(1, BIRTH), record(2, bytes(2))], 'stored')
      }
    },
  },
  {
    title: 'a journal whose birth did not become durable was never born',
    needs: 'abortNext',
    async play(world) {
      const node = world.node()
      world.abortNext?.()
      const outcome = await world.disk().create(node, BIRTH)
      check(!outcome.ok && outcome.error.type === 'aborted', `create: ${JSON.stringify(outcome)}`)
      const open = await world.disk().open(node, () => ({ ok: true, value: { records: [], replace: false } }))
      same(open, { ok: false, error: { type: 'missing' } }, 'open')
      await created(world.disk(), node)
      same(await stored(world, node), [record(1, BIRTH)], 'stored')
    },
  },
]
