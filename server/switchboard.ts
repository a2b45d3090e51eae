/**
 * The sockets: reads what they send, asks rooms.ts what it means, and tells whom it concerns. Whatever arrives ends in an
 * answer or a refusal and a count; nothing that a socket sends can throw out of here.
 */
import type { Server as HttpServer } from 'node:http'
import { Server, type Socket } from 'socket.io'
import { LIMITS } from '../shared/limits.ts'
import {
  readJoinRequest,
  readSignalRequest,
  type Answer,
  type ClientToServer,
  type IceServer,
  type Joined,
  type Refusal,
  type ServerToClient,
} from '../shared/signaling.ts'
import { addressKey, Buckets, take, type Bucket, type ServerLimits } from './limits.ts'
import { marker, type Log } from './log.ts'
import { join, leave, route, type Rooms, type Seat } from './rooms.ts'

type Io = Server<ClientToServer, ServerToClient>
type TabSocket = Socket<ClientToServer, ServerToClient>

interface Options {
  readonly http: HttpServer
  readonly limits: ServerLimits
  readonly ice: readonly IceServer[]
  readonly trustProxy: boolean
  readonly log: Log
}

/** What is known of one open socket. */
interface Line {
  readonly socket: TabSocket
  readonly address: string
  seat: Seat | null
  signals: Bucket | undefined
  malformed: number
  joinTimer: NodeJS.Timeout | undefined
}

export class Switchboard {
  readonly rooms: Rooms = new Map()
  readonly #options: Options
  readonly #io: Io
  readonly #counts = new Map<string, number>()
  readonly #connects: Buckets
  readonly #openByAddress = new Map<string, number>()
  readonly #mark = marker()

