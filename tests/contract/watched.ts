/** A tab under test and all that it was told. It may be a page of a browser, so everything crosses in words (support/recorder.ts). */
import { fromBase64, toBase64, type TransportEvent } from '../support/recorder.ts'
import { within } from './scene.ts'

/** One tab under test. */
export interface TransportTab {
  readonly id: string
  /** Calls the method of the transport of that name, bytes in the words of the recorder. */
  call(name: string, ...args: readonly unknown[]): Promise<void>
  /** What it was told after its first `after` events, as soon as there is any. */
  events(after: number): Promise<readonly TransportEvent[]>
}

export interface TransportWorld {
  /** A new tab among those opened before. Ids rise. */
  open(): Promise<TransportTab>
  /** The tab is gone without a word. */
  crash?(tab: TransportTab): Promise<void>
}

/** "At all", on a machine that does other things as well. */
const AT_ALL_MS = 60_000

export const bytesOf = (text: string): string => toBase64(new TextEncoder().encode(text))
const textOf = (base64: string): string => new TextDecoder().decode(fromBase64(base64))

/** A tab and everything it was told so far. */
export class Watched {
  readonly tab: TransportTab
  readonly told: TransportEvent[] = []
  #asking: Promise<void> | null = null

  constructor(tab: TransportTab) {
    this.tab = tab
  }

  static async opened(world: TransportWorld, hello?: string): Promise<Watched> {
    const watched = new Watched(await world.open())
    await watched.call('setHello', bytesOf(hello ?? `hello of ${watched.id}`))
    return watched
  }

  get id(): string {
    return this.tab.id
  }

  call(name: string, ...args: readonly unknown[]): Promise<void> {
    return this.tab.call(name, ...args)
  }

  /** Waits until it holds of all that was told. */
  async until(what: string, holds: (told: readonly TransportEvent[]) => boolean): Promise<void> {
    const wait = async () => {
      while (!holds(this.told)) await this.#more()
    }
    await within(AT_ALL_MS, `${this.id}: ${what}`, wait()).catch((error: unknown) => {
      throw new Error(`${String(error)} after ${this.picture()}`)
    })
  }

  /** One question at a time, however many wait for the answer. */
  #more(): Promise<void> {
    this.#asking ??= this.tab.events(this.told.length).then((events) => {
      this.#asking = null
      this.told.push(...events)
    })
    return this.#asking
  }

  untilUp(other: Watched, times = 1): Promise<void> {
    return this.until(
      `up with ${other.id}`,
      (told) => told.filter(({ type, ...rest }) => type === 'up' && isOf(rest, other)).length >= times,
    )
  }

  untilDown(other: Watched, times = 1): Promise<void> {
    return this.until(
      `down with ${other.id}`,
      (told) => told.filter(({ type, ...rest }) => type === 'down' && isOf(rest, other)).length >= times,
    )
  }

  untilHears(other: Watched, text: string): Promise<void> {
    return this.until(`hears ${text.slice(0, 30)}`, () => this.heardFrom(other).includes(text))
  }

  messagesFrom(other: Watched): readonly string[] {
    return this.told.flatMap((event) => (event.type === 'message' && event.tab === other.id ? [event.message] : []))
  }

  heardFrom(other: Watched): readonly string[] {
    return this.messagesFrom(other).map((message) => (message.includes(':') ? message : textOf(message)))
  }

  hellosOf(other: Watched): readonly string[] {
    return this.told.flatMap((event) =>
      (event.type === 'up' || event.type === 'hello') && event.tab === other.id ? [textOf(event.hello)] : [],
    )
  }

  say(other: Watched, text: string): Promise<void> {
    return this.call('send', other.id, bytesOf(text))
  }

  picture(): string {
    return this.told.map((event) => JSON.stringify(event).slice(0, 80)).join('\n')
  }
}

export const isOf = (event: object, other: Watched): boolean => 'tab' in event && event.tab === other.id
