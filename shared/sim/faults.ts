/** What people, browsers and the network do to a cluster: drawn beforehand as a list, so that a failing one can be made shorter. */
import type { Millis } from '../host/ports.ts'
import { hashOf } from './dice.ts'
import type { Dice } from './dice.ts'
import type { Profile } from './profile.ts'

const KINDS = [
  'open-tab',
  'open-tab',
  'new-machine',
  'close-tab',
  'close-tab',
  'crash-tab',
  'crash-at-save',
  'crash-at-save',
  'reload',
  'reload',
  'duplicate',
  'close-others',
  'kill-browser',
  'restart-all',
  'close-all',
  'partition',
  'isolate',
  'one-way',
  'cut-pair',
  'clog',
  'freeze',
  'freeze-many',
  'throttle',
  'jump',
  'burst',
  'signaling',
] as const

export type FaultKind = (typeof KINDS)[number]

export interface Fault {
  readonly at: Millis
  readonly kind: FaultKind
  /** In [0, 1): which of those that are there when it comes. */
  readonly who: number
  readonly other: number
  readonly lasts: Millis
}

/** Each run knows only some kinds: what never happens lets something else happen undisturbed (swarm testing). */
export function drawFaults(dice: Dice, { chaos, faultEvery, machinesMax }: Profile): readonly Fault[] {
  const kinds = KINDS.filter(() => dice.chance(0.6))
  // A cluster that never grows shows little.
  const faults: Fault[] = [0, 1, 2].map((k) => {
    const kind = k === 0 || machinesMax === 1 ? 'open-tab' : 'new-machine'
    return { at: 10 + 400 * k * dice.next(), kind, who: dice.next(), other: dice.next(), lasts: 0 }
  })
  for (let at = dice.between(0, 2_000); at < chaos && kinds.length > 0; at += dice.between(0, 2 * faultEvery)) {
    const lasts = dice.chance(0.5) ? dice.between(1, 400) : dice.between(200, 4_000)
    faults.push({ at, kind: dice.pick(kinds), who: dice.next(), other: dice.next(), lasts })
  }
  return faults
}

/** Puts each in a group that the fault's dice decide, the same for all its time. */
export function groupOf(name: string, fault: Fault): number {
  return hashOf(`${name} ${fault.other}`) % 2
}

export function describeFault({ at, kind, who, other, lasts }: Fault): string {
  return `${at.toFixed(1)} ${kind} who ${who.toFixed(3)} other ${other.toFixed(3)} lasts ${lasts.toFixed(1)}`
}
