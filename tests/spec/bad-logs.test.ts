/** The specification is believed because it was seen to refuse: histories that begin well and go wrong, each with the guard that says so. */
import { acks, answers, appends, asks, configuration, entry, refuses } from './history.ts'
import { ackOf, campaign, change, EDIT, edited, elected, grant, guardOf, LOG, matches, propose, toOthers, trio } from './trio.ts'
import { print } from './print.ts'
import { describe, expect, test } from 'vitest'
import type { History, Told } from './history.ts'
import type { Farewell } from './state.ts'

describe('a log or a membership that goes wrong', () => {
  test('an ack that leaves before its entries are saved', () => {
    const history = propose(trio())
    const [append] = toOthers('6@2', [EDIT], 6)
    history.hear('n2', append!, { entries: [EDIT], save: true, sent: [acks(append!, 6)] })
    expect(print(history.deviation)).toMatchInlineSnapshot(`
      "step 44, n2: Send
        guard    an ack leaves once all that it vouches for is durable
        given    {message:AppendEntriesReply n2 -> n1 term 2 matches 7,wasHeld:false}
        server   follower of n1 term 2 vote - commit 6; log [1 2 2 2 2 2 2]; members {n1,n2,n3}; disk term 2 vote - log [1 2 2 2 2 2]; saving 4: term 2 vote - log [1 2 2 2 2 2 2]
        observed in    AppendEntries n1 -> n2 term 2 after 6@2 [2] commit 6
        observed after follower term 2 vote - commit 6 members {n1,n2,n3}
        observed log   from 7: [2]
        observed save  4: term 2 vote - from 7: [2]
        observed out   AppendEntriesReply n2 -> n1 term 2 matches 7"
    `)
  })

  test('a heartbeat acknowledged while the save that it vouches for is in flight', () => {
    const history = propose(trio())
    const [append] = toOthers('6@2', [EDIT], 6)
    history.hear('n2', append!, { entries: [EDIT], save: true, held: [acks(append!, 6)] })
    const [heartbeat] = toOthers('7@2', [], 6)
    history.step('n1', { sent: [heartbeat!] }).hear('n2', heartbeat!, { sent: [acks(heartbeat!, 6)] })
    expect(guardOf(history)).toBe('Send: an ack leaves once all that it vouches for is durable')
  })

  test('a repeated AppendEntries that shortens a log', () => {
    const history = edited(trio(), 'n2')
    const [again] = toOthers('5@2', [LOG[5]!], 5)
    history.hear('n2', again!, { keep: 6, save: true, held: [acks(again!, 6)] })
    expect(print(history.deviation)).toMatchInlineSnapshot(`
      "step 47, n2: Conform
        guard    the log is what the actions make it
        server   follower of n1 term 2 vote - commit 6; log [1 2 2 2 2 2 2]; members {n1,n2,n3}; disk term 2 vote - log [1 2 2 2 2 2 2]
        observed in    AppendEntries n1 -> n2 term 2 after 5@2 [2] commit 5
        observed after follower term 2 vote - commit 6 members {n1,n2,n3}
        observed save  5: term 2 vote - from 7: []
        observed out   AppendEntriesReply n2 -> n1 term 2 matches 6, after save 5"
    `)
  })

  test('entries taken where the log has none before them (5.3)', () => {
    const history = propose(trio())
    const more = appends('n1', 'n2', 2, '7@2', [entry(2, 'more')], 6)
    history.step('n1', { inputs: [{ type: 'proposal', commands: ['more'] }], entries: [entry(2, 'more')], sent: [more] })
    history.hear('n2', more, { entries: [entry(2, 'more')], save: true, held: [acks(more, 6)] })
    expect(guardOf(history)).toBe('AcceptEntries: the log has an entry of prevLogTerm at prevLogIndex')
  })

  test('a follower that commits more than the message verified', () => {
    const history = edited(trio(), 'n2')
    const [, append] = toOthers('6@2', [EDIT], 6)
    history.hear('n3', append!, { entries: [EDIT], save: true, held: [acks(append!, 6)] })
    const heartbeat = appends('n1', 'n3', 2, '6@2', [], 7)
    history.saved('n1', [], {
      inputs: [ackOf('n2', 7)],
      after: {
        matchIndex: [
          ['n2', 7],
          ['n3', 6],
        ],
        commitIndex: 7,
      },
      sent: [heartbeat],
    })
    history.hear('n3', heartbeat, { after: { commitIndex: 7 }, held: [acks(heartbeat, 7)] })
    expect(guardOf(history)).toBe('Reply: an answer tells the commit index of its sender')
    const quiet = edited(trio(), 'n2').step('n1', { sent: [appends('n1', 'n3', 2, '6@2', [], 6)] })
    quiet.hear('n3', appends('n1', 'n3', 2, '6@2', [], 6), { after: { commitIndex: 7 }, held: [acks(heartbeat, 6)] })
    expect(guardOf(quiet)).toBe('Conform: commitIndex goes as far as a message verified, or a majority has it')
  })

  test('Figure 8: an entry of an older term, committed by counting', () => {
    const history = elected((history) => propose(history).saved('n1'), [EDIT])
    const append = appends('n1', 'n2', 3, '6@2', [EDIT], 6)
    history.step('n1', { sent: [append] })
    history.hear('n2', append, { after: { leader: 'n1' }, entries: [EDIT], save: true, held: [acks(append, 6)] })
    history.saved('n2', [acks(append, 6)])
    history.hear('n1', acks(append, 6), {
      after: {
        matchIndex: [
          ['n2', 7],
          ['n3', 0],
        ],
        commitIndex: 7,
      },
    })
    expect(print(history.deviation)).toMatchInlineSnapshot(`
      "step 58, n1: AdvanceCommitIndex
        guard    the entry is of its own term (5.4.2)
        given    {to:7}
        server   leader of n1 term 3 vote n1 commit 6; log [1 2 2 2 2 2 2 3]; members {n1,n2,n3}; disk term 3 vote n1 log [1 2 2 2 2 2 2]; saving 2: term 3 vote n1 log [1 2 2 2 2 2 2 3]; matches n2:7
        observed in    AppendEntriesReply n2 -> n1 term 3 matches 7
        observed after leader term 3 vote n1 commit 7 members {n1,n2,n3}"
    `)
  })

  test('a second change while one is in flight', () => {
    const history = change(trio(), 6, entry(2, configuration('n1 n2', 'n3')))
    change(history, 7, entry(2, configuration('n1', 'n3')))
    expect(guardOf(history)).toBe('ChangeConfiguration: no other change is in flight')
  })

  test('a change before the leader committed in its term (2015)', () => {
    const history = elected()
    history.step('n1', {
      inputs: [{ type: 'change', at: 6, entry: entry(3, configuration('n1 n2')) }],
      entries: [entry(3, configuration('n1 n2'))],
    })
    expect(guardOf(history)).toBe('ChangeConfiguration: it committed an entry of its own term before')
  })

  test('a leader that removed itself and counts itself (dissertation 4.2.2)', () => {
    const removal = entry(2, configuration('n2 n3'))
    const appends = toOthers('6@2', [removal], 6)
    const history = change(trio(), 6, removal, appends)
    history.hear('n2', appends[0]!, { entries: [removal], save: true, held: [acks(appends[0]!, 6)] }).saved('n2', [acks(appends[0]!, 6)])
    history.saved('n1', [], {
      inputs: [ackOf('n2', 7)],
      after: {
        matchIndex: [
          ['n2', 7],
          ['n3', 6],
        ],
        commitIndex: 7,
      },
    })
    expect(guardOf(history)).toBe('AdvanceCommitIndex: a majority of the voters in force has it, itself only what is durable')
  })

  test('a removed leader that leads on, and one that steps down', () => {
    const removal = entry(2, configuration('n2 n3'))
    const appends = toOthers('6@2', [removal], 6)
    const removed = (): History => {
      const history = change(trio(), 6, removal, appends)
      for (const append of appends) {
        history.hear(append.to, append, { entries: [removal], save: true, held: [acks(append, 6)] }).saved(append.to, [acks(append, 6)])
      }
      return history
    }
    const told: Told = { inputs: [ackOf('n2', 7), ackOf('n3', 7)], after: { ...matches(7), commitIndex: 7 } }
    expect(guardOf(removed().saved('n1', [], told))).toBe('Conform: who removed itself leads until that is committed, and no longer')
    const after = { role: 'follower', matchIndex: [], commitIndex: 7 } as const
    expect(print(removed().saved('n1', [], { ...told, after }).deviation)).toBe('a behaviour of the specification')
  })

  test('a configuration that stays though its entry is cut off', () => {
    const history = change(trio(), 6, entry(2, configuration('n1 n2', 'n3')))
    history.saved('n1')
    campaign(history, 'n3')
    grant(history, 'n2', 'n3')
    const noop = entry(3, 'noop')
    history.hear('n3', answers(asks('n3', 'n2', 3, '6@2'), true), {
      after: {
        role: 'leader',
        votes: [],
        matchIndex: [
          ['n1', 0],
          ['n2', 0],
        ],
      },
      entries: [noop],
      save: true,
      sent: [appends('n3', 'n1', 3, '6@2', [noop], 6)],
    })
    const append = appends('n3', 'n1', 3, '6@2', [noop], 6)
    history.hear('n1', append, {
      after: {
        role: 'follower',
        currentTerm: 3,
        votedFor: null,
        leader: 'n3',
        matchIndex: [],
        configuration: configuration('n1 n2', 'n3'),
      },
      keep: 6,
      entries: [noop],
      save: true,
      held: [acks(append, 6)],
    })
    expect(guardOf(history)).toBe('Conform: the configuration in force is the newest of the log')
  })

  test('a farewell that removes its sender while a change is in flight', () => {
    const history = change(trio(), 6, entry(2, configuration('n1 n2', 'n3')))
    const removal = entry(2, configuration('n2', 'n3'))
    const append = appends('n1', 'n2', 2, '6@2', [entry(2, configuration('n1 n2', 'n3')), removal], 6)
    const said: Farewell = { type: 'Farewell', from: 'n1', to: 'n2', term: 2, nodes: ['n1'], successors: ['n2'], append }
    history.see({ type: 'left', node: 'n1', said: [said] })
    expect(guardOf(history)).toBe('Farewell: it adds its removal only with no change in flight')
  })

  test('a message that nobody sent, and an entry that nobody asked for', () => {
    const [append] = toOthers('6@2', [EDIT], 6)
    expect(guardOf(trio().hear('n2', append!, { entries: [EDIT] }))).toBe('Receive: it was sent')
    expect(guardOf(trio().step('n1', { entries: [EDIT], save: true }))).toBe('Conform: the log is what the actions make it')
  })

  test('a refusal whose hint is of another log', () => {
    const history = propose(trio())
    const more = appends('n1', 'n2', 2, '7@2', [], 6)
    history.step('n1', { sent: [more] }).hear('n2', more, { sent: [refuses(more, 2, '6@1', 6)] })
    expect(guardOf(history)).toBe("RejectEntries: its hint is an entry of its log that may be the leader's too")
  })
})
