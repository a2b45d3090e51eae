/** Explains how a server answered InstallSnapshot. */
import type { Actor } from './action.ts'
import * as elections from './elections.ts'
import * as outcome from './outcome.ts'
import * as replication from './replication.ts'
import * as snapshots from './snapshots.ts'
import type { AppendEntriesReply, InstallSnapshot, InstallSnapshotReply, RequestVoteReply } from './state.ts'

export type Reply = RequestVoteReply | AppendEntriesReply | InstallSnapshotReply

/** Takes its answer from the replies; the index up to which a snapshot was installed, null if none was. */
export function hearInstall(
  { actor, replies }: { readonly actor: Actor; readonly replies: Reply[] },
  install: InstallSnapshot,
): number | null {
  if (install.term >= actor.server.currentTerm) {
    if (install.term > actor.server.currentTerm) actor.take(elections.updateTerm, { term: install.term })
    actor.take(replication.hearLeader, install)
  }
  const reply = replies.shift()
  actor.take(outcome.answerInstall, { install, reply: reply ?? null })
  const hasAll = reply?.type === 'AppendEntriesReply'
  const installs = hasAll && !actor.may(snapshots.keepLog, install)
  if (installs) actor.take(snapshots.installSnapshot, install)
  else if (hasAll) actor.take(snapshots.keepLog, install)
  actor.take(outcome.reply, reply!)
  return installs ? install.index : null
}
