/** Whatever we may send is read at the other end as it was. */
import { describe, expect, test } from 'vitest'
import type { Message } from '../../shared/raft/messages.ts'
import { decodeFrame, encodeFrame } from '../../shared/wire/envelope.ts'
import { decodeHello, encodeHello } from '../../shared/wire/hello.ts'
import { decodeMessage, encodeMessage } from '../../shared/wire/messages.ts'
import { decodeReport, encodeReport } from '../../shared/wire/report.ts'
import type { Result } from '../../shared/wire/result.ts'
import { walk } from '../support/cluster-walk.ts'
import { INPUTS, PATIENCE, rounds, same } from './rounds.ts'
import { anyFrame, anyHello, anyMessage, anyReport } from './values.ts'

const ALL: readonly Message['type'][] = [
  'RequestVote',
  'RequestVoteReply',
  'AppendEntries',
  'AppendEntriesReply',
  'TimeoutNow',
  'Propose',
  'ProposeRefused',
  'Farewell',
  'ReadIndex',
  'ReadIndexReply',
]

function arrives(sent: unknown, read: Result<unknown, unknown>): void {
  if (!read.ok) throw new Error(`refused: ${JSON.stringify(read.error)}`)
  if (!same(read.value, sent)) throw new Error('arrives as another')
}

describe('W1 W2: what is sent arrives as it was', () => {
  test(
    'messages',
    () => {
      const outcome = (message: Message): string => {
        arrives(message, decodeMessage(encodeMessage(message)))
        return message.type
      }
      const outcomes = rounds(21, INPUTS * 0.6, { make: anyMessage, outcome })
      expect(outcomes.missing(ALL)).toEqual([])
    },
    PATIENCE,
  )

  test(
    'frames of several',
    () => {
      const outcome = (frame: ReturnType<typeof anyFrame>): string => {
        arrives({ ...frame, refused: [] }, decodeFrame(encodeFrame(frame.cluster, frame.messages)))
        return 'arrived'
      }
      expect(rounds(22, INPUTS * 0.1, { make: anyFrame, outcome }).of('arrived')).toBe(INPUTS * 0.1)
    },
    PATIENCE,
  )

  test(
    'HELLO',
    () => {
      const outcome = (hello: ReturnType<typeof anyHello>): string => {
        arrives(hello, decodeHello(encodeHello(hello)))
        return hello.cluster === null ? 'looking' : 'member'
      }
      const outcomes = rounds(23, INPUTS * 0.15, { make: anyHello, outcome })
      expect(outcomes.missing(['looking', 'member'])).toEqual([])
    },
    PATIENCE,
  )

  test(
    'reports',
    () => {
      const outcome = (report: ReturnType<typeof anyReport>): string => {
        arrives(report, decodeReport(encodeReport(report)))
        return report.nodes.length === 0 ? 'empty' : 'of some'
      }
      expect(rounds(24, INPUTS * 0.15, { make: anyReport, outcome }).missing(['empty', 'of some'])).toEqual([])
    },
    PATIENCE,
  )

  test(
    'everything that cores say to each other while members come, go and crash',
    () => {
      const said = new Map<string, number>()
      for (let seed = 1; seed <= 20; seed++) {
        const world = { voters: ['a', 'b', 'c', 'd', 'e'], learners: ['f'], steps: 1_000, changes: true, farewells: true }
        for (const message of walk(seed, world).network.sent) {
          arrives(message, decodeMessage(encodeMessage(message)))
          said.set(message.type, (said.get(message.type) ?? 0) + 1)
        }
      }
      expect(ALL.filter((type) => !said.has(type))).toEqual([])
    },
    PATIENCE,
  )
})
