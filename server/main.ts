/** Environment in, a listening server out. Everything else is in server.ts, which tests start in their own process. */
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { readIceServer, type IceServer } from '../shared/signaling.ts'
import { logToStdout } from './log.ts'
import { startServer } from './server.ts'

const { env } = process
const port = readPort(env['PORT'])
const host = env['HOST']
const server = await startServer({
  port,
  ...(host === undefined ? {} : { host }),
  dist: env['DIST'] ?? join(import.meta.dirname, '../dist'),
  ice: readIce(),
  connectTo: words(env['SIGNALING_ORIGINS']),
  trustProxy: env['TRUST_PROXY'] === '1',
  log: logToStdout,
}).catch((error: unknown) => fail(`The signaling server cannot listen on port ${port}: ${String(error)}`))

process.stdout.write(
  addresses()
    .map((address) => `Flotilla is at ${address}\n`)
    .join(''),
)
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.close().then(() => process.exit(0)))

function readPort(text = '3000'): number {
  const value = Number(text)
  return Number.isInteger(value) && value >= 0 && value < 65_536 && text.trim() !== '' ? value : fail(`PORT is not a port: ${text}`)
}

function readIce(): readonly IceServer[] {
  const stun = words(env['STUN_URLS'])
  const turn = words(env['TURN_URLS'])
  const lists = [
    ...(stun.length === 0 ? [] : [{ urls: stun }]),
    ...(turn.length === 0 ? [] : [{ urls: turn, username: env['TURN_USERNAME'] ?? '', credential: env['TURN_CREDENTIAL'] ?? '' }]),
  ]
  return lists.map(
    (list) => readIceServer(list) ?? fail(`STUN_URLS or TURN_URLS holds what is not such an address: ${list.urls.join(' ')}`),
  )
}

/** Without HOST it listens everywhere: localhost first, since only that is a secure context without certificates. */
function addresses(): readonly string[] {
  if (host !== undefined && host !== '0.0.0.0' && host !== '::')
    return [`http://${host.includes(':') ? `[${host}]` : host}:${server.port}/`]
  const outside = Object.values(networkInterfaces())
    .flat()
    .filter((network) => network !== undefined && network.family === 'IPv4' && !network.internal)
  return [`http://localhost:${server.port}/`, ...outside.map((network) => `http://${network!.address}:${server.port}/`)]
}

function words(text = ''): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}

function fail(why: string): never {
  process.stderr.write(`${why}\n`)
  process.exit(1)
}
