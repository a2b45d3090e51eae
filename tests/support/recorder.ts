/**
 * Keeps what a transport tells, in order, in words that can cross from a page to a test: bytes as base64, and long ones
 * as a pattern by its length alone, since megabytes of base64 would stop a page for seconds. Runs in pages and in Node.
 */
import type { Transport } from '../../shared/host/ports.ts'

export type TransportEvent =
  | { readonly type: 'up' | 'hello'; readonly tab: string; readonly hello: string }
  | { readonly type: 'down' | 'left'; readonly tab: string }
  | { readonly type: 'message'; readonly tab: string; readonly message: string }
  | { readonly type: 'refused'; readonly tab: string; readonly reason: string }
  | { readonly type: 'signaling'; readonly state: 'up' | 'down' }

export class Recorder {
  readonly #transport: Transport
  readonly #events: TransportEvent[] = []
  #waiting: (() => void)[] = []

  constructor(transport: Transport) {
    this.#transport = transport
    transport.listen({
      up: (tab, hello) => this.#add({ type: 'up', tab, hello: toBase64(hello) }),
      hello: (tab, hello) => this.#add({ type: 'hello', tab, hello: toBase64(hello) }),
      down: (tab) => this.#add({ type: 'down', tab }),
      message: (tab, message) => this.#add({ type: 'message', tab, message: toWords(message) }),
      refused: (tab, reason) => this.#add({ type: 'refused', tab, reason }),
      signaling: (state) => this.#add({ type: 'signaling', state }),
      left: (tab) => this.#add({ type: 'left', tab }),
    })
  }

  /** What came after the first `after` events, as soon as there is any. */
  async events(after: number): Promise<readonly TransportEvent[]> {
    while (this.#events.length <= after) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    return this.#events.slice(after)
  }

  /** What there is, without waiting. */
  get sofar(): readonly TransportEvent[] {
    return this.#events
  }

  call(name: string, args: readonly unknown[]): void {
    const transport = this.#transport
    switch (name) {
      case 'setHello':
        return transport.setHello(fromBase64(args[0] as string))
      case 'send':
        return transport.send(args[0] as string, fromWords(args[1] as string))
      case 'farewell':
        return transport.farewell((args[0] as readonly [string, string][]).map(([tab, message]) => ({ tab, message: fromWords(message) })))
      case 'refuse':
        return transport.refuse(args[0] as string, args[1] as string)
      case 'cut':
        return transport.cut(args[0] as readonly string[])
      case 'heal':
        return transport.heal()
      case 'close':
        return transport.close()
      default:
        throw new Error(`A transport has no ${name}`)
    }
  }

  #add(event: TransportEvent): void {
    this.#events.push(event)
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

const PATTERN = /^pattern:(\d+)$/

/** `pattern:<length>` for what `fromWords` made of it; `changed:<length>` for other long ones. */
function toWords(bytes: Uint8Array): string {
  if (bytes.byteLength < 10_000) return toBase64(bytes)
  return `${bytes.every((byte, at) => byte === at % 251) ? 'pattern' : 'changed'}:${bytes.byteLength}`
}

function fromWords(words: string): Uint8Array {
  const length = PATTERN.exec(words)?.[1]
  if (length === undefined) return fromBase64(words)
  const bytes = new Uint8Array(Number(length))
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = at % 251
  return bytes
}

/** In steps, since an argument list has a limit. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.byteLength; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096))
  return btoa(text)
}

export function fromBase64(text: string): Uint8Array {
  const characters = atob(text)
  const bytes = new Uint8Array(characters.length)
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at)
  return bytes
}
