import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeSignal, encodeSignal, readCandidate, type Signal } from '../../client/mesh/signals.ts'
import { readIceServer, readJoined, readJoinRequest, readSignal, readSignalRequest, readTabEvent } from '../../shared/signaling.ts'
import { LIMITS } from '../../shared/limits.ts'

/** As Chromium and Firefox write them. */
const CHROMIUM = `v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=ice-ufrag:4ZcD
a=ice-pwd:2/1muCWoOi3uLifh0NuRHlZ0
a=ice-options:trickle
a=fingerprint:sha-256 ${'AB:'.repeat(31)}CD
a=setup:actpass
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
`.replaceAll('\n', '\r\n')
const FIREFOX = `v=0
o=mozilla...THIS_IS_SDPARTA-99.0 5871420398713245 0 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 ${'AB:'.repeat(31)}CD
a=group:BUNDLE 0
a=ice-options:trickle
a=msid-semantic:WMS *
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=sendrecv
a=ice-pwd:fdb4a5a4ccd2ba1b7bd0fbb8f3c8e2e1
a=ice-ufrag:9a2dbb8f
a=mid:0
a=setup:active
a=sctp-port:5000
a=max-message-size:1073741823
`.replaceAll('\n', '\r\n')

const candidate = (text: string): unknown => ({ candidate: text, sdpMid: '0', sdpMLineIndex: 0 })

describe('Signals', () => {
  test.each<[string, Signal]>([
    ['an offer of Chromium', { type: 'offer', epoch: 1, sdp: CHROMIUM }],
    ['an answer of Firefox', { type: 'answer', epoch: 2, sdp: FIREFOX }],
    ['a wish', { type: 'want' }],
    ['no candidates', { type: 'candidates', epoch: 3, candidates: [] }],
  ])('%s is read as it was written', (_, signal) => expect(decodeSignal(encodeSignal(signal))).toEqual(signal))

  test.each([
    ['a line gone', (sdp: string) => sdp.replace(/a=ice-pwd.*\r\n/, '')],
    ['a line twice', (sdp: string) => sdp.replace(/(a=mid:0\r\n)/, '$1$1')],
    ['another medium', (sdp: string) => `${sdp}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n`],
    ['bare line feeds', (sdp: string) => sdp.replaceAll('\r\n', '\n')],
    ['a control character', (sdp: string) => sdp.replace('s=-', 's=\u0000')],
    ['a short fingerprint', (sdp: string) => sdp.replace('AB:', '')],
    ['no end', (sdp: string) => sdp.slice(0, -2)],
    ['too much', (sdp: string) => `${sdp}${`a=${'x'.repeat(1_000)}\r\n`.repeat(17)}`],
  ])('a description with %s is refused', (_, change) => {
    for (const sdp of [CHROMIUM, FIREFOX]) expect(decodeSignal(encodeSignal({ type: 'offer', epoch: 1, sdp: change(sdp) }))).toBeNull()
  })

  test.each([0, -1, 1.5, 2 ** 53, '1', null])('epoch %s is refused', (epoch) => {
    const bytes = new TextEncoder().encode(JSON.stringify({ type: 'offer', epoch, sdp: CHROMIUM }))
    expect(decodeSignal(bytes)).toBeNull()
  })

  test('any bytes and any JSON end in a signal or in null', () => {
    const json = fc.oneof(
      fc.json(),
      fc
        .record({
          type: fc.constantFrom('offer', 'answer', 'candidates', 'want'),
          epoch: fc.nat(),
          sdp: fc.string(),
          candidates: fc.anything(),
        })
        .map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          json.map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => void decodeSignal(bytes),
      ),
      { numRuns: 3_000 },
    )
    expect(decodeSignal(new Uint8Array(LIMITS.signalBytes + 1).fill(32))).toBeNull()
  })
})

