/** SPEC.md and the tests of the core name the same rules. */
import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'

const SECTIONS = 'ERSMLPQTAI'
const here = new URL('.', import.meta.url)
const idsIn = (text: string): string[] => text.match(new RegExp(`\\b[${SECTIONS}][1-9]\\d?\\b`, 'g')) ?? []
const distinct = (ids: readonly string[]): string[] => [...new Set(ids)].toSorted()

/** A title begins with ids, up to a colon or where the sentence begins; only those are quotes. */
const TITLE = new RegExp(`['"\`]((?:[${SECTIONS}]\\d+ )*[${SECTIONS}]\\d+)(?: U\\d)?:`, 'g')

const rules = [...readFileSync(new URL('../../SPEC.md', here), 'utf8').matchAll(/^\| ([A-Z]\d+) \| (.+) \| (.+) \|$/gm)]
const quoted = readdirSync(here)
  .filter((file) => file.endsWith('.test.ts'))
  .flatMap((file) => [...readFileSync(new URL(file, here), 'utf8').matchAll(TITLE)].flatMap(([, ids]) => idsIn(ids!)))

test('every rule of the core has one id, one sentence and a source', () => {
  const ids = rules.map(([, id]) => id!).filter((id) => SECTIONS.includes(id[0]!))
  expect(ids.length).toBeGreaterThan(80)
  expect(distinct(ids)).toEqual(ids.toSorted())
  for (const [, id, rule, source] of rules) expect(`${id} ${rule} ${source}`).toMatch(/^\w+ \S.*\. \S/)
})

test('every rule of the core stands in the title of a test, and every id in a title is a rule', () => {
  const ids = rules.map(([, id]) => id!).filter((id) => SECTIONS.includes(id[0]!))
  expect(distinct(quoted)).toEqual(distinct(ids))
})
