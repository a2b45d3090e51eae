/** The page as it is, but for lists of more items than people may have: so that joining can be measured where it costs more. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { startServer } from '../../server/server.ts'
import { LIMITS } from '../../shared/limits.ts'

const ROOT = join(import.meta.dirname, '../..')
const LIMIT = /^( {2}items: )[\d_]+,$/m

export async function withRoomFor<T>(items: number, work: (base: string) => Promise<T>): Promise<T> {
  const dist = await mkdtemp(join(tmpdir(), 'flotilla-roomy-'))
  let isRaised = false
  const raise = {
    name: 'roomy',
    enforce: 'pre' as const,
    transform(code: string, id: string): string | undefined {
      if (!id.endsWith('/shared/limits.ts')) return undefined
      isRaised = LIMIT.test(code)
      return code.replace(LIMIT, `$1${items},`)
    },
  }
  try {
    await build({
      configFile: join(ROOT, 'vite.config.ts'),
      logLevel: 'error',
      plugins: [raise],
      build: { outDir: dist, emptyOutDir: true },
    })
    if (!isRaised) throw new Error(`the limit of ${LIMITS.items} items was not found`)
    const server = await startServer({ port: 0, dist })
    try {
      return await work(`http://localhost:${server.port}/`)
    } finally {
      await server.close()
    }
  } finally {
    await rm(dist, { recursive: true, force: true })
  }
}
