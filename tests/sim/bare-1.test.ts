import { bareSwarm } from './swarm.ts'

// Half of the worlds: a file is what a second core can take.
bareSwarm({ from: 1, count: 2_250, eventsMin: 14_000_000 })
