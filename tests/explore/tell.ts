/** A move as a line of a scene in the language of tests/support/cluster. */
import type { Move } from './state.ts'

export function tell(move: Move): string {
  switch (move.type) {
    case 'deliver':
    case 'copy': {
      const { type, from, to, term } = move.flying.message
      const filter = `{ type: '${type}', from: '${from}', to: '${to}' }`
      return `.${move.type === 'copy' ? 'repeat' : 'deliver'}(${filter}) // of term ${term}${details(move)}`
    }
    case 'change': {
      const names = (members: readonly { readonly node: string }[]): string => `[${members.map(({ node }) => `'${node}'`).join(', ')}]`
      return `.change('n${move.at + 1}', ${names(move.configuration.voters)}, ${names(move.configuration.learners)})`
    }
    case 'transfer':
      return `.input('n${move.at + 1}', { type: 'transfer', to: '${move.to}' })`
    case 'hint':
      return `// n${move.at + 1}: a record says what is committed`
    case 'silence':
      return `.heartbeat('n${move.at + 1}') // after a silence`
    case 'propose':
      return `.propose('n${move.at + 1}', 'x')`
    case 'late':
      return `.crash('n${move.at + 1}') // and its save is still on the way`
    case 'land':
      return `// n${move.at + 1}: the dead host's save reaches the disk now, or collides`
    case 'tick':
      return `// n${move.at + 1}: time passes`
    case 'timeout':
    case 'heartbeat':
    case 'saved':
    case 'crash':
    case 'restart':
    case 'leave':
      return `.${move.type}('n${move.at + 1}')`
  }
}

function details({ flying: { message } }: Extract<Move, { type: 'deliver' | 'copy' }>): string {
  if (message.type === 'AppendEntries')
    return `: ${message.entries.length} entries after ${message.prevLogIndex}, committed ${message.leaderCommit}`
  if (message.type === 'AppendEntriesReply') return message.result.success ? `: matches ${message.result.matchIndex}` : ': refused'
  if (message.type === 'RequestVoteReply') return message.granted ? ': granted' : ': refused'
  return ''
}
