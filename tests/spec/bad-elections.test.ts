/** The specification is believed because it was seen to refuse: histories that begin well and go wrong, each with the guard that says so. */
import { acks, answers, appends, asks, entry } from './history.ts'
import { campaign, change, edited, elected, founder, grant, guardOf, LOG, matches, propose, restartFirst, trio } from './trio.ts'
import { print } from './print.ts'
import { describe, expect, test } from 'vitest'
import type { Farewell, TimeoutNow } from './state.ts'

describe('a good history', () => {
  test('of three nodes that become voters one by one is a behaviour of the specification', () => {
    const { check } = trio()
    expect(print(check.deviation)).toBe('a behaviour of the specification')
    expect(check.cluster.committed).toHaveLength(6)
  })

  test('of a leader that crashes, and of the one that follows it', () => {
    expect(print(elected().deviation)).toBe('a behaviour of the specification')
  })
})

describe('an election that goes wrong', () => {
  test('two votes in a term', () => {
    const history = campaign(restartFirst(trio()), 'n1')
    campaign(history, 'n3')
    grant(history, 'n2', 'n1')
    const asked = asks('n3', 'n2', 3, '6@2')
    history.hear('n2', asked, { after: { votedFor: 'n3' }, save: true, held: [answers(asked, true)] })
    expect(print(history.deviation)).toMatchInlineSnapshot(`
      "step 53, n2: GrantVote
        guard    one vote a term: none was given, or to the same candidate
        given    RequestVote n3 -> n2 term 3 timeout, last 6@2
        server   follower term 3 vote n1 commit 6; log [1 2 2 2 2 2]; members {n1,n2,n3}; disk term 3 vote n1 log [1 2 2 2 2 2]
        observed in    RequestVote n3 -> n2 term 3 timeout, last 6@2
        observed after follower term 3 vote n3 commit 6 members {n1,n2,n3}
        observed save  5: term 3 vote n3 from 7: []
        observed out   RequestVoteReply n2 -> n3 term 3 granted for 3, after save 5"
    `)
  })

  test('a second vote after a crash that forgot the first', () => {
    const history = campaign(restartFirst(trio()), 'n1')
    grant(history, 'n2', 'n1')
    history.start('n2', { currentTerm: 2, log: LOG, commitIndex: 6 })
    expect(guardOf(history)).toBe('Restart: with term, vote and log as on disk, the write that was under way done or not')
  })

  test('a vote that leaves before it is saved', () => {
    const history = campaign(trio(), 'n3')
    const asked = asks('n3', 'n2', 3, '6@2')
    history.hear('n2', asked, { after: { currentTerm: 3, votedFor: 'n3', leader: null }, save: true, sent: [answers(asked, true)] })
    expect(guardOf(history)).toBe('Send: a vote leaves once it is durable')
  })

  test('a vote for a log that is behind (5.4.1)', () => {
    const history = edited(trio(), 'n2')
    campaign(history, 'n3')
    const asked = asks('n3', 'n2', 3, '6@2')
    history.hear('n2', asked, { after: { currentTerm: 3, votedFor: 'n3', leader: null }, save: true, held: [answers(asked, true)] })
    expect(guardOf(history)).toBe('GrantVote: the candidate is at least as up to date')
  })

  test('votes asked for before the own is saved', () => {
    const asked = [asks('n3', 'n1', 3, '6@2'), asks('n3', 'n2', 3, '6@2')]
    const history = trio().step('n3', {
      after: { currentTerm: 3, votedFor: 'n3', role: 'candidate', leader: null },
      save: true,
      sent: asked,
    })
    expect(guardOf(history)).toBe('Send: RequestVote leaves once term, own vote and the log that it claims are durable')
  })

  test('a leader without a majority', () => {
    const history = campaign(restartFirst(trio()), 'n1')
    history.step('n1', { after: { role: 'leader', ...matches(0) }, entries: [entry(3, 'noop')], save: true })
    expect(guardOf(history)).toBe('BecomeLeader: a majority of the voters in force granted it; its own vote counts once it is durable')
  })

  test('a sole voter that leads before its own vote is saved', () => {
    const history = founder()
      .start('n1', { currentTerm: 2, votedFor: 'n1', log: LOG.slice(0, 2), commitIndex: 2 })
      .step('n1', { after: { currentTerm: 3, votedFor: 'n1', role: 'candidate' }, save: true })
      .step('n1', { after: { role: 'leader' }, entries: [entry(3, 'noop')] })
    expect(guardOf(history)).toBe('BecomeLeader: a majority of the voters in force granted it; its own vote counts once it is durable')
  })

  test('a learner that campaigns', () => {
    const history = change(founder(), 1, LOG[2]!).saved('n1', [], { after: { commitIndex: 3 } })
    const append = appends('n1', 'n2', 2, '0@0', LOG.slice(0, 3), 3)
    history.step('n1', { sent: [append] })
    const after = { currentTerm: 2, leader: 'n1', commitIndex: 3 }
    history.hear('n2', append, { after, entries: append.entries, save: true, held: [acks(append, 3)] }).saved('n2', [acks(append, 3)])
    history.step('n2', { after: { currentTerm: 3, votedFor: 'n2', role: 'candidate', leader: null }, save: true })
    expect(guardOf(history)).toBe('Timeout: it may campaign: a voter, or one that only its own uncommitted log removes')
  })

  test('TimeoutNow to a node that lacks an entry', () => {
    const now: TimeoutNow = { type: 'TimeoutNow', from: 'n1', to: 'n2', term: 2 }
    const history = propose(trio()).step('n1', { inputs: [{ type: 'transfer', to: 'n2' }], after: { handingTo: 'n2' }, sent: [now] })
    expect(guardOf(history)).toBe('TimeoutNow: the target has everything')
  })

  test('a term that is taken in and never saved', () => {
    const history = campaign(trio(), 'n3')
    const asked = asks('n3', 'n2', 3, '6@2')
    history.hear('n2', asked, { after: { currentTerm: 3, votedFor: 'n3', leader: null }, held: [answers(asked, true)] })
    expect(guardOf(history)).toBe('Owe: what is not durable is being saved, or waits for the save in flight')
  })

  test('a step of a node that left', () => {
    const said: Farewell = { type: 'Farewell', from: 'n3', to: 'n1', term: 2, nodes: ['n3'], successors: [], append: null }
    expect(
      guardOf(
        trio()
          .see({ type: 'left', node: 'n3', said: [said] })
          .step('n3', {}),
      ),
    ).toBe('Run: it runs: it neither left nor stopped')
  })
})
