/** The way to the signaling server over socket.io; nobody else knows its client. Whatever the server sends is checked first. */
import { io, type Socket } from 'socket.io-client'
import type { Clock } from '../../shared/host/ports.ts'
import { LIMITS } from '../../shared/limits.ts'
import {
  readJoined,
  readRefusal,
  readSignal,
  readTabEvent,
  type ClientToServer,
  type JoinRequest,
  type ServerToClient,
  type SignalRequest,
} from '../../shared/signaling.ts'
import { retryDelay } from './retry.ts'
import type { Introducer, IntroducerEvents } from './types.ts'

interface Options {
  readonly url: string
  readonly request: JoinRequest
  readonly clock: Clock
}

/** What we may send at once and per second: under the server's own limit, so that a signal is late rather than refused. */
const PACE = { burst: 3 * LIMITS.roomTabs, perSecond: LIMITS.signalsPerSecond } as const
const QUEUE_MAX = 1_000
const JOIN_WITHIN = 5_000

export function introduce({ url, request, clock }: Options, events: IntroducerEvents): Introducer {
  const socket: Socket<ServerToClient, ClientToServer> = io(url, {
    // One round trip instead of three; polling is for networks that break WebSockets.
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: 200,
    reconnectionDelayMax: 3_000,
    randomizationFactor: 0.5,
    forceNew: true,
  })
  const session = new Session(socket, request, clock, events)
  return {
    signal: (to, bytes) => session.signal({ to, bytes }),
    hurry: () => session.hurry(),
    close: () => session.close(),
  }
}

class Session {
  readonly #socket: Socket<ServerToClient, ClientToServer>
  readonly #request: JoinRequest
  readonly #clock: Clock
  readonly #events: IntroducerEvents
  #isUp = false
  #isClosed = false
  /** The last try to connect failed, so that the next one may be seconds away. */
  #isFailing = false
  #failures = 0
  #queue: SignalRequest[] = []
  #tokens: number = PACE.burst
  #tokensAt: number
  #cancelPace: (() => void) | null = null

  constructor(socket: Socket<ServerToClient, ClientToServer>, request: JoinRequest, clock: Clock, events: IntroducerEvents) {
    this.#socket = socket
    this.#request = request
    this.#clock = clock
    this.#events = events
    this.#tokensAt = clock.now()
    socket.on('connect', () => this.#join())
    socket.on('disconnect', (reason) => this.#lost(reason === 'io server disconnect'))
    socket.on('connect_error', () => {
      this.#isFailing = true
      events.count('signaling:connect')
      // A refusal in words; socket.io tries again by itself only when nobody answered.
      if (!socket.active) this.#later()
    })
    // One listener for everything, so that no argument goes by unchecked.
    socket.onAny((event: unknown, argument: unknown) => this.#receive(event, argument))
  }

  signal(request: SignalRequest): void {
    if (!this.#isUp) return this.#events.count('dropped:signal')
    if (this.#queue.length >= QUEUE_MAX) return this.#events.count('dropped:signal')
    this.#queue.push(request)
    return this.#flush()
  }

  hurry(): void {
    if (this.#isClosed || this.#socket.connected || !this.#isFailing) return
    // Starts the series of tries anew.
    this.#isFailing = false
    this.#socket.disconnect()
    this.#socket.connect()
  }

  close(): void {
    this.#isClosed = true
    this.#isUp = false
    this.#cancelPace?.()
    this.#socket.disconnect()
  }

  #join(): void {
    const { id } = this.#socket
    this.#socket.timeout(JOIN_WITHIN).emit('join', this.#request, (error: Error | null, answer: unknown) => {
      if (this.#isClosed || this.#socket.id !== id) return
      const joined = error === null ? readJoined(answer) : null
      if (joined?.ok === true) {
        this.#failures = 0
        this.#isUp = true
        this.#events.up(joined)
        return
      }
      this.#events.count(joined === null ? 'signaling:no-answer' : `signaling:${joined.refusal}`)
      this.#socket.disconnect()
      this.#later()
    })
  }

  #lost(isFinal: boolean): void {
    this.#queue = []
    if (this.#isUp) this.#events.down()
    this.#isUp = false
    if (isFinal) this.#later()
  }

  #later(): void {
    const delay = 1_000 + retryDelay(this.#failures, this.#clock.random())
    this.#failures += 1
    this.#clock.wake(this.#clock.now() + delay, () => {
      if (!this.#isClosed && !this.#socket.active) this.#socket.connect()
    })
  }

  #receive(event: unknown, argument: unknown): void {
    if (this.#isClosed) return
    const tab = readTabEvent(argument)
    if (event === 'joined' && tab !== null) return this.#events.joined(tab)
    if (event === 'left' && tab !== null) return this.#events.left(tab)
    const signal = event === 'signal' ? readSignal(argument) : null
    if (signal !== null) return this.#events.signal(signal.from, signal.bytes)
    if (event !== 'replaced') this.#events.count('refused:signaling')
  }

  #flush(): void {
    const now = this.#clock.now()
    this.#tokens = Math.min(PACE.burst, this.#tokens + ((now - this.#tokensAt) / 1_000) * PACE.perSecond)
    this.#tokensAt = now
    while (this.#queue.length > 0 && this.#tokens >= 1) {
      this.#tokens -= 1
      this.#socket.emit('signal', this.#queue.shift()!, (answer: unknown) => {
        const refusal = readRefusal(answer)
        if (refusal !== null) this.#events.count(`signaling:${refusal}`)
      })
    }
    if (this.#queue.length === 0 || this.#cancelPace !== null) return
    this.#cancelPace = this.#clock.wake(now + 1_000 / PACE.perSecond, () => {
      this.#cancelPace = null
      this.#flush()
    })
  }
}
