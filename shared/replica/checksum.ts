/** Is this the hash that a checksum entry holds? Whoever disagrees has another state than the others, and stops. */
export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
