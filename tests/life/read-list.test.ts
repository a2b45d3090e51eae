/** Reading the list from outside: as this tab knows it, or with everything agreed before the question. */
import { expect, test } from 'vitest'
import { Life } from '../../shared/life/life.ts'
import { readList } from '../../shared/life/read-list.ts'
import { packCommand } from '../../shared/wire/commands.ts'
import { Machine } from './machine.ts'

test('Q5: a linearizable read waits for a leader and sees what was agreed before it; a local one sees what is here', async () => {
  const machine = await Machine.withList()
  const life = await Life.open(machine.options('t1'), () => {})
  const read = async (by: 'local' | 'linearizable'): Promise<unknown> => {
    const { index, items, ...more } = await readList(life, by)
    return { ...more, texts: items.map(({ text }) => text), isNewest: index === life.list.lastApplied }
  }
  let isAnswered = false
  const asked = read('linearizable').finally(() => (isAnswered = true))
  expect(await read('local')).toEqual({ ok: true, name: 'Camping', texts: [], isNewest: true })
  expect(isAnswered).toBe(false)
  await machine.clock.pass(1_000)
  expect(await asked).toEqual({ ok: true, name: 'Camping', texts: [], isNewest: true })
  await life.submit(packCommand({ type: 'add', text: 'milk', after: null }))
  expect(await read('local')).toEqual({ ok: true, name: 'Camping', texts: ['milk'], isNewest: true })
  const again = read('linearizable')
  await machine.clock.pass(0)
  expect(await again).toEqual({ ok: true, name: 'Camping', texts: ['milk'], isNewest: true })
})
