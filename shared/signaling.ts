/**
 * The words between a page and the signaling server (DESIGN 11): typed for both sides, and read from `unknown` on both.
 * The server learns a room and tab ids; what a signal holds is the business of the two tabs.
 */
import { LIMITS } from './limits.ts'

/** Every way a request can be turned down; the text is for programs, people read the page. */
export const REFUSALS = [
  'malformed',
  'too-large',
  'too-fast',
  'room-full',
  'too-many-rooms',
  'too-many-tabs',
  'tab-taken',
  'already-joined',
  'not-joined',
  'not-here',
  'unknown-event',
] as const
export type Refusal = (typeof REFUSALS)[number]

export type Answer<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly refusal: Refusal }

export interface JoinRequest {
  /** 22 url-safe characters. */
  readonly room: string
  /** 22 url-safe characters, or up to 64 of lower-case base32 or hex. */
  readonly tab: string
  /** Minted by the page: who shows it again takes the place of an older socket of the same tab. 22 url-safe characters. */
  readonly token: string
}

/** As RTCIceServer, without the parts nobody uses. */
export interface IceServer {
  readonly urls: readonly string[]
  readonly username?: string
  readonly credential?: string
}

export interface Joined {
  /** The other tabs of the room. */
  readonly tabs: readonly string[]
  readonly ice: readonly IceServer[]
}

export interface SignalRequest {
  readonly to: string
  /** Opaque to the server; at most LIMITS.signalBytes. */
  readonly bytes: Uint8Array
}

export interface Signal {
  readonly from: string
  readonly bytes: Uint8Array
}

export interface ClientToServer {
  join(request: JoinRequest, answer: (answer: Answer<Joined>) => void): void
  signal(request: SignalRequest, answer: (answer: Answer<object>) => void): void
}

export interface ServerToClient {
  joined(event: { readonly tab: string }): void
  left(event: { readonly tab: string }): void
  signal(signal: Signal): void
  /** A newer socket of the same tab took this one's place; the server closes it. */
  replaced(): void
}

const ID = /^[A-Za-z0-9_-]{22}$/
const TAB = /^(?:[A-Za-z0-9_-]{22}|[a-z0-9]{1,64})$/
const ICE_URL = /^(?:stuns?|turns?):[\x21-\x7e]{1,255}$/
const ICE_SERVERS_MAX = 8
const ICE_TEXT_MAX = 512

const isRoom = (value: unknown): value is string => typeof value === 'string' && ID.test(value)
const isTab = (value: unknown): value is string => typeof value === 'string' && TAB.test(value)
const isToken = isRoom

/** Null when the request is not one. */
export function readJoinRequest(value: unknown): JoinRequest | null {
  if (!isRecord(value)) return null
  const { room, tab, token } = value
  return isRoom(room) && isTab(tab) && isToken(token) ? { room, tab, token } : null
}

export function readSignalRequest(value: unknown): SignalRequest | 'too-large' | null {
  if (!isRecord(value)) return null
  const bytes = readBytes(value['bytes'])
  if (bytes === null || !isTab(value['to'])) return null
  return bytes.byteLength > LIMITS.signalBytes ? 'too-large' : { to: value['to'], bytes }
}

export function readSignal(value: unknown): Signal | null {
  if (!isRecord(value)) return null
  const bytes = readBytes(value['bytes'])
  if (bytes === null || bytes.byteLength > LIMITS.signalBytes || !isTab(value['from'])) return null
  return { from: value['from'], bytes }
}

export function readTabEvent(value: unknown): string | null {
  return isRecord(value) && isTab(value['tab']) ? value['tab'] : null
}

/** The answer to a join. A server that answers with anything else counts as one that did not answer: null. */
export function readJoined(value: unknown): Answer<Joined> | null {
  if (!isRecord(value)) return null
  const refusal = readRefusal(value)
  if (refusal !== null) return { ok: false, refusal }
  const { ok, tabs, ice } = value
  if (ok !== true || !Array.isArray(tabs) || tabs.length > LIMITS.roomTabs || !tabs.every(isTab)) return null
  if (!Array.isArray(ice) || ice.length > ICE_SERVERS_MAX) return null
  const servers = ice.map(readIceServer)
  return servers.every((server) => server !== null) ? { ok: true, tabs, ice: servers } : null
}

/** Null when the answer is not a refusal. */
export function readRefusal(answer: unknown): Refusal | null {
  if (!isRecord(answer) || answer['ok'] !== false) return null
  return REFUSALS.find((known) => known === answer['refusal']) ?? 'malformed'
}

/** Null unless every address is one that RTCPeerConnection takes without throwing. */
export function readIceServer(value: unknown): IceServer | null {
  if (!isRecord(value)) return null
  const { urls, username, credential } = value
  if (!Array.isArray(urls) || urls.length === 0 || urls.length > ICE_SERVERS_MAX) return null
  if (!urls.every((url): url is string => typeof url === 'string' && ICE_URL.test(url))) return null
  const isTurn = urls.some((url) => url.startsWith('turn'))
  if (!isTurn) return { urls }
  return isIceText(username) && isIceText(credential) ? { urls, username, credential } : null
}

const isIceText = (value: unknown): value is string => typeof value === 'string' && value.length <= ICE_TEXT_MAX

/** socket.io hands over an ArrayBuffer in browsers and a Buffer (which is a Uint8Array) in Node. */
function readBytes(value: unknown): Uint8Array | null {
  if (value instanceof Uint8Array) return value
  return value instanceof ArrayBuffer ? new Uint8Array(value) : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
