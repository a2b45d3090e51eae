/** Small worlds about votes, saves and journals, visited state by state. `npm run explore` shows them with their numbers. */
import { holdInEveryState } from './exploring.ts'
import { FIGURE_8 } from './worlds/figure-8.ts'
import { TAKEOVER } from './worlds/takeover.ts'
import { VOTES } from './worlds/votes.ts'

holdInEveryState([...VOTES, ...FIGURE_8, ...TAKEOVER])
