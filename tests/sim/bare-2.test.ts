import { bareSwarm } from './swarm.ts'

bareSwarm({ from: 1_926, count: 1_925, eventsMin: 12_200_000 })
