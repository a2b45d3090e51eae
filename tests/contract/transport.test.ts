import { describe, test, vi } from 'vitest'
import { MemoryNet } from '../support/memory-transport.ts'
import { Recorder } from '../support/recorder.ts'
import { transportScenes } from './transport.ts'
import type { TransportWorld } from './watched.ts'

vi.setConfig({ testTimeout: 120_000 })

function memoryWorld(): TransportWorld {
  const net = new MemoryNet()
  let count = 0
  return {
    async open() {
      const id = `tab${(count += 1)}`
      const recorder = new Recorder(net.open(id))
      return { id, call: async (name, ...args) => recorder.call(name, args), events: (after) => recorder.events(after) }
    },
    crash: async ({ id }) => net.crash(id),
  }
}

describe('Transport in memory', () => {
  for (const { title, play } of transportScenes) test(title, () => play(memoryWorld()))
})
