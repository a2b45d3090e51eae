/** Values as a page, a stranger or a broken server may send them: good ones, and what becomes of those by small accidents. */
import { LIMITS } from '../../shared/limits.ts'
import type { Dice } from './dice.ts'

const ID = 'AbCdEfGhIjKlMnOpQrSt_-'
const TURN = { urls: ['turn:turn.example.net:3478', 'stun:stun.example.net'], username: 'u', credential: 'c' }

export type Kind = 'join' | 'signal-request' | 'signal' | 'tab' | 'joined' | 'ice'

/** By reader, some that it accepts. */
export const GOOD: Readonly<Record<Kind, readonly unknown[]>> = {
  join: [
    { room: ID, tab: ID, token: ID },
    { room: 'r'.repeat(22), tab: 'a7', token: ID },
  ],
  'signal-request': [
    { to: 'a7', bytes: Uint8Array.of(1, 2, 3) },
    { to: ID, bytes: new Uint8Array(LIMITS.signalBytes) },
    { to: 'a', bytes: Uint8Array.of(9) },
  ],
  signal: [
    { from: 'a7', bytes: Uint8Array.of(1, 2, 3) },
    { from: ID, bytes: new ArrayBuffer(4) },
  ],
  tab: [{ tab: 'a7' }, { tab: ID }],
  joined: [
    { ok: true, tabs: ['a7', ID], ice: [TURN, { urls: ['stun:stun.example.net'] }] },
    { ok: true, tabs: [], ice: [] },
    { ok: true, tabs: Array.from({ length: LIMITS.roomTabs }, (_, k) => `a${k}`), ice: [] },
    { ok: false, refusal: 'room-full' },
  ],
  ice: [TURN, { urls: ['stun:stun.example.net'] }],
}

const ODD: readonly unknown[] = [
  null,
  undefined,
  true,
  false,
  -1,
  0,
  2 ** 53,
  NaN,
  '',
  'A',
  'a7',
  'x'.repeat(65),
  'x'.repeat(22),
  `${ID}\n`,
  'Ünïcødé_____________22',
  '__proto__',
  'turn:',
  'stun:a b',
  'javascript:alert(1)',
  [],
  [[]],
  ['a7', 7],
  {},
  { length: 3 },
  { toString: 1 },
  Array.from({ length: LIMITS.roomTabs + 1 }, () => 'a7'),
  new Uint8Array(LIMITS.signalBytes + 1),
  Uint8Array.of(1),
  new ArrayBuffer(2),
]

export function anyOdd(dice: Dice): unknown {
  return dice.pick(ODD)
}

/** None to two accidents, anywhere inside. */
export function bent(good: unknown, dice: Dice): unknown {
  let value = good
  for (let left = dice.below(3); left > 0; left--) value = accident(value, dice)
  return value
}

function accident(value: unknown, dice: Dice): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || value instanceof ArrayBuffer || dice.below(8) === 0)
    return typeof value === 'string' && dice.below(2) === 0 ? misspelled(value, dice) : anyOdd(dice)
  if (Array.isArray(value)) {
    const at = dice.below(value.length)
    if (value.length === 0 || dice.below(3) === 0) return value.toSpliced(at, dice.below(2), anyOdd(dice))
    return value.with(at, accident(value[at], dice))
  }
  const entries = Object.entries(value)
  if (entries.length === 0) return anyOdd(dice)
  const at = dice.below(entries.length)
  const [key, inner] = entries[at]!
  switch (dice.below(5)) {
    case 0:
      return Object.fromEntries(entries.toSpliced(at, 1))
    case 1:
      return Object.fromEntries([...entries, [dice.pick(['more', 'toString', 'ok', 'length']), anyOdd(dice)]])
    default:
      return Object.fromEntries(entries.with(at, [key, accident(inner, dice)]))
  }
}

function misspelled(text: string, dice: Dice): string {
  const at = dice.below(text.length + 1)
  return text.slice(0, at) + dice.pick(['', ' ', 'a', 'Z', '-', '\u0000', '\n', '🐚']) + text.slice(at + dice.below(2))
}
