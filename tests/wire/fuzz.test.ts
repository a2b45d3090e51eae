/**
 * Any bytes at all end in a value or a typed refusal (issue item 6). Each format gets random bytes, cut and damaged good bytes,
 * and good bytes around one bad field. What is accepted is put back into bytes and read again, the same. `FUZZ=n` sets how many.
 */
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { packCommand, unpackCommand } from '../../shared/wire/commands.ts'
import { decodeFrame, encodeFrame } from '../../shared/wire/envelope.ts'
import { checksum } from '../../shared/wire/hash.ts'
import { decodeHello, encodeHello } from '../../shared/wire/hello.ts'
import { isSecret, parseFragment } from '../../shared/wire/keys.ts'
import { decodeMessage, encodeMessage } from '../../shared/wire/messages.ts'
import { pack, unpack } from '../../shared/wire/msgpack.ts'
import { decodeRecord, encodeRecord, type RecordContent } from '../../shared/wire/record.ts'
import { beginStart, replay } from '../../shared/wire/replay.ts'
import { decodeReport, encodeReport } from '../../shared/wire/report.ts'
import type { Result } from '../../shared/wire/result.ts'
import { dice, distort, mutate, type Dice } from './dice.ts'
import { CLUSTER, HELLO, MESSAGES, RECORDS, REPORT } from './samples.ts'

const TIMES = Number(process.env['FUZZ'] ?? 100_000)
const PATIENCE = Math.max(120_000, TIMES * 2)
const LIMIT = 1024 * 1024

interface Format<T> {
  readonly name: string
  readonly seed: number
  readonly good: readonly Uint8Array[]
  readonly decode: (bytes: Uint8Array) => Result<T, { readonly type: string }>
  readonly encode: (value: T) => Uint8Array
  /** Of bytes that hold one packed value after a head: where it begins. */
  readonly head: number | null
  /** What damaged bytes are given so that they are not refused at the door. */
  readonly dress?: (bytes: Uint8Array) => Uint8Array
  /** Refusals that this format must have met at least once. */
  readonly refusals: readonly string[]
}

function bad<T>({ good, head }: Format<T>, dice: Dice): Uint8Array {
  const sample = dice.pick(good)
  const kind = dice.below(8)
  if (kind === 0) return dice.bytes(dice.below(64))
  if (kind === 1) return sample.slice(0, dice.below(sample.length))
  if (kind < 5 || head === null) return mutate(sample, dice.pick(good), dice)
  const value = unpack(sample.subarray(head), LIMIT)
  if (!value.ok) throw new Error('a good sample is not one packed value')
  return Uint8Array.from([...sample.subarray(0, head), ...pack(distort(value.value, dice))])
}

/** How often each outcome came. Throws with the seed and the round, and the bytes, on the first that is none. */
function fuzz<T>(format: Format<T>, times: number): Map<string, number> {
  const outcomes = new Map<string, number>()
  const rolls = dice(format.seed)
  for (let round = 0; round < times; round++) {
    const bytes = bad(format, rolls)
    const given = format.dress?.(bytes) ?? bytes
    const where = `seed ${format.seed} round ${round}: ${Buffer.from(given).toString('hex')}`
    const outcome = outcomeOf(format, given, where)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  return outcomes
}

function outcomeOf<T>({ decode, encode }: Format<T>, bytes: Uint8Array, where: string): string {
  try {
    const result = decode(bytes)
    if (!result.ok) return result.error.type
    const again = decode(encode(result.value))
    if (!again.ok || !isDeepStrictEqual(again.value, result.value)) throw new Error('what was accepted is not the same again')
    return 'accepted'
  } catch (error) {
    throw new Error(where, { cause: error })
  }
}

const MESSAGE: Format<Parameters<typeof encodeMessage>[0]> = {
  name: 'messages',
  seed: 1,
  good: Object.values(MESSAGES).map(encodeMessage),
  decode: decodeMessage,
  encode: encodeMessage,
  head: 0,
  refusals: ['malformed', 'bad-field', 'unknown', 'version'],
}

const FRAME: Format<{
  readonly cluster: string
  readonly messages: Parameters<typeof encodeFrame>[1]
  readonly refused: readonly unknown[]
}> = {
  name: 'frames',
  seed: 2,
  good: Object.values(MESSAGES).map((message) =>
    encodeFrame(CLUSTER, [
      { hops: 0, message: MESSAGES['TimeoutNow']! },
      { hops: 1, message },
    ]),
  ),
  // What was refused does not come back.
  decode: (bytes) => {
    const frame = decodeFrame(bytes)
    return frame.ok ? { ok: true, value: { ...frame.value, refused: [] } } : frame
  },
  encode: ({ cluster, messages }) => encodeFrame(cluster, messages),
  head: null,
  refusals: ['malformed', 'bad-field', 'unknown', 'version'],
}

const HELLOS: Format<Parameters<typeof encodeHello>[0]> = {
  name: 'HELLO',
  seed: 3,
  good: [encodeHello(HELLO), encodeHello({ ...HELLO, cluster: null, hosted: [] })],
  decode: decodeHello,
  encode: encodeHello,
  head: 0,
  refusals: ['malformed', 'bad-field', 'version'],
}

const REPORTS: Format<Parameters<typeof encodeReport>[0]> = {
  name: 'reports',
  seed: 4,
  good: [encodeReport(REPORT), encodeReport({ ...REPORT, nodes: [] })],
  decode: decodeReport,
  encode: encodeReport,
  head: 1,
  refusals: ['malformed', 'bad-field', 'unknown', 'version'],
}

/** Bytes with the checksum that they should have: damage that only the reader of fields can find. */
function sealed(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 8) return bytes
  const copy = bytes.slice()
  copy.set(checksum(copy.subarray(8)), 0)
  return copy
}

