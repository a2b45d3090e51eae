import { expect, test } from 'vitest'
import { Pilot } from '../../shared/host/pilot.ts'
import { Routes } from '../../shared/host/routes.ts'
import { newProgress } from '../../shared/raft/election.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import { SETTINGS, draw, member } from '../support/cluster.ts'
import { MemoryClock } from '../support/memory-clock.ts'

const NOW = 10_000

/** A leads B and C, which both answered just now. */
function leader(now = NOW): RaftNode {
  const node = draw('A leader t2  1 2 |', ['A', 'B', 'C'])
  if (node.role.name !== 'leader') throw new Error('A leads')
  const known = { ...newProgress(SETTINGS, 3, 0), matchIndex: 2, state: 'stream', ackedSentAt: now } as const
  return {
    ...node,
    role: {
      ...node.role,
      progress: new Map([
        ['B', { ...known, ackedSentAt: now - 200 }],
        ['C', known],
      ]),
    },
  }
}

/** What is advised after B's farewell, said by its second start, while `newest` is the newest that was seen. */
function advised(newest: number): unknown {
  const routes = new Routes()
  routes.own({ node: 'B', incarnation: newest, nonce: 'n' })
  const pilot = new Pilot(new MemoryClock(), () => {})
  const nodes = [{ node: 'B', incarnation: 2 }]
  pilot.hearFarewell({ type: 'Farewell', from: 'B', to: 'A', term: 2, nodes, successors: [], append: null }, routes, NOW - 100)
  const tabs = ['A', 'B', 'C'].map((id) => ({ main: member(id), hosted: [id], since: 0, late: false }))
  return pilot.advise(leader(), () => tabs, 1, NOW)
}

test('A5: a farewell removes its sender, unless a newer start of it was seen', () => {
  expect(advised(2)).toMatchObject({ type: 'change', configuration: { voters: [{ node: 'A' }, { node: 'C' }] } })
  expect(advised(3)).toBeNull()
})

test('L12: who is late hands over once in thirty seconds, whether or not that comes to anything', () => {
  const pilot = new Pilot(new MemoryClock(), () => {})
  const tabs = ['A', 'B', 'C'].map((id) => ({ main: member(id), hosted: [id], since: 0, late: id === 'A' }))
  const now = leader()
  const advised = [0, 100, 900, 1_000].map((later) => pilot.advise(now, () => tabs, 1, NOW + later)?.type)
  expect(advised).toEqual(['transfer', undefined, undefined, undefined])
  const fresh = pilot.advise(leader(NOW + 30_000), () => tabs, 1, NOW + 30_000)
  expect(fresh).toEqual({ type: 'transfer', to: 'B' })
})
