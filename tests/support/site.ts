/** The signaling server with the built page, for end-to-end tests. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startServer } from '../../server/server.ts'

const ROOT = join(import.meta.dirname, '../..')

export interface Site {
  /** With the slash: the front page. */
  readonly url: string
  close(): Promise<void>
}

/** Another program, as `npm start` runs it, so that it can be killed. */
export interface SiteApart extends Site {
  /** SIGKILL: no farewell to any socket. */
  kill(): Promise<void>
  /** On the same port again. */
  restart(): Promise<void>
}

/** DIST may name a page that was built elsewhere; else it is built if its sources changed. */
export async function serveSite(): Promise<Site> {
  const server = await startServer({ port: 0, dist: await builtPage() })
  return { url: `http://localhost:${server.port}/`, close: () => server.close() }
}

export async function serveSiteApart(): Promise<SiteApart> {
  const dist = await builtPage()
  let { child, port } = await startApart(dist, 0)
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return {
    url: `http://localhost:${port}/`,
    kill,
    close: kill,
    async restart() {
      await kill()
      ;({ child, port } = await startApart(dist, port))
    },
  }
}

async function startApart(dist: string, port: number): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, PORT: String(port), HOST: 'localhost', DIST: dist },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // Not `for await`: leaving that closes the pipe, and the server goes on talking.
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += String(chunk)
      const address = /Flotilla is at http:\/\/localhost:(\d+)\//.exec(said)
      if (address !== null) resolve({ child, port: Number(address[1]) })
    })
    child.once('exit', () => reject(new Error(`the server ended before it listened: ${said}`)))
  })
}

async function builtPage(): Promise<string> {
  const built = process.env['DIST'] ?? ''
  if (built !== '') return built
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/build.mjs')], { cwd: ROOT })
  return join(ROOT, 'dist')
}
