/**
 * One channel to one peer, from the moment it exists: greeting, pings, messages in and out, and the fault switch. Small
 * messages (one frame) leave at once; large ones wait in a queue of their own and leave piece by piece while the channel
 * takes them, so a small one waits behind BULK_BYTES of bulk at most. Order is kept among small ones and among large
 * ones, not between the two.
 */
import type { Millis } from '../../shared/host/ports.ts'
import { LIMITS } from '../../shared/limits.ts'
import { assemble, decodeFrame, encodeFrame, fitsFrame, partCount, partOf, type Assembly, type Frame, type Part } from './frames.ts'
import { dueAt, greet, hear, pass, type Link, type LinkStep } from './link.ts'
import { BULK_BYTES, type Channel, type ChannelEvents } from './types.ts'

export type LineEvent =
  | { readonly type: 'up' | 'hello'; readonly hello: Uint8Array }
  | { readonly type: 'down' }
  | { readonly type: 'message'; readonly message: Uint8Array }
  | { readonly type: 'refused'; readonly reason: string }
  /** The other page goes; its last message may be empty. */
  | { readonly type: 'bye'; readonly message: Uint8Array }
  | { readonly type: 'closed' }

export interface LineOwner {
  now(): Millis
  hello(): Uint8Array
  /** Drop every frame, both ways. */
  isCut(): boolean
  count(what: string): void
  /** Never once `destroy` was called. */
  tell(event: LineEvent): void
}

export type LastFrame = Extract<Frame, { readonly type: 'bye' | 'refuse' }>

/** Queued bulk of one link, in bytes: two of the largest messages. What would come on top is dropped. */
const QUEUE_BYTES = 2 * LIMITS.messageBytes

export class Line {
  readonly channel: Channel
  readonly #owner: LineOwner
  #link: Link | null = null
  #assembly: Assembly | null = null
  readonly #bulk: Uint8Array[] = []
  #bulkBytes = 0
  #part = { number: 0, index: 0 }
  #isDead = false
  /** What we announced last did not leave. */
  #isHelloOwed = false

  constructor(owner: LineOwner, open: (events: Omit<ChannelEvents, 'signal'>) => Channel) {
    this.#owner = owner
    this.channel = open({
      opened: () => this.#open(),
      frame: (bytes) => this.#receive(bytes),
      drained: () => this.#pump(),
      closed: () => this.#close(),
    })
  }

  get isUp(): boolean {
    return this.#link?.name === 'up'
  }

  /** The channel is open, whether or not the other side is heard. */
  get isOpen(): boolean {
    return this.#link !== null
  }

  /** Since when it is as it is; null before the channel opens. */
  get since(): Millis | null {
    return this.#link?.since ?? null
  }

  get dueAt(): Millis {
    return this.#link === null ? Infinity : dueAt(this.#link)
  }

