/** The house is tidy, and each rule has been seen to catch what it is for: a violation planted in a tree that is fine without it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findViolations } from './tidy/rules.ts'
import { readTree } from './tidy/tree.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

test('the house is tidy', { timeout: 60_000 }, () => {
  const tree = readTree(root)
  expect(tree.size).toBeGreaterThan(20)
  expect(findViolations(tree).join('\n')).toBe('')
})

/** What is wrong with a tree of these files. */
const inspect = (files: Readonly<Record<string, string>>): readonly string[] => findViolations(new Map(Object.entries(files)))

const FINE = {
  'shared/limits.ts': 'export const LIMITS = { items: 5_000 }',
  'shared/raft/types.ts': 'export type Term = number',
  'shared/raft/step.ts': "import type { Term } from './types.ts'\nexport const step = (term: Term): Term => Math.max(term, 1)",
  'shared/list/list.ts':
    "import { LIMITS } from '../limits.ts'\n/** A Date, said in a comment, setTimeout too. */\nexport const most = LIMITS.items",
  'shared/wire/keys.ts': "import { hkdf } from '@noble/hashes/hkdf.js'\nexport const derive = hkdf",
  'shared/wire/hash.ts': "import { sha256 } from '@noble/hashes/sha2.js'\nexport const hash = sha256",
  'shared/host/ports.ts': "import type { Term } from '../raft/types.ts'\nexport interface Clock { now(): Promise<Term> }",
  'shared/life/life.ts': "import type { Clock } from '../host/ports.ts'\nexport const live = async (clock: Clock) => await clock.now()",
  'server/main.ts':
    "import { createServer } from 'node:http'\nimport '../shared/limits.ts'\ncreateServer()\nsetTimeout(() => {}, Date.now())",
  'client/mesh/mesh.ts': "import Peer from 'simple-peer/simplepeer.min.js'\nexport const peer = Peer",
  'client/tab/tab.ts': "import { peer } from '../mesh/mesh.ts'\nexport const tab = peer",
  'client/ui/view.ts': 'export interface View { readonly title: string }',
  'client/ui/App.svelte':
    "<script lang=\"ts\">\n  import { onMount } from 'svelte'\n  import type { View } from './view.ts'\n  let { view }: { view: View } = $props()\n</script>\n<p>import './x.ts'</p>",
  'client/main.ts': "import { mount } from 'svelte'\nimport App from './ui/App.svelte'\nimport './ui/flotilla.css'\nmount(App, {})",
}

test('a tree that keeps the rules is found fine', () => {
  expect(inspect(FINE)).toEqual([])
})

