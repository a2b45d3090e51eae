/** The people and tabs of the drawings. */
import type { Fleet, Flag, Person, Tab } from '../../../client/ui/view.ts'

function person(id: string, name: string, hue: Flag['hue'], pattern: Flag['pattern']): Person {
  return { id, name, flag: { hue, pattern } }
}

export const ANA = person('ana', 'Ana', 'cobalt', 'halves')
export const BEN = person('ben', 'Ben', 'vermilion', 'diamond')
export const CHI = person('chi', 'Chi', 'viridian', 'cross')
export const DOV = person('dov', 'Dov', 'ochre', 'slash')
const CREW = [ANA, ANA, BEN, CHI, DOV]

export function tab(id: string, of: Person, more: Partial<Tab> = {}): Tab {
  return {
    id,
    person: of,
    device: null,
    me: false,
    role: 'follower',
    voter: true,
    reach: 'up',
    term: 7,
    log: { lastIndex: 55, commitIndex: 53 },
    ...more,
  }
}

/** Five tabs, this one first, Ben's leads. `lost`: the last so many are out of touch. */
export function fleetOfFive(lost = 0): Fleet {
  const tabs = CREW.map((of, i) => {
    const away = i >= CREW.length - lost
    return tab(`${'abcde'[i]}3f9q`, of, {
      me: i === 0,
      device: i === 1 ? 'phone' : null,
      role: i === 2 && lost < 3 ? 'leader' : 'follower',
      reach: away ? 'lost' : 'up',
      ...(away ? { term: null, log: null } : {}),
    })
  })
  return { tabs, inTouch: tabs.length - lost, leader: lost < 3 ? tabs[2]!.id : null, sending: 0, mood: lost < 3 ? 'agree' : 'too-few' }
}

export function fleetOfOne(): Fleet {
  return { tabs: [tab('a3f9q', ANA, { me: true, role: 'leader' })], inTouch: 1, leader: 'a3f9q', sending: 0, mood: 'alone' }
}
