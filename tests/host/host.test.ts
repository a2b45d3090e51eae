/** Whom a host listens to, and what it does for the nodes of its tab. The links are the test's own. */
import { describe, expect, test } from 'vitest'
import type { NodeId } from '../../shared/host/ports.ts'
import type { Message } from '../../shared/raft/messages.ts'
import { CLUSTER, first, JOURNAL, OTHER, Scene, voter } from './scene.ts'

const asks = (from: NodeId): Message => {
  return { type: 'RequestVote', from, to: 'n1', term: 9, preVote: false, reason: 'transfer', lastLogIndex: 9, lastLogTerm: 8 }
}

describe('K3: a host listens', () => {
  test('to who hosts the sender', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2'))
    await scene.hear('t2', asks('n2'))
    expect(scene.term).toBe(9)
  })

  test('to no other tab that speaks for that node', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2'))
    scene.meet('t3', CLUSTER, first('n3'))
    await scene.hear('t3', asks('n2'))
    expect(scene.term).toBe(1)
    expect(scene.host.counts).toMatchObject({ 'not its tab': 1 })
  })

  test('to no tab of another cluster, which is told so', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', OTHER, first('n2'))
    expect(scene.refused).toEqual(['t2: another cluster'])
    await scene.hear('t2', asks('n2'), OTHER)
    await scene.hear('t2', asks('n2'))
    expect(scene.term).toBe(1)
  })

  test('to no frame of another cluster, whoever brings it', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2'))
    await scene.hear('t2', asks('n2'), OTHER)
    expect(scene.term).toBe(1)
    expect(scene.host.counts).toMatchObject({ 'another cluster': 1 })
  })
})

describe('E26: the signaling server lost sight of a tab', () => {
  const heartbeat = (from: NodeId): Message => {
    const same = {
      prevLogIndex: 1,
      prevLogTerm: 1,
      entries: [],
      leaderCommit: 1,
      sentAt: 0,
      matches: [],
      pace: null,
      quiet: false,
    } as const
    return { type: 'AppendEntries', from, to: 'n1', term: 9, ...same }
  }

  test('whose node leads: that is doubted, not forgotten', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2'))
    await scene.hear('t2', heartbeat('n2'))
    scene.listener.left('t2')
    await scene.pass(0)
    expect(scene.host.main?.role).toMatchObject({ name: 'follower', leader: 'n2', reason: 'leader-gone' })
  })

  test('whose node has moved: that says nothing of it', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2'))
    scene.meet('t3', CLUSTER, first('n2', { incarnation: 2 }))
    await scene.hear('t3', heartbeat('n2'))
    scene.listener.left('t2')
    await scene.pass(0)
    expect(scene.host.main?.role).toMatchObject({ name: 'follower', leader: 'n2', reason: 'timeout' })
  })
})

describe('K3: a copied profile', () => {
  test.each([
    ['an older start of a node that runs here', first('n1', { incarnation: 1, nonce: 'theirs' })],
    ['an older start of a node that runs elsewhere', first('n2', { incarnation: 1 })],
  ])('%s is refused, after the time that a hello may be on its way', async (_, copy) => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2', { incarnation: 2 }))
    scene.meet('t3', CLUSTER, copy)
    expect(scene.refused).toEqual([])
    await scene.pass(3_000)
    expect(scene.refused).toEqual(['t3: copied'])
  })

  test('is refused though its original has gone meanwhile', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2', { incarnation: 2 }))
    scene.listener.down('t2')
    scene.meet('t3', CLUSTER, first('n2', { incarnation: 1 }))
    await scene.pass(3_000)
    expect(scene.refused).toEqual(['t3: copied'])
  })

  test('is refused by a third tab that met the older start first, which says nothing new (simulator)', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2', { incarnation: 1 }))
    scene.meet('t3', CLUSTER, first('n2', { incarnation: 2 }))
    await scene.pass(3_000)
    expect(scene.refused).toEqual(['t2: copied'])
  })

  test('is refused by a tab that met it before its own start of that node', async () => {
    const scene = new Scene()
    scene.meet('t2', CLUSTER, first('n1', { incarnation: 1, nonce: 'theirs' }))
    scene.host.add(voter('n1'), JOURNAL)
    await scene.pass(3_000)
    expect(scene.refused).toEqual(['t2: copied'])
  })

  test('that is told so stops', () => {
    const scene = new Scene('n1')
    scene.listener.refused('t2', 'copied')
    expect(scene.stopped).toEqual(['n1: copied'])
  })
})

describe('K5: nodes of one tab', () => {
  test('speak to each other, and the list is that of the main one only', async () => {
    const scene = new Scene('n1', 'n3')
    await scene.pass(3_000)
    expect(scene.host.hosted.some(({ role }) => role.name === 'leader')).toBe(true)
    expect(scene.applied.length).toBeGreaterThan(1)
    expect(scene.applied).toEqual(scene.applied.map((_, at) => at + 1))
  })

  test('never step again once the tab has left', async () => {
    const scene = new Scene('n1')
    scene.meet('t2', CLUSTER, first('n2'))
    scene.host.leave()
    expect(scene.stopped).toEqual(['n1: left'])
    await scene.hear('t2', asks('n2'))
    expect(scene.host.hosted).toEqual([])
  })
})

describe('a machine that stopped', () => {
  test('C11: stops its node where it has another state than the leader, and no other of the tab', async () => {
    const scene = new Scene('n1', 'n2')
    await scene.pass(0)
    scene.applier.stop = { type: 'checksum', index: 1 }
    await scene.pass(400)
    expect(scene.stopped).toEqual(['n1: disagrees'])
    expect(scene.host.hosted.map(({ id }) => id)).toEqual(['n2'])
  })
})
