/** Records and whole journals, sound, damaged, out of order or of somebody else: a state that hangs together, or a reason. */
import { describe, expect, test } from 'vitest'
import { recordSum } from '../../shared/wire/hash.ts'
import { decodeRecord, encodeRecord, type RecordContent } from '../../shared/wire/record.ts'
import { beginStart, replay, type Replayed } from '../../shared/wire/replay.ts'
import { RECORDS } from '../wire/samples.ts'
import { mutate, type Dice } from './dice.ts'
import { damaged, outcomeOf, type Format } from './formats.ts'
import { anyHistory, histories, type History, type Written } from './history.ts'
import { INPUTS, PATIENCE, rounds, same } from './rounds.ts'

/** Bytes with the checksum that they should have: damage that only the reader of fields can find. */
function sealed(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 8) return bytes
  const copy = bytes.slice()
  copy.set(recordSum(copy.subarray(8)), 0)
  return copy
}

const RECORD: Format<RecordContent> = {
  name: 'with a good checksum',
  seed: 31,
  share: 0.5,
  good: Object.values(RECORDS).map((content) => encodeRecord(7, content)),
  decode: (bytes) => decodeRecord(7, bytes),
  encode: (content) => encodeRecord(7, content),
  head: 8,
  dress: sealed,
  refusals: ['malformed', 'bad-field', 'unknown', 'version'],
}

const TORN: Format<RecordContent> = {
  ...RECORD,
  name: 'as the disk has them',
  seed: 32,
  share: 0.2,
  dress: (bytes) => bytes,
  refusals: ['checksum'],
}

/** Each of some four records, and read three times: as it is, for a start, and once more after it. */
const JOURNALS = (INPUTS * 0.3) / 10
const LENDERS = histories(33, 100)

interface Case {
  readonly damage: Damage
  readonly history: History
  readonly records: readonly Written[]
}

const DAMAGES = ['none', 'cut', 'missing', 'swapped', 'twice', 'flipped', 'mended', 'lent', 'retired'] as const
type Damage = (typeof DAMAGES)[number]
/** What must be noticed, and how; the others may add up by chance. */
const CERTAIN: Readonly<Partial<Record<Damage, string>>> = {
  none: 'accepted',
  missing: 'gap',
  swapped: 'gap',
  twice: 'gap',
  flipped: 'unreadable',
}

function anyCase(dice: Dice): Case {
  const history = anyHistory(dice)
  const damage = dice.pick(DAMAGES)
  const { records } = history
  // What takes more records than there are is no damage.
  if (records.length < 3) return { damage: 'none', history, records }
  return { damage, history, records: damagedBy(damage, records, dice) }
}

function damagedBy(damage: Damage, records: readonly Written[], dice: Dice): readonly Written[] {
  const at = dice.below(records.length)
  const inside = 1 + dice.below(records.length - 2)
  const { number, bytes } = records[at]!
  switch (damage) {
    case 'none':
      return records
    case 'cut':
      return records.slice(0, at)
    case 'missing':
      return records.toSpliced(inside, 1)
    case 'swapped':
      return records.with(inside, records[inside + 1]!).with(inside + 1, records[inside]!)
    case 'twice':
      return records.toSpliced(inside, 0, records[inside]!)
    case 'flipped': {
      const bit = dice.below(bytes.length * 8)
      return records.with(at, { number, bytes: bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7))) })
    }
    case 'mended':
      return records.with(at, { number, bytes: sealed(mutate(bytes, dice.pick(records).bytes, dice)) })
    case 'lent':
      return records.with(at, { number, bytes: encodeRecord(number, dice.pick(dice.pick(LENDERS).contents)) })
    case 'retired':
      return [...records.slice(0, at), { number, bytes: encodeRecord(number, { kind: 'retired', why: 'removed' }) }]
    default:
      return damage satisfies never
  }
}

function outcome({ damage, history, records }: Case): string {
  const result = replay(records)
  const started = beginStart('fresh')(records)
  if (started.ok !== result.ok) throw new Error('a start and a replay disagree')
  const told = result.ok ? 'accepted' : result.error.type
  const certain = CERTAIN[damage]
  if (certain !== undefined && told !== certain) throw new Error(`${damage}: ${told}`)
  if (result.ok) hangsTogether(result.value)
  if (started.ok) startsAgain(records, started.value.records, started.value.state)
  if (damage === 'none' && result.ok) {
    const { incarnation, nonce, term, votedFor, commitIndex, entries } = result.value
    if (!same({ incarnation, nonce, term, votedFor, commitIndex, entries }, history.state)) throw new Error('adds up to another state')
  }
  return told
}

function hangsTogether({ entries, term, commitIndex }: Replayed): void {
  if (commitIndex > entries.length) throw new Error('commits what it has not')
  for (const [k, entry] of entries.entries()) {
    if (entry.index !== k + 1) throw new Error('an entry out of place')
    if (entry.term < (entries[k - 1]?.term ?? 0) || entry.term > term) throw new Error('terms that fall')
  }
}

function startsAgain(before: readonly Written[], added: readonly Uint8Array[], state: Replayed): void {
  const number = before.at(-1)!.number + 1
  const again = replay([...before, ...added.map((bytes, k) => ({ number: number + k, bytes }))])
  if (!again.ok || !same(again.value, state)) throw new Error('a start that the next does not read')
}

describe('J4 W1: records of a journal', () => {
  test.each<Format<RecordContent>>([RECORD, TORN])(
    '$name',
    (format) => {
      const times = INPUTS * format.share
      const make = damaged(format)
      const outcomes = rounds(format.seed, times, { make, outcome: (bytes) => outcomeOf(format, bytes) })
      if (times >= 50_000) expect(outcomes.missing(format.refusals)).toEqual([])
      if (format === RECORD) expect(outcomes.of('accepted')).toBeGreaterThan(times / 1_000)
      else expect(outcomes.of('checksum')).toBeGreaterThan(times * 0.9)
    },
    PATIENCE,
  )

  test(
    'whole journals: what is missing, swapped, there twice or flipped is always noticed, and what is left whole is read as written',
    () => {
      let records = 0
      const make = (dice: Dice): Case => {
        const one = anyCase(dice)
        records += one.records.length
        return one
      }
      const outcomes = rounds(34, JOURNALS, { make, outcome })
      expect(outcomes.missing(['empty', 'gap', 'unreadable', 'contradiction', 'retired'])).toEqual([])
      expect(outcomes.of('accepted')).toBeGreaterThan(JOURNALS / 10)
      expect(records).toBeGreaterThan(JOURNALS * 3)
    },
    PATIENCE,
  )
})
