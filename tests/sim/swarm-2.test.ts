import { swarm } from './swarm.ts'

// Half of the worlds: a file is what a second core can take.
swarm({ from: 351, count: 350, eventsMin: 900_000 })
