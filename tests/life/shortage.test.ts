/** How long a tab waits before it looks for orphans, and when it is urgent. */
import { expect, test } from 'vitest'
import type { Host } from '../../shared/host/host.ts'
import { patienceOf, Shortage } from '../../shared/life/shortage.ts'
import type { NodeId } from '../../shared/raft/types.ts'
import { draw, member } from '../support/cluster.ts'

const ALONE = { majority: false, leader: null }

interface Tab {
  /** The machines of those that vote as far as its node knows; null without a node. */
  readonly voting: readonly string[] | null
  /** What each tab that is in touch hosts. */
  readonly peers?: readonly (readonly NodeId[])[]
}

/** A tab on machine `here`. */
function hostOf({ voting, peers = [] }: Tab): Host {
  const voters = (voting ?? []).map((machine, k) => member(`n${k}`, { machine }))
  const main = { ...draw('A follower t1 |', ['A']), configurations: [{ index: 1, configuration: { voters, learners: [] } }] }
  const routes = { peers: peers.map((hosted) => ({ hello: { hosted } })) }
  return { main: voting === null ? null : main, options: { machine: 'here' }, routes } as unknown as Host
}

test('K2: who lacks a majority looks after its patience, and not while somebody who left may be back', () => {
  const shortage = new Shortage()
  expect(shortage.isDue(0, ALONE, 500, Infinity)).toBe(false)
  expect(shortage.isDue(600, ALONE, 500, 100)).toBe(false)
  expect(shortage.isDue(1_000, ALONE, 500, 500)).toBe(true)
  expect(shortage.isDue(1_400, ALONE, 500, 900)).toBe(false)
  expect(shortage.isDue(1_500, ALONE, 500, 1_000)).toBe(true)
})

test('K2: without a leader for three seconds it is urgent, whatever majorities look like', () => {
  const shortage = new Shortage()
  const has = { majority: true, leader: null }
  expect(shortage.isUrgent).toBe(false)
  expect(shortage.isDue(0, has, 500, Infinity)).toBe(false)
  expect(shortage.isDue(2_900, has, 500, Infinity)).toBe(false)
  expect(shortage.isUrgent).toBe(false)
  shortage.isDue(3_000, has, 500, Infinity)
  expect(shortage.isUrgent).toBe(true)
  expect(shortage.isDue(3_500, has, 500, Infinity)).toBe(true)
  shortage.isDue(3_600, { majority: true, leader: 'n1' }, 500, Infinity)
  expect(shortage.isUrgent).toBe(false)
  for (const now of [3_700, 6_600]) shortage.isDue(now, has, 500, Infinity)
  expect(shortage.isUrgent).toBe(false)
})

test('K2: who holds locks but no link is taken for frozen after eight looks in vain', () => {
  const shortage = new Shortage()
  for (let look = 0; look < 8; look++) {
    expect(shortage.trustsHeld).toBe(true)
    shortage.isDue(look * 1_000, ALONE, 500, Infinity)
    expect(shortage.isDue(look * 1_000 + 600, ALONE, 500, Infinity)).toBe(true)
  }
  expect(shortage.trustsHeld).toBe(false)
  shortage.isDue(9_000, { majority: true, leader: 'n1' }, 500, Infinity)
  expect(shortage.trustsHeld).toBe(true)
})

test.each<[string, Tab, number, number]>([
  ['nobody else can be asked', { voting: ['here', 'here'] }, 9_000, 250],
  ['others vote, while the page is young', { voting: ['here', 'there'] }, 1_999, 500],
  ['others vote, later', { voting: ['here', 'there'] }, 2_000, 1_000],
  ['others vote and are in touch', { voting: ['here', 'there'], peers: [['n1']] }, 9_000, 1_000],
  ['nothing is known and nobody is in touch', { voting: [] }, 0, 500],
  ['there is no node and nobody is in touch', { voting: null }, 9_000, 1_000],
  ['nothing is known and somebody who hosts may make it a member', { voting: [], peers: [[], ['n1']] }, 0, 5_000],
  ['there is no node and somebody hosts', { voting: null, peers: [['n1']] }, 0, 5_000],
  ['nothing is known and who is in touch hosts nothing', { voting: [], peers: [[]] }, 0, 500],
])('K2: where %s', (_, tab, age, patience) => expect(patienceOf(hostOf(tab), age)).toBe(patience))
