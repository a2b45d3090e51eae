import { swarm } from './swarm.ts'

swarm(251, 250)
