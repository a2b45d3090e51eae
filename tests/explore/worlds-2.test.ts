/** Small worlds about who is a member, visited state by state. */
import { holdInEveryState } from './exploring.ts'
import { AUTOPILOT } from './worlds/autopilot.ts'
import { LEAVING } from './worlds/leaving.ts'

holdInEveryState([...LEAVING, ...AUTOPILOT])
