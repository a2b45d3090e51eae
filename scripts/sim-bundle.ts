/** The simulator as one file of plain JavaScript: compiled once for all who run it, and nothing is renamed or looked up on the way. */
import { join } from 'node:path'
import { build } from 'vite'

const ROOT = join(import.meta.dirname, '..')

/** `entry`: a file of the project. */
export async function bundleSimulator(entry: string): Promise<string> {
  const built = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: { write: false, minify: false, target: 'node20', ssr: join(ROOT, entry) },
  })
  const [output] = [built].flat()
  if (output === undefined || !('output' in output)) throw new Error('nothing was built')
  return output.output[0].code
}
