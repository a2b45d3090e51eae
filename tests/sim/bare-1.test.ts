import { bareSwarm } from './swarm.ts'

// Half of the worlds: a file is what a second core can take.
bareSwarm({ from: 1, count: 3_750, eventsMin: 23_800_000 })