describe('imports', () => {
  test.each([
    ['shared/raft/log.ts', "import { LIMITS } from '../limits.ts'", 'shared/raft may not import shared/limits.ts'],
    ['shared/raft/log.ts', "import type { Clock } from '../host/ports.ts'", 'shared/raft may not import shared/host/ports.ts'],
    ['shared/raft/log.ts', "export * from '../list/list.ts'", 'shared/raft may not import shared/list/list.ts'],
    ['shared/raft/log.ts', "export type A = import('../list/list.ts').A", 'shared/raft may not import shared/list/list.ts'],
    ['shared/raft/log.ts', "import { encode } from '@msgpack/msgpack'", 'shared/raft may not import @msgpack/msgpack'],
    ['shared/list/text.ts', "import type { Term } from '../raft/types.ts'", 'shared/list may not import shared/raft/types.ts'],
    ['shared/replica/replica.ts', "import { most } from '../list/list.ts'", 'shared/replica may not import shared/list/list.ts'],
    ['shared/wire/codec.ts', "import type { Clock } from '../host/ports.ts'", 'shared/wire may not import shared/host/ports.ts'],
    ['shared/host/host.ts', "import { live } from '../life/life.ts'", 'shared/host may not import shared/life/life.ts'],
    ['shared/life/start.ts', "import { run } from '../sim/run.ts'", 'shared/life may not import shared/sim/run.ts'],
    ['shared/sim/sim.ts', "import { tab } from '../../client/tab/tab.ts'", 'shared/sim may not import client/tab/tab.ts'],
    ['shared/signaling.ts', "import type { Term } from './raft/types.ts'", 'shared/signaling.ts may not import shared/raft/types.ts'],
    ['server/rooms.ts', "import { peer } from '../client/mesh/mesh.ts'", 'server may not import client/mesh/mesh.ts'],
    ['client/mesh/link.ts', "await import('../../server/main.ts')", 'client/mesh may not import server/main.ts'],
    ['client/mesh/link.ts', "import { tab } from '../tab/tab.ts'", 'client/mesh may not import client/tab/tab.ts'],
    ['client/disk/journal.ts', "import { peer } from '../mesh/mesh.ts'", 'client/disk may not import client/mesh/mesh.ts'],
    ['client/disk/journal.ts', "import { readFileSync } from 'node:fs'", 'client/disk may not import node:'],
    ['client/tab/clock.ts', "new Worker(new URL('../state/wake.ts', import.meta.url))", 'client/tab may not import client/state/wake.ts'],
    ['client/tab/clock.ts', "import Wake from '../state/wake.ts?worker'", 'client/tab may not import client/state/wake.ts'],
    ['client/state/cluster.ts', "import { peer } from '../mesh/mesh.ts'", 'client/state may not import client/mesh/mesh.ts'],
    ['client/state/cluster.ts', "import App from '../ui/App.svelte'", 'client/state may not import client/ui/App.svelte'],
    [
      'client/ui/Row.svelte',
      '<script lang="ts">\n  import { tab } from \'../tab/tab.ts\'\n</script>',
      'client/ui may not import client/tab/tab.ts',
    ],
    [
      'client/ui/Row.svelte',
      "<script>\n  import { LIMITS } from '../../shared/limits.ts'\n</script>",
      'client/ui may not import shared/limits.ts',
    ],
    ['server/rooms.ts', "import { scene } from '../tests/support/scene.ts'", 'server may not import tests/support/scene.ts'],
  ])('%s: %s', (path, text, expected) => {
    const line = path.endsWith('.svelte') ? 2 : 1
    expect(inspect({ ...FINE, [path]: text })).toContain(`${path}:${line}: ${expected}`)
  })

  test('a file outside the table has no place', () => {
    expect(inspect({ ...FINE, 'shared/misc/odd.ts': '' })).toEqual(['shared/misc/odd.ts: has no place in the table of imports'])
  })

  test('a package is known to one file', () => {
    const found = inspect({ ...FINE, 'client/mesh/link.ts': "import type Peer from 'simple-peer'\nexport type P = Peer" })
    expect(found).toEqual(['client/mesh/mesh.ts, client/mesh/link.ts: only one file may import simple-peer'])
  })

  test('a cycle is shown as the way round, types included', () => {
    const found = inspect({
      ...FINE,
      'shared/raft/a.ts': "import type { B } from './b.ts'\nexport type A = B",
      'shared/raft/b.ts': "import { c } from './c.ts'\nexport type B = typeof c",
      'shared/raft/c.ts': "import type { A } from './a.ts'\nexport const c: A | null = null",
    })
    expect(found).toEqual(['shared/raft/a.ts -> shared/raft/b.ts -> shared/raft/c.ts -> shared/raft/a.ts: a cycle of imports'])
  })
})

