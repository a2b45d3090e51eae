/** The one file that knows the hash library. Not `crypto.subtle`: a guest on plain http has none, and it cannot answer at once. */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { hashOf } from '../raft/hash.ts'

export const CHECKSUM_BYTES = 8

/** The first eight bytes of SHA-256: against a flipped bit or a torn write, not against a forger. */
export function checksum(bytes: Uint8Array): Uint8Array {
  return sha256(bytes).slice(0, CHECKSUM_BYTES)
}

/** Of a record, as long and against the same; quick, because every save makes one and a start looks at all of them. */
export function recordSum(bytes: Uint8Array): Uint8Array {
  const hash = hashOf(bytes)
  const view = new DataView(new ArrayBuffer(CHECKSUM_BYTES))
  view.setUint32(0, Math.floor(hash / 2 ** 32))
  view.setUint32(4, hash % 2 ** 32)
  return new Uint8Array(view.buffer)
}

const SALT = utf8ToBytes('flotilla 1')

/** HKDF-SHA256 (RFC 5869) with the project's salt; the label is the info. */
export function derive(key: Uint8Array, label: string, length: number): Uint8Array {
  return hkdf(sha256, key, SALT, utf8ToBytes(label), length)
}
