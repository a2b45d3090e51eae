/** Snapshots: section 7 and Figure 13. A snapshot is what is committed up to its index, so logs are whole here; what is gone is a matter of disks. */
import { action } from './action.ts'
import { configurationOf, membersOf, termAt } from './state.ts'
import type { InstallSnapshot } from './state.ts'

/** A chunk, or the question how much is there. */
export const sendSnapshot = action<InstallSnapshot>('InstallSnapshot', {
  'it leads the term it speaks for': ({ server }, { term }) => server.role === 'leader' && server.currentTerm === term,
  'to a member': ({ server }, { to }) => to !== server.id && membersOf(configurationOf(server)).includes(to),
  'it covers only what its sender knows committed': ({ server }, { index, lastTerm }) =>
    index <= server.commitIndex && termAt(server.log, index) === lastTerm,
})

/** Figure 13, receiver 6: the entry is here, so all before it are the leader's, and they are committed. */
export const keepLog = action<InstallSnapshot>(
  'KeepLog',
  {
    'the entry is in the log, or committed here': ({ server }, { index, lastTerm }) =>
      index <= server.commitIndex || termAt(server.log, index) === lastTerm,
  },
  ({ server }, { index }) => ({ commitIndex: Math.max(server.commitIndex, index) }),
)

/** Figure 13, receiver 7 and 8. */
export const installSnapshot = action<InstallSnapshot>(
  'InstallWhole',
  {
    'it goes beyond what is committed here': ({ server }, { index }) => index > server.commitIndex,
    'what it covers is committed': ({ cluster }, { index, lastTerm }) => cluster.committed[index - 1]?.term === lastTerm,
  },
  ({ cluster }, { index }) => ({ log: cluster.committed.slice(0, index), commitIndex: index, applied: index }),
)

/** At the end of each step. */
export const restore = action<{ readonly restored: number | null; readonly installed: number | null }>('Restore', {
  'the state machine goes on from the snapshot that was installed': (_, { restored, installed }) => restored === installed,
})
