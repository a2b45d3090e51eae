/** What the table says is of the mistakes that are planted, and nothing survives without a reason. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isCaught, readKills, tables } from './kills.ts'
import { MUTANTS } from './list.ts'
import { SURVIVORS } from './survivors.ts'

const kills = readKills()

test('every mistake was planted and asked for, and no other stands in the table', () => {
  expect([...kills.keys()]).toEqual(MUTANTS.map(({ name }) => name))
})

test('what survives has a reason, and only that', () => {
  const survivors = [...kills.values()].filter((kill) => !isCaught(kill)).map(({ name }) => name)
  expect(survivors.toSorted()).toEqual(Object.keys(SURVIVORS).toSorted())
})

test('docs/evidence.md shows the table as it is', () => {
  const evidence = readFileSync(join(import.meta.dirname, '../../docs/evidence.md'), 'utf8')
  expect(evidence.includes(tables(kills)), 'npm run mutants -- --only table').toBe(true)
})
