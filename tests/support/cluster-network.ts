/** What is under way between nodes: one queue, delivered when the scene says so. */
import type { Message } from '../../shared/raft/messages.ts'
import type { NodeId } from '../../shared/raft/types.ts'

export interface Filter {
  readonly from?: NodeId
  readonly to?: NodeId
  readonly type?: Message['type']
  readonly preVote?: boolean
}

export class Network {
  /** Sent and neither delivered nor lost, oldest first. */
  queue: Message[] = []
  /** Everything that ever left a node. */
  readonly sent: Message[] = []
  #groups: readonly (readonly NodeId[])[] = []

  send(message: Message): void {
    this.sent.push(message)
    if (this.#isReachable(message)) this.queue.push(message)
  }

  matching(filter: Filter): readonly Message[] {
    return this.queue.filter((message) => isLike(message, filter))
  }

  drop(filter: Filter): void {
    this.queue = this.queue.filter((message) => !isLike(message, filter))
  }

  take(at: number): Message {
    return this.queue.splice(at, 1)[0]!
  }

  /** From now on messages pass within a group only; what is under way between groups is lost. No groups: everybody again. */
  cut(groups: readonly (readonly NodeId[])[]): void {
    this.#groups = groups
    this.queue = this.queue.filter((message) => this.#isReachable(message))
  }

  #isReachable({ from, to }: Message): boolean {
    return this.#groups.length === 0 || this.#groups.some((group) => group.includes(from) && group.includes(to))
  }
}

function isLike(message: Message, { from, to, type, preVote }: Filter): boolean {
  return (
    (from === undefined || message.from === from) &&
    (to === undefined || message.to === to) &&
    (type === undefined || message.type === type) &&
    (preVote === undefined || ('preVote' in message && message.preVote === preVote))
  )
}
