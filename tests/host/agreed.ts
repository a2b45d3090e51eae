/** A machine that has applied nothing of anybody's, and forgets nobody. */
import type { Agreed } from '../../shared/host/proposals.ts'

export const NOTHING_AGREED: Agreed = {
  time: 0,
  lastSeq: () => 0,
  resultOf: () => null,
  isExpired: () => false,
  isStale: () => false,
  decide: () => null,
}
