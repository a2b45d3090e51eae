/** The signaling server as a value: started on a port, closed again. Reads no environment and ends no process. */
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { IceServer } from '../shared/signaling.ts'
import { SERVER_LIMITS, type ServerLimits } from './limits.ts'
import { logNothing, type Log } from './log.ts'
import { tabCount } from './rooms.ts'
import { contentSecurityPolicy, pathOf, readSite } from './site.ts'
import { Switchboard } from './switchboard.ts'

export interface ServerOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly host?: string
  /** The folder of the built page; may be missing. */
  readonly dist?: string
  /** Handed to every tab that joins. None by default: nobody outside is ever asked. */
  readonly ice?: readonly IceServer[]
  /** Origins beside its own that the page may open connections to. */
  readonly connectTo?: readonly string[]
  /** Believe the last X-Forwarded-For: only behind a proxy that sets it. */
  readonly trustProxy?: boolean
  readonly limits?: Partial<ServerLimits>
  readonly log?: Log
}

export interface RunningServer {
  readonly port: number
  /** How often each thing happened, among them every refusal. */
  readonly counts: () => Readonly<Record<string, number>>
  /** Lets every socket go and resolves when the port is free. Again is fine. */
  readonly close: () => Promise<void>
}

/** Rejects when the port cannot be had. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const log = options.log ?? logNothing
  const http = createServer()
  const limits = { ...SERVER_LIMITS, ...options.limits }
  const switchboard = new Switchboard({ http, limits, ice: options.ice ?? [], trustProxy: options.trustProxy ?? false, log })
  serveHttp(http, switchboard, options)
  const port = await listen(http, options)
  log('listening', { port })

  let closed: Promise<void> | null = null
  return {
    port,
    counts: () => switchboard.counts(),
    close: () => {
      closed ??= switchboard.close().then(() => log('closed'))
      return closed
    },
  }
}

function serveHttp(http: HttpServer, switchboard: Switchboard, options: ServerOptions): void {
  const site = readSite(options.dist ?? '', contentSecurityPolicy(options.connectTo))
  const startedAt = Date.now()
  http.on('request', (request, response) => {
    const path = pathOf(request)
    if (path.startsWith('/socket.io/')) return
    if (path !== '/healthz') return site.serve(request, response)
    const { rooms } = switchboard
    const health = { ok: true, rooms: rooms.size, tabs: tabCount(rooms), seconds: Math.floor((Date.now() - startedAt) / 1_000) }
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(`${JSON.stringify({ ...health, counts: switchboard.counts() })}\n`)
  })
  http.on('clientError', (_error, socket) => {
    switchboard.count('http-malformed')
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
    else socket.destroy()
  })
}

function listen(http: HttpServer, { port, host }: ServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      // An address is a string for pipes alone.
      resolve((http.address() as AddressInfo).port)
    })
  })
}
