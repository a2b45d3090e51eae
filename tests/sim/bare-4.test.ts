import { bareSwarm } from './swarm.ts'

bareSwarm({ from: 5_776, count: 1_925, eventsMin: 12_200_000 })
