import { expect, test } from 'vitest'
import { Shortage } from '../../shared/life/shortage.ts'

const ALONE = { majority: false, leader: null }

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
  expect(shortage.isDue(0, has, 500, Infinity)).toBe(false)
  expect(shortage.isDue(2_900, has, 500, Infinity)).toBe(false)
  expect(shortage.isUrgent).toBe(false)
  shortage.isDue(3_000, has, 500, Infinity)
  expect(shortage.isUrgent).toBe(true)
  expect(shortage.isDue(3_500, has, 500, Infinity)).toBe(true)
  shortage.isDue(3_600, { majority: true, leader: 'n1' }, 500, Infinity)
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
})
