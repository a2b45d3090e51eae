import { swarm } from './swarm.ts'

// Half of the worlds: a file is what a second core can take.
swarm(1, 250)
