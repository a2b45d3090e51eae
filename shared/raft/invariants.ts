/** Figure 3 and what a single node can check of it, as code that stays on (DESIGN 4). O(members), whatever the log's length. */
import { assert } from './assert.ts'
import { configurationIndex, configurationOf } from './node.ts'
import type { RaftNode } from './node.ts'
import { isVoter } from './quorum.ts'
import type { Term } from './types.ts'

/** Two neighbouring states of one node. */
export function checkStep(before: RaftNode, after: RaftNode): void {
  assert(after.currentTerm >= before.currentTerm, 'currentTerm increases monotonically')
  if (after.currentTerm === before.currentTerm && before.votedFor !== null) {
    assert(after.votedFor === before.votedFor, 'Election Safety: one vote per term')
  }
  assert(after.commitIndex >= before.commitIndex, 'commitIndex increases monotonically')
  assert(after.commitIndex <= after.log.lastIndex, 'only entries in the log are committed')
  assert(after.log.lastTerm <= after.currentTerm, 'no entry is newer than its node')
  assert(after.lastApplied <= after.handedOut && after.handedOut <= after.commitIndex, 'only what is committed is applied')
  assert(after.log === before.log || after.log.divergence(before.log) > before.commitIndex, 'what is committed is never cut off')
  assert(configurationIndex(after) <= after.log.lastIndex, 'the configuration in force is in the log')
  assert(after.saves.durable.lastIndex <= after.log.lastIndex, 'only what is in the log counts as durable')
  checkSnapshot(before, after)
  if (before.role.name === 'leader' && after.role.name === 'leader' && before.currentTerm === after.currentTerm) {
    assert(after.log.divergence(before.log) > before.log.lastIndex, 'Leader Append-Only')
  }
  checkLeader(after)
}

function checkSnapshot({ snapshot: before }: RaftNode, { snapshot, log, handedOut }: RaftNode): void {
  const covered = snapshot?.index ?? 0
  assert(covered >= (before?.index ?? 0), 'a snapshot is never replaced by an older one')
  assert(covered <= handedOut, 'a snapshot holds only what was handed out')
  assert(log.base.index <= covered, 'only what a snapshot covers is gone from the log')
}

function checkLeader(node: RaftNode): void {
  if (node.role.name !== 'leader') return
  for (const { matchIndex, nextIndex } of node.role.progress.values()) {
    assert(matchIndex < nextIndex && nextIndex <= node.log.lastIndex + 1, 'matchIndex < nextIndex <= lastIndex + 1')
  }
  const { durable } = node.saves
  assert(durable.term === node.currentTerm, 'a leader is durable in its term')
  for (const voter of configurationOf(node).voters) {
    assert(voter.node === node.id || node.role.progress.has(voter.node), 'a leader looks after every voter')
  }
}

/** All nodes of a cluster at one time: at most one leader a term (Figure 3, Election Safety). For tests and the simulator. */
export function checkCluster(nodes: Iterable<RaftNode>): void {
  const led = new Set<Term>()
  for (const node of nodes) {
    if (node.role.name !== 'leader') continue
    assert(!led.has(node.currentTerm), `Election Safety: one leader in term ${node.currentTerm}`)
    led.add(node.currentTerm)
    assert(isVoter(configurationOf(node), node.id) || configurationIndex(node) > 0, 'a leader was a member')
  }
}
