/**
 * The key chain and the link (DESIGN 8). Edit secret -> view secret -> room id and signal key; edit secret -> seed of the edit
 * key pair. A link carries the edit secret in its fragment, which browsers never send to a server.
 */
import { derive } from './hash.ts'

const SECRET_BYTES = 16
const KEY_BYTES = 32

/** Whoever has it may edit. 128 random bits as 22 characters of base64url. */
export type EditSecret = string
/** Whoever has it may look; follows from the edit secret, never the other way. 22 characters. */
export type ViewSecret = string
/** By which the signaling server knows a cluster. 22 characters. */
export type RoomId = string

export interface ViewKeys {
  readonly room: RoomId
  /** 32 bytes; encrypts and authenticates signals end to end. */
  readonly signalKey: Uint8Array
}

export interface EditKeys extends ViewKeys {
  readonly view: ViewSecret
  /** 32 bytes, the seed of an Ed25519 key pair. Reserved: nobody signs yet. */
  readonly signSeed: Uint8Array
}

/** `random`: 16 bytes from a cryptographic source. */
export function mintSecret(random: Uint8Array): EditSecret {
  if (random.length !== SECRET_BYTES) throw new Error('a secret is made of 16 bytes')
  return toBase64url(random)
}

/** Is this text a secret (or a room id), in its one spelling? */
export function isSecret(text: string): boolean {
  return fromBase64url(text) !== null
}

/** Everything that follows from an edit secret. `secret` must be one (`isSecret`). */
export function editKeys(secret: EditSecret): EditKeys {
  const view = viewOf(secret)
  return { view, ...viewKeys(view), signSeed: derive(bytesOf(secret), 'sign', KEY_BYTES) }
}

/** The one thing that opening a list needs: the others take as long each. */
export function roomOf(secret: EditSecret): RoomId {
  return roomOfView(viewOf(secret))
}

/** Everything that follows from a view secret. */
export function viewKeys(view: ViewSecret): ViewKeys {
  return { room: roomOfView(view), signalKey: derive(bytesOf(view), 'signal', KEY_BYTES) }
}

function viewOf(secret: EditSecret): ViewSecret {
  return toBase64url(derive(bytesOf(secret), 'view', SECRET_BYTES))
}

function roomOfView(view: ViewSecret): RoomId {
  return toBase64url(derive(bytesOf(view), 'room', SECRET_BYTES))
}

/** What a link opens on: the list, or the list with its cluster panel. */
export type LinkPage = 'list' | 'cluster'

export interface Link {
  readonly secret: EditSecret
  readonly page: LinkPage
}

/** `/#<secret>` or `/#<secret>/cluster`. */
export function formatLink({ secret, page }: Link): string {
  return page === 'list' ? `/#${secret}` : `/#${secret}/cluster`
}

/** Reads the fragment of an address, with its `#` or without. Null for everything that `formatLink` does not write. */
export function parseFragment(fragment: string): Link | null {
  const [secret = '', page, ...rest] = fragment.replace(/^#/, '').split('/')
  if (!isSecret(secret) || rest.length > 0) return null
  if (page === undefined) return { secret, page: 'list' }
  return page === 'cluster' ? { secret, page } : null
}

function bytesOf(secret: string): Uint8Array {
  const bytes = fromBase64url(secret)
  if (bytes === null) throw new Error('not a secret')
  return bytes
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const SECRET_CHARACTERS = 22

function toBase64url(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    bits = (bits << 8) | byte
    held += 8
    while (held >= 6) {
      held -= 6
      text += ALPHABET[(bits >> held) & 63]!
    }
    bits &= (1 << held) - 1
  }
  return held === 0 ? text : text + ALPHABET[(bits << (6 - held)) & 63]!
}

/** 16 bytes from their one spelling; null for any other text. The last character has two bits of the secret and four of zero. */
function fromBase64url(text: string): Uint8Array | null {
  if (text.length !== SECRET_CHARACTERS) return null
  const bytes = new Uint8Array(SECRET_BYTES)
  let bits = 0
  let held = 0
  let at = 0
  for (const character of text) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) return null
    bits = (bits << 6) | value
    held += 6
    if (held >= 8) {
      held -= 8
      bytes[at++] = bits >> held
      bits &= (1 << held) - 1
    }
  }
  return bits === 0 ? bytes : null
}
