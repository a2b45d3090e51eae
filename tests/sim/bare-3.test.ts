import { bareSwarm } from './swarm.ts'

bareSwarm({ from: 3_851, count: 1_925, eventsMin: 12_200_000 })
