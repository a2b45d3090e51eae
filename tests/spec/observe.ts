/** From what the product records to what a check is given. The only place of the specification that knows the product's types. */
import type { PlainTransition, Plain } from '../../shared/host/transition.ts'
import type { Message as Said } from '../../shared/raft/messages.ts'
import type { RaftNode } from '../../shared/raft/node.ts'
import type { Input } from '../../shared/raft/step.ts'
import type * as core from '../../shared/raft/types.ts'
import type { Given, Observation, View } from './observation.ts'
import type { AppendEntries, Configuration, Entry, Farewell, Message } from './state.ts'

export function observe(transition: PlainTransition): Observation {
  const { node } = transition
  switch (transition.type) {
    case 'started': {
      const { after, incarnation, log } = transition
      const { currentTerm, votedFor, commitIndex, settings } = after
      const entries = log.entries.map(entryOf)
      const [compacted, applied] = [log.from - 1, after.snapshot?.index ?? 0]
      return {
        type: 'started',
        node,
        incarnation,
        currentTerm,
        votedFor,
        log: entries,
        compacted,
        applied,
        commitIndex,
        asksFirst: settings.preVote,
      }
    }
    case 'stepped': {
      const { after, incarnation, inputs, output, log } = transition
      const { save } = output
      return {
        type: 'stepped',
        node,
        incarnation,
        inputs: inputs.map(givenOf),
        after: viewOf(after),
        log: { from: log.from, entries: log.entries.map(entryOf) },
        save: save && {
          number: save.number,
          currentTerm: save.term,
          votedFor: save.votedFor,
          from: save.from,
          entries: save.entries.map(entryOf),
          snapshot: save.compaction?.snapshot.index ?? 0,
        },
        sent: output.send.map(({ message, after: number }) => ({ message: messageOf(message), after: number })),
        restored: output.restore?.index ?? null,
        applied: output.apply.map(entryOf),
        confirmed: [...output.answer, ...after.confirmedReads],
        answered: output.answer,
      }
    }
    case 'saved':
      return { type: 'saved', node, incarnation: transition.incarnation, number: transition.number, sent: transition.sent.map(messageOf) }
    case 'left':
      return { type: 'left', node, said: transition.said.map((farewell) => messageOf(farewell) as Farewell) }
    case 'stopped':
      return { type: 'stopped', node, incarnation: transition.incarnation }
  }
}

function viewOf({ currentTerm, votedFor, commitIndex, role, configurations, snapshot }: Plain<RaftNode>): View {
  const progress = role.name === 'leader' ? role.progress : []
  return {
    currentTerm,
    votedFor,
    commitIndex,
    role: role.name,
    leader: role.name === 'follower' ? role.leader : null,
    configuration: configurationOf(configurations.at(-1)?.configuration ?? { voters: [], learners: [] }),
    votes: role.name === 'candidate' || role.name === 'pre-candidate' ? role.granted : [],
    matchIndex: progress.map(([member, { matchIndex }]) => [member, matchIndex]),
    nextIndex: progress.map(([member, { nextIndex }]) => [member, nextIndex]),
    handingTo: role.name === 'leader' ? (role.transfer?.to ?? null) : null,
    snapshot: snapshot?.index ?? 0,
  }
}

function givenOf(input: Plain<Input>): Given {
  switch (input.type) {
    case 'message':
      return { type: 'message', message: messageOf(input.message) }
    case 'proposal':
      return { type: 'proposal', commands: input.commands.map(commandOf) }
    case 'change': {
      const body = { type: 'configuration', configuration: input.configuration } as const
      return { type: 'change', at: input.at, entry: bodyOf(body) }
    }
    case 'mark':
      return { type: 'mark', body: bodyOf(input.mark).body }
    case 'snapshot':
      return { type: 'snapshot', index: input.index }
    case 'gone':
      return { type: 'gone' }
    case 'wake':
    case 'read':
    case 'saved':
    case 'applied':
    case 'transfer':
    case 'abstain':
    case 'suspended':
      return input
  }
}

function messageOf(message: Plain<Said>): Message {
  switch (message.type) {
    case 'AppendEntries':
      return appendOf(message)
    case 'AppendEntriesReply': {
      const { type, from, to, term, sentAt, commitIndex, result } = message
      return { type, from, to, term, sentAt, commitIndex, result }
    }
    case 'Propose':
      return { ...message, commands: message.commands.map(commandOf) }
    case 'ProposeRefused':
      return { type: message.type, from: message.from, to: message.to, term: message.term }
    case 'Farewell':
      return { ...message, nodes: message.nodes.map(({ node }) => node), append: message.append && appendOf(message.append) }
    case 'InstallSnapshot': {
      const { type, from, to, term, index, lastTerm, hash, offset, bytes } = message
      return { type, from, to, term, index, lastTerm, hash, offset, bytes }
    }
    case 'InstallSnapshotReply': {
      const { type, from, to, term, index, offset } = message
      return { type, from, to, term, index, offset }
    }
    case 'RequestVote':
    case 'RequestVoteReply':
    case 'TimeoutNow':
    case 'ReadIndex':
    case 'ReadIndexReply':
      return message
  }
}

function appendOf(append: Extract<Plain<Said>, { type: 'AppendEntries' }>): AppendEntries {
  const { type, from, to, term, prevLogIndex, prevLogTerm, leaderCommit, sentAt, quiet } = append
  return { type, from, to, term, prevLogIndex, prevLogTerm, leaderCommit, sentAt, quiet, entries: append.entries.map(entryOf) }
}

function entryOf({ term, body }: Plain<core.Entry>): Entry {
  return { term, ...bodyOf(body) }
}

function bodyOf(body: Plain<core.Body>): Pick<Entry, 'body' | 'configuration'> {
  if (body.type === 'noop') return { body: 'noop', configuration: null }
  if (body.type === 'command') return { body: commandOf(body.command), configuration: null }
  if (body.type === 'configuration') return { body: JSON.stringify(body), configuration: configurationOf(body.configuration) }
  return { body: JSON.stringify(body), configuration: null }
}

function commandOf({ header: { session, seq, settled }, bytes }: Plain<core.Command>): string {
  return `${session}.${seq} (${settled}) ${bytes}`
}

function configurationOf({ voters, learners }: Plain<core.Configuration>): Configuration {
  return {
    voters: voters.map(({ node }) => node),
    learners: learners.map(({ node }) => node),
    guests: [...voters, ...learners].filter(({ votes }) => !votes).map(({ node }) => node),
  }
}
