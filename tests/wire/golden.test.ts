/** The formats as bytes. A change here is a change of format: give it a new version, and keep reading the old one. */
import { describe, expect, test } from 'vitest'
import { packCommand } from '../../shared/wire/commands.ts'
import { decodeFrame, encodeFrame } from '../../shared/wire/envelope.ts'
import { CHECKSUM_BYTES } from '../../shared/wire/hash.ts'
import { decodeHello, encodeHello } from '../../shared/wire/hello.ts'
import { decodeMessage, encodeMessage } from '../../shared/wire/messages.ts'
import { decodeRecord, encodeRecord } from '../../shared/wire/record.ts'
import { decodeReport, encodeReport } from '../../shared/wire/report.ts'
import { CLUSTER, HELLO, MESSAGES, RECORDS, REPORT } from './samples.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'))

const GOLDEN_MESSAGES: Readonly<Record<string, string>> = {
  'RequestVote by timeout': '9800a161a16203c300cd012c02',
  'RequestVote by transfer': '9800a161a16203c2010000',
  'RequestVote, leader gone': '9800a161a16203c2020702',
  RequestVoteReply: '9701a161a16203c2c303',
  'AppendEntries, a heartbeat': '9a02a161a16203050204cb40934a00000000009090',
  'AppendEntries with one of each kind':
    '9a02a161a16203000004cb40934a00000000009599010101cf000001a0c4506c01a00000929295a161a26d610102c395a162a26d620102c39195a163a26d630102c2c099010301cf000001a0c4506c02a0000001c099010201cf000001a0c4506c03a4736573730503c40109c402080899010002cf000001a0c4506c04a00000c0c099010402cf000001a0c4506c05a000009204c402cafec094a16105a16200',
  'AppendEntries with a pace': '9b02a161a16203050204cb40934a00000000009090cd0258',
  'AppendEntries, quiet': '9c02a161a16203050204cb40934a00000000009090cd0258c3',
  'AppendEntriesReply, it matches': '9703a161a16203cb40934a0000000000049105',
  'AppendEntriesReply, look there': '9703a161a16203010493090602',
  'AppendEntriesReply with a pace': '9803a161a1620301049105cc96',
  TimeoutNow: '9404a161a16203',
  Propose: '9505a161a162039295a4736573730100c403010203c095a4736573730201c403010203c40107',
  ProposeRefused: '9806a161a16203a473657373040102',
  ReadIndex: '9508a161a16203cd012c',
  'ReadIndexReply, as of there': '9609a161a16203cd012c04',
  'ReadIndexReply, not here': '9609a161a16203cd012cc0',
  'InstallSnapshot, a chunk':
    '9e0aa161a16203cb40934a00000000000502cf000001a0c4506c0501929195a161a26d610102c39195a163a26d630102c204cf000800000000000702c402cafe',
  'InstallSnapshot, how much is there':
    '9e0aa161a16203cb40934a00000000000502cf000001a0c4506c0501929195a161a26d610102c39195a163a26d630102c204cf000800000000000700c400',
  InstallSnapshotReply: '970ba161a16203cb40934a00000000000502',
  'Farewell of a follower': '9707a161a1620392a1610290c0',
  'Farewell of a leader':
    '9707a161a1620394a16102a1780192a162a1639a02a161a16203020104cb40934a00000000009399010201cf000001a0c4506c03a4736573730503c40109c402080899010002cf000001a0c4506c04a00000c0c099010402cf000001a0c4506c05a000009204c402cafec090',
}

const GOLDEN_RECORDS: Readonly<Record<string, string>> = {
  birth:
    '000594572185b3659d010001c410000102030405060708090a0b0c0d0e0fa161a46d616368cf000001a0c4506c0001a26e3101c0029299010101cf000001a0c4506c01a00000929295a161a26d610102c395a162a26d620102c39195a163a26d630102c2c099010301cf000001a0c4506c02a0000001c0',
  start: '000189d90fec6f559507010102a26e32',
  save: '000a439988072cf09807020102a16202039399010201cf000001a0c4506c03a4736573730503c40109c402080899010002cf000001a0c4506c04a00000c0c099010402cf000001a0c4506c05a000009204c402cafec0',
  hint: '000d9b01968d98ce9407030105',
  base: '00039a0f40e5b7d39e070401c410000102030405060708090a0b0c0d0e0fa161a46d616368cf000001a0c4506c0003a26e3302a16205cd012c9599010101cf000001a0c4506c01a00000929295a161a26d610102c395a162a26d620102c39195a163a26d630102c2c099010301cf000001a0c4506c02a0000001c099010201cf000001a0c4506c03a4736573730503c40109c402080899010002cf000001a0c4506c04a00000c0c099010402cf000001a0c4506c05a000009204c402cafec0',
  retired: '000befff7a6ad24994070501a772656d6f766564',
  compacted:
    '000942df3201f311dc0017070601c410000102030405060708090a0b0c0d0e0fa161a46d616368cf000001a0c4506c0003a26e3302a16205cd012c0301cf000001a0c4506c030502cf000001a0c4506c0501929195a161a26d610102c39195a163a26d630102c204cf0008000000000007',
  piece: '000ccaac7bab846594070701c402cafe',
}

