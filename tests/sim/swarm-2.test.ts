import { swarm } from './swarm.ts'

// Half of the worlds: a file is what a second core can take.
swarm({ from: 501, count: 500, eventsMin: 2_000_000 })
