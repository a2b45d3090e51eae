/** All small worlds. */
import { AUTOPILOT } from './worlds/autopilot.ts'
import { FIGURE_8 } from './worlds/figure-8.ts'
import { LEAVING } from './worlds/leaving.ts'
import { TAKEOVER } from './worlds/takeover.ts'
import { VOTES } from './worlds/votes.ts'
import type { World } from './state.ts'

export const WORLDS: readonly World[] = [...VOTES, ...FIGURE_8, ...LEAVING, ...AUTOPILOT, ...TAKEOVER]
