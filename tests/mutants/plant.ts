/** Plants mistakes while code is loaded. The product carries no switches; a patch that does not fit its file throws. */
import { join } from 'node:path'
import { build } from 'vite'
import type { Plugin } from 'vite'
import type * as BareSimulator from '../../shared/sim/bare/run.ts'
import type * as Simulator from '../../shared/sim/run.ts'
import { MUTANTS } from './list.ts'
import type { Mutant, Patch } from './mutant.ts'

const ROOT = join(import.meta.dirname, '../..')

export function mutantNamed(name: string): Mutant {
  const found = MUTANTS.find((mutant) => mutant.name === name)
  if (found === undefined) throw new Error(`no mistake is called "${name}"`)
  return found
}

/** The text of a file with these patches in it, one after the other. */
export function patched(text: string, patches: readonly Patch[]): string {
  return patches.reduce((so, { file, find, replace }) => {
    const fits = so.split(find).length - 1
    if (fits !== 1) throw new Error(`"${find}" fits ${file} ${fits} times`)
    return so.replace(find, () => replace)
  }, text)
}

/** Patches what `patches` says at the time. */
export function planting(patches: () => readonly Patch[]): Plugin {
  return {
    name: 'plant',
    enforce: 'pre',
    transform: (text, id) => {
      const here = patches().filter(({ file }) => join(ROOT, file) === id)
      return here.length === 0 ? null : patched(text, here)
    },
  }
}

/** The whole simulator with the mistake in it. */
export function plant(mutant: Mutant | null): Promise<typeof Simulator> {
  return plantIn<typeof Simulator>('shared/sim/run.ts', mutant?.patches ?? [])
}

/** The bare one. */
export function plantBare(mutant: Mutant | null): Promise<typeof BareSimulator> {
  return plantIn<typeof BareSimulator>('shared/sim/bare/run.ts', mutant?.patches ?? [])
}

/** What `entry` exports, with these mistakes in it and in all that it imports. */
export async function plantIn<Exports>(entry: string, patches: readonly Patch[] = []): Promise<Exports> {
  const built = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { write: false, minify: false, target: 'node20', ssr: join(ROOT, entry) },
    plugins: [planting(() => patches)],
  })
  const [output] = [built].flat()
  if (output === undefined || !('output' in output)) throw new Error('nothing was built')
  const [chunk] = output.output
  return (await import(`data:text/javascript;base64,${Buffer.from(chunk.code).toString('base64')}`)) as Exports
}
