/**
 * Bytes from anybody: random ones, cut and damaged good ones, lengths that lie, and good ones around one bad field. Each ends in a
 * value or a typed refusal. What is accepted is put back into bytes and read again, the same.
 */
import { describe, expect, test } from 'vitest'
import { packCommand, unpackCommand } from '../../shared/wire/commands.ts'
import { decodeFrame, encodeFrame } from '../../shared/wire/envelope.ts'
import { decodeHello, encodeHello } from '../../shared/wire/hello.ts'
import { isSecret, parseFragment } from '../../shared/wire/keys.ts'
import { decodeMessage, encodeMessage } from '../../shared/wire/messages.ts'
import { pack, unpack } from '../../shared/wire/msgpack.ts'
import { decodeReport, encodeReport } from '../../shared/wire/report.ts'
import { CLUSTER, HELLO, MESSAGES, REPORT } from '../wire/samples.ts'
import { mutate, type Dice } from './dice.ts'
import { damaged, outcomeOf, type Format } from './formats.ts'
import { INPUTS, PATIENCE, rounds } from './rounds.ts'

const LIMIT = 1024 * 1024

const MESSAGE: Format<Parameters<typeof encodeMessage>[0]> = {
  name: 'messages',
  seed: 1,
  share: 0.3,
  good: Object.values(MESSAGES).map(encodeMessage),
  decode: decodeMessage,
  encode: encodeMessage,
  head: 0,
  refusals: ['malformed', 'bad-field', 'unknown', 'version'],
}

type Frame = {
  readonly cluster: string
  readonly messages: Parameters<typeof encodeFrame>[1]
  readonly refused: readonly unknown[]
}

const FRAME: Format<Frame> = {
  name: 'frames',
  seed: 2,
  share: 0.25,
  good: Object.values(MESSAGES).map((message) =>
    encodeFrame(CLUSTER, [
      { hops: 0, message: MESSAGES['TimeoutNow']! },
      { hops: 1, message },
    ]),
  ),
  // What was refused does not come back.
  decode: (bytes) => {
    const frame = decodeFrame(bytes)
    if (frame.ok && frame.value.messages.length + frame.value.refused.length !== partsOf(bytes)) throw new Error('a part was passed over')
    return frame.ok ? { ok: true, value: { ...frame.value, refused: [] } } : frame
  },
  encode: ({ cluster, messages }) => encodeFrame(cluster, messages),
  head: null,
  refusals: ['malformed', 'bad-field', 'unknown', 'version'],
}

/** A farewell is a frame of one message; the bytes before it are a frame's and its message's head. */
const FAREWELLS: Format<Frame> = {
  ...FRAME,
  name: 'farewells',
  seed: 3,
  share: 0.15,
  good: ['Farewell of a follower', 'Farewell of a leader'].map((name) => encodeFrame(CLUSTER, [{ hops: 0, message: MESSAGES[name]! }])),
}

const HELLOS: Format<Parameters<typeof encodeHello>[0]> = {
  name: 'HELLO',
  seed: 4,
  share: 0.15,
  good: [encodeHello(HELLO), encodeHello({ ...HELLO, cluster: null, hosted: [] })],
  decode: decodeHello,
  encode: encodeHello,
  head: 0,
  refusals: ['malformed', 'bad-field', 'version'],
}

const REPORTS: Format<Parameters<typeof encodeReport>[0]> = {
  name: 'reports',
  seed: 5,
  share: 0.15,
  good: [encodeReport(REPORT), encodeReport({ ...REPORT, nodes: [] })],
  decode: decodeReport,
  encode: encodeReport,
  head: 1,
  refusals: ['malformed', 'bad-field', 'unknown', 'version'],
}

/** Beyond the million: what all of these are made of, and what an entry's bytes hold. */
const COMMAND: Format<unknown> = {
  name: 'bytes of commands',
  seed: 6,
  share: 0.1,
  good: [packCommand(['add', 'milk', null]), packCommand({ do: 'edit', text: '\u{feff}ö🐚', at: [1, -7, 0.5] })],
  decode: unpackCommand,
  encode: packCommand,
  head: 0,
  refusals: ['malformed', 'bad-field', 'version'],
}

const PLAIN: Format<unknown> = {
  name: 'MessagePack',
  seed: 7,
  share: 0.1,
  good: [...MESSAGE.good, ...HELLOS.good, ...COMMAND.good],
  decode: (bytes) => unpack(bytes, LIMIT),
  encode: pack,
  head: null,
  refusals: ['malformed'],
}

describe('W1: any bytes end in a value or a typed refusal', () => {
  const formats = [MESSAGE, FRAME, FAREWELLS, HELLOS, REPORTS, COMMAND, PLAIN] as readonly Format<unknown>[]

  test.each(formats)(
    '$name',
    (format) => {
      const times = INPUTS * format.share
      const make = damaged(format)
      const outcomes = rounds(format.seed, times, { make, outcome: (bytes) => outcomeOf(format, bytes) })
      // The dice reach both sides of every door.
      expect(outcomes.of('accepted')).toBeGreaterThan(times / 1_000)
      if (times >= 50_000) expect(outcomes.missing(format.refusals)).toEqual([])
    },
    PATIENCE,
  )

  test(
    'fragments',
    () => {
      const good = 'AAECAwQFBgcICQoLDA0ODw'
      const make = (rolls: Dice): string => {
        const bytes = mutate(Buffer.from(`#${good}/cluster`), Buffer.from(good), rolls)
        return Buffer.from(bytes).toString(rolls.below(2) === 0 ? 'utf8' : 'latin1')
      }
      const outcomes = rounds(8, INPUTS / 10, {
        make,
        outcome: (text) => {
          const link = parseFragment(text)
          if (link !== null && !isSecret(link.secret)) throw new Error('a secret that is none')
          return link === null ? 'refused' : 'accepted'
        },
      })
      expect(outcomes.of('accepted')).toBeGreaterThan(INPUTS / 1_000)
      expect(outcomes.of('refused')).toBeGreaterThan(INPUTS / 1_000)
    },
    PATIENCE,
  )

  test('W1: lengths that lie reserve no memory', () => {
    const claim = [0xdd, 0x01, 0xff, 0xff, 0xff]
    const bombs = [0xdb, 0xc6, 0xdf, 0xdd].flatMap((head) =>
      [1, 4, 16].map((deep) => Uint8Array.from([...Array.from({ length: deep - 1 }, () => claim).flat(), head, ...claim.slice(1), 0xc0])),
    )
    for (const bytes of bombs) {
      const before = reserved()
      for (let count = 0; count < 100; count++) expect(unpack(bytes, LIMIT).ok).toBe(false)
      // One that is believed reserves 256 MiB.
      expect(reserved() - before).toBeLessThan(64 * 1024 * 1024)
    }
  })
})

/** How many messages fill a frame exactly; -1 if none do. */
function partsOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let parts = 0
  let at = 18
  for (; at + 5 <= bytes.length; parts++) at += 5 + view.getUint32(at + 1)
  return at === bytes.length ? parts : -1
}

function reserved(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
