/** The house rules of ARCHITECTURE.md as functions from a tree of files to what is wrong with it, one line a violation. */
import { posix } from 'node:path'
import { readSource, type Import, type Source, type Tree } from './source.ts'

interface Place {
  /** Files and folders of ours that it may import, besides itself. */
  readonly ours: readonly string[]
  /** Packages of others. */
  readonly packages: readonly string[]
}

/** Who may import whom. A file belongs to the longest path that fits; one that fits none has no place in the house. */
const PLACES: Readonly<Record<string, Place>> = {
  'shared/limits.ts': { ours: [], packages: [] },
  'shared/signaling.ts': { ours: ['shared/limits.ts'], packages: [] },
  'shared/raft': { ours: [], packages: [] },
  'shared/replica': { ours: [], packages: [] },
  'shared/list': { ours: ['shared/limits.ts'], packages: [] },
  'shared/wire': { ours: ['shared/raft', 'shared/limits.ts'], packages: ['@msgpack/msgpack', '@noble/hashes'] },
  'shared/host': { ours: ['shared/raft', 'shared/replica', 'shared/wire', 'shared/limits.ts'], packages: [] },
  'shared/life': { ours: ['shared/host', 'shared/raft', 'shared/replica', 'shared/list', 'shared/wire', 'shared/limits.ts'], packages: [] },
  'shared/sim': { ours: ['shared'], packages: [] },
  server: { ours: ['shared'], packages: ['node:', 'socket.io'] },
  'client/mesh': { ours: ['shared'], packages: ['simple-peer', 'socket.io-client'] },
  'client/disk': { ours: ['shared'], packages: ['idb'] },
  // The composition root.
  'client/tab': { ours: ['shared', 'client/mesh', 'client/disk'], packages: [] },
  // The page's own types say what it wants to be given; whoever gives it knows them, and nothing else of the page.
  'client/state': { ours: ['shared', 'client/tab', 'client/ui/view.ts', 'client/ui/flags.ts'], packages: ['svelte'] },
  'client/ui': { ours: [], packages: ['svelte'] },
  'client/main.ts': { ours: ['shared', 'client'], packages: ['svelte'] },
}

/** Every other package is known to one file, so that replacing it means changing that file. */
const PACKAGES_OF_MANY_FILES: ReadonlySet<string> = new Set(['svelte', 'node:', '@noble/hashes'])

const CLOCKS = ['Date', 'performance', 'setTimeout', 'setInterval', 'queueMicrotask', 'setImmediate']
const DICE = ['Math', 'Math.random', 'crypto']
const WAYS_AROUND = ['globalThis', 'console', 'eval']
const WAITING = ['async', 'await', 'Promise']
/** What may differ between two browsers, and so between two replicas. */
const LOCAL_TEXT = [
  'Intl',
  '.localeCompare',
  '.normalize',
  '.toLowerCase',
  '.toUpperCase',
  '.toLocaleString',
  '.toLocaleLowerCase',
  '.toLocaleUpperCase',
]

/** Words that a place does not know. */
const UNKNOWN_WORDS: readonly { readonly under: string; readonly words: readonly string[]; readonly why: string }[] = [
  { under: 'shared', words: [...CLOCKS, ...DICE, ...WAYS_AROUND], why: 'time, dice and the world come through ports' },
  { under: 'shared/raft', words: WAITING, why: 'the core is synchronous' },
  { under: 'shared/replica', words: [...WAITING, ...LOCAL_TEXT], why: 'replicas must not differ' },
  { under: 'shared/list', words: [...WAITING, ...LOCAL_TEXT], why: 'replicas must not differ' },
  ...['shared', 'server', 'client'].map((under) => ({ under, words: ['export default'], why: 'exports have names' })),
]

const VAGUE_WORDS = ['util', 'helper', 'manager', 'handler', 'process']
const LINES_MAX = 300
/** Files that may be longer, each with the reason. */
const LONGER: Readonly<Record<string, string>> = {}

