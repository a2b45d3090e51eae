import { describe, expect, test } from 'vitest'
import { Suspects } from '../../shared/host/copies.ts'
import { Routes } from '../../shared/host/routes.ts'
import type { Transport } from '../../shared/host/ports.ts'
import type { Hello } from '../../shared/wire/hello.ts'
import { MemoryClock } from '../support/memory-clock.ts'

const helloOf = (tab: string, ...hosted: readonly (readonly [node: string, incarnation: number])[]): Hello => ({
  protocol: { min: 1, max: 1 },
  late: false,
  build: 'test',
  cluster: '0'.repeat(32),
  tab,
  machine: 'machine',
  person: { id: 'person', name: '' },
  votes: true,
  levels: { min: 1, max: 1 },
  hosted: hosted.map(([node, incarnation]) => ({ node, incarnation, nonce: `${node}-${incarnation}` })),
})

function scene(): { routes: Routes; clock: MemoryClock; suspects: Suspects; refused: string[] } {
  const refused: string[] = []
  const transport = { refuse: (tab: string) => void refused.push(tab) } as unknown as Transport
  const [routes, clock] = [new Routes(), new MemoryClock()]
  return { routes, clock, suspects: new Suspects(routes, { clock, transport }), refused }
}

describe('a tab that says it hosts an older start of a node', () => {
  test('is not refused for a hello that was on its way while the node moved (simulator, seeds 1463 and 1624)', async () => {
    const { routes, clock, suspects, refused } = scene()
    routes.own({ node: 'n', incarnation: 3, nonce: 'n-3' })
    expect(routes.hello('old', helloOf('old', ['m', 2], ['n', 2]), 0)).toEqual(['n'])
    suspects.look()
    expect(routes.tabOf('n')).toBeNull()
    await clock.pass(100)
    routes.hello('old', helloOf('old', ['m', 2]), 100)
    await clock.pass(5_000)
    expect(refused).toEqual([])
    expect(routes.tabOf('m')).toBe('old')
  })

  test('is refused when it goes on saying so', async () => {
    const { routes, clock, suspects, refused } = scene()
    routes.own({ node: 'n', incarnation: 3, nonce: 'n-3' })
    routes.hello('copy', helloOf('copy', ['n', 2]), 0)
    suspects.look()
    await clock.pass(5_000)
    expect(refused).toEqual(['copy'])
    expect(routes.peer('copy')).toBeNull()
  })
  test('is refused once, however often others speak meanwhile', async () => {
    const { routes, clock, suspects, refused } = scene()
    routes.own({ node: 'n', incarnation: 3, nonce: 'n-3' })
    routes.hello('copy', helloOf('copy', ['n', 2]), 0)
    suspects.look()
    suspects.look()
    await clock.pass(5_000)
    expect(refused).toEqual(['copy'])
  })
})
