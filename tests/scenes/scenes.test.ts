/** Every scene still goes as it is written down. After a change that was meant: `npm run scenes`, and read the diff. */
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { play } from './language.ts'

const here = new URL('.', import.meta.url)
const scenes = readdirSync(here)
  .filter((file) => file.endsWith('.scene'))
  .map((file) => ({ file, text: readFileSync(new URL(file, here), 'utf8') }))
const titled = scenes.map(({ file, text }) => ({ file, text, title: text.slice(2, text.indexOf('\n')) }))
const rules = new Set([...readFileSync(new URL('../../SPEC.md', here), 'utf8').matchAll(/^\| ([A-Z]\d+) \|/gm)].map(([, id]) => id))

describe('scenes', () => {
  test.each(titled)('$title', async ({ file, text }) => {
    expect(text).toMatch(/^# ([A-Z]\d+ )*[A-Z]\d+: .+\n/)
    expect(text.split('\n').filter((line) => line.startsWith('>')).length).toBeGreaterThan(1)
    await expect(play(text)).toMatchFileSnapshot(file)
  })

  test('their ids are rules', () => {
    const ids = titled.flatMap(({ title }) => title.slice(0, title.indexOf(':')).split(' '))
    expect(ids.filter((id) => !rules.has(id))).toEqual([])
  })

  test('a command that nobody knows, or that cannot be done, is an error', () => {
    expect(() => play('# E1: x\n> voters n1 n2\n> n1 sings\n')).toThrow('n1 sings')
    expect(() => play('# E1: x\n> voters n1 n2\n> n1 beats\n')).toThrow('n1 beats')
    expect(() => play('# E1: x\n> voters n1 n2\n> deliver n1->n2\n')).toThrow('deliver')
    expect(() => play('# E1: x\n> n1 beats\n')).toThrow('n1 beats')
  })
})
