/**
 * A hash of 52 bits, to find out a snapshot that was put together wrongly; it proves nothing against who would forge one. Two
 * lanes of 32 bits that multiply and mix (after bryc's cyrb53), because the core is synchronous and imports nothing.
 */
export function hashOf(bytes: Uint8Array): number {
  let low = 0xdeadbeef
  let high = 0x41c6ce57
  for (let k = 0; k < bytes.length; k++) {
    low = Math.imul(low ^ bytes[k]!, 0x9e3779b1)
    high = Math.imul(high ^ bytes[k]!, 0x5f356495)
  }
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35)
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35)
  return (high & 0xfffff) * 2 ** 32 + (low >>> 0)
}