describe('words', () => {
  test.each([
    ['shared/raft/log.ts', 'const now = Date.now()', 'Date'],
    ['shared/raft/log.ts', 'const dice = Math.random()', 'Math.random'],
    ['shared/raft/log.ts', "const dice = Math['random']()", 'Math.random'],
    ['shared/raft/log.ts', 'const { random } = Math', 'Math'],
    ['shared/raft/log.ts', 'export async function step() {}', 'async'],
    ['shared/list/log.ts', 'export const step = async () => {}', 'async'],
    ['shared/replica/log.ts', 'export let later: Promise<void>', 'Promise'],
    ['shared/list/log.ts', 'export const one = await two', 'await'],
    ['shared/list/log.ts', 'for await (const one of two) one()', 'await'],
    ['shared/list/log.ts', "export const low = 'A'.toLowerCase()", '.toLowerCase'],
    ['shared/life/log.ts', 'setTimeout(() => {}, 10)', 'setTimeout'],
    ['shared/life/log.ts', "console.log('here')", 'console'],
    ['shared/host/log.ts', 'const now = performance.now()', 'performance'],
    ['shared/host/log.ts', 'const now = globalThis.performance.now()', 'globalThis'],
    ['shared/sim/log.ts', 'const dice = () => Math.random()', 'Math.random'],
    ['server/log.ts', 'export default 1', 'export default'],
    ['client/tab/log.ts', 'export default function log() {}', 'export default'],
    ['client/tab/log.ts', 'export default class Log {}', 'export default'],
  ])('%s: %s', (path, text, word) => {
    expect(inspect({ ...FINE, [path]: text }).join('\n')).toContain(`${path}:1: ${word} is not a word here`)
  })

  test('what only looks like such a word is fine', () => {
    const text =
      "export const a = { Date: 1, async: 2 }\nexport const b = a.Date + Math.floor(1.5) // Math.random\nexport const c = 'await'"
    expect(inspect({ ...FINE, 'shared/raft/log.ts': text })).toEqual([])
  })
})

describe('files', () => {
  test.each([
    ['shared/utils/x.ts', 'util'],
    ['client/tab/lockHelper.ts', 'helper'],
    ['client/tab/LockManager.ts', 'manager'],
    ['server/event-handlers.ts', 'handler'],
    ['tests/support/helpers.ts', 'helper'],
    ['shared/host/process.ts', 'process'],
  ])('the name %s says nothing', (path, word) => {
    expect(inspect({ ...FINE, [path]: '' })).toContain(`${path}: "${word}" does not say what it is about`)
  })

  test.each(['shared/raft/long.ts', 'client/ui/Long.svelte', 'tests/raft/long.test.ts', 'scripts/long.mjs'])(
    '%s fits in a head',
    (path) => {
      expect(inspect({ ...FINE, [path]: '\n'.repeat(300) })).toEqual([])
      expect(inspect({ ...FINE, [path]: '\n'.repeat(301) })).toEqual([`${path}: 301 lines, more than 300`])
    },
  )

  test('a style sheet may be long', () => {
    expect(inspect({ ...FINE, 'client/ui/flotilla.css': '\n'.repeat(2_000) })).toEqual([])
  })
})

describe('STYLE.md', () => {
  const quotes = [...read('STYLE.md').matchAll(/```ts\n\/\/ (\S+)\n(.*?)```/gs)].map(([, path, text]) => [path!, text!] as const)

  test('quotes our own code', () => expect(quotes.length).toBeGreaterThan(8))

  test.each(quotes)('quotes %s as it is', (path, text) => expect(read(path)).toContain(text))
})

describe('what the tools are told', () => {
  test.each([
    ['shared', ['ES2023', 'ES2024.String'], []],
    ['server', ['ES2023'], ['node']],
  ])('%s knows no names but its own', (folder, lib, types) => {
    const base = JSON.parse(read('tsconfig.base.json')).compilerOptions
    const own = JSON.parse(read(`${folder}/tsconfig.json`)).compilerOptions
    expect({ ...base, ...own }).toMatchObject({ lib, types, strict: true, erasableSyntaxOnly: true })
  })

  test('package-lock.json names no registry', () => {
    const { packages } = JSON.parse(read('package-lock.json'))
    expect(Object.values<{ resolved?: string }>(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([])
  })
})
