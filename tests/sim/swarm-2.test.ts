import { swarm } from './swarm.ts'

swarm({ from: 1_001, count: 1_000, eventsMin: 3_000_000 })
