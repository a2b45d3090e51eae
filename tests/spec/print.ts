/** A deviation as people read it: the step, the guard that failed, what was asked of the server, and how it stood. */
import type { Deviation } from './check.ts'
import type { Given, Observation } from './observation.ts'
import { configurationOf } from './state.ts'
import type { Configuration, Entries, Message, Server, Stored } from './state.ts'

export function print(deviation: Deviation | null): string {
  if (deviation === null) return 'a behaviour of the specification'
  const { step, node, action, guard, server, observed } = deviation
  const given = textOf(deviation.given)
  return [
    `step ${step}, ${node}: ${action}`,
    `  guard    ${guard}`,
    ...(given === '' || given === '{}' ? [] : [`  given    ${given}`]),
    `  server   ${serverText(server)}`,
    ...observedLines(observed).map((line) => `  observed ${line}`),
  ].join('\n')
}

function serverText(server: Server): string {
  const { role, leader, currentTerm, votedFor, commitIndex, disk, issued, isSaving, votes, matchIndex } = server
  const parts = [
    `${role}${leader === null ? '' : ` of ${leader}`} term ${currentTerm} vote ${votedFor ?? '-'} commit ${commitIndex}`,
    `log ${logText(server.log)}`,
    `members ${configurationText(configurationOf(server))}`,
    `disk ${storedText(disk)}`,
    ...(isSaving ? [`saving ${issued.number}: ${storedText(issued)}`] : []),
    ...(votes.size > 0 ? [`votes ${[...votes].join()}`] : []),
    ...(matchIndex.size > 0 ? [`matches ${[...matchIndex].map(([member, index]) => `${member}:${index}`).join(' ')}`] : []),
  ]
  return parts.join('; ')
}

const storedText = ({ currentTerm, votedFor, log }: Stored): string => `term ${currentTerm} vote ${votedFor ?? '-'} log ${logText(log)}`

function configurationText({ voters, learners }: Configuration): string {
  return `{${voters.join()}${learners.length > 0 ? ` / ${learners.join()}` : ''}}`
}

/** The terms of a log, the last few of a long one. */
function logText(log: Entries): string {
  const terms = log.slice(-8).map(({ term }) => term)
  return `[${log.length > 8 ? `${log.length - 8} more, ` : ''}${terms.join(' ')}]`
}

function observedLines(observed: Observation): readonly string[] {
  switch (observed.type) {
    case 'stepped': {
      const { inputs, after, log, save, sent } = observed
      const { role, currentTerm, votedFor, commitIndex, configuration } = after
      return [
        ...inputs.map((input) => `in    ${inputText(input)}`),
        `after ${role} term ${currentTerm} vote ${votedFor ?? '-'} commit ${commitIndex} members ${configurationText(configuration)}`,
        ...(log.entries.length > 0 ? [`log   from ${log.from}: ${logText(log.entries)}`] : []),
        ...(save === null
          ? []
          : [`save  ${save.number}: term ${save.currentTerm} vote ${save.votedFor ?? '-'} from ${save.from}: ${logText(save.entries)}`]),
        ...sent.map(({ message, after: number }) => `out   ${messageText(message)}${number === null ? '' : `, after save ${number}`}`),
      ]
    }
    case 'saved':
      return [`saved ${observed.number}`, ...observed.sent.map((message) => `out   ${messageText(message)}`)]
    case 'started':
      return [`started as ${observed.incarnation}: ${storedText(observed)} commit ${observed.commitIndex}`]
    case 'left':
      return ['left', ...observed.said.map((message) => `out   ${messageText(message)}`)]
    case 'stopped':
      return ['stopped']
  }
}

function inputText(input: Given): string {
  switch (input.type) {
    case 'message':
      return messageText(input.message)
    case 'change':
      return `change at ${input.at} to ${input.entry.configuration === null ? '-' : configurationText(input.entry.configuration)}`
    case 'proposal':
      return `${input.commands.length} proposals`
    case 'snapshot':
      return `snapshot of ${input.index}`
    case 'read':
      return `read ${input.id}`
    case 'saved':
      return `saved ${input.number}`
    case 'transfer':
      return `transfer to ${input.to}`
    case 'mark':
      return `mark ${input.body}`
    case 'abstain':
    case 'applied':
    case 'gone':
    case 'suspended':
    case 'wake':
      return input.type
  }
}

function messageText(message: Message): string {
  return `${message.type} ${message.from} -> ${message.to} term ${message.term}${restText(message)}`
}

function restText(message: Message): string {
  switch (message.type) {
    case 'RequestVote':
      return `${message.preVote ? ' (pre-vote)' : ''} ${message.reason}, last ${message.lastLogIndex}@${message.lastLogTerm}`
    case 'RequestVoteReply':
      return `${message.preVote ? ' (pre-vote)' : ''} ${message.granted ? 'granted' : 'refused'} for ${message.asked}`
    case 'AppendEntries':
      return ` after ${message.prevLogIndex}@${message.prevLogTerm} ${logText(message.entries)} commit ${message.leaderCommit}`
    case 'AppendEntriesReply': {
      const { result } = message
      return result.success
        ? ` matches ${result.matchIndex}`
        : ` refuses ${result.prevLogIndex}, see ${result.hintIndex}@${result.hintTerm}`
    }
    case 'Farewell':
      return ` of ${message.nodes.join()} to ${message.successors.join()}${message.append === null ? '' : `; ${messageText(message.append)}`}`
    case 'Propose':
      return ` ${message.commands.length} commands`
    case 'InstallSnapshot':
      return ` up to ${message.index}@${message.lastTerm}, bytes from ${message.offset}`
    case 'InstallSnapshotReply':
      return ` has ${message.offset} bytes of ${message.index}`
    case 'ReadIndex':
      return ` read ${message.id}`
    case 'ReadIndexReply':
      return ` read ${message.id}: ${message.index ?? 'not here'}`
    case 'TimeoutNow':
    case 'ProposeRefused':
      return ''
  }
}

/** What an action was asked to do, in one line. */
function textOf(given: unknown): string {
  const text = JSON.stringify(given, (key, value: unknown) => {
    if (isMessage(value)) return messageText(value)
    if (key === 'entries' && Array.isArray(value)) return logText(value as Entries)
    // The step itself is told below.
    if (key === 'step' || key === 'logBefore') return undefined
    if (value === null) return null
    return key === 'configuration' || key === 'inForce' ? configurationText(value as Configuration) : value
  })
  return text.length > 600 ? `${text.slice(0, 600)} ...` : text.replaceAll('"', '')
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && 'from' in value && 'to' in value && 'type' in value
}
