/** Where the Yjs page comes from: a server for the page, and y-webrtc's own signaling server as a program of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'vite'

const ROOT = join(import.meta.dirname, '../..')
const HTML = '<!doctype html><html lang="en"><title>Yjs</title><body><script type="module" src="/page.js"></script>'

export interface YSite {
  /** The page of a document that nobody has yet. */
  fresh(): string
  close(): Promise<void>
}

export async function startYSite(): Promise<YSite> {
  const script = await bundle()
  const http = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' }).end(isScript ? script : HTML)
  })
  const port = await listen(http)
  const signalingPort = await freePort()
  const signaling = spawn(process.execPath, [join(ROOT, 'node_modules/y-webrtc/bin/server.js')], {
    env: { ...process.env, PORT: String(signalingPort) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(signaling.stdout, 'data')
  let documents = 0
  return {
    fresh: () => `http://localhost:${port}/#document-${++documents},ws://localhost:${signalingPort}`,
    async close() {
      signaling.kill('SIGKILL')
      await once(signaling, 'exit')
      http.closeAllConnections()
      http.close()
    },
  }
}

async function bundle(): Promise<string> {
  const built = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    build: { write: false, target: 'es2023', rollupOptions: { input: join(ROOT, 'tests/bench/y-page/page.ts') } },
  })
  const [output] = [built].flat()
  const chunk = output !== undefined && 'output' in output ? output.output.find(({ type }) => type === 'chunk') : undefined
  if (chunk?.type !== 'chunk') throw new Error('nothing was built')
  return chunk.code
}

/** Its server takes no 0 for a port. */
async function freePort(): Promise<number> {
  const probe = createServer()
  const port = await listen(probe)
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function listen(http: Server): Promise<number> {
  http.listen(0)
  await once(http, 'listening')
  return (http.address() as AddressInfo).port
}
