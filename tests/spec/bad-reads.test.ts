/** Reads that miss, or might miss, what was agreed before they were asked, each with the guard that says so. */
import { describe, expect, test } from 'vitest'
import { acks, appends, answers, asks, entry } from './history.ts'
import type { History } from './history.ts'
import type { AppendEntries, ReadIndexReply } from './state.ts'
import { campaign, grant, guardOf, trio } from './trio.ts'
import { print } from './print.ts'

const READ = { type: 'read', id: 1 } as const
const ANSWER = { id: 1, index: 6 } as const
const APPLIED = { type: 'applied', index: 6 } as const

const beats = (sentAt: number): readonly AppendEntries[] => ['n2', 'n3'].map((to) => appends('n1', to, 2, '6@2', [], 6, sentAt))

/** n1 is asked, and asks whether it leads. */
function asked(): History {
  return trio().step('n1', { inputs: [READ, APPLIED], sent: beats(10) })
}

/** Of n2, to the first of these. */
function vouched(history: History, [beat]: readonly AppendEntries[]): History {
  return history.hear('n2', beat!, { sent: [acks(beat!, 6)] })
}

describe('a read', () => {
  test('is answered once one of two others vouched', () => {
    const history = vouched(asked(), beats(10))
    history.hear('n1', acks(beats(10)[0]!, 6), { answered: [ANSWER] })
    expect(print(history.deviation)).toBe('a behaviour of the specification')
  })

  test('of another node goes to the leader and comes back', () => {
    const question = { type: 'ReadIndex', from: 'n3', to: 'n1', term: 2, id: 1 } as const
    const reply: ReadIndexReply = { type: 'ReadIndexReply', from: 'n1', to: 'n3', term: 2, id: 1, index: 6 }
    const history = trio()
      .step('n3', { inputs: [READ, APPLIED], sent: [question] })
      .hear('n1', question, { sent: beats(10) })
    vouched(history, beats(10))
      .hear('n1', acks(beats(10)[0]!, 6), { sent: [reply] })
      .hear('n3', reply, { answered: [ANSWER] })
    expect(print(history.deviation)).toBe('a behaviour of the specification')
  })

  const vouch = 'ConfirmRead: a majority of the voters in force vouches for it, itself only if it votes'

  test('is answered by a leader that asked nobody', () => {
    const history = trio().step('n1', { inputs: [READ, APPLIED], answered: [ANSWER] })
    expect(guardOf(history)).toBe(vouch)
  })

  test('is answered though the heartbeat that was acknowledged left before it was asked', () => {
    const history = trio()
      .step('n1', { sent: beats(10) })
      .step('n1', { inputs: [READ, APPLIED], sent: beats(20) })
    vouched(history, beats(10)).hear('n1', acks(beats(10)[0]!, 6), { answered: [ANSWER] })
    expect(guardOf(history)).toBe(vouch)
  })

  test('is answered though what was acknowledged may have left before it: the clock did not move', () => {
    const history = trio()
      .step('n1', { sent: beats(10) })
      .step('n1', { inputs: [READ, APPLIED], sent: beats(10) })
    vouched(history, beats(10)).hear('n1', acks(beats(10)[0]!, 6), { answered: [ANSWER] })
    expect(guardOf(history)).toBe(vouch)
  })

  test('is answered before the state machine has what it must see', () => {
    const history = trio().step('n1', { inputs: [READ], sent: beats(10) })
    vouched(history, beats(10)).hear('n1', acks(beats(10)[0]!, 6), { answered: [ANSWER] })
    expect(guardOf(history)).toBe('AnswerRead: it is applied here')
  })

  test('is answered by a follower that asked nobody', () => {
    const history = trio().step('n2', { inputs: [READ, APPLIED], answered: [ANSWER] })
    expect(guardOf(history)).toBe('ConfirmRead: it leads')
  })

  test('is answered by a new leader that committed nothing of its own term', () => {
    const history = grant(campaign(trio(), 'n2'), 'n3', 'n2')
    const noop = entry(3, 'noop')
    const after = { role: 'leader', votes: [], matchIndex: [], nextIndex: [] } as const
    history.hear('n2', answers(asks('n2', 'n3', 3, '6@2'), true), { after, entries: [noop], save: true })
    const beat = appends('n2', 'n3', 3, '6@2', [], 6, 10)
    history.step('n2', { inputs: [READ, APPLIED], sent: [beat] })
    history.hear('n3', beat, { after: { leader: 'n2' }, sent: [acks(beat, 6)] })
    history.hear('n2', acks(beat, 6), { after: { matchIndex: [['n3', 6]] }, answered: [ANSWER] })
    expect(guardOf(history)).toBe('ConfirmRead: it committed an entry of its own term before')
  })

  test('an acknowledgement that says it is of a later message', () => {
    const [beat] = beats(10)
    const history = asked().hear('n2', beat!, { sent: [{ ...acks(beat!, 6), sentAt: 11 }] })
    expect(guardOf(history)).toBe('AnswerAppend: it brings back when that was sent')
  })
})
