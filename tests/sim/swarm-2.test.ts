import { swarm } from './swarm.ts'

swarm({ from: 251, count: 250, eventsMin: 750_000 })
