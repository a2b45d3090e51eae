/** What a tab looks after now and then, and how often. */
import { expect, test } from 'vitest'
import { Life } from '../../shared/life/life.ts'
import { Machine } from './machine.ts'

/** A tab, and when it looked into the outbox and for nodes, in milliseconds since it opened. */
async function looksOf(machine: Machine, tab = 't1') {
  const options = machine.options(tab)
  const { registry, clock } = machine
  const openedAt = clock.now()
  const [sessions, nodes] = [options.outbox.sessions.bind(options.outbox), registry.nodes.bind(registry)]
  const looks = { sessions: [] as number[], nodes: [] as number[] }
  options.outbox.sessions = (room) => {
    looks.sessions.push(clock.now() - openedAt)
    return sessions(room)
  }
  registry.nodes = (room) => {
    looks.nodes.push(clock.now() - openedAt)
    return nodes(room)
  }
  return { life: await Life.open(options, () => {}), looks }
}

async function pass({ clock }: Machine, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    await new Promise((resolve) => setImmediate(resolve))
    await clock.pass(50)
  }
}

test('C5 K2: who hosts the list looks for what others left every five seconds, and for no node while it has all it needs', async () => {
  const machine = await Machine.withList()
  const { looks } = await looksOf(machine)
  await pass(machine, 11_000)
  expect(looks).toEqual({ sessions: [0, 5_000, 10_000], nodes: [0, 0] })
})

test('C5 K2: who hosts nothing looks for nodes alone, sooner while the page is young', async () => {
  const machine = new Machine()
  await machine.clock.pass(60_000)
  const { life, looks } = await looksOf(machine)
  await pass(machine, 6_000)
  expect([life.phase, life.hadStored]).toEqual([{ at: 'looking' }, false])
  expect(looks).toEqual({ sessions: [0], nodes: [0, 500, 1_000, 1_500, 2_500, 3_500, 4_500, 5_500] })
})

test('C5 K2: when another tab of this machine goes, it gives that two seconds to be back before it looks for what it left', async () => {
  const machine = await Machine.withList()
  const first = await Life.open(machine.options('t1'), () => {})
  const { life, looks } = await looksOf(machine, 't2')
  const arrival = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))
  const openedAt = machine.clock.now()
  while (life.status.leader !== 'founder') await arrival().then(() => machine.clock.pass(1))
  await machine.clock.pass(300)
  first.leave()
  while (life.host.routes.peers.length > 0) await arrival()
  const goneAt = machine.clock.now() - openedAt
  await pass(machine, 3_000)
  const since = (times: readonly number[]): readonly number[] => times.filter((at) => at > goneAt).map((at) => at - goneAt)
  expect(since(looks.sessions)).toHaveLength(1)
  expect(since(looks.sessions)[0]).toBeGreaterThanOrEqual(2_000)
  expect(since(looks.sessions)[0]).toBeLessThanOrEqual(2_250)
  expect(since(looks.nodes)[0]).toBeGreaterThanOrEqual(250)
})
