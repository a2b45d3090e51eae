/** What a scene shows: nodes, messages and saves as single lines. `3/t2` is the entry or place of index 3 and term 2. */
import type { AppendEntries, Message } from '../../shared/raft/messages.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import { unreachable } from '../../shared/raft/assert.ts'
import type { Save } from '../../shared/raft/saves.ts'
import { SETTINGS, termsOf } from '../support/cluster-picture.ts'
import type { Command, Configuration, Entry, Index, Term } from '../../shared/raft/types.ts'

/** `n1 leader t2 vote n1: 1 1 | 2`, the log by its terms, committed up to the bar. */
export function nodeLine({ id, role, currentTerm, votedFor, log, commitIndex }: RaftNode, isDown: boolean): string {
  const marks = termsOf({ log, commitIndex }).join(' ')
  const state = isDown ? 'down' : role.name
  const follows = !isDown && role.name === 'follower' && role.leader !== null ? ` of ${role.leader}` : ''
  return `${id} ${state}${follows} t${currentTerm}${votedFor === null ? '' : ` vote ${votedFor}`}: ${marks}`
}

export function messageLine(message: Message): string {
  return `${message.from} -> ${message.to} ${saidIn(message)}`
}

function saidIn(message: Message): string {
  switch (message.type) {
    case 'RequestVote': {
      const { preVote, term, lastLogIndex, lastLogTerm, reason } = message
      const why = reason === 'timeout' ? '' : `, ${reason}`
      return `${preVote ? 'PreVote' : 'RequestVote'} t${term} last ${place(lastLogIndex, lastLogTerm)}${why}`
    }
    case 'RequestVoteReply':
      return `${message.preVote ? 'PreVoteReply' : 'RequestVoteReply'} t${message.term} ${message.granted ? 'yes' : 'no'} to t${message.asked}`
    case 'AppendEntries':
      return appendSaid(message)
    case 'AppendEntriesReply': {
      const { result } = message
      const said = result.success
        ? `matches ${result.matchIndex}`
        : `lacks ${result.prevLogIndex}, look at ${place(result.hintIndex, result.hintTerm)}`
      return `AppendEntriesReply t${message.term} ${said}`
    }
    case 'TimeoutNow':
      return `TimeoutNow t${message.term}`
    case 'Propose':
      return `Propose ${message.commands.map(commandText).join(', ')}`
    case 'ProposeRefused':
      return `ProposeRefused ${message.session} ${message.seq}: ${message.reason}`
    case 'ReadIndex':
      return `ReadIndex t${message.term} read ${message.id}`
    case 'ReadIndexReply':
      return `ReadIndexReply t${message.term} read ${message.id}: ${message.index === null ? 'not here' : `as of ${message.index}`}`
    case 'InstallSnapshot': {
      const { term, index, lastTerm, offset, bytes, size } = message
      const chunk = bytes.length === 0 ? 'how much is there?' : `bytes ${offset} to ${offset + bytes.length} of ${size}`
      return `InstallSnapshot t${term} up to ${place(index, lastTerm)}: ${chunk}`
    }
    case 'InstallSnapshotReply':
      return `InstallSnapshotReply t${message.term} has ${message.offset} bytes of the one up to ${message.index}`
    case 'Farewell': {
      const { nodes, successors, append } = message
      const next = successors.length === 0 ? '' : `, next ${successors.join(' ')}`
      return `Farewell t${message.term} of ${nodes.map(({ node }) => node).join(' ')}${next}${append === null ? '' : ` with ${appendSaid(append)}`}`
    }
    default:
      return unreachable(message)
  }
}

/** A pace is told where it is not that of a fast network. */
function appendSaid({ term, prevLogIndex, prevLogTerm, entries, leaderCommit, pace, quiet }: AppendEntries): string {
  const waits = pace === null || pace === SETTINGS.electionMin ? '' : `, wait ${pace} ms`
  return `AppendEntries t${term} after ${place(prevLogIndex, prevLogTerm)}${listed(entries)} commit ${leaderCommit}${quiet ? ', quiet' : ''}${waits}`
}

export function saveLine(id: string, { number, term, votedFor, from, entries, compaction }: Save): string {
  const vote = votedFor === null ? '' : ` vote ${votedFor}`
  return `${id} saves #${number}: t${term}${vote}${compaction === null ? '' : ` with a snapshot up to ${place(compaction.snapshot.index, compaction.snapshot.term)}`}${entries.length === 0 ? '' : ` from ${from}${listed(entries)}`}`
}

/** What the state machine is given. */
export function entryText({ body }: Entry): string {
  switch (body.type) {
    case 'noop':
    case 'checksum':
      return body.type
    case 'level':
      return `level ${body.level}`
    case 'command':
      return commandText(body.command)
    case 'configuration':
      return configurationText(body.configuration)
    default:
      return unreachable(body)
  }
}

const place = (index: Index, term: Term): string => `${index}/t${term}`

function listed(entries: readonly Entry[]): string {
  if (entries.length === 0) return ''
  return ` [${entries.map((entry) => `${place(entry.index, entry.term)} ${entryText(entry)}`).join(', ')}]`
}

function commandText({ header, bytes }: Command): string {
  // Of a drawn entry only its place is known.
  return header.session === 'drawn' ? '-' : new TextDecoder().decode(bytes)
}

function configurationText({ voters, learners }: Configuration): string {
  const names = (of: Configuration['voters']): string => of.map(({ node }) => node).join(' ')
  return `voters ${names(voters)}${learners.length === 0 ? '' : ` learners ${names(learners)}`}`
}
