import { expect, test } from 'vitest'
import { farewellFrames } from '../../shared/host/farewell-frames.ts'
import { Routes } from '../../shared/host/routes.ts'
import { LIMITS } from '../../shared/limits.ts'
import { newProgress } from '../../shared/raft/election.ts'
import { Log } from '../../shared/raft/log.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import type { Entry } from '../../shared/raft/types.ts'
import { SETTINGS, draw } from '../support/cluster.ts'

const LEVELS = { min: 1, max: 1 }

/** A leads B and C, to which it owes these. */
function leader(entries: readonly Entry[]): RaftNode {
  const node = draw('A leader t1 |', ['A', 'B', 'C'])
  if (node.role.name !== 'leader') throw new Error('A leads')
  const known = { ...newProgress(SETTINGS, 1, 0), state: 'stream', ackedSentAt: 0 } as const
  return { ...node, log: Log.of(entries), role: { ...node.role, progress: new Map(['B', 'C'].map((id) => [id, known])) } }
}

test('L4: a farewell takes along what fits a frame that surely arrives, one frame a tab, and no more', () => {
  const entries = Array.from({ length: 6 }, (_, at): Entry => {
    const command = { header: { session: 's', seq: at + 1, settled: 0 }, bytes: new Uint8Array(400), signature: null }
    return { index: at + 1, term: 1, time: 0, body: { type: 'command', command } }
  })
  const routes = new Routes()
  for (const node of ['B', 'C']) {
    const who = { tab: `tab of ${node}`, machine: node, person: { id: node, name: node }, build: 'test', votes: true }
    const hosted = [{ node, incarnation: 1, nonce: 'n' }]
    routes.hello(who.tab, { protocol: LEVELS, cluster: '0'.repeat(32), levels: LEVELS, hosted, late: false, ...who }, 0)
  }
  const frames = farewellFrames(leader(entries), [{ node: 'A', incarnation: 1 }], '0'.repeat(32), routes, 1)
  expect(frames.map(({ tab }) => tab)).toEqual(['tab of B', 'tab of C'])
  for (const { message, farewell } of frames) {
    expect(message.length).toBeLessThanOrEqual(LIMITS.farewellBytes)
    expect(farewell.append?.entries.map(({ index }) => index)).toEqual([1, 2])
  }
})
