/** What every Disk promises (DESIGN 5). */
import type { JournalRecord } from '../../shared/host/ports.ts'
import { BIRTH, bytes, created, opened, record, saved, stored, type DiskWorld } from './disk-world.ts'
import { compactScenes } from './disk-compact.ts'
import { troubleScenes } from './disk-trouble.ts'
import { check, same, within, type Scene } from './scene.ts'

export const diskScenes: readonly Scene<DiskWorld>[] = [
  ...troubleScenes,
  ...compactScenes,
  {
    title: 'create, then open: the birth is record 1',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      journal.close()
      same(await stored(world, node), [{ number: 1, bytes: BIRTH }], 'stored')
    },
  },
  {
    title: 'create twice collides and leaves the first as it was',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      await saved(journal, 2, bytes(2))
      same(await world.disk().create(node, bytes(9)), { ok: false, error: { type: 'collision' } }, 'second create')
      same(await stored(world, node), [record(1, BIRTH), record(2, bytes(2))], 'stored')
    },
  },
  {
    title: 'create collides with a journal that was rewritten, whose record 1 is gone',
    async play(world) {
      const node = world.node()
      await created(world.disk(), node)
      await opened(world.disk(), node, { records: [bytes(7)], replace: true })
      same(await world.disk().create(node, bytes(9)), { ok: false, error: { type: 'collision' } }, 'second create')
      same(await stored(world, node), [record(2, bytes(7))], 'stored')
    },
  },
  {
    title: 'opening never creates: a missing journal is missing and leaves nothing behind',
    async play(world) {
      const node = world.node()
      const before = await world.names()
      for (let i = 0; i < 2; i++) {
        const outcome = await world.disk().open(node, () => {
          throw new Error('begin was called')
        })
        same(outcome, { ok: false, error: { type: 'missing' } }, 'open')
      }
      same([...(await world.names())].sort(), [...before].sort(), 'names')
    },
  },
  {
    title: 'records come back in order of number, byte for byte',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      const all = Uint8Array.from({ length: 256 }, (_, i) => i)
      const long = new Uint8Array(300_000).fill(170)
      const contents = [...Array.from({ length: 12 }, (_, i) => bytes(i)), bytes(), all, long]
      for (const [i, content] of contents.entries()) await saved(journal, i + 2, content, i % 2 === 0 ? 'strict' : 'relaxed')
      same(await stored(world, node), [record(1, BIRTH), ...contents.map((content, i) => record(i + 2, content))], 'stored')
    },
  },
  {
    title: 'open adds under the next numbers, and says the newest',
    async play(world) {
      const node = world.node()
      await saved(await created(world.disk(), node), 2, bytes(2))
      const first = await opened(world.disk(), node, { records: [bytes(3), bytes(4)], replace: false })
      same(first.last, 4, 'last')
      await saved(first.journal, 5, bytes(5))
      const second = await opened(world.disk(), node, { records: [], replace: false })
      same(second.last, 5, 'last')
      await saved(second.journal, 6, bytes(6))
      same(
        (await stored(world, node)).map(({ number }) => number),
        [1, 2, 3, 4, 5, 6],
        'numbers',
      )
    },
  },
  {
    title: 'what is acknowledged is there for the next page at once',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      for (let number = 2; number <= 6; number++) {
        await saved(journal, number, bytes(number))
        same((await stored(world, node)).at(-1), record(number, bytes(number)), 'newest')
      }
    },
  },
  {
    title: 'a record that is a view of something larger is stored alone, and as it was when it was given',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      const large = new Uint8Array(64).fill(1)
      const save = journal.append(2, large.subarray(8, 11), 'strict')
      large.fill(2)
      check((await save).ok, 'append')
      const [, newest] = await stored(world, node)
      same(newest, record(2, bytes(1, 1, 1)), 'newest')
      same(newest?.bytes.buffer.byteLength, 3, 'bytes kept')
    },
  },
  {
    title: '◆ a late write of a dead host collides and stores nothing',
    async play(world) {
      const node = world.node()
      const dead = await created(world.disk(), node)
      await saved(dead, 2, bytes(2))
      const { journal, last } = await opened(world.disk(), node, { records: [bytes(3)], replace: false })
      same(last, 3, 'last')
      same(await dead.append(3, bytes(66), 'strict'), { ok: false, error: { type: 'collision' } }, 'late write')
      await saved(journal, 4, bytes(4))
      same(await dead.append(4, bytes(66), 'strict'), { ok: false, error: { type: 'collision' } }, 'later write')
      same(await stored(world, node), [record(1, BIRTH), record(2, bytes(2)), record(3, bytes(3)), record(4, bytes(4))], 'stored')
    },
  },
  {
    title: '◆ a write under way when the next host opens either landed before it read, or collides',
    async play(world) {
      const node = world.node()
      const dead = await created(world.disk(), node)
      const late = dead.append(2, bytes(66), 'strict')
      let read: readonly JournalRecord[] = []
      const open = world.disk().open(node, (records) => {
        read = records
        return { ok: true, value: { records: [bytes(3)], replace: false } }
      })
      const [first, second] = await Promise.all([late, open])
      check(second.ok, 'open')
      same(
        first.ok,
        read.some(({ number }) => number === 2),
        'acknowledged and read',
      )
      if (!first.ok) same(first.error, { type: 'collision' }, 'late write')
      same(await stored(world, node), [...read, record(second.value.last, bytes(3))], 'stored')
    },
  },
  {
    title: 'replace deletes everything older in the same transaction and goes on counting',
    async play(world) {
      const node = world.node()
      const dead = await created(world.disk(), node)
      await saved(dead, 2, bytes(2))
      const { journal, last } = await opened(world.disk(), node, { records: [bytes(30), bytes(40)], replace: true })
      same(last, 4, 'last')
      same(await dead.append(3, bytes(66), 'strict'), { ok: false, error: { type: 'collision' } }, 'late write')
      await saved(journal, 5, bytes(5))
      same(await stored(world, node), [record(3, bytes(30)), record(4, bytes(40)), record(5, bytes(5))], 'stored')
    },
  },
  {
    title: 'a begin that refuses writes nothing',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      const outcome = await world.disk().open(node, () => ({ ok: false, error: 'damaged' }))
      same(outcome, { ok: false, error: { type: 'refused', error: 'damaged' } }, 'open')
      same(await stored(world, node), [record(1, BIRTH)], 'stored')
      await saved(journal, 2, bytes(2))
    },
  },
  {
    title: 'a begin that throws writes nothing, and its exception reaches who opens',
    async play(world) {
      const node = world.node()
      await created(world.disk(), node)
      const thrown = await world
        .disk()
        .open(node, () => {
          throw new Error('a broken program')
        })
        .then(
          () => 'nothing',
          (error: Error) => error.message,
        )
      same(thrown, 'a broken program', 'thrown')
      same(await stored(world, node), [record(1, BIRTH)], 'stored')
    },
  },
  {
    title: 'a flipped byte is handed to begin as it is: judging it is for the codec',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      await saved(journal, 2, bytes(8, 8))
      journal.close()
      await world.flip(node, 2)
      same(await stored(world, node), [record(1, BIRTH), record(2, bytes(9, 8))], 'stored')
    },
  },
  {
    title: 'nobody has to wait for us to delete a journal; who then writes is told, who opens finds none',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      await saved(journal, 2, bytes(2))
      await within(5_000, 'deleting under an open journal', world.destroy(node))
      for (let i = 0; i < 2; i++) {
        const outcome = await journal.append(3, bytes(3), 'strict')
        check(!outcome.ok && outcome.error.type === 'aborted', `append to what is gone: ${JSON.stringify(outcome)}`)
      }
      const open = await world.disk().open(node, () => ({ ok: true, value: { records: [], replace: false } }))
      same(open, { ok: false, error: { type: 'missing' } }, 'open')
      journal.close()
    },
  },
  {
    title: 'remove deletes, also what is missing, and the name is free again',
    async play(world) {
      const node = world.node()
      const before = await world.names()
      await world.disk().remove(node)
      const journal = await created(world.disk(), node)
      await within(5_000, 'remove', world.disk().remove(node))
      same([...(await world.names())].sort(), [...before].sort(), 'names')
      check(!(await journal.append(2, bytes(2), 'strict')).ok, 'append to a removed journal succeeds')
      await created(world.disk(), node)
      same(await stored(world, node), [record(1, BIRTH)], 'stored')
    },
  },
  {
    title: 'a closed journal takes no more, and says so',
    async play(world) {
      const node = world.node()
      const journal = await created(world.disk(), node)
      journal.close()
      journal.close()
      const outcome = await journal.append(2, bytes(2), 'strict')
      check(!outcome.ok && outcome.error.type === 'aborted', 'append to a closed journal')
      same(await stored(world, node), [record(1, BIRTH)], 'stored')
    },
  },
  {
    title: 'journals do not mix',
    async play(world) {
      const [a, b] = [world.node(), world.node()]
      const disk = world.disk()
      const [first, second] = [await created(disk, a), await created(disk, b)]
      await Promise.all([saved(first, 2, bytes(1)), saved(second, 2, bytes(2))])
      same(await stored(world, a), [record(1, BIRTH), record(2, bytes(1))], 'first')
      same(await stored(world, b), [record(1, BIRTH), record(2, bytes(2))], 'second')
    },
  },
]
