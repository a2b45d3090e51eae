import { swarm } from './swarm.ts'

// Half of the worlds: a file is what a second core can take.
swarm({ from: 251, count: 250, eventsMin: 550_000 })
