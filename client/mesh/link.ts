/**
 * When an open channel counts as a link (DESIGN 10), as a pure state machine over moments. A link is up once a hello went
 * each way; it is down after a second of silence, and then greets again on the same channel: a healed cut needs no new
 * handshake. An ask goes out before an answer, so whoever is up first sends nothing that the other side would drop.
 */
import type { Millis } from '../../shared/host/ports.ts'
import { TIMES } from '../../shared/limits.ts'
import type { Frame } from './frames.ts'

export interface Link {
  readonly name: 'greeting' | 'up'
  readonly since: Millis
  /** When the last frame came. */
  readonly heard: Millis
  /** When to ping next, or to ask next. */
  readonly due: Millis
  /** This silence was forgiven once already, because our own clock was late. */
  readonly granted: boolean
  readonly hello: Uint8Array | null
}

export interface LinkStep {
  readonly link: Link
  readonly send: readonly ('ask' | 'answer' | 'ping')[]
  readonly event: 'up' | 'hello' | 'down' | null
}

const ASK_LEAST: Millis = 50

/** The channel has just opened. */
export function greet(now: Millis): Link {
  return { name: 'greeting', since: now, heard: now, due: now, granted: false, hello: null }
}

export function hear(before: Link, frame: Frame, now: Millis): LinkStep {
  const hello = 'hello' in frame ? frame.hello : before.hello
  const link: Link = { ...before, heard: now, granted: false, hello }
  const isNew = hello !== null && (before.hello === null || !isSame(hello, before.hello))
  if (link.name === 'up') return { link, send: frame.type === 'ask' ? ['answer'] : [], event: isNew ? 'hello' : null }
  if (frame.type === 'ask') return { link: { ...link, due: now + TIMES.ping }, send: ['ask', 'answer'], event: null }
  if (frame.type !== 'answer') {
    // It is there again: ask now rather than at the next turn.
    const isFresh = link.due - now > TIMES.ping - ASK_LEAST
    return isFresh ? stay(link) : { link: { ...link, due: now + TIMES.ping }, send: ['ask'], event: null }
  }
  return { link: { ...link, name: 'up', since: now, due: now + TIMES.ping }, send: [], event: 'up' }
}

/**
 * Time has passed. With `isLate` our own wake came late, so frames may be waiting behind it: a silence is forgiven once,
 * but only once, or a page whose timers are always late would never notice anything.
 */
export function pass(before: Link, now: Millis, isLate: boolean): LinkStep {
  if (before.name === 'greeting') {
    return now < before.due ? stay(before) : { link: { ...before, due: now + TIMES.ping }, send: ['ask'], event: null }
  }
  if (now - before.heard >= TIMES.linkLost) {
    if (isLate && !before.granted)
      return { link: { ...before, heard: now, granted: true, due: now + TIMES.ping }, send: ['ping'], event: null }
    return { link: { ...before, name: 'greeting', since: now, granted: false, due: now + TIMES.ping }, send: ['ask'], event: 'down' }
  }
  return now < before.due ? stay(before) : { link: { ...before, due: now + TIMES.ping }, send: ['ping'], event: null }
}

/** When `pass` has something to do at the latest. */
export function dueAt(link: Link): Millis {
  return link.name === 'up' ? Math.min(link.due, link.heard + TIMES.linkLost) : link.due
}

const stay = (link: Link): LinkStep => ({ link, send: [], event: null })

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && one.every((byte, at) => byte === other[at])
}
