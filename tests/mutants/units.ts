/** The tests of the core and of what runs it, again and again in one Vitest, each time with another mistake in what they load. */
import { basename, join, relative } from 'node:path'
import { createVitest } from 'vitest/node'
import type { TestCase, TestModule, TestSpecification, Vitest } from 'vitest/node'
import type { Patch } from './mutant.ts'
import { planting } from './plant.ts'

const ROOT = join(import.meta.dirname, '../..')
/** In this order, after those of the mistake's own folder. */
const FOLDERS = ['raft', 'scenes', 'replica', 'list', 'wire', 'host', 'life']
/** Not asked: they hold tests against SPEC.md, look at the clock, or are about keys only. */
const LEFT_OUT = ['raft/spec.test.ts', 'list/speed.test.ts', 'wire/keys.test.ts']
/** They plant modules of their own, which would stay for whatever runs after them. */
const ALONE = ['list/model.test.ts']

/** Instead of a test's title. A patch that does not fit ends so, too. */
export const NOT_LOADED = 'cannot even be loaded'

export interface CaughtByTest {
  readonly file: string
  /** With the names of its groups. */
  readonly title: string
}

export interface Units {
  /** The first test that fails, null if all pass. Nearest first: of the file's own name, of its folder, then all others. */
  run(patches: readonly Patch[]): Promise<CaughtByTest | null>
  close(): Promise<void>
}

/** `started` hears the title of each test as it begins. */
export async function unitTests(started: (title: string) => void): Promise<Units> {
  let planted: readonly Patch[] = []
  const vitest = await begin(() => planted, started)
  const all = await vitest.globTestSpecifications()
  const touch = (patches: readonly Patch[]): void => {
    for (const { file } of patches) vitest.invalidateFile(join(ROOT, file))
  }
  return {
    run: async (patches) => {
      touch(planted)
      planted = patches
      touch(planted)
      for (const batch of batches(all, patches)) {
        const { testModules } = await vitest.runTestSpecifications(batch)
        // The answer holds the modules of earlier runs too.
        const failed = firstFailure(testModules.filter(({ moduleId }) => batch.some((one) => one.moduleId === moduleId)))
        if (failed !== null) return failed
      }
      return null
    },
    close: () => vitest.close(),
  }
}

async function begin(planted: () => readonly Patch[], started: (title: string) => void): Promise<Vitest> {
  const vitest = await createVitest(
    'test',
    {
      root: ROOT,
      config: false,
      watch: false,
      include: FOLDERS.map((folder) => `tests/${folder}/**/*.test.ts`),
      exclude: LEFT_OUT.map((path) => `tests/${path}`),
      bail: 1,
      pool: 'threads',
      isolate: false,
      fileParallelism: false,
      testTimeout: 60_000,
      reporters: [{ onTestCaseReady: (test: TestCase) => started(test.fullName) }],
    },
    {
      plugins: [planting(planted)],
    },
  )
  await vitest.standalone()
  return vitest
}

function batches(all: readonly TestSpecification[], patches: readonly Patch[]): readonly TestSpecification[][] {
  const pathOf = ({ moduleId }: TestSpecification): string => relative(join(ROOT, 'tests'), moduleId)
  const near = patches.map(({ file }) => ({ folder: `${file.split('/')[1]}/`, name: basename(file, '.ts') }))
  const distance = (path: string): number => {
    if (ALONE.includes(path)) return 3
    if (near.some(({ folder, name }) => path.startsWith(folder + name))) return 0
    return near.some(({ folder }) => path.startsWith(folder)) ? 1 : 2
  }
  const rank = (path: string): number => FOLDERS.findIndex((folder) => path.startsWith(`${folder}/`))
  const inOrder = all.toSorted((a, b) => rank(pathOf(a)) - rank(pathOf(b)) || (pathOf(a) < pathOf(b) ? -1 : 1))
  return [0, 1, 2, 3].map((far) => inOrder.filter((one) => distance(pathOf(one)) === far)).filter(({ length }) => length > 0)
}

function firstFailure(modules: readonly TestModule[]): CaughtByTest | null {
  const failures = modules.flatMap((module) => {
    const file = relative(ROOT, module.moduleId)
    if (module.errors().length > 0) return [{ file, title: NOT_LOADED }]
    return [...module.children.allTests('failed')].map((test) => ({ file, title: test.fullName }))
  })
  return failures[0] ?? null
}