const CODE = /\.(ts|mjs|svelte)$/
const HOUSE = ['shared', 'server', 'client']

/** Everything that is wrong, in words; empty when the house is tidy. */
export function findViolations(tree: Tree): readonly string[] {
  const sources = [...tree]
    .filter(([path]) => CODE.test(path) && HOUSE.some((folder) => isUnder(path, folder)))
    .map(([path, text]) => readSource(path, text))
  const paths = [...tree.keys()]
  return [
    ...sources.flatMap(strangers),
    ...sources.flatMap(unknownWords),
    ...sharedPackages(sources),
    ...cycles(sources),
    ...paths.flatMap(vagueNames),
    ...[...tree].flatMap(longFiles),
  ]
}

/** Imports that the table does not allow. */
function strangers({ path, imports }: Source): readonly string[] {
  const name = placeOf(path)
  if (name === null) return [`${path}: has no place in the table of imports`]
  const { ours, packages } = PLACES[name]!
  return imports
    .filter(({ target }) =>
      'package' in target ? !packages.includes(target.package) : ![name, ...ours].some((allowed) => isUnder(target.file, allowed)),
    )
    .map(({ line, target }) => `${path}:${line}: ${name} may not import ${'package' in target ? target.package : target.file}`)
}

/** Packages that more than one file knows. */
function sharedPackages(sources: readonly Source[]): readonly string[] {
  const users = new Map<string, Set<string>>()
  for (const { from, target } of sources.flatMap(({ imports }) => imports)) {
    if (!('package' in target) || PACKAGES_OF_MANY_FILES.has(target.package)) continue
    users.set(target.package, (users.get(target.package) ?? new Set()).add(from))
  }
  return [...users]
    .filter(([, files]) => files.size > 1)
    .map(([name, files]) => `${[...files].join(', ')}: only one file may import ${name}`)
}

/** Files that import each other, one line a cycle: the way round, first to first. */
function cycles(sources: readonly Source[]): readonly string[] {
  const edges = new Map(sources.map(({ path, imports }) => [path, imports.flatMap(fileOf)]))
  const done = new Set<string>()
  const found: string[] = []
  const walk = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path)
    if (at >= 0) found.push(`${[...way.slice(at), path].join(' -> ')}: a cycle of imports`)
    if (at >= 0 || done.has(path)) return
    for (const next of edges.get(path) ?? []) walk(next, [...way, path])
    done.add(path)
  }
  for (const path of edges.keys()) walk(path, [])
  return found
}

const fileOf = ({ target }: Import): readonly string[] => ('file' in target ? [target.file] : [])

function unknownWords({ path, words }: Source): readonly string[] {
  // Declarations describe other people's code.
  if (path.endsWith('.d.ts')) return []
  const rules = UNKNOWN_WORDS.filter(({ under }) => isUnder(path, under))
  return words.flatMap(({ word, line }) =>
    rules.filter((rule) => rule.words.includes(word)).map(({ why }) => `${path}:${line()}: ${word} is not a word here: ${why}`),
  )
}

/** Names that say nothing. */
function vagueNames(path: string): readonly string[] {
  const vague = VAGUE_WORDS.filter((word) => path.toLowerCase().includes(word))
  return vague.map((word) => `${path}: "${word}" does not say what it is about`)
}

function longFiles([path, text]: readonly [string, string]): readonly string[] {
  // Of a component, what it does and draws; how it looks is a stylesheet, and those may be long.
  const code = path.endsWith('.svelte') ? text.replace(/<style>[^]*<\/style>\n?/, '') : text
  const lines = code.split('\n').length - (code.endsWith('\n') ? 1 : 0)
  return CODE.test(path) && lines > LINES_MAX && LONGER[path] === undefined ? [`${path}: ${lines} lines, more than ${LINES_MAX}`] : []
}

function placeOf(path: string): string | null {
  const fitting = Object.keys(PLACES).filter((place) => isUnder(path, place))
  return fitting.toSorted((a, b) => b.length - a.length)[0] ?? null
}

const isUnder = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}${posix.sep}`)