describe('Candidates', () => {
  test.each([
    [
      'candidate:1062153545 1 udp 2113937151 3d7ad5cc-7bcf-4c4c-8d5c-8b3d1dd1a1a1.local 53825 typ host generation 0 ufrag WXYZ network-cost 999',
      'candidate:1062153545 1 udp 2113937151 3d7ad5cc-7bcf-4c4c-8d5c-8b3d1dd1a1a1.local 53825 typ host',
    ],
    [
      'candidate:1 1 udp 1677729535 203.0.113.7 60000 typ srflx raddr 0.0.0.0 rport 0 generation 0',
      'candidate:1 1 udp 1677729535 203.0.113.7 60000 typ srflx raddr 0.0.0.0 rport 0',
    ],
    [
      'candidate:2 1 TCP 2105524479 2001:db8::1 9 typ host tcptype active',
      'candidate:2 1 TCP 2105524479 2001:db8::1 9 typ host tcptype active',
    ],
  ])('%s is written anew from what was understood', (text, read) => expect(readCandidate(candidate(text))).toEqual(candidate(read)))

  test.each([
    '',
    'candidate:1 1 udp 1 203.0.113.777 1 typ host',
    'candidate:1 1 udp 1 example.net 1 typ host',
    'candidate:1 1 udp 1 203.0.113.7 70000 typ host',
    'candidate:1 1 udp 99999999999 203.0.113.7 1 typ host',
    'candidate:1 1 tcp 1 203.0.113.7 9 typ host',
    'candidate:1 1 udp 1 203.0.113.7 1 typ srflx raddr example.net rport 1',
    'candidate:1 1 udp 1 1::2::3 1 typ host',
    'candidate:1 3 udp 1 203.0.113.7 1 typ host',
    'candidate:1 1 udp 1 203.0.113.7 1 typ host\r\na=x',
  ])('%j is refused', (text) => expect(readCandidate(candidate(text))).toBeNull())

  test('one of another section is refused, and anything else is no candidate', () => {
    const good = 'candidate:1 1 udp 1 203.0.113.7 1 typ host'
    expect(readCandidate({ candidate: good, sdpMid: '1', sdpMLineIndex: 0 })).toBeNull()
    expect(readCandidate({ candidate: good, sdpMid: '0', sdpMLineIndex: 1 })).toBeNull()
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(readCandidate(value)).toBeNull()
      }),
    )
  })
})

describe('Words of the signaling server', () => {
  test('anything at all is read or null, on both sides', () => {
    const shaped = fc.record(
      {
        ok: fc.anything(),
        tabs: fc.anything(),
        ice: fc.anything(),
        room: fc.anything(),
        tab: fc.anything(),
        token: fc.anything(),
        to: fc.anything(),
        from: fc.anything(),
        bytes: fc.anything(),
        urls: fc.anything(),
        refusal: fc.anything(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.anything(), shaped), (value) => {
        for (const read of [readJoined, readSignal, readTabEvent, readJoinRequest, readSignalRequest, readIceServer]) read(value)
      }),
      { numRuns: 3_000 },
    )
  })

  test('an answer with more tabs than a room holds, or with an ICE server that is none, is no answer', () => {
    const tabs = Array.from({ length: LIMITS.roomTabs }, (_, at) => `t${at}`)
    expect(readJoined({ ok: true, tabs, ice: [] })).toEqual({ ok: true, tabs, ice: [] })
    expect(readJoined({ ok: true, tabs: [...tabs, 'x'], ice: [] })).toBeNull()
    expect(readJoined({ ok: true, tabs: [], ice: [{ urls: ['https://example.net'] }] })).toBeNull()
    expect(readJoined({ ok: true, tabs: [], ice: [{ urls: ['turn:example.net'] }] })).toBeNull()
    expect(readJoined({ ok: false, refusal: 'room-full' })).toEqual({ ok: false, refusal: 'room-full' })
    expect(readJoined({ ok: false, refusal: 'anything' })).toEqual({ ok: false, refusal: 'malformed' })
  })
})
