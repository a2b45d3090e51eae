/** Frames to other tabs and from them: how much they carry is counted, and what cannot be read or is for others ends here. */
import type { Message } from '../raft/messages.ts'
import { decodeFrame, encodeFrames, type ClusterId } from '../wire/envelope.ts'
import type { Counts } from './options.ts'
import type { TabId, Transport } from './ports.ts'
import type { Routes } from './routes.ts'

export class Traffic {
  readonly #transport: Transport
  readonly #routes: Routes
  readonly #bytes = { sent: 0, received: 0 }
  readonly #counts: Record<string, number> = {}
  #entries = 0
  #messagesWithEntries = 0

  constructor(transport: Transport, routes: Routes) {
    this.#transport = transport
    this.#routes = routes
  }

  /** Of whole frames. What a link adds of its own (HELLOs, pings, headers of pieces) is not in it. */
  get bytes(): { readonly sent: number; readonly received: number } {
    return { ...this.#bytes }
  }

  /** The mean over all AppendEntries that carried any to another tab; null before the first. Heartbeats do not dilute it. */
  get entriesPerMessage(): number | null {
    return this.#messagesWithEntries === 0 ? null : this.#entries / this.#messagesWithEntries
  }

  get counts(): Counts {
    return this.#counts
  }

  /** As few frames as can be, each to the tab that hosts whom it is for. */
  post(cluster: ClusterId, messages: readonly Message[]): void {
    for (const [tab, enveloped] of this.#routes.envelop(messages)) {
      for (const { message } of enveloped) this.#weigh(message)
      for (const frame of encodeFrames(cluster, enveloped)) this.send(tab, frame)
    }
  }

  send(tab: TabId, frame: Uint8Array): void {
    this.#bytes.sent += frame.byteLength
    this.#transport.send(tab, frame)
  }

  hear(frame: Uint8Array): void {
    this.#bytes.received += frame.byteLength
  }

  /** The messages in a frame that can be read. */
  open(frame: Uint8Array, cluster: ClusterId | null): readonly Message[] {
    const read = decodeFrame(frame)
    if (!read.ok) return this.#refuse(`frame ${read.error.type}`)
    if (read.value.cluster !== cluster) return this.#refuse('another cluster')
    for (const refused of read.value.refused) this.count(`message ${refused.type}`)
    return read.value.messages.map(({ message }) => message)
  }

  count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1
  }

  #refuse(what: string): readonly Message[] {
    this.count(what)
    return []
  }

  #weigh(message: Message): void {
    if (message.type !== 'AppendEntries' || message.entries.length === 0) return
    this.#entries += message.entries.length
    this.#messagesWithEntries++
  }
}
