import { describe, expect, test } from 'vitest'
import { calledBy, flagOf, flagsOf, HUES, PATTERNS } from '../../client/ui/flags.ts'

const people = Array.from({ length: 64 }, (_, i) => `person-${i}`)

describe('UI 4 flags', () => {
  test('the first eight in a list differ in hue and in pattern, and so do the next eight', () => {
    const flags = [...flagsOf(people).values()]
    for (let from = 0; from < flags.length; from += 8) {
      const eight = flags.slice(from, from + 8)
      expect(new Set(eight.map((flag) => flag.hue)).size).toBe(8)
      expect(new Set(eight.map((flag) => flag.pattern)).size).toBe(8)
    }
  })

  test('who came earlier keeps the flag when others come', () => {
    const all = flagsOf(people)
    for (const count of [1, 5, 8, 9, 20]) {
      for (const [person, flag] of flagsOf(people.slice(0, count))) expect(all.get(person)).toEqual(flag)
    }
  })

  test('ids alike in all but one character still spread over every hue and pattern', () => {
    const drawn = people.map(flagOf)
    expect(new Set(drawn.map((flag) => flag.hue)).size).toBe(HUES.length)
    expect(new Set(drawn.map((flag) => flag.pattern)).size).toBe(PATTERNS.length)
  })

  test('doubles are one person, and alone a person flies the flag of choice', () => {
    expect(flagsOf(['a', 'a']).size).toBe(1)
    expect(flagsOf(['a']).get('a')).toEqual(flagOf('a'))
  })

  test('without a name a person is called by flag', () => {
    expect(calledBy('  ', { hue: 'plum', pattern: 'disc' })).toBe('Plum')
    expect(calledBy(' Ben ', { hue: 'plum', pattern: 'disc' })).toBe('Ben')
  })
})
