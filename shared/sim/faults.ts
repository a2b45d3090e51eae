/** What people, browsers and the network do to a cluster: drawn beforehand as a list, so that a failing one can be made shorter. */
import type { Millis } from '../host/ports.ts'
import { hashOf } from './dice.ts'
import type { Dice } from './dice.ts'
import type { Profile } from './profile.ts'

/** What happens to one page. */
const TO_PAGES = [
  'close-tab',
  'crash-tab',
  'crash-at-save',
  'reload',
  'duplicate',
  'close-others',
  'freeze',
  'throttle',
  'jump',
  'burst',
] as const
/** What happens to one browser, or to all. */
const TO_BROWSERS = ['open-tab', 'new-machine', 'kill-browser', 'restart-all', 'close-all', 'freeze-many'] as const
/** What happens to what a browser stores, or to all clocks at once; few runs can bear much of it. */
const NOW_AND_THEN = ['wipe', 'roll-back', 'throttle-many'] as const
/** A profile that is copied to another browser: a knob each says how often. */
const TO_PROFILES = ['move', 'copy'] as const
/** What happens to who leads, and to all others at the end of it. */
const TO_LEADERS = ['crash-leader', 'strand-leader', 'succeed-leader'] as const
const TO_NETWORK = ['partition', 'isolate', 'one-way', 'cut-pair', 'clog', 'signaling'] as const

/** Nothing survives this one by itself: it is never drawn, only asked for. */
const TO_MEMORY = ['corrupt'] as const

export type PageFault = (typeof TO_PAGES)[number] | (typeof TO_MEMORY)[number]
export type BrowserFault = (typeof TO_BROWSERS)[number] | (typeof NOW_AND_THEN)[number] | (typeof TO_PROFILES)[number]
export type NetworkFault = (typeof TO_NETWORK)[number]
export type LeaderFault = (typeof TO_LEADERS)[number]
export type FaultKind = PageFault | BrowserFault | LeaderFault | NetworkFault

/** The likelier ones stand here twice. */
const KINDS: readonly FaultKind[] = [
  ...TO_PAGES,
  ...TO_BROWSERS,
  ...TO_LEADERS,
  ...TO_NETWORK,
  'open-tab',
  'close-tab',
  'crash-at-save',
  'reload',
]

const isOneOf = <T extends string>(kind: string, kinds: readonly T[]): kind is T => (kinds as readonly string[]).includes(kind)
export const isPageFault = (kind: FaultKind): kind is PageFault => isOneOf(kind, [...TO_PAGES, ...TO_MEMORY])
export const isLeaderFault = (kind: FaultKind): kind is LeaderFault => isOneOf(kind, TO_LEADERS)
export const isNetworkFault = (kind: FaultKind): kind is NetworkFault => isOneOf(kind, TO_NETWORK)

export interface Fault {
  readonly at: Millis
  readonly kind: FaultKind
  /** In [0, 1): which of those that are there when it comes. */
  readonly who: number
  readonly other: number
  readonly lasts: Millis
}

/** Each run knows only some kinds: what never happens lets something else happen undisturbed (swarm testing). */
export function drawFaults(dice: Dice, profile: Profile): readonly Fault[] {
  const { quiet, chaos, faultEvery, moves, copies } = profile
  const kinds = profile.isAtLeaders ? [...TO_LEADERS, 'crash-at-save' as const] : KINDS.filter(() => dice.chance(0.6))
  const faults: Fault[] = [...drawArrivals(dice, profile)]
  for (let at = quiet + dice.between(0, 500); at < quiet + chaos && kinds.length > 0; at += dice.between(0, 2 * faultEvery)) {
    const lasts = dice.chance(0.5) ? dice.between(1, 400) : dice.between(200, 4_000)
    faults.push({ at, kind: dice.pick(kinds), who: dice.next(), other: dice.next(), lasts })
  }
  for (let count = dice.pick([0, 0, 1, 2, 3]); count > 0; count--) {
    const at = quiet + dice.between(0, chaos)
    faults.push({ at, kind: dice.pick(NOW_AND_THEN), who: dice.next(), other: dice.next(), lasts: dice.between(50, 2_000) })
  }
  for (const kind of TO_PROFILES) {
    for (let count = kind === 'move' ? moves : copies; count > 0; count--) {
      const at = quiet + dice.between(0, chaos)
      faults.push({ at, kind, who: dice.next(), other: dice.next(), lasts: dice.between(50, 2_000) })
    }
  }
  return faults
}

/** A cluster that never grows shows little: so tabs come first, here and elsewhere. */
function drawArrivals(dice: Dice, { machinesMax, arrivals }: Profile): readonly Fault[] {
  return Array.from({ length: arrivals }, (_, k) => {
    const kind = machinesMax === 1 || dice.chance(0.4) ? 'open-tab' : 'new-machine'
    return { at: 10 + 100 * k * dice.next(), kind, who: dice.next(), other: dice.next(), lasts: 0 }
  })
}

/** Puts each in a group that the fault's dice decide, the same for all its time. */
export function groupOf(name: string, fault: Fault): number {
  return hashOf(`${name} ${fault.other}`) % 2
}

export function describeFault({ at, kind, who, other, lasts }: Fault): string {
  return `${at.toFixed(1)} ${kind} who ${who.toFixed(3)} other ${other.toFixed(3)} lasts ${lasts.toFixed(1)}`
}
