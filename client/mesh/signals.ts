/**
 * What two tabs tell each other through the signaling server, as bytes that are opaque to it. Pure: whatever arrives is
 * checked down to the grammar of its lines before simple-peer sees it, since one junk signal destroys a peer (FACTS 1),
 * and candidates are written anew from what was understood.
 */
import { LIMITS } from '../../shared/limits.ts'

export interface Candidate {
  readonly candidate: string
  readonly sdpMid: string
  readonly sdpMLineIndex: number
}

/** `epoch` numbers the attempts of an initiator's page; what belongs to another attempt is dropped. */
export type Signal =
  | { readonly type: 'offer' | 'answer'; readonly epoch: number; readonly sdp: string }
  | { readonly type: 'candidates'; readonly epoch: number; readonly candidates: readonly Candidate[] }
  /** The side that does not initiate would like a link now. */
  | { readonly type: 'want' }

export const CANDIDATES_MAX = 32

export function encodeSignal(signal: Signal): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(signal))
}

/** Null when it is not a signal that simple-peer could take. */
export function decodeSignal(bytes: Uint8Array): Signal | null {
  if (bytes.byteLength > LIMITS.signalBytes) return null
  const value = parse(bytes)
  if (typeof value !== 'object' || value === null) return null
  const { type, epoch, sdp, candidates } = value as Readonly<Record<string, unknown>>
  if (type === 'want') return { type }
  if (typeof epoch !== 'number' || !Number.isSafeInteger(epoch) || epoch < 1) return null
  if (type === 'offer' || type === 'answer') return isDescription(sdp) ? { type, epoch, sdp } : null
  if (type !== 'candidates' || !Array.isArray(candidates) || candidates.length > CANDIDATES_MAX) return null
  const read = candidates.map(readCandidate)
  return read.every((candidate) => candidate !== null) ? { type, epoch, candidates: read } : null
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return null
  }
}

/** One data section and nothing else, with what ICE and DTLS cannot do without. */
function isDescription(sdp: unknown): sdp is string {
  if (typeof sdp !== 'string' || !sdp.startsWith('v=0\r\n') || !sdp.endsWith('\r\n')) return false
  const lines = sdp.slice(0, -2).split('\r\n')
  if (!lines.every((line) => /^[a-z]=[\x20-\x7e]*$/.test(line))) return false
  const count = (pattern: RegExp) => lines.filter((line) => pattern.test(line)).length
  return (
    count(/^o=\S+ \d{1,20} \d{1,20} IN IP[46] \S+$/) === 1 &&
    count(/^m=/) === 1 &&
    count(/^m=application \d{1,5} (?:UDP|TCP)\/DTLS\/SCTP webrtc-datachannel$/) === 1 &&
    count(/^a=mid:0$/) === 1 &&
    count(/^a=ice-ufrag:[A-Za-z0-9+/]{4,256}$/) === 1 &&
    count(/^a=ice-pwd:[A-Za-z0-9+/]{22,256}$/) === 1 &&
    count(/^a=fingerprint:sha-(?:256|384|512) (?:[0-9A-F]{2}:){31,63}[0-9A-F]{2}$/) === 1 &&
    count(/^a=setup:(?:actpass|active|passive)$/) === 1
  )
}

const CANDIDATE =
  /^candidate:([A-Za-z0-9+/]{1,32}) ([12]) (udp|tcp) (\d{1,10}) ([0-9A-Za-z.:-]{1,255}) (\d{1,5}) typ (host|srflx|prflx|relay)((?: [\x21-\x7e]+ [\x21-\x7e]+)*)$/i

/** Of the extensions only those of the standard are kept: a wrong `ufrag`, say, makes browsers reject the candidate. */
export function readCandidate(value: unknown): Candidate | null {
  if (typeof value !== 'object' || value === null) return null
  const { candidate, sdpMid, sdpMLineIndex } = value as Readonly<Record<string, unknown>>
  if (typeof candidate !== 'string' || candidate.length > 1024 || sdpMid !== '0' || sdpMLineIndex !== 0) return null
  const match = CANDIDATE.exec(candidate)
  if (match === null) return null
  const [, foundation, component, protocol, priority, address, port, type, extensions = ''] = match
  if (Number(port) > 65_535 || Number(priority) > 0xffffffff || !isAddress(address!)) return null
  const kept = [related(extensions), tcpType(extensions)]
  if (kept.includes(null) || (protocol!.toLowerCase() === 'tcp' && kept[1] === '')) return null
  const text = `candidate:${foundation} ${component} ${protocol} ${priority} ${address} ${port} typ ${type}${kept.join('')}`
  return { candidate: text, sdpMid, sdpMLineIndex }
}

function related(extensions: string): string | null {
  const match = / raddr (\S+) rport (\S+)/.exec(extensions)
  if (match === null) return ''
  const [, address, port] = match
  return isAddress(address!) && /^\d{1,5}$/.test(port!) && Number(port) <= 65_535 ? ` raddr ${address} rport ${port}` : null
}

function tcpType(extensions: string): string | null {
  const match = / tcptype (\S+)/.exec(extensions)
  if (match === null) return ''
  return /^(?:active|passive|so)$/.test(match[1]!) ? ` tcptype ${match[1]}` : null
}

/** An IPv4 or IPv6 address, or the .local name that stands for one. */
function isAddress(text: string): boolean {
  const octets = text.split('.')
  if (octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) < 256)) return true
  if (/^[0-9a-f-]{1,200}\.local$/i.test(text)) return true
  return text.includes(':') && /^[0-9a-f:]{2,39}$/i.test(text) && !text.includes(':::') && text.split('::').length <= 2
}
