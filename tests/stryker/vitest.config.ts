/** The tests that `npm run stryker` asks: those of the core and of what runs it. */
import { defineConfig } from 'vitest/config'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

const FOLDERS = ['raft', 'scenes', 'replica', 'life', 'host', 'list']
const SLOW = ['raft/walk', 'raft/autopilot-life', 'raft/cost', 'raft/log', 'raft/notes', 'replica/agreement', 'scenes/scenes']

/** The first failure ends a run: nearest first, and what takes long comes last. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number =>
      SLOW.some((name) => moduleId.endsWith(`/${name}.test.ts`))
        ? FOLDERS.length
        : FOLDERS.findIndex((folder) => moduleId.includes(`/tests/${folder}/`))
    return files.toSorted((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1))
  }
}

export default defineConfig({
  test: {
    include: FOLDERS.map((folder) => `tests/${folder}/**/*.test.ts`),
    // They read the house's own texts, plant modules of their own, or look at the clock.
    exclude: ['tests/raft/spec.test.ts', 'tests/list/model.test.ts', 'tests/list/speed.test.ts'],
    isolate: false,
    fileParallelism: false,
    sequence: { sequencer: QuickFirst },
    testTimeout: 60_000,
    // A few of the walks: they are many, and whatever survives takes them all.
    env: { WALK_SEEDS: '2' },
  },
})