const RECORD: Format<RecordContent> = {
  name: 'records with a good checksum',
  seed: 5,
  good: Object.values(RECORDS).map((content) => encodeRecord(7, content)),
  decode: (bytes) => decodeRecord(7, bytes),
  encode: (content) => encodeRecord(7, content),
  head: 8,
  dress: sealed,
  refusals: ['malformed', 'bad-field', 'unknown', 'version'],
}

const COMMAND: Format<unknown> = {
  name: 'bytes of commands',
  seed: 6,
  good: [packCommand(['add', 'milk', null]), packCommand({ do: 'edit', text: '\u{feff}ö🐚', at: [1, -7, 0.5] })],
  decode: unpackCommand,
  encode: packCommand,
  head: 0,
  refusals: ['malformed', 'bad-field', 'version'],
}

const PLAIN: Format<unknown> = {
  name: 'MessagePack',
  seed: 7,
  good: [...MESSAGE.good, ...HELLOS.good, ...COMMAND.good],
  decode: (bytes) => unpack(bytes, LIMIT),
  encode: pack,
  head: null,
  refusals: ['malformed'],
}

describe('any bytes end in a value or a typed refusal', () => {
  const formats = [MESSAGE, FRAME, HELLOS, REPORTS, RECORD, COMMAND, PLAIN] as readonly Format<unknown>[]

  test.each(formats)(
    '$name',
    (format) => {
      const outcomes = fuzz(format, TIMES)
      // The dice reach both sides of every door.
      expect(outcomes.get('accepted') ?? 0).toBeGreaterThan(TIMES / 1_000)
      if (TIMES >= 100_000) for (const refusal of format.refusals) expect(outcomes.get(refusal) ?? 0, refusal).toBeGreaterThan(0)
    },
    PATIENCE,
  )

  test(
    'journals of sound records in any order',
    () => {
      const contents = Object.values(RECORDS)
      const rolls = dice(8)
      const outcomes = new Map<string, number>()
      for (let round = 0; round < TIMES / 10; round++) {
        const first = 1 + rolls.below(2)
        const records = Array.from({ length: rolls.below(6) }, (_, k) => {
          const number = first + k + (rolls.below(40) === 0 ? 1 : 0)
          const content = k === 0 && rolls.below(4) > 0 ? rolls.pick([RECORDS['birth']!, shortBase]) : rolls.pick(contents)
          return {
            number,
            bytes: encodeRecord(number, content.kind === 'start' ? { ...content, incarnation: 1 + rolls.below(4) } : content),
          }
        })
        const result = replay(records)
        const started = beginStart('fresh')(records)
        if (started.ok !== result.ok) throw new Error(`seed 8 round ${round}: a start and a replay disagree`)
        const outcome = result.ok ? 'accepted' : result.error.type
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
      for (const outcome of ['accepted', 'empty', 'gap', 'contradiction', 'retired']) {
        expect(outcomes.get(outcome) ?? 0, outcome).toBeGreaterThan(0)
      }
    },
    PATIENCE,
  )

  test('fragments', () => {
    const rolls = dice(9)
    const good = 'AAECAwQFBgcICQoLDA0ODw'
    for (let round = 0; round < TIMES; round++) {
      const text = Buffer.from(mutate(Buffer.from(`#${good}/cluster`), Buffer.from(good), rolls)).toString(
        round % 2 === 0 ? 'utf8' : 'latin1',
      )
      const link = parseFragment(text)
      if (link !== null && !isSecret(link.secret)) throw new Error(`seed 9 round ${round}: ${text}`)
    }
  })
})

const base = RECORDS['base'] as Extract<RecordContent, { kind: 'base' }>
const shortBase: RecordContent = { ...base, lastIndex: base.entries.length }