  pass(now: Millis, isLate: boolean): void {
    if (this.#link !== null) this.#step(pass(this.#link, now, isLate))
    if (this.#isHelloOwed) this.announce()
  }

  /** Ask now rather than at the next ping. */
  hurry(): void {
    if (this.#link !== null && !this.isUp) this.#put({ type: 'ask', hello: this.#owner.hello() })
  }

  /** What a cut or a full channel dropped is told later: else the other side would send to where nobody is for ever. */
  announce(): void {
    if (this.isUp) this.#isHelloOwed = !this.#put({ type: 'tell', hello: this.#owner.hello() })
  }

  send(message: Uint8Array): void {
    if (!this.isUp) return this.#owner.count('dropped:down')
    if (fitsFrame(message)) return void this.#put({ type: 'whole', message })
    const isTooMuch = message.byteLength > LIMITS.messageBytes || this.#bulkBytes + message.byteLength > QUEUE_BYTES
    if (isTooMuch) return this.#owner.count(message.byteLength > LIMITS.messageBytes ? 'dropped:too-long' : 'dropped:full')
    this.#bulk.push(message)
    this.#bulkBytes += message.byteLength
    return this.#pump()
  }

  /** The last frame of this side, at once; then the channel closes and nothing is told any more. */
  end(frame: LastFrame): void {
    const isClear = this.channel.buffered() === 0
    if (this.isOpen) this.#put(frame)
    this.#isDead = true
    this.#dropBulk()
    if (isClear) this.channel.destroy()
    else this.channel.finish()
  }

  /** Nothing is told any more. */
  destroy(): void {
    this.#isDead = true
    this.#dropBulk()
    this.channel.destroy()
  }

  #open(): void {
    if (this.#isDead || this.#link !== null) return
    this.#link = greet(this.#owner.now())
    this.pass(this.#owner.now(), false)
  }

  #close(): void {
    if (this.#isDead) return
    this.#isDead = true
    this.#dropBulk()
    this.#owner.tell({ type: 'closed' })
  }

  #receive(bytes: Uint8Array | null): void {
    if (this.#isDead) return
    // The other side's first frame can overtake our own event.
    this.#open()
    if (this.#owner.isCut()) return this.#owner.count('dropped:cut')
    const decoded = decodeFrame(bytes)
    if (!decoded.ok) return this.#owner.count(`refused:${decoded.error}`)
    const frame = decoded.value
    this.#step(hear(this.#link!, frame, this.#owner.now()))
    if (!this.#isDead) this.#obey(frame)
  }

  #obey(frame: Frame): void {
    if (frame.type === 'bye') return this.#owner.tell({ type: 'bye', message: frame.message })
    if (frame.type === 'refuse') return this.#owner.tell({ type: 'refused', reason: frame.reason })
    if (frame.type !== 'whole' && frame.type !== 'part') return undefined
    // An ask was on its way before anything else could be: only a cut or a broken peer comes here.
    if (!this.isUp) return this.#owner.count('dropped:greeting')
    if (frame.type === 'part') return this.#assemble(frame)
    return this.#owner.tell({ type: 'message', message: frame.message })
  }

  #assemble(part: Part): void {
    const assembled = assemble(this.#assembly, part)
    this.#assembly = assembled.type === 'incomplete' ? assembled.assembly : null
    if (assembled.type === 'gap') this.#owner.count('refused:gap')
    if (assembled.type === 'complete') this.#owner.tell({ type: 'message', message: assembled.message })
  }

  #step({ link, send, event }: LinkStep): void {
    this.#link = link
    for (const type of send) this.#put(type === 'ping' ? { type } : { type, hello: this.#owner.hello() })
    if (event === 'down') {
      this.#assembly = null
      this.#dropBulk()
      this.#owner.tell({ type: 'down' })
    }
    if (event === 'up' || event === 'hello') this.#owner.tell({ type: event, hello: link.hello! })
  }

  /** Whether it left. */
  #put(frame: Frame): boolean {
    if (this.#isDead) return false
    const why = this.#owner.isCut() ? 'cut' : this.channel.buffered() > LIMITS.bufferedBytes ? 'full' : 'unsent'
    if (why === 'unsent' && this.channel.send(encodeFrame(frame))) return true
    this.#owner.count(`dropped:${why}`)
    return false
  }

  #pump(): void {
    while (this.#bulk.length > 0 && !this.#isDead && this.channel.buffered() + LIMITS.frameBytes <= BULK_BYTES) {
      const message = this.#bulk[0]!
      this.#put(partOf(message, this.#part.number, this.#part.index))
      const isLast = this.#part.index + 1 === partCount(message)
      this.#part = isLast ? { number: (this.#part.number + 1) >>> 0, index: 0 } : { ...this.#part, index: this.#part.index + 1 }
      if (!isLast) continue
      this.#bulk.shift()
      this.#bulkBytes -= message.byteLength
    }
  }

  #dropBulk(): void {
    if (this.#part.index > 0) this.#part = { number: (this.#part.number + 1) >>> 0, index: 0 }
    this.#bulk.length = 0
    this.#bulkBytes = 0
  }
}
