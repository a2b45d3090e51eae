/** The Locks adapter: Web Locks, which the browser frees when a document dies, and a channel to ask who is alive. */
import type { NodeId } from '../../shared/host/ports.ts'
import type { HeldLock, Locks } from '../../shared/life/ports.ts'

const CHANNEL = 'flotilla-hosts'
/** A living page answers within a few milliseconds, a busy one later: its silence costs a wait for the lock, nothing else. */
const ANSWER_MS = 200

type Message = { readonly type: 'who-hosts'; readonly node: NodeId } | { readonly type: 'i-host'; readonly node: NodeId }

export class WebLocks implements Locks {
  readonly #locks: LockManager
  readonly #channel: BroadcastChannel
  readonly #waiting = new Set<{ readonly node: NodeId; readonly answered: () => void }>()
  #hosted: ReadonlySet<NodeId> = new Set()

  /** Rejects nothing and throws nothing later; without Web Locks (plain http from another host) there is nothing to make. */
  constructor(locks: LockManager = navigator.locks) {
    this.#locks = locks
    this.#channel = new BroadcastChannel(CHANNEL)
    this.#channel.addEventListener('message', (event: MessageEvent<unknown>) => this.#hear(event.data))
  }

  /** Asks without waiting first, so that a free lock is had however short the patience. */
  async take(name: string, patience: number): Promise<HeldLock | null> {
    const free = await this.#request(name, { ifAvailable: true })
    if (free !== null || patience <= 0) return free
    return this.#request(name, { signal: AbortSignal.timeout(patience) })
  }

  async held(): Promise<ReadonlySet<string>> {
    const { held } = await this.#locks.query()
    return new Set((held ?? []).flatMap(({ name }) => (name === undefined ? [] : [name])))
  }

  /**
   * Also calls back if the lock is free already. Waits in shared mode: all who wait wake at once, and a page that was
   * frozen in the queue keeps none of them. The callback runs after the lock was let go, so it may take it.
   */
  whenFree(name: string, callback: () => void): () => void {
    const stop = new AbortController()
    this.#locks
      .request(name, { mode: 'shared', signal: stop.signal }, () => {})
      .then(
        () => {
          if (!stop.signal.aborted) callback()
        },
        () => {}, // Stopped, or the document is going away.
      )
    return () => stop.abort()
  }

  ask(node: NodeId): Promise<boolean> {
    if (this.#hosted.has(node)) return Promise.resolve(true)
    return new Promise((resolve) => {
      const end = (answer: boolean): void => {
        clearTimeout(timer)
        this.#waiting.delete(question)
        resolve(answer)
      }
      const question = { node, answered: () => end(true) }
      const timer = setTimeout(() => end(false), ANSWER_MS)
      this.#waiting.add(question)
      this.#say({ type: 'who-hosts', node })
    })
  }

  answerFor(nodes: readonly NodeId[]): void {
    this.#hosted = new Set(nodes)
  }

  /** Stops answering; locks that are held stay held. */
  close(): void {
    this.#hosted = new Set()
    this.#channel.close()
  }

  #request(name: string, options: LockOptions): Promise<HeldLock | null> {
    return new Promise((resolve) => {
      const granted = (lock: Lock | null): Promise<void> | null => {
        if (lock === null) {
          resolve(null)
          return null
        }
        return new Promise((release) => resolve({ release }))
      }
      // Rejected: patience ended, or this document may hold no locks.
      this.#locks.request(name, options, granted).catch(() => resolve(null))
    })
  }

  #hear(message: unknown): void {
    if (!isMessage(message)) return
    if (message.type === 'who-hosts') {
      if (this.#hosted.has(message.node)) this.#say({ type: 'i-host', node: message.node })
      return
    }
    for (const question of this.#waiting) if (question.node === message.node) question.answered()
  }

  #say(message: Message): void {
    try {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin only
      this.#channel.postMessage(message)
    } catch {
      // Closed with the document: nobody is here to answer.
    }
  }
}

/** Another version of this page may speak on the channel too. */
function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('node' in value)) return false
  return (value.type === 'who-hosts' || value.type === 'i-host') && typeof value.node === 'string'
}
