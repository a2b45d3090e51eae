/** Every mistake that is planted, by subject. */
import { CHECK_QUORUM } from './check-quorum.ts'
import { CLIENTS } from './clients.ts'
import { DURABILITY } from './durability.ts'
import { ELECTIONS } from './elections.ts'
import { FLOW } from './flow.ts'
import { COMMIT_INDEX } from './commit-index.ts'
import { GIVING_WAY } from './giving-way.ts'
import { GONE } from './gone.ts'
import { JOURNAL } from './journal.ts'
import { LEAVING } from './leaving.ts'
import { LIFE } from './life.ts'
import { MACHINE } from './machine.ts'
import { MEMBERSHIP } from './membership.ts'
import type { Mutant } from './mutant.ts'
import { PACE } from './pace.ts'
import { PUNCTUALITY } from './punctuality.ts'
import { READS } from './reads.ts'
import { REPLICATION } from './replication.ts'
import { SESSIONS } from './sessions.ts'
import { SNAPSHOTS } from './snapshots.ts'
import { STATUS } from './status.ts'

export const SUBJECTS: Readonly<Record<string, readonly Mutant[]>> = {
  Elections: [...ELECTIONS, ...GIVING_WAY],
  'Check-quorum': CHECK_QUORUM,
  Pace: PACE,
  Punctuality: PUNCTUALITY,
  'Who is gone': GONE,
  Replication: [...REPLICATION, ...COMMIT_INDEX],
  'Flow control': FLOW,
  Durability: DURABILITY,
  Snapshots: SNAPSHOTS,
  Membership: MEMBERSHIP,
  Leaving: LEAVING,
  Clients: CLIENTS,
  Sessions: SESSIONS,
  Reads: READS,
  'The machine': MACHINE,
  'Journal and messages': JOURNAL,
  "A tab's life": LIFE,
  'What is told': STATUS,
}

export const MUTANTS: readonly Mutant[] = Object.values(SUBJECTS).flat()
