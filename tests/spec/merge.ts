/** Brings what several tabs recorded, each in its own order, into one order in which what is received was sent before. */
import type { Observation } from './observation.ts'
import { printOf } from './state.ts'

export interface Seen {
  /** Milliseconds, by clocks that nearly agree: decides only where causality does not. */
  readonly at: number
  readonly observation: Observation
}

/** What must have been given before: by whom, and what. */
interface Need {
  readonly from: string
  readonly what: string
}

interface Event extends Seen {
  readonly life: string
  readonly needs: readonly Need[]
  readonly gives: readonly string[]
}

/** Records end at different moments: what was received later than the record of its sender ends is not explained by it. */
const SLACK_MS = 100

/**
 * Where a record goes on with what was received after the record of its sender had ended, it is cut there. If otherwise nothing may
 * come next, the earliest comes, and the check says what it lacks.
 */
export function merge(streams: readonly (readonly Seen[])[]): readonly Observation[] {
  const queues = streams.map((stream) => eventsOf(stream).toReversed())
  const ends = endsOf(streams)
  const open = new Map<string, number>()
  for (const { life } of queues.flat()) open.set(life, (open.get(life) ?? 0) + 1)
  const given = new Set<string>()
  const isEnabled = ({ observation, needs }: Event): boolean =>
    needs.every(({ what }) => given.has(what)) &&
    (observation.type !== 'started' || !isAnyOpen(open, observation.node, observation.incarnation))
  const isBeyondItsEnd = ({ needs, at }: Event): boolean =>
    needs.some(({ from, what }) => !given.has(what) && at > (ends.get(from) ?? Infinity) - SLACK_MS)
  const merged: Observation[] = []
  for (;;) {
    const heads = queues.flatMap((queue) => (queue.length > 0 ? [{ queue, event: queue.at(-1)! }] : []))
    if (heads.length === 0) return merged
    const enabled = heads.filter(({ event }) => isEnabled(event))
    const cut = enabled.length > 0 ? [] : heads.filter(({ event }) => isBeyondItsEnd(event))
    for (const { queue, event } of cut) {
      for (const { life, observation } of queue.splice(0)) {
        open.set(life, open.get(life)! - 1)
        ends.set(observation.node, event.at)
      }
    }
    if (cut.length > 0) continue
    const [{ queue, event }] = (enabled.length > 0 ? enabled : heads).toSorted((a, b) => a.event.at - b.event.at) as [
      (typeof heads)[number],
    ]
    queue.pop()
    open.set(event.life, open.get(event.life)! - 1)
    for (const gift of event.gives) given.add(gift)
    merged.push(event.observation)
  }
}

/** When the record of each node ends. */
function endsOf(streams: readonly (readonly Seen[])[]): Map<string, number> {
  const ends = new Map<string, number>()
  for (const { at, observation } of streams.flat()) ends.set(observation.node, Math.max(ends.get(observation.node) ?? at, at))
  return ends
}

/** Is something left of an earlier life of that node? */
function isAnyOpen(open: ReadonlyMap<string, number>, node: string, incarnation: number): boolean {
  return [...open].some(([life, count]) => {
    const [of, which] = life.split(' ')
    return of === node && Number(which) < incarnation && count > 0
  })
}

function eventsOf(stream: readonly Seen[]): readonly Event[] {
  const lives = new Map<string, number>()
  return stream.map((seen) => {
    const { observation } = seen
    if (observation.type === 'started') lives.set(observation.node, observation.incarnation)
    const own = new Set(givenBy(observation))
    const needs = neededBy(observation).filter(({ what }) => !own.has(what))
    return { ...seen, life: `${observation.node} ${lives.get(observation.node)}`, needs, gives: [...own] }
  })
}

function neededBy(observation: Observation): readonly Need[] {
  if (observation.type !== 'stepped') return []
  return observation.inputs.flatMap((input) => {
    if (input.type !== 'message' || input.message.type === 'ProposeRefused') return []
    const { message } = input
    const whats = message.type === 'Propose' ? message.commands.map((command) => `command ${command}`) : [printOf(message)]
    return whats.map((what) => ({ from: message.from, what }))
  })
}

function givenBy(observation: Observation): readonly string[] {
  switch (observation.type) {
    case 'stepped': {
      const commands = observation.inputs.flatMap((input) => (input.type === 'proposal' ? input.commands : []))
      const sent = observation.sent.flatMap(({ message, after }) => (after === null ? [printOf(message)] : []))
      return [...commands.map((command) => `command ${command}`), ...sent]
    }
    case 'saved':
      return observation.sent.map(printOf)
    case 'left':
      return observation.said.map(printOf)
    case 'started':
    case 'stopped':
      return []
  }
}
