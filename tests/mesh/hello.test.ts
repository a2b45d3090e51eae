import { describe, expect, test } from 'vitest'
import { MemoryAir } from '../support/memory-air.ts'
import { MemoryClock } from '../support/memory-clock.ts'

describe('DESIGN 10: hello, repeated when hosting changes', () => {
  test('a hello that a cut dropped is told when the cut is over, though the link never went down', async () => {
    const clock = new MemoryClock()
    const air = new MemoryAir(clock)
    const [a, b] = [air.open('a'), air.open('b')]
    await clock.pass(100)
    a.mesh.cut(['b'])
    a.mesh.setHello(new TextEncoder().encode('new'))
    await clock.pass(300)
    a.mesh.heal()
    await clock.pass(400)
    expect(b.told).toEqual(['up a', 'hello a'])
    expect(b.recorder.sofar.at(-1)).toMatchObject({ hello: Buffer.from('new').toString('base64') })
  })
})
