import { swarm } from './swarm.ts'

// Half of the worlds: a file is what a second core can take. With the bare ones fifty million events.
swarm({ from: 451, count: 450, eventsMin: 1_200_000 })
