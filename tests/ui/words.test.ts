import { describe, expect, test } from 'vitest'
import type { Fleet, Notice, Person, Tab } from '../../client/ui/view.ts'
import { foremost } from '../../client/ui/notices.ts'
import { sayNews } from '../../client/ui/speech.svelte.ts'
import { count, fleetAtHelm, fleetWords, forgetWords, named, noticeWords, refusalWords, toastWords, when } from '../../client/ui/words.ts'

const person = (name: string): Person => ({ id: name, name, flag: { hue: 'plum', pattern: 'disc' } })
const [BEN, CHI, DOV] = [person('Ben'), person('Chi'), person('Dov')]

function fleet(inTouch: number, all: number, more: Partial<Fleet> = {}): Fleet {
  const tabs = Array.from({ length: all }, (_, i): Tab => {
    const reach = i < inTouch ? 'up' : 'lost'
    const role = i === 1 ? 'leader' : 'follower'
    return { id: `t${i}`, person: BEN, device: null, me: i === 0, role, voter: true, reach, term: 7, log: null }
  })
  return { tabs, inTouch, leader: 't1', sending: 0, mood: 'agree', ...more }
}
const said = (of: Fleet, sending = false, choosing = false) => fleetWords(of, { sending, choosing }).join('')

test.each([
  [1, '1 item'],
  [999, '999 items'],
  [1_000, '1,000 items'],
  [123_456, '123,456 items'],
  [1_234_567, '1,234,567 items'],
])('%i counted', (n, words) => {
  expect(count(n, 'item')).toBe(words)
})

describe('UI 6 words of the fleet', () => {
  test('how many tabs are in touch', () => {
    expect(said(fleet(5, 5))).toBe('5 tabs, all in touch')
    expect(said(fleet(1, 1, { mood: 'alone' }))).toBe('1 tab, only you so far')
    expect(said(fleet(4, 5))).toBe('4 of 5 tabs in touch')
    expect(said(fleet(2, 5, { mood: 'too-few', leader: null }))).toBe('2 of 5 tabs in touch')
  })

  test('what it is about, once that has lasted', () => {
    expect(said(fleet(5, 5, { sending: 2 }), true)).toBe('Sending 2 edits')
    expect(said(fleet(5, 5, { sending: 1 }), true)).toBe('Sending 1 edit')
    expect(said(fleet(5, 5, { mood: 'choosing', leader: null }), false, true)).toBe('Choosing a leader')
  })

  test('too few tabs is said whatever is on its way', () => {
    expect(said(fleet(2, 5, { mood: 'too-few', leader: null, sending: 3 }), true, true)).toBe('2 of 5 tabs in touch')
  })

  test('role, term and leader in words', () => {
    expect(fleetAtHelm(fleet(5, 5))).toBe('This tab is a follower in term 7. Ben leads.')
    expect(fleetAtHelm(fleet(5, 5, { leader: null }))).toBe('This tab is a follower in term 7. No leader is known.')
  })
})

describe('UI 6 words of notices and toasts', () => {
  const tooFew: Notice = { is: 'too-few', missing: 1, needed: 3, of: 5, kept: 3 }

  test('too few: what is kept, and what it takes', () => {
    expect(noticeWords(tooFew, 0)).toEqual([
      'Waiting for one more tab',
      'Carry on: your 3 edits are kept here, and agreed once 3 of 5 tabs are in touch.',
    ])
    expect(noticeWords({ ...tooFew, missing: 2, kept: 1 }, 0)).toEqual([
      'Waiting for two more tabs',
      'Carry on: your edit is kept here, and agreed once 3 of 5 tabs are in touch.',
    ])
  })

  test('one notice at a time, by rank', () => {
    expect(foremost([{ is: 'twin' }, tooFew, { is: 'no-room' }])?.is).toBe('no-room')
    expect(foremost([{ is: 'twin' }, tooFew])?.is).toBe('too-few')
    expect(foremost([])).toBeNull()
  })

  test('toasts and refusals', () => {
    expect(toastWords({ id: 1, is: 'deleted', text: 'Sunscreen' })).toBe('Deleted “Sunscreen”')
    expect(toastWords({ id: 1, is: 'in-touch-again', agreed: 3 })).toBe('In touch again. Your 3 edits are agreed')
    expect(refusalWords('unknown', null)).toBe('May not be agreed')
    expect(toastWords({ id: 1, is: 'unsure', count: 1 })).toBe('1 change of yours may not be agreed')
    expect(refusalWords('deleted', BEN)).toBe('Ben deleted this')
    expect(refusalWords('full', null)).toBe('This list is full: 5,000 items at most')
  })

  test('forgetting says who keeps the list', () => {
    expect(forgetWords([BEN, CHI, BEN])).toBe('It goes from this browser. Ben and Chi keep theirs.')
    expect(forgetWords([])).toBe('Nobody else has it: it will be gone.')
  })
})

describe('UI 8 what is spoken', () => {
  test('remote changes are gathered by who did what', () => {
    const news = [
      { number: 1, by: BEN, did: 'added', what: 'Rope' },
      { number: 2, by: CHI, did: 'finished', what: 'Tent' },
      { number: 3, by: CHI, did: 'finished', what: 'Coffee' },
    ] as const
    expect(sayNews(news)).toBe('Ben added Rope. Chi finished 2 items.')
  })
})

describe('names and times', () => {
  test('each name once, the last after "and"', () => {
    expect(named([BEN, CHI, BEN, DOV])).toBe('Ben, Chi and Dov')
    expect(named([BEN])).toBe('Ben')
  })

  test('today with the time, yesterday, else the day', () => {
    const now = new Date(2026, 10, 24, 20, 0).getTime()
    expect(when(new Date(2026, 10, 24, 18, 4).getTime(), now)).toBe('today 18:04')
    expect(when(new Date(2026, 10, 23, 23, 59).getTime(), now)).toBe('yesterday')
    expect(when(new Date(2026, 10, 2).getTime(), now)).toBe('2 November')
    expect(when(new Date(2025, 10, 2).getTime(), now)).toBe('2 November 2025')
  })
})