  constructor(options: Options) {
    this.#options = options
    this.#connects = new Buckets(options.limits.connects)
    this.#io = listenOn(options.http)
    this.#io.use((socket, next) => {
      const refusal = this.#refusalToConnect(this.#addressOf(socket))
      if (refusal === null) return next()
      this.count(`refused:${refusal}`)
      return next(new Error(refusal))
    })
    this.#io.on('connection', (socket) => this.#open(socket))
    this.#io.engine.on('connection_error', () => this.count('connection-malformed'))
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }

  /** Lets every socket go and closes the HTTP server. */
  async close(): Promise<void> {
    const ended = this.#io.close()
    this.#options.http.closeAllConnections()
    await ended
  }

  #refusalToConnect(address: string): Refusal | null {
    if (!this.#connects.take(address, performance.now())) return 'too-fast'
    return (this.#openByAddress.get(address) ?? 0) >= this.#options.limits.addressTabs ? 'too-many-tabs' : null
  }

  #open(socket: TabSocket): void {
    const line: Line = { socket, address: this.#addressOf(socket), seat: null, signals: undefined, malformed: 0, joinTimer: undefined }
    this.count('connected')
    this.#openByAddress.set(line.address, (this.#openByAddress.get(line.address) ?? 0) + 1)
    line.joinTimer = setTimeout(() => this.#hangUp(line, 'never-joined'), this.#options.limits.joinWithin)
    // One listener for every event, known or not: the typed ones would hand over arguments that nobody has looked at.
    socket.onAny((event: unknown, ...args: readonly unknown[]) => this.#receive(line, event, args))
    socket.on('disconnect', () => this.#close(line))
    socket.on('error', () => this.#blame(line))
  }

  #receive(line: Line, event: unknown, args: readonly unknown[]): void {
    const last = args.at(-1)
    const reply = typeof last === 'function' ? (answer: Answer<object>) => void last(answer) : () => {}
    const answer = this.#answer(line, event, args[0])
    if (!answer.ok) this.count(`refused:${answer.refusal}`)
    reply(answer)
    if (!answer.ok && (answer.refusal === 'malformed' || answer.refusal === 'unknown-event')) this.#blame(line)
  }

  #answer(line: Line, event: unknown, request: unknown): Answer<object> {
    if (event === 'join') return this.#join(line, request)
    if (event === 'signal') return this.#signal(line, request)
    return refuse('unknown-event')
  }

  #join(line: Line, value: unknown): Answer<Joined> {
    const request = readJoinRequest(value)
    if (request === null) return refuse('malformed')
    if (line.seat !== null) return refuse('already-joined')
    const seat: Seat = { ...request, socket: line.socket.id }
    const decision = join(this.rooms, seat, this.#options.limits)
    if (decision.type === 'refused') return refuse(decision.refusal)

    line.seat = seat
    clearTimeout(line.joinTimer)
    if (decision.replaced !== null) this.#evict(decision.replaced)
    else for (const other of decision.others) this.#socketOf(other)?.emit('joined', { tab: seat.tab })
    this.count('joined')
    this.#options.log('joined', { room: this.#mark(seat.room), tabs: decision.others.length + 1, replaced: decision.replaced !== null })
    return { ok: true, tabs: decision.others.map((other) => other.tab), ice: this.#options.ice }
  }

  #signal(line: Line, value: unknown): Answer<object> {
    const signals = take(line.signals, this.#options.limits.signals, performance.now())
    if (signals === null) return refuse('too-fast')
    line.signals = signals
    const request = readSignalRequest(value)
    if (request === null) return refuse('malformed')
    if (request === 'too-large') return refuse('too-large')
    if (line.seat === null) return refuse('not-joined')
    const to = route(this.rooms, line.seat, request.to)
    const socket = to === null ? undefined : this.#socketOf(to)
    if (socket === undefined) return refuse('not-here')
    socket.emit('signal', { from: line.seat.tab, bytes: request.bytes })
    this.count('signals')
    return { ok: true }
  }

  #evict(ghost: Seat): void {
    const socket = this.#socketOf(ghost)
    this.count('replaced')
    socket?.emit('replaced')
    socket?.disconnect(true)
  }

  #close(line: Line): void {
    clearTimeout(line.joinTimer)
    const open = (this.#openByAddress.get(line.address) ?? 1) - 1
    if (open > 0) this.#openByAddress.set(line.address, open)
    else this.#openByAddress.delete(line.address)
    if (line.seat === null) return
    for (const other of leave(this.rooms, line.seat)) this.#socketOf(other)?.emit('left', { tab: line.seat.tab })
    this.#options.log('left', { room: this.#mark(line.seat.room) })
  }

  /** Something arrived that no page of ours sends. Patience ends. */
  #blame(line: Line): void {
    line.malformed += 1
    if (line.malformed >= this.#options.limits.malformed) this.#hangUp(line, 'malformed')
  }

  #hangUp(line: Line, why: string): void {
    this.count(`hung-up:${why}`)
    this.#options.log('hung-up', { why, address: this.#mark(line.address) })
    line.socket.disconnect(true)
  }

  #socketOf(seat: Seat): TabSocket | undefined {
    return this.#io.sockets.sockets.get(seat.socket)
  }

  #addressOf(socket: TabSocket): string {
    const forwarded = this.#options.trustProxy ? socket.handshake.headers['x-forwarded-for'] : undefined
    const last = [forwarded].flat().join(',').split(',').at(-1)?.trim()
    return addressKey(last === undefined || last === '' ? socket.handshake.address : last)
  }
}

const refuse = (refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal })

function listenOn(http: HttpServer): Io {
  return new Server(http, {
    serveClient: false,
    // A page at another origin may use this server: there are no cookies, so nothing is lent to it.
    cors: { origin: '*' },
    // Larger frames end the connection; between this and signalBytes the refusal has words.
    maxHttpBufferSize: 4 * LIMITS.signalBytes,
    // A crashed tab is a ghost for ten seconds at most.
    pingInterval: 5_000,
    pingTimeout: 5_000,
    connectTimeout: 5_000,
  })
}
