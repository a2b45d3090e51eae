/**
 * People fly flags: a hue and a pattern, both drawn from the person's id, so that every tab draws the same one. A flag is
 * also the name of somebody who gave none: "Plum". (UI.md section 4.)
 */
import type { Flag, Hue, Pattern, PersonId } from './view.ts'

export const HUES = ['cobalt', 'vermilion', 'viridian', 'ochre', 'plum', 'rose', 'umber', 'slate'] as const satisfies readonly Hue[]
export const PATTERNS = ['halves', 'diamond', 'cross', 'slash', 'border', 'bars', 'quarters', 'disc'] as const satisfies readonly Pattern[]

/** The flag that this id would choose for itself, alone in the world. */
export function flagOf(person: PersonId): Flag {
  const drawn = hash(person)
  return { hue: at(HUES, drawn), pattern: at(PATTERNS, drawn >>> 3) }
}

/**
 * Flags of everybody in a list. The first eight differ from each other in hue and in pattern, and so do the next eight.
 * Who comes earlier in `people` keeps the flag of choice: give them in an order that every tab shares and that only grows
 * at its end (as people first appear in the log), or a newcomer repaints the others. Doubles are ignored.
 */
export function flagsOf(people: readonly PersonId[]): ReadonlyMap<PersonId, Flag> {
  const flags = new Map<PersonId, Flag>()
  let hues = new Set<Hue>()
  let patterns = new Set<Pattern>()
  for (const person of people) {
    if (flags.has(person)) continue
    if (hues.size === HUES.length) {
      hues = new Set()
      patterns = new Set()
    }
    const drawn = hash(person)
    const flag = { hue: firstFree(HUES, drawn, hues), pattern: firstFree(PATTERNS, drawn >>> 3, patterns) }
    hues.add(flag.hue)
    patterns.add(flag.pattern)
    flags.set(person, flag)
  }
  return flags
}

/** What to call a person: by the name given, or else by flag. */
export function calledBy(name: string, flag: Flag): string {
  const given = name.trim()
  return given === '' ? flag.hue.charAt(0).toUpperCase() + flag.hue.slice(1) : given
}

function firstFree<T>(choices: readonly T[], wanted: number, taken: ReadonlySet<T>): T {
  for (let step = 0; step < choices.length; step++) {
    const choice = at(choices, wanted + step)
    if (!taken.has(choice)) return choice
  }
  return at(choices, wanted)
}

function at<T>(choices: readonly T[], index: number): T {
  return choices[index % choices.length]!
}

/** FNV-1a over UTF-16 units, its high bits folded in: ids differ in few characters, flags must differ all the same. */
function hash(text: string): number {
  let sum = 0x811c9dc5
  for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193)
  return (sum ^ (sum >>> 15)) >>> 0
}
