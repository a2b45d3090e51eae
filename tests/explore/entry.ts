/** What the planter bundles: the explorer, its worlds and the core under them. */
import { explore } from './search.ts'
import type { Options, Report } from './search.ts'
import { WORLDS } from './worlds.ts'

/** Explores the world of this name. */
export function exploreWorld(name: string, options: Options = {}): Report {
  const world = WORLDS.find((one) => one.name === name)
  if (world === undefined) throw new Error(`no world is called "${name}"`)
  return explore(world, options)
}