/** The first builds began a record with eight bytes of SHA-256. */
const FIRST_SUMS: Readonly<Record<string, string>> = {
  birth: '75078acb306f055a',
  start: 'b0c5ee9b88fae1e7',
  save: 'ffc254c10ba3819f',
  hint: '9ec062987fba79d6',
  base: '10af6789cc7e6c00',
  retired: '83925e492634b438',
  compacted: 'a8927ba3c6a4c59d',
  piece: '193784ec1fbceb80',
}

const GOLDEN_FRAME = '0001000102030405060708090a0b0c0d0e0f000000000d9800a161a16203c300cd012c0201000000079404a161a16203'
const GOLDEN_HELLO =
  '9e010101a5302e312e30c410000102030405060708090a0b0c0d0e0fa474616231a46d616368a470657273a95a6fc3ab20f09f909ac301019293a16102a26e3193a17801a26e32c2'
const GOLDEN_REPORT = '019301c410000102030405060708090a0b0c0d0e0f9296a1610303a161050496a1780103c0cd012c04'
const GOLDEN_COMMAND = '920193a3616464a46d696c6bc0'

describe('the formats stay as they are', () => {
  test('every message and every record has its bytes here', () => {
    expect(Object.keys(GOLDEN_MESSAGES)).toEqual(Object.keys(MESSAGES))
    expect(Object.keys(GOLDEN_RECORDS)).toEqual(Object.keys(RECORDS))
  })

  test.each(Object.entries(MESSAGES))('%s', (name, message) => {
    expect(hex(encodeMessage(message))).toBe(GOLDEN_MESSAGES[name])
    expect(decodeMessage(unhex(GOLDEN_MESSAGES[name]!))).toEqual({ ok: true, value: message })
  })

  test.each(Object.entries(RECORDS))('record %s under number 7', (name, content) => {
    const number = name === 'birth' ? 1 : 7
    expect(hex(encodeRecord(number, content))).toBe(GOLDEN_RECORDS[name])
    expect(decodeRecord(number, unhex(GOLDEN_RECORDS[name]!))).toEqual({ ok: true, value: content })
  })

  test.each(Object.entries(RECORDS))('record %s as the first builds wrote it is read', (name, content) => {
    const bytes = unhex(`${FIRST_SUMS[name]!}${GOLDEN_RECORDS[name]!.slice(2 * CHECKSUM_BYTES)}`)
    expect(decodeRecord(name === 'birth' ? 1 : 7, bytes)).toEqual({ ok: true, value: content })
  })

  test('a frame of a vote and a relayed TimeoutNow', () => {
    const messages = [
      { hops: 0, message: MESSAGES['RequestVote by timeout']! },
      { hops: 1, message: MESSAGES['TimeoutNow']! },
    ]
    expect(hex(encodeFrame(CLUSTER, messages))).toBe(GOLDEN_FRAME)
    expect(decodeFrame(unhex(GOLDEN_FRAME))).toEqual({ ok: true, value: { cluster: CLUSTER, messages, refused: [] } })
  })

  test('HELLO', () => {
    expect(hex(encodeHello(HELLO))).toBe(GOLDEN_HELLO)
    expect(decodeHello(unhex(GOLDEN_HELLO))).toEqual({ ok: true, value: HELLO })
  })

  test('a report', () => {
    expect(hex(encodeReport(REPORT))).toBe(GOLDEN_REPORT)
    expect(decodeReport(unhex(GOLDEN_REPORT))).toEqual({ ok: true, value: REPORT })
  })

  test('the bytes of a command', () => {
    expect(hex(packCommand(['add', 'milk', null]))).toBe(GOLDEN_COMMAND)
  })
})
