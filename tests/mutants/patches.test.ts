/** A patch that no longer fits its file plants nothing: then the table would praise a check for what it never saw. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'vite'
import { describe, expect, test } from 'vitest'
import { MUTANTS } from './list.ts'
import type { Mutant } from './mutant.ts'
import { patched } from './plant.ts'

const ROOT = join(import.meta.dirname, '../..')
const texts = new Map<string, string>()

function textOf(file: string): string {
  const text = texts.get(file) ?? readFileSync(join(ROOT, file), 'utf8')
  texts.set(file, text)
  return text
}

/** What is wrong with the patches of a mutant, in words. */
function misfits({ patches }: Mutant): readonly string[] {
  const files = [...new Set(patches.map(({ file }) => file))]
  return files.flatMap((file) => {
    try {
      const text = patched(
        textOf(file),
        patches.filter((patch) => patch.file === file),
      )
      return text === textOf(file) ? [`${file} stays as it is`] : parseSync(file, text).errors.map(({ message }) => `${file}: ${message}`)
    } catch (error) {
      return [String(error)]
    }
  })
}

describe('mistakes to plant', () => {
  test('every patch fits its file once, changes it, and leaves it readable', () => {
    expect(MUTANTS.flatMap((mutant) => misfits(mutant).map((why) => `${mutant.name}: ${why}`))).toEqual([])
  })

  test('each has a name of its own', () => {
    const names = MUTANTS.map(({ name }) => name)
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
    expect(names.length).toBeGreaterThan(100)
  })
})
