/**
 * Makes the golden log of a new level: `npx tsx tests/list/make-golden.ts 2`. Never overwrites one: an old level means
 * for ever what it meant when it was new, and a changed hash is a bug of the change.
 */
import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { inverse } from '../../shared/list/undo.ts'
import type { Command } from '../../shared/list/commands.ts'
import { List } from '../../shared/list/list.ts'
import { SESSIONS as SESSION_LIMITS } from '../../shared/limits.ts'
import { sessionName } from '../../shared/replica/session-name.ts'
import { anyPlainCommand, SESSIONS } from './arbitrary.ts'
import { hash } from './golden.ts'
import type { Golden, Row } from './golden.ts'

const HASH_EVERY = 40

const level = Number(process.argv[2])
if (!Number.isSafeInteger(level) || level < 1) throw new Error('which level?')

const rows = [...byHand(), ...byChance(), ...byTheThousand(), ...(level >= 2 ? byExpiry() : [])]
const counts = [...rows.keys()].map((at) => at + 1).filter((count) => count % HASH_EVERY === 0 || count === rows.length)
const golden: Golden = { level, hashes: hash(level, rows, counts), rows }
const lines = (all: readonly unknown[]) => all.map((one) => `    ${JSON.stringify(one)}`).join(',\n')
const text = `{\n  "level": ${level},\n  "hashes": [\n${lines(golden.hashes)}\n  ],\n  "rows": [\n${lines(rows)}\n  ]\n}\n`
writeFileSync(new URL(`golden-level-${level}.json`, import.meta.url), text, { flag: 'wx' })

/** What chance would not find: levels, the birth, writing of every kind, nonsense, repeats, gaps. */
function byHand(): readonly Row[] {
  return [
    ['noop'],
    ['level', level],
    ['kai', 1, 0, { type: 'rename', name: 'Sommerfest 🛶' }],
    ['kai', 2, 0, { type: 'add', after: null, text: 'e\u0301 is not \u00e9, ﬁ is not fi, İ is not i' }],
    ['kai', 3, 1, { type: 'add', after: 'kai.2', text: '👩‍👩‍👧‍👦'.repeat(180) }],
    ['kai', 4, 3, { type: 'add', after: 'kai.2', text: 'שלום عليكم \u202e \u0000 \ufeff \uffff' }],
    ['kai', 5, 3, { type: 'add', after: 'kai.2', text: '\ud800' }],
    ['kai', 6, 3, { type: 'add', after: 'kai.2', text: 'x'.repeat(2_001) }],
    ['kai', 4, 3, { type: 'add', after: 'kai.2', text: 'a repeat' }],
    ['kai', 1, 3, { type: 'rename', name: 'a settled repeat' }],
    ['kai', 9, 3, { type: 'rename', name: 'a gap' }],
    ['kai', 7, 6, { type: 'edit', id: 'kai.2', revision: 0, text: '' }],
    ['kai', 8, 6, ['no', 'command']],
    ['kai', 9, 6, { type: 'skip' }],
    ['level', 0],
    ['kai', 9, 8, { type: 'add', after: null, text: 'came too late' }],
    ['kai', 10, 8, { type: 'rename', name: 'n'.repeat(201) }],
  ]
}

/** Three people who give, take back, and repeat themselves; the seed is part of nothing: the rows are what is kept. */
function byChance(): readonly Row[] {
  const list = new List()
  const rows: Row[] = []
  const seqs = new Map<string, number>()
  const undos = new Map<string, Command[]>()
  const turns = fc.sample(fc.record({ who: fc.constantFrom(...SESSIONS), what: anyPlainCommand, chance: fc.nat({ max: 99 }) }), {
    seed: 1,
    numRuns: 700,
  })
  for (const { who, what, chance } of turns) {
    const undo = chance < 25 ? undos.get(who)?.pop() : undefined
    const command = undo ?? what
    const seq = (seqs.get(who) ?? 0) + 1
    const id = `${who}.${seq}`
    const inverted = inverse(list, command, id)
    if (list.apply(level, command, { id }).ok && inverted !== null) undos.set(who, [...(undos.get(who) ?? []), inverted])
    seqs.set(who, seq)
    rows.push([who, seq, Math.max(0, seq - 1 - (chance % 4)), command])
    if (chance > 90) rows.push([who, Math.max(1, seq - (chance % 6)), 0, what], [who, seq + 2, seq, what])
  }
  return rows
}

/** From level 2 on: sessions that are forgotten after their time, and those that are too many. */
function byExpiry(): readonly Row[] {
  const begin = 1_700_000_000_000
  const [young, old, late] = [sessionName(begin + SESSION_LIMITS.idle, 'young'), sessionName(begin, 'old'), sessionName(2 * begin, 'late')]
  return [
    ['lou', 7, 6, { type: 'rename', name: 'just in time' }],
    ['wait', SESSION_LIMITS.idle],
    ['lou', 8, 7, { type: 'rename', name: 'one more' }],
    ['kai', 11, 10, { type: 'rename', name: 'too late' }],
    [old, 1, 0, { type: 'rename', name: 'may have been there' }],
    [late, 1, 0, { type: 'rename', name: 'cannot be born yet' }],
    [young, 1, 0, { type: 'rename', name: 'new' }],
    ['wait', SESSION_LIMITS.idle / 2],
    ['crowd', SESSION_LIMITS.count - 1],
    [young, 2, 1, { type: 'rename', name: 'still there' }],
    ['crowd', SESSION_LIMITS.count],
    [young, 3, 1, { type: 'rename', name: 'one too many' }],
  ]
}

/** Into the limits: a full list, and more deleted than are kept. */
function byTheThousand(): readonly Row[] {
  return [
    ['add', { session: 'many', count: 5_010 }],
    ['lou', 1, 0, { type: 'restore', id: 'ada.1' }],
    ['delete', { session: 'away', count: 1_010, of: 'many' }],
    ['lou', 2, 1, { type: 'restore', id: 'many.1' }],
    ['lou', 3, 2, { type: 'restore', id: 'many.999' }],
    ['lou', 4, 3, { type: 'add', after: 'many.1000', text: 'after a deleted one' }],
    ['lou', 5, 4, { type: 'move', id: 'many.2000', after: 'many.3' }],
    ['lou', 6, 5, { type: 'add', after: 'many.3', text: 'after a forgotten one' }],
  ]
}
