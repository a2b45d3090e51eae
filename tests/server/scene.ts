/** Sockets for the tests of the signaling server: a tab that says what it is told to, right or wrong. */
import { randomBytes } from 'node:crypto'
import { io, type Socket } from 'socket.io-client'
import { afterEach } from 'vitest'
import type { ServerLimits } from '../../server/limits.ts'
import { startServer, type RunningServer, type ServerOptions } from '../../server/server.ts'

export const ROOM = 'r'.repeat(22)
export const mint = (): string => randomBytes(16).toString('base64url')

export interface TestSocket {
  readonly socket: Socket
  /** Everything the server said, in order. */
  readonly heard: readonly unknown[]
  /** Emits and returns what the server answers. */
  ask(event: string, ...args: readonly unknown[]): Promise<unknown>
  /** The first thing said that fits, now or later. */
  until(fits: (said: readonly unknown[]) => boolean): Promise<unknown>
}

/** Resolves once connected; rejects with the server's words if it refuses. */
export async function connect(port: number, transports: readonly string[] = ['websocket']): Promise<TestSocket> {
  const socket = io(`http://localhost:${port}`, { transports: [...transports], forceNew: true, reconnection: false })
  const heard: (readonly unknown[])[] = []
  let waiting: (() => void)[] = []
  const hear = (...said: readonly unknown[]) => {
    heard.push(said)
    for (const resolve of waiting.splice(0)) resolve()
  }
  socket.onAny(hear)
  socket.on('disconnect', (reason) => hear('disconnect', reason))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return {
    socket,
    heard,
    ask: (event, ...args) => new Promise((resolve) => socket.emit(event, ...args, resolve)),
    async until(fits) {
      for (;;) {
        const found = heard.find(fits)
        if (found !== undefined) return found
        await new Promise<void>((resolve) => (waiting = [...waiting, resolve]))
      }
    },
  }
}

export async function joined(port: number, tab: string, room = ROOM, token = mint()): Promise<TestSocket & { readonly answer: unknown }> {
  const socket = await connect(port)
  return { ...socket, answer: await socket.ask('join', { room, tab, token }) }
}

/** What a test has started; ended after it, newest first. */
export const ended: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end()
})

export async function start(limits: Partial<ServerLimits> = {}, options: Partial<ServerOptions> = {}): Promise<RunningServer> {
  const server = await startServer({ port: 0, host: 'localhost', limits, ...options })
  ended.push(() => server.close())
  return server
}

export function using<T extends TestSocket>(socket: T): T {
  ended.push(() => socket.socket.disconnect())
  return socket
}

export const said =
  (event: string) =>
  ([first]: readonly unknown[]): boolean =>
    first === event
