/** A contract suite is a list of scenes: plain functions that throw, so that they run under vitest and inside a page alike. */
export interface Scene<World> {
  readonly title: string
  /** What the world must be able to do for this scene; without it the scene is left out. */
  readonly needs?: keyof World
  readonly play: (world: World) => Promise<void>
}

export function playable<World extends object>(scenes: readonly Scene<World>[], world: World): readonly Scene<World>[] {
  return scenes.filter(({ needs }) => needs === undefined || world[needs] !== undefined)
}

export function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what)
}

export function same(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [show(actual), show(expected)]
  if (a !== b) throw new Error(`${what}: got ${a}, expected ${b}`)
}

/** Byte strings as lists of numbers, keys in order: equal things look equal. */
function show(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Uint8Array) return `bytes ${[...part].join(' ')}`
    if (part instanceof Set) return [...(part as Set<unknown>)].map(show).sort()
    if (typeof part === 'object' && part !== null && !Array.isArray(part)) {
      return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
    }
    return part
  })
}

/** What must never settle late: rejects after `patience` milliseconds of waiting. */
export function within<T>(patience: number, what: string, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: nothing after ${patience} ms`)), patience)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
