/**
 * Serves the built page. Everything under `dist` is read once at the start: the page is small, and a path that was not
 * read cannot be asked for, however it is spelt.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'

interface Asset {
  readonly body: Buffer
  readonly gzip: Buffer | null
  readonly headers: Readonly<Record<string, string>>
}

export interface Site {
  /** Answers every request it is given. */
  serve(request: IncomingMessage, response: ServerResponse): void
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}
const COMPRESSED = /^(?:text\/|application\/|image\/svg)/
/** Where the bundler writes what has a hash of its content in the name, and so never changes. */
const HASHED = /^\/assets\/.*-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

/** Nothing from anywhere else. `connectTo` adds the origin of a signaling server that is not this one. */
export function contentSecurityPolicy(connectTo: readonly string[] = []): string {
  return [
    `default-src 'self'`,
    `connect-src ${["'self'", ...connectTo].join(' ')}`,
    `img-src 'self' data:`,
    `font-src 'self' data:`,
    `style-src 'self'`,
    // Inline style attributes move rows and boats; they cannot load or run anything.
    `style-src-attr 'unsafe-inline'`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

export function readSite(dist: string, policy: string): Site {
  const assets = readAssets(dist)
  return {
    serve(request, response) {
      const asset = assets.get(pathOf(request))
      for (const [name, value] of Object.entries(securityHeaders(policy))) response.setHeader(name, value)
      if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, 'This address can only be read.\n')
      if (asset !== undefined) return serveAsset(request, response, asset)
      if (assets.size === 0) return end(response, 503, 'The page is not built yet: npm run build\n')
      return end(response, 404, 'Nothing here.\n')
    },
  }
}

function securityHeaders(policy: string): Readonly<Record<string, string>> {
  return { 'content-security-policy': policy, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }
}

function readAssets(dist: string): ReadonlyMap<string, Asset> {
  const assets = new Map<string, Asset>()
  for (const file of filesUnder(dist)) {
    const path = `/${relative(dist, file).split(sep).join('/')}`
    const asset = readAsset(file, path)
    assets.set(path, asset)
    if (path === '/index.html') assets.set('/', asset)
  }
  return assets
}

function filesUnder(folder: string): readonly string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function readAsset(file: string, path: string): Asset {
  const body = readFileSync(file)
  const type = TYPES[extname(file)] ?? 'application/octet-stream'
  const cache = HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache'
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
  return {
    body,
    gzip: COMPRESSED.test(type) ? gzipSync(body, { level: 9 }) : null,
    headers: { 'content-type': type, 'cache-control': cache, etag, vary: 'accept-encoding' },
  }
}

function serveAsset(request: IncomingMessage, response: ServerResponse, asset: Asset): void {
  for (const [name, value] of Object.entries(asset.headers)) response.setHeader(name, value)
  if (request.headers['if-none-match'] === asset.headers['etag']) {
    response.writeHead(304).end()
    return
  }
  const gzip = asset.gzip !== null && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '') ? asset.gzip : null
  if (gzip !== null) response.setHeader('content-encoding', 'gzip')
  const body = gzip ?? asset.body
  response.writeHead(200, { 'content-length': body.byteLength })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Null bytes, `..` and percent signs need no care: only what was read can be found. */
export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split(/[?#]/, 1)[0]!
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(text)
}
